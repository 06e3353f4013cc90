import { defineCheck } from '../src/core/check.ts';
import { coversName } from '../src/core/judge/traffic/flows.ts';
import { groupBy } from '../src/core/values/group.ts';
import { nameList } from '../src/core/judge/pms-way.ts';
import { whoOf } from '../src/core/words/flows.ts';

export default defineCheck({
  id: 'proxied-name-resolved',
  title: 'A PMS process looked up a name that it should leave to the proxy',
  why: 'A client that uses an HTTP proxy leaves names to it. A client that looks one up itself is about to connect directly. Where local DNS knows internal names only, it fails at that lookup.',
  remedy: 'Find out why {process} looks up {host} itself: clients that go around the proxy do this.',
  severity: 'medium',
  needs: ['observed', 'endpoints'],
  supersededBy: [
    'bypass-blocked',
    'bypass-observed',
    'proxy-missing-in-process',
    'proxy-missing-in-child',
    'proxy-not-configured',
    'endpoint-excluded',
  ],
  causes: ['scanner-bypasses-proxy', 'dns-fails-locally'],
  messages: {
    asked: '{process} asked {server} for {host}: {result}.',
    none: "No PMS process looked up an endpoint's name locally.",
    proxyless: 'PMS uses no proxy, so it looks names up itself.',
    unwatched: 'DNS was not watched.',
  },
  evaluate({ observed, endpoints }, say) {
    if (observed.proxyless) return say('not-applicable', 'proxyless', {});
    // Names of plex.direct carry an address of the own network: PMS resolves them itself and connects to no host outside.
    const named = endpoints.filter(({ kind }) => kind === 'host' || kind === 'wildcard');
    const found = observed.questions.flatMap((question) => {
      const endpoint = named.find((e) => coversName(e, question.name));
      return endpoint === undefined ? [] : [{ question, endpoint }];
    });
    const groups = groupBy(
      found,
      ({ endpoint, question }) => `${endpoint.id} ${question.process} ${question.client} ${question.server}`,
    );
    if (groups.size === 0)
      return observed.watchers.some(({ kind }) => kind === 'capture' || kind === 'sealed-network')
        ? say('pass', 'none', {})
        : say('not-applicable', 'unwatched', {});
    return [...groups.values()].map((own) => {
      const { question, endpoint } = own[0];
      const args = {
        process: whoOf(question),
        server: question.server,
        host: endpoint.host,
        result: nameList([...new Set(own.map((each) => each.question.result))]),
      };
      return say('warn', 'asked', args, endpoint.id);
    });
  },
});

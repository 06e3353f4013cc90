import { defineCheck } from '../src/core/check.ts';
import { coversName } from '../src/core/flows.ts';
import { groupBy } from '../src/core/group.ts';
import { nameList } from '../src/core/pms-way.ts';
import { whoOf } from '../src/core/tell-flow.ts';

export default defineCheck({
  id: 'proxied-name-resolved',
  title: 'A name that belongs to the proxy was looked up locally',
  why: 'A client that uses an HTTP proxy leaves names to it. Who looks one up itself is about to connect directly, and where local DNS knows internal names only, it fails right there.',
  remedy: 'Find out why {process} looks up {host} itself: it is the sign of a client that goes around the proxy.',
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
    none: 'No name of an endpoint was looked up locally.',
    proxyless: 'PMS uses no proxy, so it looks names up itself.',
    unwatched: 'What was watched would not have shown DNS.',
  },
  evaluate({ observed, endpoints }, say) {
    if (observed.proxyless) return say('not-applicable', 'proxyless', {});
    // Names of plex.direct carry an address of the own network: PMS resolves them for itself, and connects to nobody outside.
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

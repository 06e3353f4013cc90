import { defineCheck } from '../src/core/check.ts';
import { coversName } from '../src/core/flows.ts';
import { groupBy } from '../src/core/group.ts';
import { nameList } from '../src/core/pms-way.ts';

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
    unwatched: 'What was watched would not have shown DNS.',
  },
  evaluate({ observed, endpoints }, say) {
    if (!observed.watchers.some(({ kind }) => kind === 'capture')) return say('not-applicable', 'unwatched', {});
    // Names of plex.direct carry an address of the own network: PMS resolves them for itself, and connects to nobody outside.
    const named = endpoints.filter(({ kind }) => kind === 'host' || kind === 'wildcard');
    const found = observed.questions.flatMap((question) => {
      const endpoint = named.find((e) => coversName(e, question.name));
      return endpoint === undefined ? [] : [{ question, endpoint }];
    });
    const groups = groupBy(found, ({ endpoint, question }) => `${endpoint.id} ${question.process} ${question.server}`);
    if (groups.size === 0) return say('pass', 'none', {});
    return [...groups.values()].map((own) => {
      const { question, endpoint } = own[0];
      const args = {
        process: question.process ?? question.client ?? 'an unknown process',
        server: question.server,
        host: endpoint.host,
        result: nameList([...new Set(own.map((each) => each.question.result))]),
      };
      return say('warn', 'asked', args, endpoint.id);
    });
  },
});

import { groupSeen } from '../src/core/judge/bypasses.ts';
import { defineCheck } from '../src/core/check.ts';
import { triesSeen } from '../src/core/judge/observed.ts';
import { connectionWords, seenIn, targetOf, whoOfAll } from '../src/core/words/flows.ts';

export default defineCheck({
  id: 'bypass-observed',
  title: 'A connection went around the proxy',
  why: 'In an isolated network, only connections through the proxy can be allowed by name and logged. Direct connections are dropped, or leave unnoticed.',
  remedy:
    'Find out why {process} does not use the proxy for {target}: its environment first, then no_proxy, then whether the program can use a proxy at all.',
  severity: 'high',
  needs: ['observed'],
  supersededBy: ['proxy-missing-in-process', 'proxy-missing-in-child', 'endpoint-excluded', 'bypass-blocked'],
  perEndpoint: true,
  causes: ['scanner-bypasses-proxy'],
  messages: {
    seen: '{process} went to {target} directly: {outcome} (tries: {tries}; seen in {seenIn}).',
    excluded: '{process} went to {target} directly, because of "{entry}" in no_proxy: {outcome}.',
    none: 'While watched, no PMS process went around the proxy.',
    proxyless: 'PMS uses no proxy, so direct connections are as intended.',
    sampled:
      "Samples of PMS's sockets show no connection around the proxy, but they can miss a connection that is refused at once.",
    unwatched: 'Connections around the proxy were not fully watched or kept: finding none proves nothing.',
  },
  evaluate({ observed }, say) {
    const found = groupSeen(observed.flows.filter(({ bypass }) => bypass));
    if (observed.proxyless) return say('not-applicable', 'proxyless', {});
    if (found.length === 0) {
      if (!observed.shows.direct || observed.omitted > 0) return say('not-applicable', 'unwatched', {});
      const isWhole = observed.watchers.some(({ kind, shows }) => kind !== 'socket' && shows.includes('direct'));
      return isWhole ? say('pass', 'none', {}) : say('not-applicable', 'sampled', {});
    }
    return found.map((own) => {
      const [first] = own;
      const { flow, endpoint, excludedBy } = first;
      const args = { process: whoOfAll(own), target: targetOf(first), outcome: connectionWords(flow.outcome) };
      if (excludedBy !== null && flow.outcome === 'ok')
        return say('pass', 'excluded', { ...args, entry: excludedBy }, endpoint?.id);
      const seen = seenIn([...new Set(own.flatMap((each) => each.flow.seenBy))]);
      const isNeeded = first.candidates.length === 0 || first.candidates.some(({ need }) => need !== 'optional');
      return say(isNeeded ? 'fail' : 'warn', 'seen', { ...args, tries: triesSeen(own), seenIn: seen }, endpoint?.id);
    });
  },
});

import { groupSeen } from '../src/core/judge/bypasses.ts';
import { defineCheck } from '../src/core/check.ts';
import { isForProxies } from '../src/core/judge/traffic/flows.ts';
import { isOfPms } from '../src/core/judge/observed.ts';
import { connectionWords, targetOf, whoOfAll } from '../src/core/words/flows.ts';
import type { WatcherKind } from '../src/core/model/traffic.ts';

export default defineCheck({
  id: 'nameless-connection',
  title: 'An address was contacted without a name',
  why: 'A policy that judges by name cannot judge a bare address: no DNS answer, TLS handshake or proxy request names its host. PMS keeps such an address in its preference PubSubServer.',
  remedy: 'Find out who owns {target} and why {process} contacts it before you allow or ignore it.',
  severity: 'low',
  needs: ['observed'],
  messages: {
    seen: '{process} went to {target} without a visible name: {outcome}.',
    none: 'Every connection that left the own network had a name.',
    unwatched: 'Names were not fully watched or kept: finding none proves nothing.',
  },
  evaluate({ observed }, say) {
    // Sockets alone never show a name.
    const isSeen = (kinds: readonly WatcherKind[]): boolean =>
      kinds.includes('capture') || kinds.includes('sealed-network');
    const found = observed.flows.filter(
      ({ flow }) =>
        isSeen(flow.seenBy) &&
        isOfPms(flow) &&
        isForProxies(flow) &&
        flow.route === 'direct' &&
        flow.names.length === 0,
    );
    if (found.length > 0)
      return groupSeen(found).map((own) => {
        const [first] = own;
        const args = { process: whoOfAll(own), target: targetOf(first), outcome: connectionWords(first.flow.outcome) };
        return say('warn', 'seen', args);
      });
    return isSeen(observed.watchers.map(({ kind }) => kind)) && observed.omitted === 0
      ? say('pass', 'none', {})
      : say('not-applicable', 'unwatched', {});
  },
});

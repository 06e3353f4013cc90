import { groupSeen } from '../src/core/bypasses.ts';
import { defineCheck } from '../src/core/check.ts';
import { isForProxies } from '../src/core/flows.ts';
import { isOfPms } from '../src/core/observed.ts';
import { becameOf, targetOf, whoOfAll } from '../src/core/tell-flow.ts';
import type { WatcherKind } from '../src/core/traffic.ts';

export default defineCheck({
  id: 'nameless-connection',
  title: 'An address was contacted without a name',
  why: 'A policy that judges by name cannot judge a bare address: no DNS answer, no name in the handshake and no request to a proxy says whose it is. PMS keeps such an address in its preference PubSubServer.',
  remedy: 'Look up who {target} belongs to, and what {process} wants there, before you allow or ignore it.',
  severity: 'low',
  needs: ['observed'],
  messages: {
    seen: '{process} went to {target}, and no name for it was seen: {outcome}.',
    none: 'Every connection that left the own network had a name.',
    unwatched: 'What was watched, and kept, would not show every name.',
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
        const args = { process: whoOfAll(own), target: targetOf(first), outcome: becameOf(first.flow.outcome) };
        return say('warn', 'seen', args);
      });
    return isSeen(observed.watchers.map(({ kind }) => kind)) && observed.omitted === 0
      ? say('pass', 'none', {})
      : say('not-applicable', 'unwatched', {});
  },
});

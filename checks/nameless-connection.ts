import { defineCheck } from '../src/core/check.ts';
import { becameOf, targetOf, whoOf } from '../src/core/tell-flow.ts';

export default defineCheck({
  id: 'nameless-connection',
  title: 'An address was contacted without a name',
  why: 'A policy that judges by name cannot judge a bare address: no DNS answer, no name in the handshake and no request to a proxy says whose it is. PMS keeps such an address in its preference PubSubServer.',
  remedy: 'Look up who {target} belongs to, and what {process} wants there, before you allow or ignore it.',
  severity: 'low',
  needs: ['observed'],
  messages: {
    seen: '{process} connected to {target} by its address alone: {outcome}.',
    none: 'Every connection that left the own network had a name.',
    unwatched: 'What was watched would not have shown names.',
  },
  evaluate({ observed }, say) {
    // Sockets alone never show a name.
    if (!observed.watchers.some(({ kind }) => kind === 'capture')) return say('not-applicable', 'unwatched', {});
    const found = observed.flows.filter(
      ({ flow }) =>
        flow.process !== null && flow.route === 'direct' && flow.names.length === 0 && flow.protocol !== 'dns',
    );
    if (found.length === 0) return say('pass', 'none', {});
    return found.map((seen) =>
      say('warn', 'seen', { process: whoOf(seen.flow), target: targetOf(seen), outcome: becameOf(seen.flow.outcome) }),
    );
  },
});

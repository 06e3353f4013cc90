import { defineCheck } from '../src/core/check.ts';
import { becameOf, targetOf, whoOf } from '../src/core/tell-flow.ts';

export default defineCheck({
  id: 'udp-around-proxy',
  title: 'UDP left for the internet',
  why: 'An HTTP proxy carries no UDP: QUIC, NTP and foreign DNS servers always go around it, where they are dropped, or escape unseen.',
  remedy:
    'Block UDP from the PMS host to {target} with a reject rather than a drop: clients of QUIC then fall back to TCP at once.',
  severity: 'low',
  needs: ['observed'],
  messages: {
    quic: '{process} speaks QUIC to {target}: {outcome}.',
    dns: '{process} asks the name server {target} outside the own network: {outcome}.',
    other: '{process} sends UDP ({protocol}) to {target}: {outcome}.',
    none: 'No UDP left for the internet.',
    unwatched: 'What was watched would not have shown UDP.',
  },
  evaluate({ observed }, say) {
    if (!observed.watchers.some(({ kind }) => kind === 'capture' || kind === 'socket' || kind === 'sealed-network'))
      return say('not-applicable', 'unwatched', {});
    const found = observed.flows.filter(
      ({ flow, endpoint }) =>
        flow.transport === 'udp' && flow.route === 'direct' && (flow.process !== null || endpoint !== null),
    );
    if (found.length === 0) return say('pass', 'none', {});
    return found.map((seen) => {
      const { flow, endpoint } = seen;
      const args = { process: whoOf(flow), target: targetOf(seen), outcome: becameOf(flow.outcome) };
      if (flow.protocol === 'quic') return say('warn', 'quic', args, endpoint?.id);
      if (flow.protocol === 'dns') return say('warn', 'dns', args, endpoint?.id);
      return say('warn', 'other', { ...args, protocol: flow.protocol ?? 'unknown' }, endpoint?.id);
    });
  },
});

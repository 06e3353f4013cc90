import { groupSeen } from '../src/core/bypasses.ts';
import { defineCheck } from '../src/core/check.ts';
import { isDns } from '../src/core/flows.ts';
import { isOfPms } from '../src/core/observed.ts';
import { becameOf, targetOf, whoOfAll } from '../src/core/tell-flow.ts';

export default defineCheck({
  id: 'udp-around-proxy',
  title: 'UDP left for the internet',
  why: 'An HTTP proxy carries no UDP: QUIC, NTP and foreign DNS servers always go around it, where they are dropped, or escape unseen.',
  remedy:
    'Decide whether {target} is wanted. If not, reject it in the packet filter rather than drop it: clients of QUIC then fall back to TCP at once.',
  severity: 'low',
  needs: ['observed'],
  messages: {
    quic: '{process} speaks QUIC to {target}: {outcome}.',
    dns: '{process} asks the name server {target} outside the own network: {outcome}.',
    other: '{process} sends UDP ({protocol}) to {target}: {outcome}.',
    none: 'No UDP left for the internet.',
    proxyless: 'PMS uses no proxy, so nothing goes around one.',
    unwatched: 'What was watched, and kept, would not show all UDP.',
  },
  evaluate({ observed }, say) {
    if (observed.proxyless) return say('not-applicable', 'proxyless', {});
    const found = observed.flows.filter(
      ({ flow, endpoint }) =>
        flow.transport === 'udp' && flow.route === 'direct' && (isOfPms(flow) || endpoint !== null),
    );
    if (found.length > 0)
      return groupSeen(found).map((own) => {
        const [first] = own;
        const { flow, endpoint } = first;
        const args = { process: whoOfAll(own), target: targetOf(first), outcome: becameOf(flow.outcome) };
        if (flow.protocol === 'quic') return say('warn', 'quic', args, endpoint?.id);
        if (isDns(flow)) return say('warn', 'dns', args);
        return say('warn', 'other', { ...args, protocol: flow.protocol ?? 'unknown protocol' }, endpoint?.id);
      });
    return observed.shows.direct && observed.omitted === 0
      ? say('pass', 'none', {})
      : say('not-applicable', 'unwatched', {});
  },
});

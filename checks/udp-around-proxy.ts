import { groupSeen } from '../src/core/judge/bypasses.ts';
import { defineCheck } from '../src/core/check.ts';
import { asksOutsideResolver } from '../src/core/judge/traffic/outside-resolvers.ts';
import { isOfPms } from '../src/core/judge/observed.ts';
import { connectionWords, targetOf, whoOfAll } from '../src/core/words/flows.ts';

export default defineCheck({
  id: 'udp-around-proxy',
  title: 'UDP or DNS went to the internet',
  why: 'An HTTP proxy carries no UDP: QUIC, NTP and DNS to outside servers always go around it. They are dropped, or leave unseen.',
  remedy:
    'Decide whether {target} is wanted. If not, reject it in the packet filter rather than drop it: clients of QUIC then fall back to TCP at once.',
  severity: 'low',
  needs: ['observed'],
  messages: {
    quic: '{process} speaks QUIC to {target}: {outcome}.',
    dns: '{process} asks the outside name server {target}: {outcome}.',
    other: '{process} sends UDP ({protocol}) to {target}: {outcome}.',
    none: 'No UDP went to the internet.',
    proxyless: 'PMS uses no proxy, so nothing goes around one.',
    unwatched: 'UDP was not fully watched or kept: finding none proves nothing.',
  },
  evaluate({ observed }, say) {
    if (observed.proxyless) return say('not-applicable', 'proxyless', {});
    const found = observed.flows.filter(
      ({ flow, endpoint }) =>
        (flow.transport === 'udp' || asksOutsideResolver(flow)) &&
        flow.route === 'direct' &&
        (isOfPms(flow) || endpoint !== null),
    );
    if (found.length > 0)
      return groupSeen(found).map((own) => {
        const [first] = own;
        const { flow, endpoint } = first;
        const args = { process: whoOfAll(own), target: targetOf(first), outcome: connectionWords(flow.outcome) };
        if (flow.protocol === 'quic') return say('warn', 'quic', args, endpoint?.id);
        if (asksOutsideResolver(flow)) return say('warn', 'dns', args);
        return say('warn', 'other', { ...args, protocol: flow.protocol ?? 'unknown protocol' }, endpoint?.id);
      });
    return observed.shows.direct && observed.omitted === 0
      ? say('pass', 'none', {})
      : say('not-applicable', 'unwatched', {});
  },
});

import { defineCause } from '../core/diagnose/cause.ts';
import { hostsOf, type Judgement } from '../core/diagnose/judgement.ts';
import { describeDirectRoutes, isProxied, nothingToScan } from '../core/diagnose/probe-scene.ts';
import { reachedWhatScansNeed } from '../core/diagnose/scans.ts';
import { seenNeeds, type SeenNeed, type SeenScene } from '../core/diagnose/seen-scene.ts';
import type { PmsWay } from '../core/judge/pms-way.ts';
import { isFailure, isOfKind, type Family, type Outcome } from '../core/model/outcome.ts';
import { describeDirect } from '../core/words/flows.ts';
import type { Say } from '../core/words/message.ts';

const messages = {
  split: '{host} answers directly over IPv{open} but not over IPv{blocked}',
  alike: 'no endpoint answers over one family while the other is blocked',
  untried: '{host} answers directly over IPv{open}, which PMS did not try',
  'got-through': 'the scans that PMS was asked for got through all the same',
} as const;

export default defineCause({
  id: 'ipv6-differs',
  rank: 110,
  title: 'One address family is blocked, the other is not',
  why: 'One process may try IPv6 and another IPv4, so the same network can work for one and fail for the other.',
  judgedBy:
    'The direct route is tried over IPv4 and IPv6 separately. Likely when the families differ and PMS goes direct, possible when PMS uses the proxy or a scan got through all the same. Confirmed when a process of PMS was seen to fail over one family while the endpoint answers over the other.',
  remedy: 'Treat IPv4 and IPv6 alike in the packet filter: for {hosts} either both pass, or both are rejected at once.',
  messages,

  couldStop({ route, family, host }, { openFamilies, needed }) {
    if (route === 'proxy') return false;
    const open = openFamilies[needed.find((endpoint) => endpoint.host === host)?.id ?? ''];
    return open === undefined || open.some((other) => other !== family);
  },

  fromProbes(scene, say) {
    const { ways } = scene;
    const split = ways
      .map((way) => ({ ...way, ...familiesOf(way) }))
      .filter(({ open, blocked }) => open.length > 0 && blocked.length > 0);
    if (split.length > 0) {
      return {
        state: split.every(isProxied) ? 'possible' : 'likely',
        because: split.map(({ result, open, blocked }) =>
          say('split', { host: result.host, open: open.join(), blocked: blocked.join() }),
        ),
        hosts: hostsOf(split),
      };
    }
    if (ways.length === 0) return nothingToScan(scene);
    const untried = ways.filter(({ result }) => isUntried(result.direct.outcome));
    return untried.length > 0
      ? { state: 'unknown', because: describeDirectRoutes(untried) }
      : { state: 'ruled-out', because: [say('alike')] };
  },

  fromSeen: familiesSeen,

  fromExperiment(scene, say) {
    return familiesSeen(scene, say) === null && reachedWhatScansNeed(scene)
      ? { state: 'ruled-out', because: [say('got-through')] }
      : null;
  },
});

/** An address was there and a connection to it failed. Having no address or no route of a family is not being blocked. */
function isStopped(outcome: Outcome): boolean {
  return !isUntried(outcome) && isOfKind(outcome, 'block', 'breakage', 'impostor');
}

/** No address of this host or of the endpoint to try. */
function isUntried(outcome: Outcome): boolean {
  return outcome === 'no-route' || isOfKind(outcome, 'not-run', 'no-address');
}

function familiesOf(way: PmsWay): { readonly open: readonly Family[]; readonly blocked: readonly Family[] } {
  const families = (wanted: (outcome: Outcome) => boolean): ReadonlySet<Family> =>
    new Set(way.attempts.direct.flatMap(({ family, outcome }) => (family !== null && wanted(outcome) ? [family] : [])));
  const open = families((outcome) => outcome === 'ok');
  const blocked = families(isStopped);
  return { open: [...open], blocked: [...blocked].filter((family) => !open.has(family)) };
}

/** PMS's direct connections show that the families differ, or that PMS only tried the blocked one; null: neither. */
function familiesSeen(scene: SeenScene, say: Say<typeof messages>): Judgement | null {
  const split = seenNeeds(scene).filter(isSplit);
  if (split.length > 0)
    return { state: 'likely', because: split.map(({ direct }) => describeDirect(direct)), hosts: hostsOf(split) };
  const stopped = seenNeeds(scene).flatMap((need) => {
    const tried = new Set(need.direct.map(({ flow }) => flow.family));
    const open = scene.openFamilies[need.endpoint.id] ?? [];
    const isShut = need.direct.length > 0 && need.direct.every(({ end }) => isFailure(end));
    return isShut && open.length > 0 && !open.some((family) => tried.has(family)) ? [{ ...need, open }] : [];
  });
  if (stopped.length === 0) return null;
  const isPms = stopped.some(({ direct }) => direct.some(({ flow }) => flow.process !== null));
  return {
    state: isPms ? 'confirmed' : 'likely',
    because: stopped.flatMap(({ endpoint, direct, open }) => [
      describeDirect(direct),
      say('untried', { host: endpoint.host, open: open.join() }),
    ]),
    hosts: hostsOf(stopped),
  };
}

function isSplit({ direct }: SeenNeed): boolean {
  const open = new Set(direct.filter(({ end }) => end === 'ok').map(({ flow }) => flow.family));
  return open.size > 0 && direct.some(({ flow, end }) => isFailure(end) && !open.has(flow.family));
}

import { observedBypass, seenAround } from '../judge/bypasses.ts';
import { meantNames } from '../judge/traffic/flows.ts';
import { groupBy } from '../values/group.ts';
import type { Observed, SeenFlow } from '../judge/observed.ts';
import type { Bypass, BypassGroup, EndpointResult } from '../model/report.ts';
import { ATTRIBUTIONS, type FlowName, type Watcher } from '../model/traffic.ts';

/** Everything that went, or would go, around the proxy, with what is known about each: what a person reads. */
export function groupBypasses(
  observed: Seen | null,
  bypasses: readonly Bypass[],
  endpoints: readonly EndpointResult[],
): BypassGroup[] {
  return [
    ...(observed === null ? [] : seenAround(observed.flows).map((own) => observedGroup(own, observed, endpoints))),
    ...configuredGroups(bypasses.filter(({ kind }) => kind === 'configured')),
  ];
}

type Seen = Pick<Observed, 'watchers' | 'flows'>;
type Group = readonly [SeenFlow, ...SeenFlow[]];

function observedGroup(own: Group, observed: Seen, endpoints: readonly EndpointResult[]): BypassGroup {
  const { host, address, port, pid: _pid, pids = [], ...bypass } = observedBypass(own);
  const flows = own.map(({ flow }) => flow);
  const held = new Set(flows.map(({ attribution }) => attribution));
  return {
    ...bypass,
    targets: [{ host, address, port }],
    pids,
    clients: [...new Set(flows.flatMap(({ client }) => client ?? []))],
    attribution: ATTRIBUTIONS.find((way) => held.has(way)) ?? null,
    names: distinctNames(flows.flatMap(({ names }) => names)),
    transport: flows[0]?.transport ?? null,
    protocol: flows[0]?.protocol ?? null,
    code: flows.flatMap(({ code }) => code ?? [])[0] ?? null,
    asked: askedOfProxy(own, host, port, observed, endpoints),
  };
}

function distinctNames(names: readonly FlowName[]): readonly FlowName[] {
  return [...new Map(names.map((name) => [JSON.stringify(name), name])).values()];
}

/** Whether the proxy was asked for the same target too. Only a watcher of that time may say that it was not. */
function askedOfProxy(
  own: Group,
  host: string | null,
  port: number,
  observed: Seen,
  endpoints: readonly EndpointResult[],
): BypassGroup['asked'] {
  const watchers = observed.watchers.flatMap((watcher, index) =>
    watcher.shows.includes('proxy') ? [{ watcher, index }] : [],
  );
  const answer = (
    state: NonNullable<BypassGroup['asked']>['state'],
    by: readonly { readonly index: number }[] = [],
  ): NonNullable<BypassGroup['asked']> => ({
    state,
    count: 0,
    reached: null,
    outcome: null,
    watchers: by.map(({ index }) => index),
  });
  if (watchers.length === 0) return answer('not-watched');
  const all = own.flatMap(({ flow }) => flow.names);
  const names = new Set(all.filter(({ outer }) => !outer).map(({ name }) => name));
  if (host !== null && all.length === 0) names.add(host);
  if (names.size === 0) return answer('name-unknown');
  const ids = new Set(own.flatMap(({ endpoint }) => endpoint?.id ?? []));
  const asked = observed.flows.filter(
    ({ flow, endpoint }) =>
      flow.route === 'proxy' &&
      (endpoint === null
        ? flow.targetPort === port && meantNames(flow).some(({ name }) => names.has(name))
        : ids.has(endpoint.id)),
  );
  if (asked.length === 0) {
    const meanwhile = watchers.filter(({ watcher }) => own.some(({ flow }) => overlaps(watcher, flow)));
    return meanwhile.length > 0 ? answer('never', meanwhile) : answer('other-time', watchers);
  }
  const seen = endpoints.find(({ id }) => ids.has(id))?.observed;
  const seenBy = new Set(asked.flatMap(({ flow }) => flow.seenBy));
  return {
    ...answer(
      'asked',
      watchers.filter(({ watcher }) => seenBy.has(watcher.kind)),
    ),
    count: seen?.proxy ?? Math.max(...asked.map(({ flow }) => flow.count)),
    reached: seen?.proxyReached ?? null,
    outcome: seen?.proxyOutcome ?? asked.at(-1)?.flow.outcome ?? null,
  };
}

function overlaps({ from, to }: Watcher, { firstAt, lastAt }: SeenFlow['flow']): boolean {
  const [start, end] = [firstAt ?? lastAt, lastAt ?? firstAt];
  return (to === null || start === null || start <= to) && (from === null || end === null || end >= from);
}

/** Targets that the same clients would go to directly are one entry. */
function configuredGroups(bypasses: readonly Bypass[]): readonly BypassGroup[] {
  const byTarget = [
    ...groupBy(bypasses, ({ host, address, port }) => JSON.stringify([host ?? address, port])).values(),
  ];
  const merged = byTarget.map((own) => ({
    target: own[0],
    dialects: [...new Set(own.flatMap(({ dialects }) => dialects))].sort(),
  }));
  return [...groupBy(merged, ({ dialects }) => dialects.join()).values()].map((own) => ({
    kind: 'configured',
    targets: own.map(({ target: { host, address, port } }) => ({ host, address, port })),
    dialects: own[0].dialects,
    process: null,
    pids: [],
    clients: [],
    attribution: null,
    names: [],
    transport: null,
    protocol: null,
    outcome: null,
    code: null,
    count: 0,
    evidence: ['settings'],
    asked: null,
  }));
}

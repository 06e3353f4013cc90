import type { Endpoint } from './endpoint.ts';
import { valueOf, type Evidence } from './evidence.ts';
import type { Routing } from './facts.ts';
import { endpointOf, furthest, surestName } from './flows.ts';
import { groupBy } from './group.ts';
import type { Outcome, Route } from './outcome.ts';
import type { Unlisted } from './report.ts';
import type { DnsQuestionSeen, Flow, Traffic, Watcher, WatcherKind } from './traffic.ts';

/** A flow with what it means. */
export interface SeenFlow {
  readonly flow: Flow;
  /** The endpoint of the catalogue; null: none, or it cannot be told. */
  readonly endpoint: Endpoint | null;
  /** Its one name; null: none, or several that are equally sure. */
  readonly host: string | null;
  /** It went around the proxy. */
  readonly bypass: boolean;
}

/** What was seen of one endpoint. */
export interface SeenEndpoint {
  readonly direct: readonly SeenFlow[];
  readonly proxy: readonly SeenFlow[];
}

/** PMS's traffic, judged once for all checks. */
export interface Observed {
  readonly watchers: readonly Watcher[];
  readonly flows: readonly SeenFlow[];
  /** Only endpoints of which something was seen. */
  readonly byEndpoint: Readonly<Record<string, SeenEndpoint>>;
  readonly unlisted: readonly Unlisted[];
  readonly questions: readonly DnsQuestionSeen[];
  /** Whether somebody would have seen requests to the proxy, or direct connections: without, silence means nothing. */
  readonly shows: Readonly<Record<Route, boolean>>;
  readonly omitted: number;
}

/** Judges what was seen. `routing` null: the settings are not known. */
export function observe(traffic: Traffic, items: Evidence['items'], routing: Routing | null): Observed {
  const endpoints = valueOf(items.endpoints) ?? [];
  // Where PMS is known to use no proxy, nothing can go around one.
  const proxyless = routing !== null && !routing.configured && !traffic.flows.some(({ route }) => route === 'proxy');
  const flows = traffic.flows.map((flow): SeenFlow => {
    const endpoint = endpointOf(flow, endpoints);
    return {
      flow,
      endpoint,
      host: surestName(flow.names)?.name ?? null,
      bypass: !proxyless && flow.route === 'direct' && (endpoint !== null || isOfPms(flow)) && flow.protocol !== 'dns',
    };
  });
  return {
    watchers: traffic.watchers,
    flows,
    byEndpoint: groupByEndpoint(flows),
    unlisted: listUnlisted(flows),
    questions: traffic.questions,
    shows: {
      direct: traffic.watchers.some(({ shows }) => shows.includes('direct')),
      proxy: traffic.watchers.some(({ shows }) => shows.includes('proxy')),
    },
    omitted: traffic.omitted,
  };
}

/** A flow whose process is known is of PMS: nobody else's are gathered. */
function isOfPms(flow: Flow): boolean {
  return flow.process !== null || flow.attribution === 'network';
}

function groupByEndpoint(flows: readonly SeenFlow[]): Observed['byEndpoint'] {
  const groups: Record<string, { direct: SeenFlow[]; proxy: SeenFlow[] }> = {};
  for (const seen of flows) {
    const { route } = seen.flow;
    if (seen.endpoint === null || (route !== 'direct' && route !== 'proxy')) continue;
    (groups[seen.endpoint.id] ??= { direct: [], proxy: [] })[route].push(seen);
  }
  return groups;
}

/** The connections of several flows. Two who watched the same thing are not added up. */
export function countSeen(flows: readonly SeenFlow[]): number {
  const byKind = new Map<WatcherKind, number>();
  for (const { flow } of flows) for (const kind of flow.seenBy) byKind.set(kind, (byKind.get(kind) ?? 0) + flow.count);
  return Math.max(0, ...byKind.values());
}

/** What became of the connections of several flows: what got furthest. */
export function outcomeOfSeen(flows: readonly SeenFlow[]): Outcome | null {
  return furthest(flows.map(({ flow }) => flow.outcome));
}

export function processesOf(flows: readonly SeenFlow[]): readonly string[] {
  return [...new Set(flows.flatMap(({ flow }) => (flow.process === null ? [] : [flow.process])))];
}

/** Named hosts that PMS, or a client that cannot be told from it, asked for and that the catalogue lacks. */
function listUnlisted(flows: readonly SeenFlow[]): readonly Unlisted[] {
  const strangers = flows.flatMap((seen) => {
    const { flow, endpoint, host } = seen;
    const port = flow.targetPort ?? flow.port;
    const isAway = flow.route === 'direct' || flow.route === 'proxy';
    return endpoint === null && host !== null && port !== null && isAway && flow.protocol !== 'dns'
      ? [{ seen, host, port }]
      : [];
  });
  return [...groupBy(strangers, ({ host, port }) => `${host} ${port}`).values()].map((group): Unlisted => {
    const [{ host, port }] = group;
    const own = group.map(({ seen }) => seen);
    const isTls = own.some(({ flow }) => ['tls', 'quic'].includes(flow.protocol ?? '') || flow.targetPort === 443);
    return {
      host,
      port,
      scheme: isTls || port !== 80 ? 'https' : 'http',
      routes: (['direct', 'proxy'] as const).filter((route) => own.some(({ flow }) => flow.route === route)),
      outcome: outcomeOfSeen(own),
      processes: processesOf(own),
      count: countSeen(own),
    };
  });
}

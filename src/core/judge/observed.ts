import { DIALECTS } from '../dialects/index.ts';
import type { Endpoint } from '../model/endpoint.ts';
import { valueOf, type Evidence, type Settings } from '../model/evidence.ts';
import type { Routing } from './settings/routing.ts';
import { candidatesOf, furthest, isForProxies, meantNames, plainName, surestName } from './traffic/flows.ts';
import { groupBy } from '../values/group.ts';
import type { Outcome, Route } from '../model/outcome.ts';
import type { Unlisted } from '../model/report.ts';
import { namesProxy } from './settings/settings-compare.ts';
import { relaysOf } from './traffic/relays.ts';
import { tiedToPms } from './traffic/ties.ts';
import type { DnsQuestionSeen, Flow, Traffic, Watcher, WatcherKind } from '../model/traffic.ts';

/** A flow with what it means. */
export interface SeenFlow {
  readonly flow: Flow;
  /** The endpoint of the catalogue; null: none, or it cannot be told. */
  readonly endpoint: Endpoint | null;
  /** All endpoints that it could have been meant for: several where the names of its address are of different ones. */
  readonly candidates: readonly Endpoint[];
  /** Its one name; null: none, or several that are equally sure. */
  readonly host: string | null;
  /** false: a line of the proxy's log that nothing ties to PMS; it may be of another host. */
  readonly tied: boolean;
  /** It went around the proxy. */
  readonly bypass: boolean;
  /** The entry of no_proxy that sends it direct, by the rules of PMS's own client; null: none, or it is not known. */
  readonly excludedBy: string | null;
}

/** The observed flows of one endpoint. */
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
  /** PMS is known to use no proxy, and no setting or option asks for one: no connection can go around it. */
  readonly proxyless: boolean;
  /** Whether a watcher would have seen requests to the proxy, or direct connections: without one, silence proves nothing. */
  readonly shows: Readonly<Record<Route, boolean>>;
  readonly omitted: number;
}

/** Judges what was seen. `routing` null: the settings are not known. */
export function observe(traffic: Traffic, items: Evidence['items'], routing: Routing | null): Observed {
  const endpoints = valueOf(items.endpoints) ?? [];
  const settings = valueOf(items.settings);
  const proxyless = usesNoProxy(traffic, settings, routing);
  const proxyAddresses = addressesOfProxies(traffic, items);
  const isAtProxy = ({ process, client }: Pick<Flow, 'process' | 'client'>): boolean =>
    process === null && client !== null && proxyAddresses.has(client);
  const isOfProxyItself = (flow: Flow): boolean => !isOfPms(flow) && isAtProxy(flow);
  const excludedBy = exclusions(settings, routing);
  const isTied = tiedToPms(traffic, items);
  const all = traffic.flows.map((flow): SeenFlow => {
    const names = meantNames(flow);
    const possible = [...candidatesOf({ ...flow, names }, endpoints)];
    const candidates = possible.filter((endpoint) => endpoint !== null);
    const isKnown = possible.length > 0 && candidates.length === possible.length;
    const endpoint = possible.length === 1 ? (possible[0] ?? null) : null;
    const host = surestName(names)?.name ?? null;
    const isAround = !proxyless && flow.route === 'direct' && isForProxies(flow) && !isOfProxyItself(flow);
    const entry = isAround ? excludedBy(flow, endpoint, host) : null;
    // A host outside the catalogue that the settings exclude is the administrator's own choice.
    const isStated = endpoint === null && entry !== null;
    const bypass = isAround && !isStated && (isKnown || isOfPms(flow));
    return { flow, endpoint, candidates, host, tied: isTied(flow), bypass, excludedBy: entry };
  });
  const flows = all.filter(({ flow }) => flow.route === 'proxy' || !isOfProxyItself(flow));
  const askers = new Set(traffic.flows.flatMap(({ route, client }) => (route === 'proxy' ? [client] : [])));
  // On a host that runs both, an unowned connection may be the proxy's own or one around it.
  const isMixed = all.some(({ flow }) => flow.route === 'direct' && isOfProxyItself(flow) && askers.has(flow.client));
  const isAtProxyOnly = flows.length < all.length && flows.every(({ flow }) => flow.route === 'proxy');
  const watchers = isAtProxyOnly ? traffic.watchers.map(perhapsAtProxy) : traffic.watchers;
  return {
    watchers,
    flows,
    byEndpoint: groupByEndpoint(flows),
    unlisted: listUnlisted(flows),
    questions: traffic.questions.filter((question) => !isAtProxy(question)),
    proxyless,
    shows: {
      direct: !isMixed && watchers.some(({ shows }) => shows.includes('direct')),
      proxy: traffic.watchers.some(({ shows }) => shows.includes('proxy')),
    },
    omitted: traffic.omitted,
  };
}

/** A capture with what the proxy does, and nothing that its clients do beside it, may have been taken where only the proxy is visible. */
function perhapsAtProxy(watcher: Watcher): Watcher {
  return watcher.kind === 'capture' ? { ...watcher, misses: [...watcher.misses, AT_PROXY] } : watcher;
}

const AT_PROXY = 'if it was taken at the proxy, everything that goes around it: capture on the PMS host';

/** A shell's variables say nothing about a server whose own environment is known. */
function usesNoProxy({ flows, watchers }: Traffic, settings: Settings | null, routing: Routing | null): boolean {
  if (routing === null || routing.configured) return false;
  const others = (settings?.sources ?? []).filter(({ kind }) => kind !== 'shell');
  return !(
    others.some(({ variables }) => namesProxy(valueOf(variables) ?? [])) ||
    flows.some(({ route }) => route === 'proxy') ||
    watchers.some(({ kind }) => kind === 'access-log')
  );
}

/** A capture beside the proxy shows the proxy's own connections for its clients, which are no bypass. */
function addressesOfProxies({ flows }: Traffic, { proxies }: Evidence['items']): ReadonlySet<string> {
  const probed = (valueOf(proxies) ?? []).flatMap(({ addresses }) => addresses.map(({ address }) => address));
  const seen = flows.flatMap(({ route, address }) => (route === 'proxy' && address !== null ? [address] : []));
  return new Set([...probed, ...seen, ...relaysOf(flows)]);
}

type ExclusionOf = (flow: Flow, endpoint: Endpoint | null, host: string | null) => string | null;

function exclusions(settings: Settings | null, routing: Routing | null): ExclusionOf {
  const source = settings?.sources.find(({ id }) => id === settings.used);
  const variables = Object.fromEntries(
    (source === undefined ? [] : (valueOf(source.variables) ?? [])).map(({ name, value }) => [name, value]),
  );
  return ({ targetPort, port: toPort }, endpoint, host) => {
    if (routing === null) return null;
    const known = endpoint === null ? undefined : routing.decisions[endpoint.id];
    if (known !== undefined) return known[routing.pmsDialect].excludedBy;
    const port = targetPort ?? toPort;
    if (host === null || port === null) return null;
    return DIALECTS[routing.pmsDialect].decide(variables, { scheme: port === 80 ? 'http' : 'https', host, port })
      .excludedBy;
  };
}

/** All that is surely PMS's: without the lines of a proxy's log that may be of other hosts. */
export function withoutUntied(observed: Observed): Observed {
  if (observed.flows.every(({ tied }) => tied)) return observed;
  const flows = observed.flows.filter(({ tied }) => tied);
  return { ...observed, flows, byEndpoint: groupByEndpoint(flows) };
}

/** A flow with a known process belongs to PMS: flows of other programs are not gathered. */
export function isOfPms(flow: Pick<Flow, 'process' | 'attribution'>): boolean {
  return flow.process !== null || flow.attribution === 'network' || flow.attribution === 'trace';
}

/**
 * Whether requests to the proxy would have been seen while these flows were made: a log of another day says nothing about them. A period
 * that is not known covers nothing.
 */
export function proxyWatchedDuring(watchers: readonly Watcher[], flows: readonly SeenFlow[]): boolean {
  return flows.every(({ flow }) => proxyWatchedAt(watchers, flow));
}

interface Period {
  readonly firstAt: string | null;
  readonly lastAt: string | null;
}

/**
 * The same for one period, from its first moment to its last, as a request may fall on either. Times without a zone cannot be compared.
 */
export function proxyWatchedAt(watchers: readonly Watcher[], { firstAt, lastAt }: Period): boolean {
  if (firstAt?.endsWith('Z') !== true || lastAt?.endsWith('Z') !== true) return false;
  return watchers.some(
    ({ shows, from, to }) => shows.includes('proxy') && from !== null && to !== null && from <= firstAt && lastAt <= to,
  );
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

/** The connections of several flows. Two watchers of the same connections are not added up. */
export function countSeen(flows: readonly SeenFlow[]): number {
  return mostSeen(flows, ({ count }) => count);
}

/** The tries to connect of several flows, counted in the same way. */
export function triesSeen(flows: readonly Pick<SeenFlow, 'flow'>[]): number {
  return mostSeen(flows, ({ tries }) => tries);
}

function mostSeen(flows: readonly Pick<SeenFlow, 'flow'>[], amountOf: (flow: Flow) => number): number {
  const byKind = new Map<WatcherKind, number>();
  for (const { flow } of flows)
    for (const kind of flow.seenBy) byKind.set(kind, (byKind.get(kind) ?? 0) + amountOf(flow));
  return Math.max(0, ...byKind.values());
}

/** The furthest outcome of the connections of several flows. */
export function outcomeOfSeen(flows: readonly Pick<SeenFlow, 'flow'>[]): Outcome | null {
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
    const isAway = (flow.route === 'direct' && isForProxies(flow)) || flow.route === 'proxy';
    return endpoint === null && host !== null && port !== null && isAway ? [{ seen, host: plainName(host), port }] : [];
  });
  return [...groupBy(strangers, ({ host, port }) => `${host} ${port}`).values()].map((group): Unlisted => {
    const [{ host, port }] = group;
    const own = group.map(({ seen }) => seen);
    const spoken = own.map(({ flow }) => flow.protocol);
    const isTls = spoken.includes('tls') || spoken.includes('quic');
    const isPlain = !isTls && (port === 80 || spoken.includes('http'));
    return {
      host,
      port,
      scheme: isPlain ? 'http' : 'https',
      routes: (['direct', 'proxy'] as const).filter((route) => own.some(({ flow }) => flow.route === route)),
      outcome: outcomeOfSeen(own),
      processes: processesOf(own),
      count: countSeen(own),
    };
  });
}

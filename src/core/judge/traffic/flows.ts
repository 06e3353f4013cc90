import { addressBytes, familyOf, formatAddress, unmapped, withoutZone } from '../../values/address.ts';
import { isForMany, scopeOf } from '../../values/scope.ts';
import type { Endpoint } from '../../model/endpoint.ts';
import { progressOf, type Outcome } from '../../model/outcome.ts';
import { NAME_SOURCES, type Flow, type FlowName, type FlowRoute, type Traffic } from '../../model/traffic.ts';

/** The facts that decide the route of a connection. */
export interface Surroundings {
  /** Where the proxies listen, as {@link placeKey} writes it: by address, and by name where no address is known. */
  readonly proxies: ReadonlySet<string>;
  readonly endpoints: readonly Endpoint[];
}

/** Address and port of a listener, comparable: IPv6 in one spelling, names in lower case, IPv4 as such also where a socket of IPv6 carries it. */
export function placeKey(host: string, port: number): string {
  const bytes = addressBytes(withoutZone(host));
  return `${(bytes && formatAddress(unmapped(bytes))) ?? plainName(host)} ${port}`;
}

/**
 * The way of a connection. A client that speaks a proxy protocol goes to a proxy, configured or not. A host of the
 * catalogue is never on the LAN, whatever its address looks like: laboratories and split DNS give private ones.
 */
export function routeOf(
  flow: Pick<Flow, 'address' | 'port' | 'protocol' | 'names'>,
  { proxies, endpoints }: Surroundings,
): FlowRoute {
  const { address, port, protocol, names } = flow;
  if (protocol === 'http-proxy' || protocol === 'socks') return 'proxy';
  const places = [address, ...names.filter(isGuess).map(({ name }) => name)];
  if (port !== null && places.some((place) => place !== null && proxies.has(placeKey(place, port)))) return 'proxy';
  const scope = address === null ? null : scopeOf(address);
  if (scope === 'loopback') return 'loopback';
  if (names.some(({ name }) => endpoints.some((e) => isAlwaysAway(e, port) && coversName(e, name)))) return 'direct';
  if (scope === 'private' || scope === 'link-local' || scope === 'unspecified') return 'lan';
  return address !== null && isForMany(address) ? 'lan' : 'direct';
}

/**
 * A name of plex.direct is that of a server in the own network as often as that of a relay: the port tells them apart. A custom metadata
 * provider is where its address says.
 */
function isAlwaysAway({ kind, port, provider = false }: Endpoint, toPort: number | null): boolean {
  if (provider) return false;
  return kind === 'host' || (kind === 'wildcard' && port === toPort);
}

/** Whether a name is one that an endpoint stands for. */
export function coversName({ host, probeHost }: Endpoint, name: string): boolean {
  const plain = plainName(name);
  return host.startsWith('*.') ? plain.endsWith(host.slice(1)) || plain === probeHost : plain === host;
}

/** This host by name or address: traffic to it stays on this host. */
export function isLoopbackName(host: string): boolean {
  return host === 'localhost' || scopeOf(host) === 'loopback';
}

/** As names are compared: in lower case, without the root's dot. */
export function plainName(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

/** The names of a flow's target. Names of the address of a proxy are the proxy's own and do not count. */
export function meantNames({ names, route }: Pick<Flow, 'names' | 'route'>): readonly FlowName[] {
  return route === 'proxy' ? names.filter((name) => !isGuess(name)) : names;
}

/** Where one address has several names, a connection to it could have been for each of them. */
function isGuess({ source }: FlowName): boolean {
  return source === 'dns' || source === 'lookup';
}

/**
 * The lower the surer. The name given to a proxy outranks the name inside the tunnel, because the proxy judged by it; a bare address
 * is no name. The public name of an encrypted hello stands behind what DNS says: the true one is hidden, unless it is GREASE.
 */
function rankOf({ name, source, outer }: FlowName): number {
  const told = TOLD_TO_PROXY.indexOf(source);
  const base = told === -1 ? TOLD_TO_PROXY.length + NAME_SOURCES.indexOf(source) : told;
  if (familyOf(name) !== null) return base + 2 * NAME_SOURCES.length;
  return outer ? TOLD_TO_PROXY.length + NAME_SOURCES.indexOf('dns') + 0.5 : base;
}

const TOLD_TO_PROXY: readonly FlowName['source'][] = ['connect', 'socks'];

/** The names that are equally sure, and none is surer. */
export function surestNames(names: readonly FlowName[]): readonly FlowName[] {
  const best = Math.min(...names.map(rankOf));
  return names.filter((name) => rankOf(name) === best);
}

/** The surest name of a flow; null where several are equally sure. */
export function surestName(names: readonly FlowName[]): FlowName | null {
  const surest = surestNames(names);
  const [first = null] = surest;
  const isOne = new Set(surest.map(({ name }) => plainName(name))).size === 1;
  return isOne || (first !== null && !isGuess(first)) ? first : null;
}

/** The endpoints that a flow could have been meant for; null stands for a host outside the catalogue. Empty: it has no name. */
export function candidatesOf(
  { names, targetPort, port }: Pick<Flow, 'names' | 'targetPort' | 'port'>,
  endpoints: readonly Endpoint[],
): ReadonlySet<Endpoint | null> {
  const sure = surestName(names);
  const possible = sure === null ? surestNames(names) : [sure];
  const at = endpoints.filter(
    ({ port: own, kind }) => own === (targetPort ?? port) && kind !== 'udp' && kind !== 'dns',
  );
  return new Set(possible.map(({ name }) => at.find((e) => coversName(e, name)) ?? null));
}

/** The endpoint of the catalogue that a flow was meant for. Of names that are not sure, all have to be of the same one. */
export function endpointOf(
  flow: Pick<Flow, 'names' | 'targetPort' | 'port'>,
  endpoints: readonly Endpoint[],
): Endpoint | null {
  const [first = null, ...others] = candidatesOf(flow, endpoints);
  return others.length === 0 ? first : null;
}

/** The traffic without the endpoints that were left out on purpose; hosts outside the catalogue stay. */
export function withoutEndpoints(traffic: Traffic, leftOut: readonly Endpoint[]): Traffic {
  const isLeftOut = (name: string): boolean => leftOut.some((endpoint) => coversName(endpoint, name));
  const isStaying = (flow: Flow): boolean => {
    const names = surestNames(meantNames(flow));
    return names.length === 0 || !names.every(({ name }) => isLeftOut(name));
  };
  return {
    ...traffic,
    flows: traffic.flows.filter(isStaying),
    questions: traffic.questions.filter(({ name }) => !isLeftOut(name)),
  };
}

/** The furthest outcome of several connections; null where none was seen. */
export function furthest(outcomes: readonly (Outcome | null)[]): Outcome | null {
  return outcomes.reduce<Outcome | null>(
    (best, each) => (each !== null && (best === null || progressOf(each) > progressOf(best)) ? each : best),
    null,
  );
}

/**
 * Joins equal flows of the same watchers: counts add up, the period grows. Flows of different watchers stay apart, because they may be the
 * same connection. The order of the first appearance stays.
 */
export function mergeFlows(flows: Iterable<Flow>): Flow[] {
  const merged = new Map<string, Flow>();
  for (const flow of flows) {
    const { count: _count, tries: _tries, firstAt: _firstAt, lastAt: _lastAt, seenBy, ...identity } = flow;
    const key = JSON.stringify([identity, seenBy.toSorted()]);
    const present = merged.get(key);
    merged.set(
      key,
      present === undefined
        ? flow
        : {
            ...present,
            count: present.count + flow.count,
            tries: present.tries + flow.tries,
            firstAt: earlier(present.firstAt, flow.firstAt),
            lastAt: later(present.lastAt, flow.lastAt),
          },
    );
  }
  return [...merged.values()];
}

/** ISO 8601 in UTC compares as text. */
function earlier(a: string | null, b: string | null): string | null {
  return a === null || b === null ? (a ?? b) : a < b ? a : b;
}

function later(a: string | null, b: string | null): string | null {
  return a === null || b === null ? (a ?? b) : a > b ? a : b;
}

export function isDns({ protocol, port }: Pick<Flow, 'protocol' | 'port'>): boolean {
  return protocol === 'dns' || (protocol === null && port === 53);
}

/** Whether a client of a proxy would have sent it there: an HTTP proxy carries no UDP, but what QUIC carries goes over TCP as well. */
export function isForProxies(flow: Pick<Flow, 'transport' | 'protocol' | 'port'>): boolean {
  const { transport, protocol, port } = flow;
  return transport === 'tcp' ? !isDns(flow) : protocol === 'quic' || (protocol === null && port === 443);
}

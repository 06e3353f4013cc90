import { familyOf, parseIPv4, parseIPv6, scopeOf } from './address.ts';
import type { Endpoint } from './endpoint.ts';
import { progressOf, type Outcome } from './outcome.ts';
import { NAME_SOURCES, type Flow, type FlowName, type FlowRoute, type Traffic } from './traffic.ts';

/** What has to be known to tell which way a connection goes. */
export interface Surroundings {
  /** Where the proxies listen, as {@link placeKey} writes it: by address, and by name where no address is known. */
  readonly proxies: ReadonlySet<string>;
  readonly endpoints: readonly Endpoint[];
}

/** Address and port of a listener, comparable: IPv6 in one spelling, names in lower case, IPv4 as such also where a socket of IPv6 carries it. */
export function placeKey(host: string, port: number): string {
  const groups = familyOf(host) === 6 ? parseIPv6(host) : null;
  return `${groups === null ? plainName(host) : (mappedIPv4(groups) ?? groups.join(':'))} ${port}`;
}

/** ::ffff:0:0/96 (RFC 4291 section 2.5.5.2): how /proc/net/tcp6 shows the IPv4 connections of a dual-stack socket. */
function mappedIPv4(groups: readonly number[]): string | null {
  const [g0, g1, g2, g3, g4, g5, high = 0, low = 0] = groups;
  if (g5 !== 0xffff || [g0, g1, g2, g3, g4].some((group) => group !== 0)) return null;
  return [high >>> 8, high & 0xff, low >>> 8, low & 0xff].join('.');
}

/**
 * The way of a connection. Who speaks a proxy's language goes to a proxy, whether or not it is the configured one. A host of the
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
  return address !== null && isManyToOne(address) ? 'lan' : 'direct';
}

/** A name of plex.direct is that of a server in the own network as often as that of a relay: the port tells them apart. */
function isAlwaysAway({ kind, port }: Endpoint, toPort: number | null): boolean {
  return kind === 'host' || (kind === 'wildcard' && port === toPort);
}

/** Multicast (RFC 5771, RFC 4291 section 2.7) and the limited broadcast address. */
function isManyToOne(address: string): boolean {
  const v4 = parseIPv4(address);
  if (v4 !== null) return v4 >>> 28 === 0xe || v4 === 0xff_ff_ff_ff;
  return ((parseIPv6(address)?.[0] ?? 0) & 0xff00) === 0xff00;
}

/** Whether a name is one that an endpoint stands for. */
export function coversName({ host, probeHost }: Endpoint, name: string): boolean {
  const plain = plainName(name);
  return host.startsWith('*.') ? plain.endsWith(host.slice(1)) || plain === probeHost : plain === host;
}

/** This host by name or address: what is sent there is meant for oneself. */
export function isLoopbackName(host: string): boolean {
  const v4 = parseIPv4(host);
  return host === 'localhost' || host === '::1' || (v4 !== null && v4 >>> 24 === 127);
}

/** As names are compared: in lower case, without the root's dot. */
export function plainName(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

/** The names of whom a flow was meant for. Those that belong to the address of a proxy are the proxy's own. */
export function meantNames({ names, route }: Pick<Flow, 'names' | 'route'>): readonly FlowName[] {
  return route === 'proxy' ? names.filter((name) => !isGuess(name)) : names;
}

/** Several names of one address are all that a connection to it could have been for. */
function isGuess({ source }: FlowName): boolean {
  return source === 'dns' || source === 'lookup';
}

/**
 * The lower the surer. What a proxy was told outranks the name inside the tunnel, because the proxy judged by it; a bare address that it was
 * told is no name. The public name of an encrypted hello stands behind what DNS says: the true one is hidden, unless it is GREASE.
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

/** The surest name of a flow, as far as one can be told: several that are equally sure are no name. */
export function surestName(names: readonly FlowName[]): FlowName | null {
  const surest = surestNames(names);
  const [first = null] = surest;
  const isOne = new Set(surest.map(({ name }) => plainName(name))).size === 1;
  return isOne || (first !== null && !isGuess(first)) ? first : null;
}

/** The endpoints that a flow could have been meant for; null stands for what the catalogue lacks. Empty: it has no name. */
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

/** What was seen, without what was for endpoints that were left out on purpose; strangers to the catalogue stay. */
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

/** Of what became of several connections, what got furthest; null where nobody saw. */
export function furthest(outcomes: readonly (Outcome | null)[]): Outcome | null {
  return outcomes.reduce<Outcome | null>(
    (best, each) => (each !== null && (best === null || progressOf(each) > progressOf(best)) ? each : best),
    null,
  );
}

/**
 * Joins equal flows of the same watchers: counts add up, the period grows. What two watchers saw of the same connection stays apart, for it
 * is one connection. The order of the first appearance stays.
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

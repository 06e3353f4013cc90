import { familyOf, parseIPv4, parseIPv6, scopeOf } from './address.ts';
import type { Endpoint } from './endpoint.ts';
import { progressOf, type Outcome } from './outcome.ts';
import { NAME_SOURCES, type Flow, type FlowName, type FlowRoute } from './traffic.ts';

/** What has to be known to tell which way a connection goes. */
export interface Surroundings {
  /** Where the proxies listen, as {@link placeKey} writes it: by address, and by name where no address is known. */
  readonly proxies: ReadonlySet<string>;
  readonly endpoints: readonly Endpoint[];
}

/** Address and port of a listener, comparable: IPv6 in one spelling, names in lower case. */
export function placeKey(host: string, port: number): string {
  const groups = familyOf(host) === 6 ? parseIPv6(host) : null;
  return `${groups === null ? host.toLowerCase().replace(/\.$/, '') : groups.join(':')} ${port}`;
}

/**
 * The way of a connection. Who speaks a proxy's language goes to a proxy, whether or not it is the configured one. A name of the
 * catalogue is never on the LAN, whatever its address looks like: laboratories and split DNS give private ones.
 */
export function routeOf(
  flow: Pick<Flow, 'address' | 'port' | 'protocol' | 'names'>,
  { proxies, endpoints }: Surroundings,
): FlowRoute {
  const { address, port, protocol } = flow;
  if (protocol === 'http-proxy' || protocol === 'socks') return 'proxy';
  if (address !== null && port !== null && proxies.has(placeKey(address, port))) return 'proxy';
  const scope = address === null ? null : scopeOf(address);
  if (scope === 'loopback') return 'loopback';
  if (flow.names.some(({ name }) => endpoints.some((endpoint) => coversName(endpoint, name)))) return 'direct';
  if (scope === 'private' || scope === 'link-local' || scope === 'unspecified') return 'lan';
  return address !== null && isManyToOne(address) ? 'lan' : 'direct';
}

/** Multicast (RFC 5771, RFC 4291 section 2.7) and the limited broadcast address. */
function isManyToOne(address: string): boolean {
  const v4 = parseIPv4(address);
  if (v4 !== null) return v4 >>> 28 === 0xe || v4 === 0xff_ff_ff_ff;
  return ((parseIPv6(address)?.[0] ?? 0) & 0xff00) === 0xff00;
}

/** Whether a name is one that an endpoint stands for. */
export function coversName({ host, probeHost }: Endpoint, name: string): boolean {
  const plain = name.toLowerCase().replace(/\.$/, '');
  return host.startsWith('*.') ? plain.endsWith(host.slice(1)) || plain === probeHost : plain === host;
}

/** The surest name of a flow, as far as one can be told: several that are equally sure are no name. */
export function surestName(names: readonly FlowName[]): FlowName | null {
  const [best, next] = names.toSorted((a, b) => NAME_SOURCES.indexOf(a.source) - NAME_SOURCES.indexOf(b.source));
  if (best === undefined) return null;
  const isGuess = best.source === 'dns' || best.source === 'lookup';
  return isGuess && next !== undefined && next.source === best.source && next.name !== best.name ? null : best;
}

/** The endpoint of the catalogue that a flow was meant for. Of names that are not sure, all have to be of the same one. */
export function endpointOf(
  flow: Pick<Flow, 'names' | 'targetPort' | 'port'>,
  endpoints: readonly Endpoint[],
): Endpoint | null {
  const port = flow.targetPort ?? flow.port;
  const sure = surestName(flow.names);
  const names = sure === null ? flow.names : [sure];
  const found = names.map(
    ({ name }) =>
      endpoints.find((e) => e.port === port && e.kind !== 'udp' && e.kind !== 'dns' && coversName(e, name)) ?? null,
  );
  const [first = null] = found;
  return found.every((e) => e === first) ? first : null;
}

/** Of what became of several connections, what got furthest; null where nobody saw. */
export function furthest(outcomes: readonly (Outcome | null)[]): Outcome | null {
  return outcomes.reduce<Outcome | null>(
    (best, each) => (each !== null && (best === null || progressOf(each) > progressOf(best)) ? each : best),
    null,
  );
}

/** Joins equal flows: counts add up, the period grows. The order of the first appearance stays. */
export function mergeFlows(flows: Iterable<Flow>): Flow[] {
  const merged = new Map<string, Flow>();
  for (const flow of flows) {
    const { count: _count, tries: _tries, firstAt: _firstAt, lastAt: _lastAt, seenBy: _seenBy, ...identity } = flow;
    const key = JSON.stringify(identity);
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
            seenBy: [...new Set([...present.seenBy, ...flow.seenBy])],
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

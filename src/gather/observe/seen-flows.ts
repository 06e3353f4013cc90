import { scopeOf } from '../../core/address.ts';
import { coversName, isLoopbackName, mergeFlows, placeKey, routeOf, type Surroundings } from '../../core/flows.ts';
import type { DnsQuestionSeen, Flow } from '../../core/traffic.ts';
import type { CaptureConnection } from '../../parse/capture.ts';
import { saidName } from '../../parse/client-hello.ts';
import { flowsOfConnection, questionOf, STALLED_AFTER_MS, towardsProxy } from '../logs/capture-flows.ts';
import { isoOf } from '../logs/times.ts';
import { askerOf, attribute, type Attributed, type Witness } from './attribute.ts';
import type { AskedQuestion } from './live-packets.ts';
import type { Sighting } from './sockets.ts';

/** Everything that was seen up to now, to be made into flows. */
export interface Seen extends Witness {
  readonly connections: readonly CaptureConnection[];
  readonly sightings: readonly Sighting[];
  /** Names that DNS gave the address until then, else those that it gave it later. */
  namesOf(address: string, atMs: number): readonly string[];
  /** Whether the address is one of the watched network's own. */
  isLocal(address: string): boolean;
  readonly surroundings: Surroundings;
  readonly lookups: ReadonlyMap<string, readonly string[]>;
  /** Until when was watched. */
  readonly untilMs: number;
}

/** Linux sends a SYN again after one second: who has had no answer by then has missed one. */
const SYN_ANSWER_MS = 1_000;
const DNS_PORT = 53;
const PMS_PORT = 32_400;
/** libc connects UDP sockets to an address only to learn its way there (RFC 6724); these are gone at once. */
const UDP_SAMPLES = 2;

/** What PMS's processes did: flows of packets, and of sockets whose packets were not seen. */
export function flowsOf(seen: Seen): readonly Flow[] {
  const connections = seen.connections.filter((one) => seen.isLocal(one.client.address));
  const surroundings = withSpeakers(seen.surroundings, connections);
  const flows: Flow[] = [];
  const captured = new Set<string>();
  const strangersTo = new Set<string>();
  for (const connection of connections) {
    captured.add(endsKey(connection.transport, connection.client, connection.server));
    const own = flowsOfOne(connection, seen, surroundings);
    if (own === 'stranger') strangersTo.add(connection.server.address);
    else flows.push(...own);
  }
  for (const sighting of seen.sightings) {
    if (sighting.remote === null || captured.has(endsKey(sighting.transport, sighting.local, sighting.remote)))
      continue;
    flows.push(...flowsOfSocket(sighting, seen, surroundings));
  }
  return mergeFlows(withoutChallenges(withKin(flows, strangersTo)));
}

/**
 * A scanner that ends within milliseconds is sometimes missed. What nobody was seen to do is of the program that did all the rest of its
 * kind, if nobody else went to the same place.
 */
function withKin(flows: readonly Flow[], strangersTo: ReadonlySet<string>): readonly Flow[] {
  const kind = ({ names, targetPort, route }: Flow): string =>
    JSON.stringify([route, targetPort, [...new Set(names.map(({ name }) => name))].toSorted()]);
  const doers = new Map<string, Set<string>>();
  for (const flow of flows) {
    // Who was only inferred is no ground for more.
    if (flow.process === null || flow.attribution === 'elimination' || flow.names.length === 0) continue;
    doers.set(kind(flow), (doers.get(kind(flow)) ?? new Set()).add(flow.process));
  }
  return flows.map((flow) => {
    if (flow.process !== null || flow.address === null || strangersTo.has(flow.address)) return flow;
    const [process, ...others] = doers.get(kind(flow)) ?? [];
    return process === undefined || others.length > 0 ? flow : { ...flow, process, attribution: 'elimination' };
  });
}

/** The questions of PMS's processes, and those for names of the catalogue whose asker is not known. */
export function questionsOf(
  questions: Iterable<AskedQuestion>,
  witness: Witness & Pick<Seen, 'isLocal'>,
  { endpoints }: Surroundings,
): readonly DnsQuestionSeen[] {
  const merged = new Map<string, DnsQuestionSeen>();
  for (const question of questions) {
    const asker = askerOf(question, witness);
    if (asker === 'stranger' || !witness.isLocal(question.client)) continue;
    // Anybody may have asked, but few ask for these.
    if (asker === null && !witness.networkIsPms && !endpoints.some((each) => coversName(each, question.name))) continue;
    const one = { ...questionOf(question), process: asker?.name ?? null, pid: asker?.pid ?? null };
    const key = [one.process, one.pid, one.client, one.server, one.name, one.type, one.result].join(' ');
    const known = merged.get(key);
    const addresses = [...new Set([...(known?.addresses ?? []), ...one.addresses])].toSorted();
    merged.set(
      key,
      known === undefined
        ? { ...one, addresses }
        : { ...known, addresses, count: known.count + one.count, lastAt: one.lastAt },
    );
  }
  return [...merged.values()];
}

/** A proxy that is not configured here is one all the same: the packets of its clients say so. */
function withSpeakers(surroundings: Surroundings, connections: readonly CaptureConnection[]): Surroundings {
  const speakers = connections
    .filter(({ protocol }) => protocol === 'http-proxy' || protocol === 'socks')
    .map(({ server }) => placeKey(server.address, server.port));
  return { ...surroundings, proxies: new Set([...surroundings.proxies, ...speakers]) };
}

interface End {
  readonly address: string;
  readonly port: number;
}

function endsKey(transport: string, local: End, remote: End): string {
  return `${transport} ${local.address} ${local.port} ${remote.address} ${remote.port}`;
}

function flowsOfOne(
  connection: CaptureConnection,
  seen: Seen,
  surroundings: Surroundings,
): readonly Flow[] | 'stranger' {
  const { server, hellos, request, outcome } = connection;
  const known = seen.namesOf(server.address, connection.firstMs + SYN_ANSWER_MS);
  const names = known.length > 0 ? known : (seen.lookups.get(server.address) ?? []);
  const isVain = isVainCallOfProxy(connection, seen.surroundings);
  const attributed = attribute(connection, isVain || isCatalogued(connection, names, surroundings), seen);
  if (attributed.kind === 'stranger') return 'stranger';
  // Only its end was seen, by chance, and nobody was seen to hold it.
  const isEnd = outcome === 'midway' && hellos.length === 0 && request === null;
  if (isEnd && (attributed.kind === 'nobody' || attributed.by !== 'socket')) return [];
  const own = ownNames(connection, attributed, known, seen);
  const flows = flowsOfConnection(connection, own)
    .map((flow) => (known.length === 0 ? withLookups(flow, seen.lookups) : flow))
    .map((flow) => settle({ ...flow, ...who(attributed) }, connection, seen.untilMs))
    .map((flow) => (flow.attribution === 'socket' ? { ...flow, seenBy: [...flow.seenBy, 'socket' as const] } : flow))
    .map((flow) => onItsRoute(flow, surroundings));
  return attributed.kind === 'nobody' && !isVain
    ? flows.filter((flow) => isOfCatalogue(flow, surroundings) || isCallToPms(flow))
    : flows;
}

/** A proxy of PMS that is not reached concerns PMS, whoever called. What it was to be asked is never said. */
function isVainCallOfProxy({ transport, server, outcome }: CaptureConnection, { proxies }: Surroundings): boolean {
  return transport === 'tcp' && NOT_REACHED.has(outcome) && proxies.has(placeKey(server.address, server.port));
}

const NOT_REACHED: ReadonlySet<CaptureConnection['outcome']> = new Set([
  'refused',
  'prohibited',
  'unreachable',
  'no-reply',
]);

function who(attributed: Attributed): Pick<Flow, 'process' | 'pid' | 'attribution'> {
  return attributed.kind === 'pms'
    ? { process: attributed.process, pid: attributed.pid, attribution: attributed.by }
    : { process: null, pid: null, attribution: null };
}

/**
 * The names that DNS gave the address, as far as they say something here: what the client says itself is surer, and what its own process
 * asked for is what it meant.
 */
function ownNames(
  connection: CaptureConnection,
  attributed: Attributed,
  known: readonly string[],
  seen: Seen,
): readonly string[] {
  if (connection.protocol === 'dns') return [];
  const said = saidNames(connection);
  if (said.length > 0) return known.filter((name) => said.includes(name));
  if (attributed.kind !== 'pms' || attributed.pid === null) return known;
  const asked = seen
    .questionsFor(connection.server.address)
    .filter((one) => one.firstMs <= connection.firstMs + SYN_ANSWER_MS && isAskedBy(one, attributed.pid, seen));
  return asked.length > 0 ? [...new Set(asked.map(({ name }) => name))] : known;
}

function isAskedBy(question: AskedQuestion, pid: number | null, seen: Seen): boolean {
  const asker = askerOf(question, seen);
  return typeof asker === 'object' && asker?.pid === pid;
}

function saidNames({ hellos, requests }: CaptureConnection): readonly string[] {
  const names = hellos.flatMap(({ serverName }) => saidName(serverName) ?? []);
  return [...names, ...requests.map(({ host }) => host)].map((name) => name.toLowerCase().replace(/\.$/, ''));
}

function isCatalogued(connection: CaptureConnection, names: readonly string[], { endpoints }: Surroundings): boolean {
  return [...saidNames(connection), ...names].some((name) => endpoints.some((endpoint) => coversName(endpoint, name)));
}

function isOfCatalogue(flow: Flow, { endpoints }: Surroundings): boolean {
  return flow.names.some(({ name }) => endpoints.some((endpoint) => coversName(endpoint, name)));
}

/** PMS's scanner calls PMS by this address: at a proxy, nobody else's request looks like it. */
function isCallToPms({ route, names, targetPort }: Flow): boolean {
  return route === 'proxy' && targetPort === PMS_PORT && names.some(({ name }) => isLoopbackName(name));
}

function withLookups(flow: Flow, lookups: Seen['lookups']): Flow {
  if (flow.names.length > 0 || flow.address === null || flow.protocol === 'dns') return flow;
  const names = (lookups.get(flow.address) ?? []).map((name) => ({ name, source: 'lookup' as const, outer: false }));
  return { ...flow, names };
}

/** While the watching goes on, an answer may still come; and only here it is known how long the other side has been silent. */
function settle(flow: Flow, { firstMs, syns, outcome, ended }: CaptureConnection, untilMs: number): Flow {
  const waitedMs = untilMs - firstMs;
  const mayConnect = (outcome === 'no-reply' || outcome === 'unanswered') && syns <= 1 && waitedMs < SYN_ANSWER_MS;
  const mayAnswer = flow.outcome === 'proxy-silent' && !ended && waitedMs < STALLED_AFTER_MS;
  return mayConnect || mayAnswer ? { ...flow, outcome: null, code: null } : flow;
}

function onItsRoute(flow: Flow, surroundings: Surroundings): Flow {
  const route = routeOf(flow, surroundings);
  if (route !== 'proxy' || flow.route === 'proxy') return { ...flow, route };
  // The hello to a proxy that speaks TLS names the proxy.
  return { ...towardsProxy(flow), names: [], targetPort: null };
}

/** What a socket alone tells: its ends, its process, and whether it is connected. */
function flowsOfSocket(sighting: Sighting, seen: Seen, surroundings: Surroundings): readonly Flow[] {
  const { transport, local, remote, owner, accepted } = sighting;
  if (remote === null || accepted || remote.port === 0) return [];
  const isDns = remote.port === DNS_PORT;
  if (transport === 'udp' && !isDns && sighting.samples < UDP_SAMPLES) return [];
  const process = typeof owner === 'object' ? owner : null;
  const flow: Flow = {
    process: process?.name ?? null,
    pid: process?.pid ?? null,
    attribution: process === null ? null : 'socket',
    transport,
    family: remote.address.includes(':') ? 6 : 4,
    client: local.address,
    address: remote.address,
    scope: scopeOf(remote.address),
    port: remote.port,
    protocol: isDns ? 'dns' : null,
    names: [],
    targetPort: remote.port,
    route: 'direct',
    ...becameOfSocket(sighting),
    status: null,
    count: 1,
    tries: 1 + sighting.retransmits,
    firstAt: isoOf(sighting.firstMs),
    lastAt: isoOf(sighting.lastMs),
    seenBy: ['socket'],
  };
  const named = onItsRoute(withNames(flow, sighting, seen), surroundings);
  return process === null && !isOfCatalogue(named, surroundings) ? [] : [named];
}

function withNames(flow: Flow, { firstMs }: Sighting, seen: Seen): Flow {
  if (flow.address === null || flow.protocol === 'dns') return flow;
  const names = seen
    .namesOf(flow.address, firstMs + SYN_ANSWER_MS)
    .map((name) => ({ name, source: 'dns' as const, outer: false }));
  return names.length > 0 ? { ...flow, names } : withLookups(flow, seen.lookups);
}

function becameOfSocket({
  transport,
  established,
  retransmits,
  waitedFromMs,
  waitedToMs,
}: Sighting): Pick<Flow, 'outcome' | 'code'> {
  if (transport === 'udp') return { outcome: null, code: null };
  if (established) return { outcome: 'ok', code: null };
  const waitedMs = (waitedToMs ?? 0) - (waitedFromMs ?? 0);
  // Gone without an answer that was seen: refused or given up, nobody knows.
  return { outcome: retransmits > 0 || waitedMs > SYN_ANSWER_MS ? 'no-reply' : null, code: null };
}

/** Clients send their login only when they were asked for it: a 407 before the success of the same client is no refusal. */
function withoutChallenges(flows: readonly Flow[]): readonly Flow[] {
  const key = (flow: Flow): string =>
    `${flow.client} ${flow.process} ${flow.names.map(({ name }) => name).join(' ')} ${flow.targetPort}`;
  const passed = new Set(flows.filter(({ route, outcome }) => route === 'proxy' && outcome === 'ok').map(key));
  return flows.filter((flow) => flow.outcome !== 'proxy-auth' || !passed.has(key(flow)));
}

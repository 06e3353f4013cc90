import { coversName, isLoopbackName, mergeFlows, placeKey, type Surroundings } from '../../core/judge/traffic/flows.ts';
import type { DnsQuestionSeen, Flow } from '../../core/model/traffic.ts';
import type { CaptureConnection } from '../../parse/capture/index.ts';
import { saidName } from '../../parse/client-hello/index.ts';
import { flowsOfConnection, questionOf, STALLED_AFTER_MS } from '../flows/capture-flows.ts';
import { askerOf, attribute, type Attributed, type Witness } from './attribute.ts';
import { isOfCatalogue, onItsRoute, SYN_ANSWER_MS, withLookups, type Names } from './flow-parts.ts';
import type { AskedQuestion } from './capture/live-packets.ts';
import { flowOfAttempt, flowsOfSocket } from './packetless-flows.ts';
import type { Sighting } from './sockets/sockets.ts';
import type { Attempt } from './trace/attempt.ts';
import { PMS_PORT } from '../../core/values/pms-port.ts';

/** Everything seen so far, to be made into flows. */
export interface Seen extends Witness, Names {
  readonly connections: readonly CaptureConnection[];
  readonly sightings: readonly Sighting[];
  /** true when the address is one of the watched network's own. */
  isLocal(address: string): boolean;
  readonly surroundings: Surroundings;
  /** End of the watching. */
  readonly untilMs: number;
}

/** Flows of PMS's processes: of packets, of attempts that the kernel reported, and of sockets whose packets were not seen. */
export function flowsOf(seen: Seen): readonly Flow[] {
  return toldOf(seen).flows;
}

export interface Told {
  readonly flows: readonly Flow[];
  /** Connections without a known process. Most are left out of the flows, because other programs made them. */
  readonly unowned: number;
}

export function toldOf(seen: Seen): Told {
  const connections = seen.connections.filter((one) => seen.isLocal(one.client.address));
  const surroundings = withSpeakers(seen.surroundings, connections);
  const flows: Flow[] = [];
  const captured = new Set<string>();
  const strangersTo = new Set<string>();
  let dropped = 0;
  for (const connection of connections) {
    captured.add(endsKey(connection.transport, connection.client, connection.server));
    const own = flowsOfOne(connection, seen, surroundings);
    if (own === 'stranger') strangersTo.add(connection.server.address);
    else if (own === 'unowned') dropped += 1;
    else flows.push(...own);
  }
  const { matching } = seen;
  const unmatched = matching?.unmatched() ?? [];
  for (const attempt of unmatched) {
    if (attempt.local !== null) captured.add(endsKey(attempt.transport, attempt.local, attempt.remote));
    if (matching !== null && attempt.remote.port !== 0)
      flows.push(flowOfAttempt(attempt, matching.traced, seen.untilMs, seen, surroundings));
  }
  for (const sighting of seen.sightings) {
    if (sighting.remote === null || captured.has(endsKey(sighting.transport, sighting.local, sighting.remote)))
      continue;
    if (!isWaitingOf(sighting, unmatched)) flows.push(...flowsOfSocket(sighting, seen, surroundings));
  }
  const all = withKin(flows, strangersTo);
  const unowned = all.filter(
    ({ process, attribution, seenBy }) => process === null && attribution === null && seenBy.includes('capture'),
  );
  return { flows: mergeFlows(withoutChallenges(all)), unowned: dropped + unowned.length };
}

/** Over IPv6 the kernel does not tell the port of an attempt before its end: the socket is the same one. */
function isWaitingOf({ owner, remote }: Sighting, attempts: readonly Attempt[]): boolean {
  if (typeof owner !== 'object') return false;
  const isOfIt = ({ doer, local, remote: to }: Attempt): boolean =>
    local === null && doer?.pid === owner.pid && to.address === remote?.address && to.port === remote.port;
  return attempts.some(isOfIt);
}

/**
 * A scanner that ends within milliseconds is sometimes missed. Attributes an unowned flow to the only program with such flows, if no
 * other program contacted the same place.
 */
function withKin(flows: readonly Flow[], strangersTo: ReadonlySet<string>): readonly Flow[] {
  const kind = ({ names, targetPort, route }: Flow): string =>
    JSON.stringify([route, targetPort, [...new Set(names.map(({ name }) => name))].toSorted()]);
  const doers = new Map<string, Set<string>>();
  for (const flow of flows) {
    // An inferred process is no ground for further inference.
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
    // Any program may have asked, but few ask for these names.
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

/** A place that is not configured as a proxy is still one when its clients' packets show it. */
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
): readonly Flow[] | 'stranger' | 'unowned' {
  const { server, hellos, request, outcome } = connection;
  const known = seen.namesOf(server.address, connection.firstMs + SYN_ANSWER_MS);
  const names = known.length > 0 ? known : (seen.lookups.get(server.address) ?? []);
  const isVain = isVainCallOfProxy(connection, seen.surroundings);
  const attributed = attribute(connection, isVain || isCatalogued(connection, names, surroundings), seen);
  if (attributed.kind === 'stranger') return 'stranger';
  // Only its end was seen, by chance, and no process was seen to hold it.
  const isEnd = outcome === 'midway' && hellos.length === 0 && request === null;
  if (isEnd && (attributed.kind === 'nobody' || !KNOWN_BY_ITSELF.has(attributed.by))) return [];
  const own = ownNames(connection, attributed, known, seen);
  const flows = flowsOfConnection(connection, own)
    .map((flow) => (known.length === 0 ? withLookups(flow, seen.lookups) : flow))
    .map((flow) => settle({ ...flow, ...who(attributed) }, connection, seen.untilMs))
    .map(withSecondWatcher)
    .map((flow) => onItsRoute(flow, surroundings));
  if (attributed.kind !== 'nobody' || isVain) return flows;
  const concerning = flows.filter((flow) => isOfCatalogue(flow, surroundings) || isCallToPms(flow));
  return concerning.length > 0 ? concerning : 'unowned';
}

/** The process itself was seen to have this connection. */
const KNOWN_BY_ITSELF: ReadonlySet<Flow['attribution']> = new Set(['socket', 'trace']);

/** Evidence that names the process and also shows the connection. */
function withSecondWatcher(flow: Flow): Flow {
  const { attribution, seenBy } = flow;
  return attribution === 'socket' || attribution === 'trace' ? { ...flow, seenBy: [...seenBy, attribution] } : flow;
}

/** An unreachable proxy of PMS concerns PMS, whichever program called. The request that it would have got is never known. */
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
 * The names that DNS gave the address, where they add something: a name from the client itself is surer, and a name that its own
 * process asked for is the intended one.
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

/** PMS's scanner calls PMS by this address: at a proxy, no other program's request looks like it. */
function isCallToPms({ route, names, targetPort }: Flow): boolean {
  return route === 'proxy' && targetPort === PMS_PORT && names.some(({ name }) => isLoopbackName(name));
}

/** An answer may still come while the watching goes on; only at its end is it known how long the other side has been silent. */
function settle(flow: Flow, { firstMs, syns, outcome, ended }: CaptureConnection, untilMs: number): Flow {
  const waitedMs = untilMs - firstMs;
  const mayConnect = (outcome === 'no-reply' || outcome === 'unanswered') && syns <= 1 && waitedMs < SYN_ANSWER_MS;
  const mayAnswer = flow.outcome === 'proxy-silent' && !ended && waitedMs < STALLED_AFTER_MS;
  return mayConnect || mayAnswer ? { ...flow, outcome: null, code: null } : flow;
}

/** Clients log in only when asked to: a 407 before the success of the same client is no refusal. */
function withoutChallenges(flows: readonly Flow[]): readonly Flow[] {
  const key = (flow: Flow): string =>
    `${flow.client} ${flow.process} ${flow.names.map(({ name }) => name).join(' ')} ${flow.targetPort}`;
  const passed = new Set(flows.filter(({ route, outcome }) => route === 'proxy' && outcome === 'ok').map(key));
  return flows.filter((flow) => flow.outcome !== 'proxy-auth' || !passed.has(key(flow)));
}

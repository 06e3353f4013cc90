import { basename, dirname, join } from 'node:path';
import { placeKey, routeOf, type Surroundings } from '../../core/flows.ts';
import type { DnsQuestionSeen, Flow, Traffic, Watcher } from '../../core/traffic.ts';
import { flowOfEntry, withoutChallenges } from './access-flows.ts';
import { towardsProxy } from './capture-flows.ts';
import {
  clientKey,
  clientOfLog,
  clientOfPackets,
  givenClients,
  givenInLog,
  givenInPackets,
  isChosen,
  type ClientChoice,
  type ClientSeen,
} from './clients.ts';
import type { Happening } from './clock-offset.ts';
import { joinFlows } from './join-flows.ts';
import type { AccessLogRecord, CaptureRecord, Records } from './records.ts';
import { mostRelevant, mostRelevantQuestions, type Relevance } from './relevance.ts';
import { familyName } from './rotation.ts';
import { earliest, isoOf, latest } from './times.ts';

const HTTP_PORT = 80;

export interface JoinedTraffic {
  readonly traffic: Traffic;
  /** What the logs of proxies noted when it happened: not tunnels, whose line is written when they close. */
  readonly happenings: readonly Happening[];
}

/** Judges whose traffic was read and which way it went, once all files are known: one may explain another. */
export function joinTraffic(
  { captures, accessLogs }: Records,
  surroundings: Surroundings,
  relevance: Relevance,
  clients: readonly string[],
): JoinedTraffic {
  const given = givenClients(clients);
  const routed = captures.flatMap(({ flows }) => flows).map((flow) => withRoute(flow, surroundings));
  const ofPackets = given ?? clientOfPackets(routed, relevance);
  const questions = captures.flatMap((capture) => capture.questions).filter((q) => isOf(q, ofPackets));
  const sets = rotationsOf(accessLogs).map((logs) => ({
    logs,
    choice: given === null ? clientOfLog(seenBy(logs), ofPackets.clients) : givenInLog(given, seenBy(logs)),
  }));
  const logged = sets.flatMap(({ logs, choice }) => flowsOfLogs(logs, choice, relevance));
  const captured = joinFlows(routed.filter((flow) => isChosen(flow, ofPackets, relevance)));
  const flows = withoutChallenges([...captured, ...joinFlows(logged)]);
  const { flows: kept, omitted } = mostRelevant(flows, relevance);
  return {
    traffic: {
      watchers: [
        ...captures.map((capture) => captureWatcher(capture, ofPackets, given, relevance)),
        ...sets.map(({ logs, choice }) => logWatcher(logs, choice)),
      ],
      questions: mostRelevantQuestions(questions, relevance),
      flows: kept,
      omitted:
        captures.reduce((sum, capture) => sum + capture.omitted + capture.summary.connectionsNotKept, omitted) +
        accessLogs.reduce((sum, { summary }) => sum + summary.notKept, 0),
    },
    happenings: logged.flatMap(happeningsOf),
  };
}

function happeningsOf({ names, outcome, targetPort, firstAt, lastAt }: Flow): readonly Happening[] {
  const host = names.find(({ source }) => source === 'access-log')?.name;
  if (host === undefined || (outcome === 'ok' && targetPort !== HTTP_PORT)) return [];
  return [firstAt, lastAt].flatMap((at) => (at === null ? [] : [{ host, ms: Date.parse(at) }]));
}

/** A place that behaved as a proxy once is one for all connections, those too that nobody answered. */
function withRoute(flow: Flow, surroundings: Surroundings): Flow {
  if (flow.route === 'proxy') return flow;
  const { port } = flow;
  const isNamedProxy =
    port !== null &&
    flow.names.some(({ name, source }) => source === 'dns' && surroundings.proxies.has(placeKey(name, port)));
  const route = isNamedProxy ? 'proxy' : routeOf(flow, surroundings);
  if (route === 'proxy') return towardsProxy(flow);
  return route === flow.route ? flow : { ...flow, route };
}

function isOf({ client }: DnsQuestionSeen, { clients }: ClientChoice): boolean {
  return clients === null || (client !== null && clients.has(clientKey(client)));
}

/** Logs of one proxy that were rotated: of one name in one folder. */
function rotationsOf(logs: readonly AccessLogRecord[]): readonly (readonly AccessLogRecord[])[] {
  const sets = new Map<string, AccessLogRecord[]>();
  for (const log of logs) {
    const family = join(dirname(log.path), familyName(basename(log.path)));
    sets.set(family, [...(sets.get(family) ?? []), log]);
  }
  return [...sets.values()];
}

function seenBy(logs: readonly AccessLogRecord[]): readonly ClientSeen[] {
  const seen = new Map<string, ClientSeen>();
  for (const { client, count, plexCount } of logs.flatMap(({ clients }) => clients)) {
    const before = seen.get(client);
    const sum = { client, count: count + (before?.count ?? 0), plexCount: plexCount + (before?.plexCount ?? 0) };
    seen.set(client, sum);
  }
  return [...seen.values()];
}

function flowsOfLogs(
  logs: readonly AccessLogRecord[],
  { clients, plexOnly }: ClientChoice,
  relevance: Relevance,
): readonly Flow[] {
  const accepts = plexOnly ? (name: string): boolean => relevance.concernsPms(name) : null;
  return logs.flatMap((log) => {
    const logged = log.clients.map(({ client }) => client).filter((client) => clients?.has(clientKey(client)));
    return log.entries(clients === null ? null : logged, accepts).map(flowOfEntry);
  });
}

function captureWatcher(
  { path, summary, troubles, flows }: CaptureRecord,
  found: ClientChoice,
  given: ClientChoice | null,
  relevance: Relevance,
): Watcher {
  const { isThere, choice } =
    given === null ? { isThere: true, choice: found } : givenInPackets(given, flows, relevance);
  const { why } = choice;
  return {
    kind: 'capture',
    source: sourceName(path),
    from: isoOf(summary.firstMs),
    to: isoOf(summary.lastMs),
    shows: summary.packets === 0 || !isThere ? [] : ['direct', 'proxy'],
    misses: ['what went over another network interface, and what the filter of the capture left out'],
    problems: why === null ? troubles : [...troubles, why],
  };
}

function logWatcher(logs: readonly AccessLogRecord[], { why }: ClientChoice): Watcher {
  const path = logs[0]?.path ?? '';
  const hasHosts = logs.some(({ namesHosts }) => namesHosts);
  const problems = logs.flatMap((log) =>
    log.troubles.map((trouble) => (logs.length === 1 ? trouble : `${basename(log.path)}: ${trouble}`)),
  );
  if (!hasHosts) problems.push('its format does not say for which host a request was: log with another one');
  if (why !== null) problems.push(why);
  return {
    kind: 'access-log',
    source:
      logs.length === 1
        ? sourceName(path)
        : `${join(dirname(path), familyName(basename(path)))} (${logs.length} files)`,
    from: isoOf(earliest(logs.map(({ summary }) => summary.firstMs))),
    to: isoOf(latest(logs.map(({ summary }) => summary.lastMs))),
    shows: hasHosts ? ['proxy'] : [],
    misses: ['a tunnel that is still open: its line is written when it closes'],
    problems,
  };
}

function sourceName(path: string): string {
  return path === '-' ? 'standard input' : path;
}

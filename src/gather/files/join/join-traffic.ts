import { basename, dirname, join } from 'node:path';
import { placeKey, routeOf, type Surroundings } from '../../../core/judge/traffic/flows.ts';
import type { DnsQuestionSeen, Flow, Traffic, Watcher } from '../../../core/model/traffic.ts';
import type { AccessEntry } from '../../../parse/access-log/entry.ts';
import { flowOfEntry, withoutChallenges } from './access-flows.ts';
import { towardsProxy } from '../../flows/capture-flows.ts';
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
import { joinFlows } from '../../flows/join-flows.ts';
import type { AccessLogRecord, CaptureRecord, Records } from './records.ts';
import { mostRelevant, mostRelevantQuestions, type Relevance } from '../../flows/relevance.ts';
import { familyName } from './rotation.ts';
import { earliest, isoOf, latest } from '../../flows/times.ts';

const HTTP_PORT = 80;
/** Damaged logs have fewer unreadable lines; more than these can hide requests of PMS. */
const UNREAD_SHARE = 0.01;

export interface JoinedTraffic {
  readonly traffic: Traffic;
  /** Events that the logs of proxies noted when they happened: not tunnels, whose line is written when they close. */
  readonly happenings: readonly Happening[];
  /** Several clients could be PMS: of them all, only the traffic that concerns Plex is in it. */
  readonly isPlexOnly: boolean;
  /** Addresses that proxies connected to for a name, by their logs. */
  readonly servers: readonly ServerSeen[];
}

/** A name, and an address that answered for it. */
export interface ServerSeen {
  readonly host: string;
  readonly address: string;
  readonly at: string | null;
}

/** Judges the owner and the route of all traffic once all files are known, because one file may explain another. */
export function joinTraffic(
  { captures, accessLogs }: Records,
  surroundings: Surroundings,
  relevance: Relevance,
  clients: readonly string[],
  flowsKept: number,
): JoinedTraffic {
  const given = givenClients(clients);
  const routed = captures.flatMap(({ flows }) => flows).map((flow) => withRoute(flow, surroundings));
  const ofPackets = given ?? clientOfPackets(routed, relevance);
  const questions = captures.flatMap((capture) => capture.questions).filter((q) => isOf(q, ofPackets));
  const sets = rotationsOf(accessLogs).map((logs) => ({
    logs,
    choice: given === null ? clientOfLog(seenBy(logs), ofPackets.clients) : givenInLog(given, seenBy(logs)),
  }));
  const entries = sets.flatMap(({ logs, choice }) => entriesOfLogs(logs, choice, relevance, flowsKept));
  const logged = entries.map(flowOfEntry);
  const captured = joinFlows(routed.filter((flow) => isChosen(flow, ofPackets, relevance)));
  const flows = withoutChallenges([...captured, ...joinFlows(logged)]);
  const { flows: kept, omitted } = mostRelevant(flows, relevance, flowsKept);
  return {
    traffic: {
      watchers: [
        ...captures.map((capture) => captureWatcher(capture, ofPackets, given, relevance, surroundings)),
        ...sets.map(({ logs, choice }) => logWatcher(logs, choice)),
      ],
      questions: mostRelevantQuestions(questions, relevance),
      flows: kept,
      omitted:
        captures.reduce((sum, capture) => sum + capture.omitted + capture.summary.connectionsNotKept, omitted) +
        accessLogs.reduce((sum, { summary }) => sum + summary.notKept, 0),
    },
    happenings: logged.flatMap(happeningsOf),
    servers: entries.flatMap(serversOf),
    isPlexOnly: [ofPackets, ...sets.map(({ choice }) => choice)].some(({ plexOnly }) => plexOnly),
  };
}

function happeningsOf({ names, outcome, targetPort, firstAt, lastAt }: Flow): readonly Happening[] {
  const host = names.find(({ source }) => source === 'access-log')?.name;
  if (host === undefined || (outcome === 'ok' && targetPort !== HTTP_PORT)) return [];
  return [firstAt, lastAt].flatMap((at) => (at === null ? [] : [{ host, ms: Date.parse(at) }]));
}

/** A place that behaved as a proxy once is a proxy for all connections, also for unanswered ones. */
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

/** Logs of one proxy that were rotated: of one name in one folder, and of one program where a file has several. */
function rotationsOf(logs: readonly AccessLogRecord[]): readonly (readonly AccessLogRecord[])[] {
  const sets = new Map<string, AccessLogRecord[]>();
  for (const log of logs) {
    const family = JSON.stringify([familyOfLog(log.path), log.member === null ? null : familyName(log.member)]);
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

function entriesOfLogs(
  logs: readonly AccessLogRecord[],
  { clients, plexOnly }: ClientChoice,
  relevance: Relevance,
  flowsKept: number,
): readonly AccessEntry[] {
  // A log gives the most frequent requests only, unless names are chosen.
  const all = Number.isFinite(flowsKept) ? null : () => true;
  const accepts = plexOnly ? (name: string): boolean => relevance.concernsPms(name) : all;
  return logs.flatMap((log) => {
    const logged = log.clients.map(({ client }) => client).filter((client) => clients?.has(clientKey(client)));
    return log.entries(clients === null ? null : logged, accepts);
  });
}

/** The address of a parent says nothing about the name. */
function serversOf({ host, hierarchy, serverAddresses, lastMs }: AccessEntry): readonly ServerSeen[] {
  const isOwn = hierarchy === null || /DIRECT|ORIGINAL_DST|PINNED/.test(hierarchy);
  return host === null || !isOwn ? [] : serverAddresses.map((address) => ({ host, address, at: isoOf(lastMs) }));
}

function captureWatcher(
  { path, summary, problems, flows }: CaptureRecord,
  found: ClientChoice,
  given: ClientChoice | null,
  relevance: Relevance,
  surroundings: Surroundings,
): Watcher {
  const { isThere, choice } =
    given === null ? { isThere: true, choice: found } : givenInPackets(given, flows, relevance);
  const { why } = choice;
  const { filters } = summary;
  const hasProxy = flows.some((flow) => withRoute(flow, surroundings).route === 'proxy');
  return {
    kind: 'capture',
    source: sourceName(path),
    from: isoOf(summary.firstMs),
    to: isoOf(summary.lastMs),
    shows: summary.packets === 0 || !isThere || filters.length > 0 ? [] : hasProxy ? ['direct', 'proxy'] : ['direct'],
    misses: [
      'traffic over other network interfaces',
      // pcap has no place for its filter.
      ...(filters.length > 0
        ? filters.map((filter) => `packets that its filter "${filter}" left out`)
        : ['packets that the filter of the capture left out']),
    ],
    problems: why === null ? [] : [why],
    fileProblems: problems,
  };
}

function logWatcher(logs: readonly AccessLogRecord[], { why }: ClientChoice): Watcher {
  const path = logs[0]?.path ?? '';
  const hasHosts = logs.some(({ summary }) => summary.namesHosts);
  const ofLogs = (problemsOf: (log: AccessLogRecord) => readonly string[]): readonly string[] =>
    logs.flatMap((log) => problemsOf(log).map((text) => (logs.length === 1 ? text : `${basename(log.path)}: ${text}`)));
  return {
    kind: 'access-log',
    source:
      logs.length === 1 ? sourceName(path, logs[0]?.member ?? null) : `${familyOfLog(path)} (${logs.length} files)`,
    from: isoOf(earliest(logs.map(({ summary }) => summary.firstMs))),
    to: isoOf(latest(logs.map(({ summary }) => summary.lastMs))),
    shows: hasHosts && logs.every(isWhole) ? ['proxy'] : [],
    misses: ['a tunnel that is still open: its line is written when it closes'],
    problems: [
      ...ofLogs(({ summary: { guess, remarks } }) => (guess === null ? remarks : [guess, ...remarks])),
      ...(hasHosts ? [] : ['its format does not say for which host a request was: log with another one']),
      ...(why === null ? [] : [why]),
    ],
    fileProblems: ofLogs(({ problems }) => problems),
  };
}

/** A log that was read by a guess, or with many unreadable lines, does not prove that a request was missing. */
function isWhole({ summary: { guess, lines, unread } }: AccessLogRecord): boolean {
  return guess === null && unread.count <= 1 + UNREAD_SHARE * lines;
}

function familyOfLog(path: string): string {
  return join(dirname(path), familyName(basename(path)));
}

function sourceName(path: string, member: string | null = null): string {
  const name = path === '-' ? 'standard input' : path;
  return member === null ? name : `${name}/${member}`;
}

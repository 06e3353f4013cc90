import { byOutcome } from '../core/bypasses.ts';
import { meantNames, surestName, surestNames } from '../core/flows.ts';
import { groupBy } from '../core/group.ts';
import type { Bypass, Report } from '../core/report.ts';
import { NAME_SOURCES, type FlowName, type Watcher } from '../core/traffic.ts';
import { connectionWords, OUTCOME_WORDS } from './endpoint-words.ts';
import { counted, listed, times } from './times.ts';
import {
  NAME_SOURCE_WORDS,
  WATCHER_WORDS,
  watchersInShort,
  watchersOf,
  withPort,
  type ReportedFlow,
} from './traffic-words.ts';

/** The words for what went, or would go, around the proxy. */

/** Said when nobody watched: absence of evidence is not evidence of absence. */
export const NOT_WATCHED = "not observed: nobody watched PMS's traffic in this run";

/** One observed bypass: who went where, what became of it, how that is known, and what the proxy knows of it. */
export interface BypassWords {
  readonly who: string;
  readonly target: string;
  readonly what: string;
  readonly how: string;
  readonly asked: string;
  /** Who would have seen it asked, and for how long; '' where nobody would. */
  readonly askedBy: string;
  /** What has to be known besides. */
  readonly notes: readonly string[];
}

/** The first `most` of them. */
export function observedBypasses(report: Report, most = Number.POSITIVE_INFINITY): readonly BypassWords[] {
  const groups = flowGroups(report);
  return report.bypasses
    .filter(({ kind }) => kind === 'observed')
    .slice(0, most)
    .map((bypass) => {
      const index = groups.findIndex(({ key }) => key === keyOf(bypass));
      const [group] = index < 0 ? [] : groups.splice(index, 1);
      return bypassWords(bypass, group?.flows ?? [], report);
    });
}

/** The flows behind the bypasses, in groups as `bypasses` was made from them. */
function flowGroups({
  traffic,
  endpoints,
}: Report): { readonly key: string; readonly flows: readonly ReportedFlow[] }[] {
  const hosts = new Map(endpoints.map(({ id, host }) => [id, host]));
  const keyOfFlow = (flow: ReportedFlow): string => {
    const host = surestName(flow.names)?.name ?? hosts.get(flow.endpoint ?? '') ?? null;
    return keyOf({ ...flow, host, port: flow.targetPort ?? flow.port ?? 0 });
  };
  const around = (traffic?.flows ?? []).filter(({ bypass }) => bypass);
  const byTarget = groupBy(around, (flow) => `${flow.transport} ${keyOfFlow({ ...flow, outcome: null })}`);
  return [...byTarget.values()]
    .flatMap((own) => byOutcome(own, ({ outcome }) => outcome))
    .map((flows) => ({ key: keyOfFlow(flows[0]), flows }));
}

function keyOf({
  process,
  host,
  address,
  port,
  outcome,
}: Pick<Bypass, 'process' | 'host' | 'address' | 'port' | 'outcome'>): string {
  return JSON.stringify([process, host ?? address, port, outcome]);
}

function bypassWords(bypass: Bypass, flows: readonly ReportedFlow[], report: Report): BypassWords {
  const names = flows.flatMap((flow) => flow.names);
  return {
    who: whoWords(bypass, flows),
    target: targetWords(bypass, names),
    what: whatWords(bypass, flows),
    how: howWords(bypass, names, flows.length > 0),
    ...askedWords(bypass, flows, report),
    notes: notesOf(names),
  };
}

function whoWords({ process, pid, pids = [] }: Bypass, flows: readonly ReportedFlow[]): string {
  const inferred = inferredBy(flows);
  if (process === null) {
    const clients = [...new Set(flows.flatMap(({ client }) => client ?? []))];
    const whose = inferred === 'its network' ? "a process in PMS's network" : 'an unknown process';
    return clients.length === 0 ? whose : `${whose} at ${listed(clients, 2)}`;
  }
  const which = pids.length > 1 ? `${pids.length} processes` : pid === null ? '' : `pid ${pid}`;
  const parts = [which, inferred === null ? '' : `by ${inferred}`].filter((part) => part !== '');
  return parts.length === 0 ? process : `${process} (${parts.join(', ')})`;
}

/** How its process was told where nobody saw it hold the socket. */
function inferredBy(flows: readonly ReportedFlow[]): string | null {
  const ways = new Set(flows.map(({ attribution }) => attribution));
  if (ways.has('socket')) return null;
  if (ways.has('dns')) return 'its DNS question';
  if (ways.has('elimination')) return 'elimination';
  return ways.has('network') ? 'its network' : null;
}

function targetWords({ host, address, port }: Bypass, names: readonly FlowName[]): string {
  const surest = surestNames(names);
  if (host !== null) return `${surest[0]?.source === 'lookup' ? 'probably ' : ''}${withPort(host, port)}`;
  const place = withPort(address ?? 'unknown host', port);
  const candidates = [...new Set(surest.map(({ name }) => name))];
  return candidates.length === 0 ? place : `one of ${listed(candidates, 3)} (${place})`;
}

function bySureness(names: readonly FlowName[]): readonly FlowName[] {
  return names.toSorted((a, b) => NAME_SOURCES.indexOf(a.source) - NAME_SOURCES.indexOf(b.source));
}

function whatWords({ outcome, count }: Bypass, flows: readonly ReportedFlow[]): string {
  const [code] = flows.flatMap((flow) => flow.code ?? []);
  const end = outcome === null ? 'end not seen' : connectionWords(outcome);
  return [`direct${overUdp(flows)}`, code === undefined ? end : `${end} (${code})`, counted(count, 'attempt')].join(
    ', ',
  );
}

function overUdp(flows: readonly ReportedFlow[]): string {
  const udp = flows.find(({ transport }) => transport === 'udp');
  if (udp === undefined) return '';
  if (udp.protocol === 'quic') return ' over QUIC (UDP)';
  return udp.protocol === null ? ' over UDP' : ` over UDP (${udp.protocol})`;
}

/** `capture: SNI, DNS`: by what it was seen, and where its name is from. */
function howWords({ evidence }: Bypass, names: readonly FlowName[], known: boolean): string {
  const kinds = evidence.map((kind) => (kind === 'settings' ? 'settings' : WATCHER_WORDS[kind]));
  const sources = [...new Set(bySureness(names).map(({ source }) => source))];
  const guessed = sources.every((source) => source === 'lookup');
  if (!known) return kinds.join(', ');
  if (sources.length === 0) return `${kinds.join(', ')}: no name seen`;
  if (guessed) return `${kinds.join(', ')}; name by our own lookup of its address`;
  return `${kinds.join(', ')}: ${sources.map((source) => NAME_SOURCE_WORDS[source]).join(', ')}`;
}

function askedWords(
  bypass: Bypass,
  flows: readonly ReportedFlow[],
  report: Report,
): Pick<BypassWords, 'asked' | 'askedBy'> {
  const watchers = watchersOf(report, 'proxy');
  if (watchers.length === 0) return { asked: 'whether the proxy was asked too, nobody watched', askedBy: '' };
  const seen = flows.flatMap((flow) => flow.names);
  const names = new Set(seen.filter(({ outer }) => !outer).map(({ name }) => name));
  if (bypass.host !== null && seen.length === 0) names.add(bypass.host);
  if (names.size === 0) return { asked: 'its name is not known, by which the proxy would be asked', askedBy: '' };
  const ids = new Set(flows.flatMap(({ endpoint }) => endpoint ?? []));
  const asked = (report.traffic?.flows ?? []).filter(
    (flow) =>
      flow.route === 'proxy' &&
      (flow.endpoint === null
        ? flow.targetPort === bypass.port && meantNames(flow).some(({ name }) => names.has(name))
        : ids.has(flow.endpoint)),
  );
  if (asked.length === 0) return neverAsked(watchers, flows);
  const own = report.endpoints.find(({ id }) => ids.has(id))?.observed;
  const count = own?.proxy ?? Math.max(...asked.map((flow) => flow.count));
  const end = own?.proxyOutcome ?? asked.at(-1)?.outcome ?? null;
  const of = own?.proxyReached === undefined ? '' : `of which ${own.proxyReached} `;
  const seenBy = new Set(asked.flatMap((flow) => flow.seenBy));
  return {
    asked: `asked of the proxy too, ${times(count)}${end === null ? '' : ` ${of}${OUTCOME_WORDS[end]}`}`,
    askedBy: watchersInShort(watchers.filter(({ kind }) => seenBy.has(kind))),
  };
}

/** Who watched at another time may not say that it was never asked. */
function neverAsked(
  watchers: readonly Watcher[],
  flows: readonly ReportedFlow[],
): Pick<BypassWords, 'asked' | 'askedBy'> {
  const meanwhile = watchers.filter((watcher) => flows.length === 0 || flows.some((flow) => overlaps(watcher, flow)));
  return meanwhile.length > 0
    ? { asked: 'never asked of the proxy', askedBy: watchersInShort(meanwhile) }
    : { asked: 'not asked of the proxy, but that was watched at another time', askedBy: watchersInShort(watchers) };
}

function overlaps({ from, to }: Watcher, { firstAt, lastAt }: ReportedFlow): boolean {
  const [start, end] = [firstAt ?? lastAt, lastAt ?? firstAt];
  return (to === null || start === null || start <= to) && (from === null || end === null || end >= from);
}

function notesOf(names: readonly FlowName[]): readonly string[] {
  // Chromium says that part of its hello is encrypted where nothing is; what DNS was asked for is the true name.
  const known = new Set(names.filter((name) => !name.outer).map(({ name }) => name));
  const outer = names.find((each) => each.outer && !known.has(each.name));
  return outer === undefined
    ? []
    : [`"${outer.name}" is the outer name of an encrypted hello: the true name may be hidden`];
}

/** What is said where no bypass was seen: who looked, for how long, and what they may have missed. */
export function noneObserved(report: Report): readonly string[] {
  if (report.traffic === null) return [NOT_WATCHED];
  const watchers = watchersOf(report, 'direct');
  if (watchers.length === 0) {
    const others = watchersInShort(report.traffic.watchers);
    return [
      `not observed: ${others === '' ? 'nobody could watch' : `${others} cannot show`} connections around the proxy`,
    ];
  }
  const misses = [...new Set(watchers.flatMap((watcher) => watcher.misses))];
  const kept = report.traffic.omitted > 0 ? ' among the connections that were kept' : '';
  return [
    `none seen${kept} while PMS's traffic was watched: ${watchersInShort(watchers)}`,
    ...(misses.length === 0 ? [] : [`may have been missed: ${misses.join('; ')}`]),
  ];
}

export interface ConfiguredBypass {
  readonly dialects: readonly string[];
  readonly targets: readonly string[];
}

/** Configured bypasses that hold for the same clients belong on one line. */
export function configuredBypasses(bypasses: readonly Bypass[]): readonly ConfiguredBypass[] {
  const clients = new Map<string, Set<string>>();
  for (const { host, address, port, dialects } of bypasses.filter(({ kind }) => kind === 'configured')) {
    const target = withPort(host ?? address ?? 'unknown host', port);
    clients.set(target, new Set([...(clients.get(target) ?? []), ...dialects]));
  }
  const groups = new Map<string, { dialects: readonly string[]; targets: string[] }>();
  for (const [target, names] of clients) {
    const dialects = [...names].sort();
    const group = groups.get(dialects.join()) ?? { dialects, targets: [] };
    group.targets.push(target);
    groups.set(dialects.join(), group);
  }
  return [...groups.values()];
}

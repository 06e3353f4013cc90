import type { InputFile } from '../core/evidence.ts';
import { groupBy } from '../core/group.ts';
import type { Report, TrafficReport, Unlisted } from '../core/report.ts';
import type { DnsQuestionSeen, FlowName, NameSource, Watcher, WatcherKind } from '../core/traffic.ts';
import { connectionWords, OUTCOME_WORDS } from './endpoint-words.ts';
import { between, clock, counted, listed, period, span, times } from './times.ts';

/** The words for what was seen of PMS's traffic, and by whom. */

export type ReportedFlow = TrafficReport['flows'][number];

export const WATCHER_WORDS: Readonly<Record<WatcherKind, string>> = {
  socket: 'sockets',
  capture: 'capture',
  'sealed-network': 'sealed network',
  'access-log': "the proxy's log",
  'pms-log': "PMS's log",
};

export const NAME_SOURCE_WORDS: Readonly<Record<NameSource, string>> = {
  sni: 'SNI',
  connect: 'CONNECT',
  socks: 'SOCKS',
  host: 'Host header',
  'access-log': "proxy's log",
  dns: 'DNS',
  lookup: 'our own lookup',
};

const SHOWS_WORDS: Readonly<Record<Watcher['shows'][number], string>> = {
  direct: 'direct connections',
  proxy: 'what the proxy was asked',
};

/** Those who would have seen this. */
export function watchersOf({ traffic }: Report, shows: 'direct' | 'proxy'): readonly Watcher[] {
  return (traffic?.watchers ?? []).filter((watcher) => watcher.shows.includes(shows));
}

/** A watcher in few words: the file of a log, or what kind it is. */
function watcherName({ kind, source }: Watcher): string {
  const file = source.split(/[\\/]/).at(-1) ?? '';
  return kind === 'access-log' && file !== '' && file.length <= 24 ? file : WATCHER_WORDS[kind];
}

/** `sockets for 30 s, capture for 30 s`. */
export function watchersInShort(watchers: readonly Watcher[], shown = 3): string {
  const names = watchers.map((watcher) => {
    const ms = between(watcher.from, watcher.to);
    return watcherName(watcher) + (ms === null ? '' : ` for ${span(ms)}`);
  });
  return listed([...new Set(names)], shown);
}

export interface WatcherWords {
  readonly name: string;
  /** Source, period and what it shows. */
  readonly facts: readonly string[];
  readonly problems: readonly string[];
  readonly misses: readonly string[];
}

export function watcherWords({ kind, source, from, to, shows, problems, misses }: Watcher): WatcherWords {
  const shown = shows.map((each) => SHOWS_WORDS[each]);
  return {
    name: WATCHER_WORDS[kind],
    facts: [
      source,
      period(from, to) ?? 'period unknown',
      shown.length === 0 ? 'shows neither route' : `shows ${shown.join(' and ')}`,
    ],
    problems,
    misses,
  };
}

/** Who is short of space lists only this many watchers without trouble. */
const WATCHERS_SHOWN = 6;

export interface Watched {
  readonly watchers: readonly WatcherWords[];
  /** What is left to say, in one sentence each. */
  readonly notes: readonly string[];
}

/** `inputs`: what is wrong with a file is told there, and once. */
export function watchedWords(
  { watchers: all, omitted }: TrafficReport,
  inputs: readonly InputFile[],
  verbose: boolean,
): Watched {
  const isToldOfFile = (problem: string): boolean =>
    inputs.some(({ note }) => note !== null && (note.includes(problem) || note.includes(withoutFile(problem))));
  const watchers = all.map((each) => ({ ...each, problems: each.problems.filter((text) => !isToldOfFile(text)) }));
  const shown = watchers.filter(({ problems }, i) => verbose || i < WATCHERS_SHOWN || problems.length > 0);
  const rest = watchers.length - shown.length;
  return {
    watchers: shown.map(watcherWords),
    notes: [
      ...(watchers.length === 0 ? ['nobody: no source of traffic could be used'] : []),
      ...(rest > 0 ? [`and ${rest} more with --verbose`] : []),
      ...(omitted > 0 ? [`${counted(omitted, 'kind')} of connections beyond what is kept are not listed`] : []),
    ],
  };
}

/** A trouble with one of several rotations begins with the file's name. */
function withoutFile(problem: string): string {
  return problem.replace(/^\S+: /, '');
}

export interface FileWords {
  /** What was read: by kind, or with --verbose file by file. */
  readonly read: readonly string[];
  /** What was not (`bad`), or in part only (`warn`), and what there is to say of others. */
  readonly troubled: readonly { readonly name: string; readonly text: string; readonly mark?: 'bad' | 'warn' }[];
}

export function fileWords(inputs: readonly InputFile[], verbose: boolean): FileWords {
  const whole = inputs.filter(({ state, note }) => state === 'read' && note === null);
  const kinds = [...groupBy(whole, ({ kind }) => kind)].map(([kind, own]) => `${own.length} ${kind}`);
  const short = whole.length === 0 ? [] : [`${counted(whole.length, 'file')} read: ${kinds.join(', ')}`];
  return {
    read: verbose ? whole.map(({ name, kind }) => `${name} (${kind})`) : short,
    troubled: inputs
      .filter((input) => !whole.includes(input))
      .map(({ name, kind, state, note }) => ({
        name,
        text: [FILE_STATES[state], ...[kind, note].filter((part) => part !== null && part !== 'unknown')].join(' · '),
        ...(state === 'read' ? {} : { mark: state === 'partly' ? ('warn' as const) : ('bad' as const) }),
      })),
  };
}

const FILE_STATES: Readonly<Record<InputFile['state'], string>> = {
  read: 'read',
  partly: 'read in part',
  'not-read': 'not read',
};

/** Without --verbose a list of strange hosts ends here. */
const UNLISTED_SHOWN = 10;

export interface UnlistedWords {
  /** Lines of a YAML file for `--endpoints`. */
  readonly yaml: readonly string[];
  readonly notes: readonly string[];
}

/** Hosts that were seen and that the catalogue lacks; those around the proxy first. */
export function unlistedWords(traffic: TrafficReport | null, verbose: boolean): UnlistedWords {
  const { unlisted = [], flows = [] } = traffic ?? {};
  const outer = new Set(flows.flatMap(({ names }) => names.filter((name) => name.outer).map(({ name }) => name)));
  const direct = unlisted.filter(({ routes }) => routes.includes('direct'));
  const sorted = [...direct, ...unlisted.filter((each) => !direct.includes(each))];
  const shown = verbose ? sorted : sorted.slice(0, UNLISTED_SHOWN);
  const hidden = shown.some(({ host }) => host.includes('<'));
  const rest = sorted.length - shown.length;
  return {
    yaml: shown.length === 0 ? [] : ['add:', ...yamlLines(shown, outer)],
    notes: [
      ...(rest > 0 ? [`and ${rest} more with --verbose`] : []),
      ...(hidden ? ['names in <> are pseudonyms: --raw gives the names to be put into the file'] : []),
    ],
  };
}

/** Entries of a list are aligned up to this width. */
const ENTRY_WIDTH = 60;

function yamlLines(unlisted: readonly Unlisted[], outer: ReadonlySet<string>): readonly string[] {
  const entries = unlisted.map((each) => ({ entry: yamlEntry(each), seen: seenWords(each, outer.has(each.host)) }));
  const width = Math.min(ENTRY_WIDTH, Math.max(...entries.map(({ entry }) => entry.length)));
  return entries.map(({ entry, seen }) => `${entry.padEnd(width)}  # ${seen}`);
}

/** As docs/endpoints-file.md has it: the usual port of a scheme goes without saying. */
function yamlEntry({ host, port, scheme }: Unlisted): string {
  const name = /^[a-z\d-]+(?:\.[a-z\d-]+)*\.[a-z-]+$/i.test(host) ? host : `'${host.replaceAll("'", "''")}'`;
  const usual = scheme === 'https' ? 443 : 80;
  const more = [...(scheme === 'http' ? ['scheme: http'] : []), ...(port === usual ? [] : [`port: ${port}`])];
  return more.length === 0 ? `  - host: ${name}` : `  - { host: ${name}, ${more.join(', ')} }`;
}

function seenWords({ routes, outcome, processes, count }: Unlisted, outer: boolean): string {
  const end = outcome === null ? [] : [routes.includes('proxy') ? OUTCOME_WORDS[outcome] : connectionWords(outcome)];
  const ways = routes.map((route) => (route === 'direct' ? 'direct' : 'via proxy')).join(' and ');
  const doubt = outer ? ['the outer name of encrypted hellos'] : [];
  return [`${times(count)} ${ways}`, ...end, ...processes, ...doubt].join(', ');
}

/** `Plex Media Scanner (pid 931)`; who is not known is told by its address. */
export function processWords(process: string | null, pid: number | null, client: string | null): string {
  if (process !== null) return pid === null ? process : `${process} (pid ${pid})`;
  return client ?? 'unknown process';
}

/** `metadata.provider.plex.tv (SNI, DNS)`; several that are equally sure are all that it could have been. */
export function namesWords(names: readonly FlowName[]): string {
  const sources = new Map<string, string[]>();
  for (const { name, source, outer } of names) {
    const word = NAME_SOURCE_WORDS[source] + (outer ? ', outer name only' : '');
    sources.set(name, [...(sources.get(name) ?? []), word]);
  }
  return [...sources].map(([name, words]) => `${name} (${[...new Set(words)].join(', ')})`).join(' or ');
}

/** One line for --verbose. */
export function flowWords(flow: ReportedFlow): string {
  const { address, port, targetPort, protocol, transport, names, route, outcome, code, status, endpoint } = flow;
  const place = address === null ? null : withPort(address, port);
  const name = names.length === 0 ? 'no name' : namesWords(names);
  const end = outcome === null ? 'end not seen' : route === 'proxy' ? OUTCOME_WORDS[outcome] : connectionWords(outcome);
  const detail = [status === null ? '' : String(status), code ?? ''].filter((word) => word !== '').join(' ');
  return [
    `${flow.firstAt === null ? '' : `${clock(flow.firstAt)} `}${processWords(flow.process, flow.pid, flow.client)}`,
    `${protocol ?? transport}${protocol === 'quic' || transport === 'tcp' ? '' : '/udp'} ${route === 'proxy' ? 'via proxy' : route}`,
    `${name}${targetPort === null || targetPort === 443 ? '' : ` port ${targetPort}`}`,
    ...(place === null ? [] : [`to ${place}`]),
    `${end}${detail === '' ? '' : ` (${detail})`}`,
    `${times(flow.count)}${flow.tries === flow.count ? '' : `, ${counted(flow.tries, 'try', 'tries')}`}`,
    `seen by ${flow.seenBy.map((kind) => WATCHER_WORDS[kind]).join(', ')}${attributionWords(flow.attribution)}`,
    ...(endpoint === null ? [] : [endpoint]),
    ...(flow.bypass ? ['BYPASS'] : []),
  ].join(' · ');
}

/** How it is known whose flow it is, where that is inferred. */
export function attributionWords(attribution: ReportedFlow['attribution']): string {
  switch (attribution) {
    case 'dns':
      return ', process by its DNS question';
    case 'elimination':
      return ', process by elimination';
    case 'network':
      return ', of PMS by its network';
    case 'socket':
    case null:
      return '';
  }
}

export function withPort(host: string, port: number | null): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === null ? name : `${name}:${port}`;
}

/** One line for --verbose. */
export function questionWords(question: DnsQuestionSeen): string {
  const { firstAt, process, pid, client, server, name, type, result, addresses, count } = question;
  const answer = addresses.length === 0 ? result : `${result}: ${addresses.join(', ')}`;
  return `${firstAt === null ? '' : `${clock(firstAt)} `}${processWords(process, pid, client)} · ${type} ${name} · ${answer} · from ${server} · ${times(count)}`;
}

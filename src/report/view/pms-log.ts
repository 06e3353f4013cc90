import { standingOfRequest } from '../../core/judge/past.ts';
import { groupBy } from '../../core/values/group.ts';
import type { Report } from '../../core/model/report.ts';
import type { PmsLog, PmsRequest, PmsScan, PmsState } from '../../core/model/traffic.ts';
import { facts, isBrief, notes, section, value, type Fact, type Section, type ViewOptions } from '../blocks/blocks.ts';
import { warningBlocks, warningFacts } from './pms-warnings.ts';
import { clockFor, counted, listed, period, span, times } from '../blocks/times.ts';

/** The words for the contents of PMS's own log. */

/** States of one kind, and failed requests, that a brief report lists. */
const SHOWN = 8;
/** Hosts that one line names. */
const HOSTS_SHOWN = 6;

export function pmsLog({ pmsLog: log }: Report, options: ViewOptions): readonly Section[] {
  if (log === null) return [];
  const events = [...log.states, ...log.scans].map(({ at }) => at);
  const counts = [...log.requests, ...(log.warnings ?? [])];
  const at = clockFor([...events, ...counts.map(({ lastAt }) => lastAt)]);
  const failed = failures(log.requests, options.verbose);
  const shown = isBrief(options) ? failed.slice(0, SHOWN) : failed;
  const rest = failed.length - shown.length;
  return section({
    title: "PMS's own log",
    place: 'folded',
    blocks: [
      ...notes([sourceWords(log)]),
      ...facts([
        ...stateFacts(log.states, at, options),
        ...scanFacts(log.scans, at, options),
        ...answeredFacts(log.requests),
      ]),
      ...notes(shown.length === 0 ? [] : ['failed requests']),
      ...facts(shown.map((group) => failureFact(group, log, at))),
      ...notes(rest > 0 ? [`and ${rest} more with --verbose`] : []),
      ...warningBlocks(log, at, options),
      ...notes([...unreadNotes(log), ...clockNotes(log)]),
    ],
  });
}

/** The rows of each kind that a short report shows. */
const SHORT = 3;

/** Where files do not decide, their failures still show: a log with failures must not look like one without. */
export function pmsLogInShort({ pmsLog: log, run, summary }: Report, options: ViewOptions): readonly Section[] {
  if (log === null || run.inputs === undefined || summary.verdict !== 'undecided') return [];
  const at = clockFor([...log.requests, ...(log.warnings ?? [])].map(({ lastAt }) => lastAt));
  const failed = failures(log.requests, false).map((group) => failureFact(group, log, at));
  const states = stateFacts(
    log.states.filter(({ kind, value: words }) => kind === 'mapping' && words !== 'Unknown'),
    at,
    options,
  );
  const warnings = warningFacts(log, at, options);
  const more = Math.max(0, failed.length - SHORT) + Math.max(0, warnings.length - SHORT);
  return section({
    title: "PMS's own log",
    place: 'open',
    blocks: [
      ...facts([...states, ...failed.slice(0, SHORT), ...warnings.slice(0, SHORT)]),
      ...notes(more > 0 ? [`and ${more} more with --all`] : []),
    ],
  });
}

function sourceWords({ files, starts = [] }: PmsLog): string {
  const from = files.flatMap((file) => file.from ?? []).sort()[0] ?? null;
  const to =
    files
      .flatMap((file) => file.to ?? [])
      .sort()
      .at(-1) ?? null;
  const newest = starts.at(-1)?.version ?? null;
  const versions = newest === null ? [...new Set(files.flatMap(({ version }) => version ?? []))] : [newest];
  return [
    files.length > 3
      ? counted(files.length, 'file')
      : listed(
          files.map(({ name }) => name),
          3,
        ),
    period(from, to) ?? 'no times',
    ...(versions.length === 0 ? [] : [`version ${listed(versions, 2)}`]),
  ].join(' · ');
}

const STATE_LABELS: Readonly<Record<PmsState['kind'], string>> = {
  'sign-in': 'sign-in',
  token: 'token for plex.tv',
  mapping: 'mapping',
  providers: 'cloud providers',
  provider: 'provider',
  'provider-map': 'agent map',
};
const STATE_KINDS: readonly PmsState['kind'][] = [
  'sign-in',
  'token',
  'mapping',
  'providers',
  'provider',
  'provider-map',
];

type At = (iso: string | null) => string;

function stateFacts(states: readonly PmsState[], at: At, options: ViewOptions): readonly Fact[] {
  return STATE_KINDS.flatMap((kind) => {
    const own = states.filter((state) => state.kind === kind);
    const subjects = [...new Set(own.map((state) => subjectOf(state)))];
    const told = subjects.map((subject) => own.filter((state) => subjectOf(state) === subject));
    const shown = isBrief(options) ? told.slice(0, SHOWN) : told;
    return shown.flatMap((history) => stateFact(STATE_LABELS[kind], history, at, options));
  });
}

/** `tv.plex.provider.metadata online` is about that provider; the other kinds have one subject. */
function subjectOf({ kind, value: words }: PmsState): string {
  return kind === 'provider' || kind === 'provider-map' ? words.replace(/\s\S+$/, '') : kind;
}

function stateFact(label: string, history: readonly PmsState[], at: At, { verbose }: ViewOptions): readonly Fact[] {
  const last = history.at(-1);
  if (last === undefined) return [];
  const before = history.slice(0, -1).toReversed();
  const shown = verbose ? before : before.slice(0, 2);
  const words = (state: PmsState): string => (state.kind === 'providers' ? `${state.value} online` : state.value);
  const earlier = shown.map((state) => `${words(state)} at ${at(state.at)}`);
  const more = before.length > shown.length ? [`${counted(before.length - shown.length, 'change')} more`] : [];
  const past = before.length === 0 ? '' : `; before: ${[...earlier, ...more].join(', ')}`;
  // Every server asks with a token: only one that does not is worth a line.
  if (last.kind === 'token' && last.value === 'present' && before.length === 0) return [];
  const bad =
    (last.kind === 'providers' && last.value === '0') ||
    (last.kind === 'sign-in' && last.value !== 'ok') ||
    (last.kind === 'token' && last.value === 'none');
  const isUnmapped = last.kind === 'mapping' && !/^(?:Unknown$|Mapped - Published)/i.test(last.value);
  const concern = isUnmapped ? ' (remote access only: no scan needs it)' : '';
  return [
    { label, text: `${words(last)} since ${at(last.at)}${concern}${past}`, ...(bad ? { mark: 'warn' as const } : {}) },
  ];
}

function scanFacts(scans: readonly PmsScan[], at: At, { verbose }: ViewOptions): readonly Fact[] {
  const refused = scans.filter(({ kind }) => kind === 'refused');
  const groups = [...groupBy(refused, (scan) => `${scan.section} ${scan.status}`).values()];
  const started = scans.filter(({ kind }) => kind === 'started');
  const children = scans.filter(({ kind }) => kind === 'child');
  const inShort = [
    ...groups.map((own): Fact => {
      const [first] = own;
      const id = first?.section ?? null;
      const where = id === null ? 'all sections' : `section ${id}`;
      const when =
        own.length > 4
          ? [`${times(own.length)}, last at ${at(own.at(-1)?.at ?? null)}`]
          : own.map((scan) => `at ${at(scan.at)}`);
      return {
        label: 'scan refused',
        text: `${where}: ${first?.status ?? 'no status'} ${when.join(', ')}`,
        mark: 'bad',
      };
    }),
    ...lastOf('scan started', started, at),
    ...lastOf('scanner started', children, at),
  ];
  if (!verbose) return inShort;
  return [
    ...inShort,
    ...scans
      .filter(({ kind }) => kind !== 'refused')
      .map((scan): Fact => ({
        label: at(scan.at),
        text: [
          scan.kind,
          ...(scan.section === null ? [] : [`section ${scan.section}`]),
          ...(scan.status === null ? [] : [String(scan.status)]),
          ...(scan.command === null ? [] : [scan.command]),
        ].join(' · '),
      })),
  ];
}

function lastOf(label: string, scans: readonly PmsScan[], at: At): readonly Fact[] {
  const last = scans.at(-1);
  if (last === undefined) return [];
  const sections = [...new Set(scans.flatMap((scan) => scan.section ?? []))];
  const where = sections.length === 0 ? '' : ` (section ${listed(sections, 5)})`;
  return [{ label, text: `${times(scans.length)}, last at ${at(last.at)}${where}` }];
}

function answeredFacts(requests: readonly PmsRequest[]): readonly Fact[] {
  const answered = requests.filter((request) => request.status !== null && !isFailed(request));
  const missing = requests.filter(({ status }) => status === 404);
  const open = requests.filter((request) => request.status === null && !isFailed(request));
  const sum = (own: readonly PmsRequest[]): number => own.reduce((total, { count }) => total + count, 0);
  const hosts = [...groupBy(answered, ({ host }) => host)]
    .toSorted(([, a], [, b]) => sum(b) - sum(a))
    .map(([host]) => host);
  return [
    ...(answered.length === 0
      ? []
      : [
          {
            label: 'answered',
            text: `${counted(sum(answered), 'request')} to ${counted(hosts.length, 'host')}: ${listed(hosts, HOSTS_SHOWN)}`,
          },
        ]),
    ...(missing.length === 0
      ? []
      : [
          {
            label: 'not found (404)',
            text: `${counted(sum(missing), 'request')} to ${listed([...new Set(missing.map(({ host }) => host))], HOSTS_SHOWN)}`,
          },
        ]),
    ...(open.length === 0 ? [] : [{ label: 'end not in the log', text: counted(sum(open), 'request') }]),
  ];
}

/** An answer that says no is a failure too, but one that the network did not cause. */
function isFailed({ curl, error, outcome, status }: PmsRequest): boolean {
  return (
    curl !== null || error !== null || (outcome !== null && outcome !== 'ok') || (status !== null && status >= 400)
  );
}

/** Failed requests of one host in one way together; those without an answer first, then the most frequent. */
function failures(requests: readonly PmsRequest[], verbose: boolean): readonly (readonly PmsRequest[])[] {
  const keyOf = ({ host, port, curl, error, status }: PmsRequest): string =>
    JSON.stringify([host, port, curl, error, status]);
  const groups = [...groupBy(requests.filter(isFailed), keyOf).values()];
  const count = (own: readonly PmsRequest[]): number => own.reduce((sum, each) => sum + each.count, 0);
  const answered = (own: readonly PmsRequest[]): number => Number(own[0]?.status !== null);
  const sorted = groups.toSorted((a, b) => answered(a) - answered(b) || count(b) - count(a));
  // plex.tv answers 404 for things that do not exist; without --verbose that is no news.
  return verbose ? sorted : sorted.filter(([first]) => first?.status !== 404);
}

/** Why a failure is over, according to the log; empty where it is not. */
function pastWords(own: readonly PmsRequest[], log: PmsLog, at: At): string {
  const standings = own.map((request) => standingOfRequest(request, log));
  const last = standings.at(-1);
  if (last?.state !== 'past' || standings.some(({ state }) => state !== 'past')) return '';
  switch (last.because.kind) {
    case 'answered':
      return `, past: answered at ${at(last.because.at)}`;
    case 'started':
      return `, past: PMS started anew at ${at(last.because.at)}`;
    case 'changed':
    case 'accepted':
    case 'probe':
      return ', past';
  }
}

function failureFact(own: readonly PmsRequest[], log: PmsLog, at: At): Fact {
  const [first] = own;
  const count = own.reduce((sum, each) => sum + each.count, 0);
  const last =
    own
      .flatMap(({ lastAt }) => lastAt ?? [])
      .sort()
      .at(-1) ?? null;
  const logs = [...new Set(own.map((request) => request.log))];
  const host = first === undefined ? '' : first.port === 443 ? first.host : `${first.host}:${first.port}`;
  return {
    label: [value(host)],
    text: `${failureWords(first)}, ${times(count)}, last ${at(last)}${pastWords(own, log, at)} · ${listed(logs, 3)}`,
  };
}

function failureWords(request: PmsRequest | undefined): string {
  if (request === undefined) return '';
  const { curl, error, status } = request;
  const code = curl === null || curl === 0 ? '' : ` (curl ${curl})`;
  if (error !== null) return `${error}${code}`;
  if (curl !== null) return `failed${code}`;
  return status === null ? 'failed' : `answered ${status}`;
}

function unreadNotes({ files }: PmsLog): readonly string[] {
  return files
    .filter(({ unread }) => unread > 0)
    .map(({ name, unread, lines }) => `${name}: ${unread} of ${counted(lines, 'line')} could not be read`);
}

/** Clocks that differ by less count as equal: the logs' own times are no more exact. */
const CLOCKS_AGREE_SECONDS = 1;

function clockNotes({ proxyClockOffsetSeconds: offset, files }: PmsLog): readonly string[] {
  const unknown = files.filter(({ zoneOffsetMinutes, from }) => zoneOffsetMinutes === null && from !== null);
  const zone =
    unknown.length > 0
      ? [
          `time zone not known of ${listed(
            unknown.map(({ name }) => name),
            3,
          )}: times as written`,
        ]
      : [];
  if (offset === null) return zone;
  if (Math.abs(offset) < CLOCKS_AGREE_SECONDS) return [...zone, "PMS's clock and the proxy's agree"];
  const far = Math.abs(offset) < 10 ? `${Math.abs(offset).toFixed(1)} s` : span(Math.abs(offset) * 1000);
  return [...zone, `PMS's clock is ${far} ${offset > 0 ? 'ahead of' : 'behind'} the proxy's`];
}

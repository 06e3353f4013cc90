import { groupBy } from '../core/group.ts';
import type { PmsLog, PmsRequest, PmsScan, PmsState } from '../core/traffic.ts';
import { clockFor, counted, listed, period, span, times } from './times.ts';

/** What PMS's own log says, in words. */

/** A fact with its label: `sign-in`, `ok since 14:02:11`; with a mark where it is trouble. */
export interface LogFact {
  readonly label: string;
  readonly text: string;
  readonly mark?: 'bad' | 'warn';
}

export interface LogWords {
  /** Which files, of what time and version. */
  readonly source: string;
  readonly facts: readonly LogFact[];
  readonly failures: readonly LogFact[];
  readonly notes: readonly string[];
}

/** Without --verbose so many failed requests, and so many states of one kind, are told. */
const SHOWN = 8;
/** Hosts that one line names. */
const HOSTS_SHOWN = 6;

export function pmsLogWords(log: PmsLog, verbose: boolean): LogWords {
  const events = [...log.states, ...log.scans].map(({ at }) => at);
  const ends = log.requests.map(({ lastAt }) => lastAt);
  const at = clockFor([...events, ...ends]);
  const failed = failures(log.requests, verbose);
  const shown = verbose ? failed : failed.slice(0, SHOWN);
  return {
    source: sourceWords(log),
    facts: [
      ...stateFacts(log.states, at, verbose),
      ...scanFacts(log.scans, at, verbose),
      ...answeredFacts(log.requests),
    ],
    failures: shown.map((group) => failureFact(group, at)),
    notes: [
      ...(failed.length > shown.length ? [`and ${failed.length - shown.length} more with --verbose`] : []),
      ...unreadNotes(log),
      ...clockNotes(log),
    ],
  };
}

function sourceWords({ files }: PmsLog): string {
  const from = files.flatMap((file) => file.from ?? []).sort()[0] ?? null;
  const to =
    files
      .flatMap((file) => file.to ?? [])
      .sort()
      .at(-1) ?? null;
  const versions = [...new Set(files.flatMap(({ version }) => version ?? []))];
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
  mapping: 'mapping',
  providers: 'cloud providers',
  provider: 'provider',
  'provider-map': 'agent map',
};
const STATE_KINDS: readonly PmsState['kind'][] = ['sign-in', 'mapping', 'providers', 'provider', 'provider-map'];

type At = (iso: string | null) => string;

function stateFacts(states: readonly PmsState[], at: At, verbose: boolean): readonly LogFact[] {
  return STATE_KINDS.flatMap((kind) => {
    const own = states.filter((state) => state.kind === kind);
    const subjects = [...new Set(own.map((state) => subjectOf(state)))];
    const told = subjects.map((subject) => own.filter((state) => subjectOf(state) === subject));
    const shown = verbose ? told : told.slice(0, SHOWN);
    return shown.flatMap((history) => stateFact(STATE_LABELS[kind], history, at, verbose));
  });
}

/** `tv.plex.provider.metadata online` is about that provider; the other kinds have one subject. */
function subjectOf({ kind, value }: PmsState): string {
  return kind === 'provider' || kind === 'provider-map' ? value.replace(/\s\S+$/, '') : kind;
}

function stateFact(label: string, history: readonly PmsState[], at: At, verbose: boolean): readonly LogFact[] {
  const last = history.at(-1);
  if (last === undefined) return [];
  const before = history.slice(0, -1).toReversed();
  const shown = verbose ? before : before.slice(0, 2);
  const words = ({ kind, value }: PmsState): string => (kind === 'providers' ? `${value} online` : value);
  const earlier = shown.map((state) => `${words(state)} at ${at(state.at)}`);
  const more = before.length > shown.length ? [`${counted(before.length - shown.length, 'change')} more`] : [];
  const past = before.length === 0 ? '' : `; before: ${[...earlier, ...more].join(', ')}`;
  const bad = (last.kind === 'providers' && last.value === '0') || (last.kind === 'sign-in' && last.value !== 'ok');
  return [{ label, text: `${words(last)} since ${at(last.at)}${past}`, ...(bad ? { mark: 'warn' as const } : {}) }];
}

function scanFacts(scans: readonly PmsScan[], at: At, verbose: boolean): readonly LogFact[] {
  const refused = scans.filter(({ kind }) => kind === 'refused');
  const groups = [...groupBy(refused, ({ section, status }) => `${section} ${status}`).values()];
  const started = scans.filter(({ kind }) => kind === 'started');
  const children = scans.filter(({ kind }) => kind === 'child');
  const facts = [
    ...groups.map((own): LogFact => {
      const [first] = own;
      const section = first?.section ?? null;
      const where = section === null ? 'all sections' : `section ${section}`;
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
  if (!verbose) return facts;
  return [
    ...facts,
    ...scans
      .filter(({ kind }) => kind !== 'refused')
      .map((scan): LogFact => ({
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

function lastOf(label: string, scans: readonly PmsScan[], at: At): readonly LogFact[] {
  const last = scans.at(-1);
  if (last === undefined) return [];
  const sections = [...new Set(scans.flatMap(({ section }) => section ?? []))];
  const where = sections.length === 0 ? '' : ` (section ${listed(sections, 5)})`;
  return [{ label, text: `${times(scans.length)}, last at ${at(last.at)}${where}` }];
}

function answeredFacts(requests: readonly PmsRequest[]): readonly LogFact[] {
  const answered = requests.filter((request) => request.status !== null && !isFailed(request));
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
  // A 404 is what plex.tv says of things that do not exist; without --verbose it is no news.
  return verbose ? sorted : sorted.filter(([first]) => first?.status !== 404);
}

function failureFact(own: readonly PmsRequest[], at: At): LogFact {
  const [first] = own;
  const count = own.reduce((sum, each) => sum + each.count, 0);
  const last =
    own
      .flatMap(({ lastAt }) => lastAt ?? [])
      .sort()
      .at(-1) ?? null;
  const logs = [...new Set(own.map(({ log }) => log))];
  const host = first === undefined ? '' : first.port === 443 ? first.host : `${first.host}:${first.port}`;
  return { label: host, text: `${failureWords(first)}, ${times(count)}, last ${at(last)} · ${listed(logs, 3)}` };
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

/** Clocks that differ by less are told to agree: the logs' own times are no better. */
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

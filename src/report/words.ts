import type { Bypass, Cause, EndpointResult, Finding, Report, RouteResult } from '../core/report.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Mark, Tone } from './style.ts';

/** The words that the text and the Markdown report share. Everything here reads the report; nothing judges. */

export const CONDITION_TITLE = '"An internet connection is required to scan library files"';

/** Said when nobody watched: absence of evidence is not evidence of absence. */
export const NOT_WATCHED = "not observed: nobody watched PMS's traffic in this run";

export const EXIT_MEANING: Readonly<Record<number, string>> = {
  0: 'nothing wrong',
  1: 'the condition, a bypass or an unmet expectation was found',
  2: 'wrong usage or configuration',
  3: 'could not decide',
  70: 'a bug in this tool',
  130: 'interrupted',
};

export function minute(iso: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(iso) ? `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC` : iso;
}

/** `41 ms`, `3.0 s`: two digits that matter. */
export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export function pmsFacts(pms: Report['pms']): readonly string[] {
  if (pms === null) return ['not looked for'];
  if (!pms.found) return ['not found on this machine'];
  return [
    pms.version ?? 'version unknown',
    pms.pid === null ? 'not running' : `pid ${pms.pid}`,
    ...[pms.unit, pms.container === null ? null : `container ${pms.container}`].flatMap((fact) => fact ?? []),
    ...(pms.signIn === null ? [] : [pms.signIn === 'ok' ? 'signed in' : `sign-in: ${pms.signIn}`]),
    ...(pms.mapping === null ? [] : [`mapping: ${pms.mapping}`]),
  ];
}

/** `from the environment of pid 812`, with what it is worth where it is not PMS's own environment. */
export function sourceWords(source: string, basis: string): string {
  const [kind = '', ...rest] = source.split(':');
  const name = rest.join(':');
  const places: Readonly<Record<string, string>> = {
    pid: `the environment of pid ${name}`,
    unit: `the unit ${name}`,
    container: `the container ${name}`,
    file: `the file ${name}`,
    shell: "this shell's environment",
    option: 'the command line',
  };
  const worth: Readonly<Record<string, string>> = {
    declared: ' (declared, not seen in a running PMS)',
    assumed: ' (assumed: PMS may have others)',
  };
  return (places[kind] ?? source) + (worth[basis] ?? '');
}

/** What the clients make of the variables; those that make the same of them together. */
export function clientsOf({
  dialects,
}: Report['proxy']): readonly { readonly ids: readonly string[]; readonly words: string }[] {
  const groups = new Map<string, string[]>();
  for (const [id, { url, notes }] of Object.entries(dialects)) {
    const words = [url ?? 'no proxy', ...notes].join('; ');
    groups.set(words, [...(groups.get(words) ?? []), id]);
  }
  return [...groups].map(([words, ids]) => ({ ids, words }));
}

export function hostAndPort(endpoint: Pick<EndpointResult, 'host' | 'port'>): string {
  return endpoint.port === 443 ? endpoint.host : `${endpoint.host}:${endpoint.port}`;
}

export function neededFor({ purpose, need }: EndpointResult): string {
  return need === 'scan' ? `${purpose} · scan` : purpose;
}

const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  ok: 'ok',
  unresolved: 'unresolved',
  refused: 'refused',
  prohibited: 'prohibited',
  'no-route': 'no route',
  'no-reply': 'no reply',
  'proxy-unreachable': 'proxy down',
  'proxy-silent': 'proxy silent',
  'proxy-auth': 'auth',
  denied: 'denied',
  'proxy-error': 'proxy error',
  'tls-untrusted': 'untrusted',
  intercepted: 'intercepted',
  'tls-failed': 'TLS failed',
  cut: 'cut',
  stalled: 'stalled',
  captive: 'captive',
  'not-run': 'not tried',
};
/** Codes of c-ares that mean that nobody answered, which is not the same as a name that does not exist. */
const DNS_SILENCE: ReadonlySet<string> = new Set(['ETIMEOUT', 'ECONNREFUSED']);

/** What one route gave, in one or two words: `302`, `no reply`, `403 denied`. */
export function outcomeWords({ outcome, status, code }: RouteResult): string {
  const words = OUTCOME_WORDS[outcome];
  if (outcome === 'unresolved' && code !== null && DNS_SILENCE.has(code)) return 'no DNS reply';
  if (status === null) return words;
  if (outcome === 'ok') return String(status);
  if (outcome === 'proxy-error') return `${status} error`;
  return outcome === 'denied' || outcome === 'proxy-auth' ? `${status} ${words}` : words;
}

export interface Result {
  readonly words: string;
  /** For narrow terminals. */
  readonly short: string;
  readonly mark: Mark;
  readonly tone: Tone;
}

const MARK_BY_NEED: Readonly<Record<EndpointResult['need'], Mark>> = {
  scan: 'bad',
  feature: 'warn',
  optional: 'harmless',
};

/** The last column: what the two routes together mean for this endpoint. */
export function resultOf({ conclusion, need }: EndpointResult, proxyConfigured: boolean): Result {
  const mark = MARK_BY_NEED[need];
  const needed = need !== 'optional';
  const result = (words: string, which: Mark, tone: Tone, short = words): Result => ({
    words,
    short,
    mark: which,
    tone,
  });
  const results: Readonly<Record<EndpointResult['conclusion'], Result>> = {
    both: result('both routes', 'good', 'good'),
    'proxy-only': result('proxy only', 'good', 'good'),
    // With a proxy configured, PMS does not take the route that works.
    'direct-only': proxyConfigured
      ? result('direct only', mark, needed ? 'warn' : 'dim')
      : result('direct only', 'good', 'good'),
    neither: needed ? result('unreachable', mark, 'bad') : result('blocked, not needed', mark, 'dim', 'not needed'),
    intercepted: result('intercepted', needed ? mark : 'warn', 'bad'),
    undecided: needed ? result('undecided', 'undecided', 'warn') : result('undecided', 'harmless', 'dim'),
  };
  return results[conclusion];
}

const NEED_ORDER: readonly EndpointResult['need'][] = ['scan', 'feature', 'optional'];

/** What a scan needs first; the catalogue's order within. */
export function byNeed(endpoints: readonly EndpointResult[]): readonly EndpointResult[] {
  return NEED_ORDER.flatMap((need) => endpoints.filter((endpoint) => endpoint.need === need));
}

/** `18 proxy only · 2 unreachable`, in the order of first appearance. */
export function resultCounts(endpoints: readonly EndpointResult[], proxyConfigured: boolean): string {
  const counts = new Map<string, number>();
  for (const endpoint of byNeed(endpoints)) {
    const { words } = resultOf(endpoint, proxyConfigured);
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return [...counts].map(([words, count]) => `${count} ${words}`).join(' · ');
}

/** Whether anybody looked at PMS's own traffic in this run. */
export function wasWatched(report: Report): boolean {
  return report.traffic !== null;
}

export function bypassTarget({ host, address, port }: Bypass): string {
  const name = host ?? address ?? 'unknown host';
  return `${name.includes(':') ? `[${name}]` : name}:${port}`;
}

export interface ConfiguredBypass {
  readonly dialects: readonly string[];
  readonly targets: readonly string[];
}

/** Configured bypasses that hold for the same clients belong on one line. */
export function configuredBypasses(bypasses: readonly Bypass[]): readonly ConfiguredBypass[] {
  const clients = new Map<string, Set<string>>();
  for (const bypass of bypasses.filter(({ kind }) => kind === 'configured')) {
    const target = bypassTarget(bypass);
    clients.set(target, new Set([...(clients.get(target) ?? []), ...bypass.dialects]));
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

const CONDITION_WORDS: Readonly<Record<Report['scan']['condition'], string>> = {
  reproduced: 'REPRODUCED',
  'would-occur': 'WOULD OCCUR',
  'not-found': 'NOT FOUND',
  unknown: 'UNKNOWN',
};

export function conditionWords({ condition, sections }: Report['scan']): string {
  const where = sections
    .filter((section) => section.condition === 'reproduced')
    .map(({ id, type, status }) => `section ${id} (${type})${status === null ? '' : `: ${status}`}`);
  return CONDITION_WORDS[condition] + (where.length === 0 ? '' : ` on ${where.join(', ')}`);
}

/** Whether a scan was started at all: without one, the condition itself is inferred. */
export function scanNote({ sections }: Report['scan']): string | null {
  return sections.length === 0 ? 'judged from what was probed: no scan was started in this run' : null;
}

const STATE_ORDER: readonly Cause['state'][] = ['confirmed', 'likely', 'possible', 'ruled-out', 'unknown'];

export function causesInOrder(causes: readonly Cause[]): readonly Cause[] {
  return STATE_ORDER.flatMap((state) => causes.filter((cause) => cause.state === state));
}

export function stateWords(state: Cause['state']): string {
  return state === 'ruled-out' ? 'ruled out' : state;
}

export const STATE_TONE: Readonly<Record<Cause['state'], Tone>> = {
  confirmed: 'bad',
  likely: 'warn',
  possible: 'plain',
  'ruled-out': 'dim',
  unknown: 'dim',
};

const SEVERITY_ORDER: readonly Finding['severity'][] = ['high', 'medium', 'low', 'info'];

export interface Problem {
  readonly check: string;
  readonly verdict: 'fail' | 'warn';
  readonly severity: Finding['severity'];
  readonly findings: readonly Finding[];
  /** Checks whose findings are consequences of this one. */
  readonly consequences: readonly string[];
}

/** Findings of one check together, the worst first; consequences are folded under their root. */
export function problemsOf(findings: readonly Finding[]): readonly Problem[] {
  const bad = findings.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn');
  const checks = new Set(bad.map(({ check }) => check));
  const isRoot = (finding: Finding): boolean => finding.supersededBy === null || !checks.has(finding.supersededBy);
  const problems = [...new Set(bad.filter(isRoot).map(({ check }) => check))].map((check): Problem => {
    const own = bad.filter((finding) => finding.check === check && isRoot(finding));
    const [first] = own;
    return {
      check,
      verdict: own.some(({ verdict }) => verdict === 'fail') ? 'fail' : 'warn',
      severity: first?.severity ?? 'info',
      findings: [...own].sort((a, b) => Number(b.verdict === 'fail') - Number(a.verdict === 'fail')),
      consequences: consequencesOf(check, bad),
    };
  });
  const rank = ({ verdict, severity }: Problem): number =>
    (verdict === 'fail' ? 0 : SEVERITY_ORDER.length) + SEVERITY_ORDER.indexOf(severity);
  return problems.sort((a, b) => rank(a) - rank(b));
}

/** A consequence of a consequence belongs to the root too; a cycle in the data ends at what was seen already. */
function consequencesOf(root: string, bad: readonly Finding[]): readonly string[] {
  const found = new Set<string>();
  const queue = [root];
  for (let check = queue.shift(); check !== undefined; check = queue.shift()) {
    for (const finding of bad) {
      if (finding.supersededBy !== check || finding.check === root || found.has(finding.check)) continue;
      found.add(finding.check);
      queue.push(finding.check);
    }
  }
  return [...found];
}

export interface Undecided {
  readonly reason: string;
  readonly checks: readonly string[];
}

/** Inconclusive checks by what was missing: one missing thing is one line, however many checks wanted it. */
export function undecidedOf(findings: readonly Finding[]): readonly Undecided[] {
  const groups = new Map<string, string[]>();
  for (const { verdict, text, check } of findings) {
    if (verdict !== 'inconclusive') continue;
    const checks = groups.get(text) ?? [];
    if (!checks.includes(check)) checks.push(check);
    groups.set(text, checks);
  }
  return [...groups].map(([reason, checks]) => ({ reason, checks }));
}

/**
 * Advice: the causes that stand first, by how sure they are, then the root problems. One remedy is given once, with the other
 * endpoints that it holds for; consequences give none, and what is merely possible gives advice only when nothing is surer.
 */
export function adviceOf(report: Report): readonly string[] {
  const standing = causesInOrder(report.scan.causes).filter(({ state }) => state === 'confirmed' || state === 'likely');
  const causes = standing.length > 0 ? standing : report.scan.causes.filter(({ state }) => state === 'possible');
  const advised = new Set(causes.map(({ id }) => id));
  const problems = problemsOf(report.findings).filter(({ severity }) => severity !== 'info');
  const hosts = new Map(report.endpoints.map((endpoint) => [endpoint.id, hostAndPort(endpoint)]));
  const given: string[] = [];
  const isNew = (remedy: string | null): remedy is string =>
    remedy !== null && remedy.trim() !== '' && !given.some((other) => comparable(other).startsWith(comparable(remedy)));
  for (const { remedy } of causes) if (isNew(remedy)) given.push(remedy);
  for (const { findings } of problems) {
    // What a check advises about a cause that is advised on already says the same in other words.
    const fresh = findings.filter((f) => isNew(f.remedy) && !f.causes.some((id) => advised.has(id)));
    const perEndpoint = fresh.flatMap(({ endpoint }) => hosts.get(endpoint ?? '') ?? []);
    if (fresh.length > 1 && perEndpoint.length === fresh.length) {
      given.push(`${fresh[0]?.remedy ?? ''} The same for ${listed(perEndpoint.slice(1))}.`);
    } else {
      for (const { remedy } of fresh) if (isNew(remedy)) given.push(remedy);
    }
  }
  return given;
}

const LISTED = 3;

function listed(names: readonly string[]): string {
  const rest = names.length - LISTED;
  return names.slice(0, LISTED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** Two remedies are one when they differ in spacing, case or the full stop, or when one begins with the other. */
function comparable(remedy: string): string {
  return remedy.toLowerCase().replace(/\s+/g, ' ').trim().replace(/\.$/, '');
}

export function verdictWord({ summary, run }: Report): string {
  return run.interrupted ? 'INTERRUPTED' : summary.verdict.toUpperCase();
}

export function verdictTone({ summary, run }: Report): Tone {
  if (run.interrupted || summary.verdict === 'undecided') return 'warn';
  return summary.verdict === 'ok' ? 'good' : 'bad';
}

const REMOVED_WORDS: Readonly<Record<string, string>> = {
  'lan-ip': 'LAN addresses',
  'public-ip': 'public addresses',
  'lan-net': 'LAN networks',
  'public-net': 'public networks',
  domain: 'domains',
  host: 'host names',
  proxy: 'proxy names',
  user: 'user names',
  mail: 'mail addresses',
  mac: 'MAC addresses',
  'machine-id': 'machine ids',
  server: 'server ids',
  uuid: 'UUIDs',
  ca: 'certificate names',
  token: 'tokens',
  credentials: 'credentials',
  cookie: 'cookies',
};

/** One sentence about what the sanitizer did, or that it did not run. */
export function sanitizerWords(report: Report): string {
  if (!report.run.sanitized) return 'Not sanitized (--raw): names and addresses of your network are in this report.';
  const removed = Object.entries(report.sanitizer.removed).filter(([, count]) => count > 0);
  if (removed.length === 0) return 'Sanitized: nothing private was found.';
  const total = removed.reduce((sum, [, count]) => sum + count, 0);
  const kinds = removed.map(([kind, count]) => `${REMOVED_WORDS[kind] ?? kind} ${count}`).join(', ');
  return `Sanitized: replaced ${total} time${total === 1 ? '' : 's'} (${kinds}); --raw keeps them.`;
}

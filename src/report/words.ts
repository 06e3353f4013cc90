import type { LibraryNeed } from '../core/pms-status.ts';
import type { Cause, Finding, Report } from '../core/report.ts';
import { hostAndPort, isAllSeen } from './endpoint-words.ts';
import { experimentWorth, notAskedAdvice } from './experiment-words.ts';
import { libraryType } from './library-words.ts';
import type { Tone } from './style.ts';
import { listed } from './times.ts';
import { withPort } from './traffic-words.ts';

/** The words that the text and the Markdown report share. Everything here reads the report; nothing judges. */

export const CONDITION_TITLE = '"An internet connection is required to scan library files"';

/** Names that one line gives before it counts. */
const LISTED = 3;

export const EXIT_MEANING: Readonly<Record<number, string>> = {
  0: 'nothing wrong',
  1: 'the condition, a bypass or an unmet expectation was found',
  2: 'wrong usage or configuration',
  3: 'could not decide',
  70: 'a bug in this tool',
  130: 'interrupted',
};

export function pmsFacts({ pms, run }: Report): readonly string[] {
  if (pms === null) return ['not looked for'];
  const { status } = pms;
  const isAsked = status !== undefined && status.version !== null;
  if (!pms.found && !isAsked) return ['not found on this machine'];
  return [
    pms.version ?? 'version unknown',
    // Files say nothing about now.
    ...(pms.pid !== null
      ? [`pid ${pms.pid}`]
      : isAsked
        ? [`asked at ${status.base}`]
        : run.inputs === undefined
          ? ['not running']
          : ['by its log']),
    // Without PMS here, the container is the one that this tool runs in.
    ...(pms.found
      ? [pms.unit, pms.container === null ? null : `container ${pms.container}`].flatMap((fact) => fact ?? [])
      : []),
    ...(pms.signIn === null ? [] : [pms.signIn === 'ok' ? 'signed in' : `sign-in: ${pms.signIn}`]),
    ...(pms.mapping === null ? [] : [`mapping: ${pms.mapping}`]),
  ];
}

/** Servers have a handful of kinds; the rest is in the JSON report. */
const LIBRARY_LINES = 8;

const LIBRARY_NEED_WORDS: Readonly<Record<LibraryNeed, string>> = {
  provider: 'needs the metadata provider',
  'plug-ins': 'goes out through plug-ins',
  nothing: 'needs nothing',
  unknown: 'an agent that is not known here',
};

/** One line for each kind of library: `music (tv.plex.agents.music): needs the metadata provider`. Empty when PMS did not say. */
export function libraryWords(pms: Report['pms']): readonly string[] {
  const kinds = new Map<string, { readonly words: string; readonly need: LibraryNeed; count: number }>();
  for (const { type, agent, needs } of pms?.status?.sections ?? []) {
    const words = `${libraryType(type)} (${agent})`;
    const kind = kinds.get(words) ?? { words, need: needs, count: 0 };
    kind.count++;
    kinds.set(words, kind);
  }
  const lines = [...kinds.values()].map(
    ({ words, need, count }) => `${count === 1 ? '' : `${count} × `}${words}: ${LIBRARY_NEED_WORDS[need]}`,
  );
  return lines.length > LIBRARY_LINES
    ? [...lines.slice(0, LIBRARY_LINES), `and ${lines.length - LIBRARY_LINES} other kinds`]
    : lines;
}

/** What PMS did not answer when it was asked, and why. */
export function troubleWords(pms: Report['pms']): readonly string[] {
  return (pms?.status?.troubles ?? []).map(({ call, code, message }) => `${call}: ${message} (${code})`);
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

/** The proxy that PMS was told to use; where nobody knows that, the one that it was seen to use. */
export function proxyWords({ proxy, traffic }: Report): string {
  const from = sourceWords(proxy.source, proxy.basis);
  if (proxy.url !== null) return `${proxy.url}, from ${from}`;
  if (proxy.source !== 'none') return `none configured; looked at ${from}`;
  const used = (traffic?.flows ?? []).filter(({ route, address }) => route === 'proxy' && address !== null);
  const places = [...new Set(used.map(({ address, port }) => withPort(address ?? '', port)))];
  return `not known: no settings were read${places.length === 0 ? '' : `; seen in use: ${listed(places, LISTED)}`}`;
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

const CONDITION_WORDS: Readonly<Record<Report['scan']['condition'], string>> = {
  reproduced: 'REPRODUCED',
  'would-occur': 'WOULD OCCUR',
  'not-found': 'NOT FOUND',
  unknown: 'UNKNOWN',
};

export function conditionWords({ scan: { condition, sections }, run }: Report): string {
  const where = sections
    .filter((section) => section.condition === 'reproduced')
    .map(({ id, type, status }) => {
      const kind = type === 'unknown' ? '' : ` (${libraryType(type)})`;
      return `section ${id}${kind}${status === null ? '' : `: ${status}`}`;
    });
  // Files tell of a scan that somebody started then: nothing was reproduced.
  const isLogged = condition === 'reproduced' && run.inputs !== undefined;
  return (
    (isLogged ? "IN PMS'S LOG" : CONDITION_WORDS[condition]) + (where.length === 0 ? '' : ` on ${where.join(', ')}`)
  );
}

/** What the condition was judged from: a scan that showed nothing, and what that is worth; without a scan it is inferred. */
export function scanNote(report: Report): string | null {
  const { scan, traffic, pmsLog, endpoints, pms } = report;
  const worth = experimentWorth(report);
  if (worth !== null) return worth;
  const sources = [
    ...(endpoints.length > 0 && !isAllSeen(report) ? ['was probed'] : []),
    ...(traffic === null ? [] : ['was seen']),
    ...(pmsLog === null ? [] : ["PMS's log says"]),
    ...((pms?.status?.version ?? null) === null ? [] : ['PMS says itself']),
  ];
  const from = sources.length === 0 ? ['is known'] : sources;
  return scan.sections.length === 0
    ? `judged from what ${from.join(', and what ')}: no scan was started in this run`
    : null;
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
 * Advice: what kept an experiment from being made, then the causes that stand, by how sure they are, then the root problems. One remedy is given once, with the other
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
  for (const remedy of [notAskedAdvice(report), ...causes.map((cause) => cause.remedy)])
    if (isNew(remedy)) given.push(remedy);
  for (const { findings } of problems) {
    // What a check advises about a cause that is advised on already says the same in other words.
    const fresh = findings.filter((f) => isNew(f.remedy) && !f.causes.some((id) => advised.has(id)));
    const perEndpoint = fresh.flatMap(({ endpoint }) => hosts.get(endpoint ?? '') ?? []);
    if (fresh.length > 1 && perEndpoint.length === fresh.length) {
      given.push(`${fresh[0]?.remedy ?? ''} The same for ${listed(perEndpoint.slice(1), LISTED)}.`);
    } else {
      for (const { remedy } of fresh) if (isNew(remedy)) given.push(remedy);
    }
  }
  return given;
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
  file: 'file names',
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

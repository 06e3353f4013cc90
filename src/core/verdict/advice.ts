import type { Advice, Cause, Finding, Report } from '../model/report.ts';
import { DECIDE } from '../words/common.ts';
import type { ReasonCode } from '../model/reason.ts';
import type { Statement } from '../model/statement.ts';
import { rootsFirst } from '../judge/roots-first.ts';
import { nameList } from '../judge/pms-way.ts';
import { problemsOf } from './problems.ts';

type Judged = Pick<Report, 'scan' | 'findings' | 'endpoints' | 'experimentReason'>;

/**
 * The steps for the user, ranked: first how to ask PMS, if that failed; then the standing causes, the surest first; then the root problems.
 * Consequences give no step. Where no cause is proven, the command that decides comes before any change; a cause that is merely possible leads
 * to no change.
 */
export function advise({ scan, findings, endpoints, experimentReason }: Judged): Advice[] {
  const inState = (state: Cause['state']): readonly Cause[] => scan.causes.filter((cause) => cause.state === state);
  const [confirmed, likely, possible] = [inState('confirmed'), inState('likely'), inState('possible')];
  const standing = rootsFirst([...confirmed, ...likely]);
  const isRoot = ({ follows }: Cause): boolean => follows === undefined;
  // Where no scan fails there is nothing to find out; a scan that was watched has said what it can of a likely cause.
  const isDecided =
    scan.condition === 'not-found' || confirmed.some(isRoot) || (likely.some(isRoot) && scan.sections.length > 0);
  const [undecided] = isDecided ? [] : [...likely.filter(isRoot), ...firstRoots(scan.causes, possible)];
  const advised = new Set([...standing, ...possible].map(({ id }) => id));
  const hosts = new Map(endpoints.map(({ id, host, port }) => [id, port === 443 ? host : `${host}:${port}`]));
  const steps = [
    ...(experimentReason === null ? [] : howToAsk(experimentReason.code)),
    ...[...standing, ...possible].flatMap((cause) => adviceOnPlace(cause, findings)),
    ...(undecided === undefined ? [] : [howToDecide(undecided, scan)]),
    ...standing.flatMap(adviceOfCause),
    ...problemsOf(findings)
      .filter(({ severity }) => severity !== 'info')
      // A check's advice about an advised cause only repeats it in other words.
      .map((problem) => problem.findings.filter((finding) => !finding.causes.some((id) => advised.has(id))))
      .flatMap((own) => adviceOfCheck(own, hosts)),
  ];
  // Undecided without a suspect, behind a proxy: a scan that is watched decides.
  const isOpen =
    scan.condition === 'unknown' &&
    scan.sections.length === 0 &&
    experimentReason === null &&
    problemsOf(findings).length === 0 &&
    endpoints.some(({ proxy }) => proxy !== null);
  if (steps.length === 0 && isOpen) return [howToReproduce(null)];
  const seen = new Set<string>();
  return steps.filter(({ step: { text } }) => !seen.has(text) && seen.add(text));
}

// ── so that PMS can be asked ───────────────────────────────────────────────────────────────────────────────────────────

const HOW_TO_ASK = {
  'ask-with-access':
    'Run this as root or as the user that PMS runs as, or give a token of the owner of this server by --token-file or in the variable PLEX_TOKEN.',
  'ask-where-it-is': 'Make sure that PMS runs and answers; give its address with --pms URL.',
  'add-library': 'Add a library to PMS; a small music library with new content shows most.',
} as const;

/** By the reason why no scan was requested; other reasons have no known remedy. */
const HELP: Readonly<Partial<Record<ReasonCode, keyof typeof HOW_TO_ASK>>> = {
  UNAUTHORIZED: 'ask-with-access',
  FORBIDDEN: 'ask-with-access',
  PMS_NOT_ASKED: 'ask-where-it-is',
  PMS_NOT_LISTENING: 'ask-where-it-is',
  NOT_PMS: 'ask-where-it-is',
  TIMEOUT: 'ask-where-it-is',
  CUT: 'ask-where-it-is',
  NO_ROUTE: 'ask-where-it-is',
  UNRESOLVED: 'ask-where-it-is',
  NO_LIBRARY: 'add-library',
};

function howToAsk(code: ReasonCode): readonly Advice[] {
  const message = HELP[code];
  if (message === undefined) return [];
  const commands = message === 'ask-with-access' ? [REPRODUCE] : [];
  return [{ step: { message, args: {}, text: HOW_TO_ASK[message] }, commands, cause: null, check: null }];
}

// ── causes ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

const REPRODUCE = 'sudo pms-proxy-doctor reproduce';

const HOW_TO_DECIDE = {
  reproduce:
    'Find out which route a scan uses before you change anything: "reproduce" asks PMS to scan and watches its processes.',
  observe:
    'Find out more before you change anything: watch PMS for longer and scan a library with new content meanwhile.',
} as const;

/** The roots of what is sure come first. */
function firstRoots(causes: readonly Cause[], possible: readonly Cause[]): readonly Cause[] {
  const isOfOthers = ({ id }: Cause): boolean => causes.some(({ follows }) => follows === id);
  return [...possible.filter(isOfOthers), ...possible.filter((cause) => !isOfOthers(cause))];
}

/** A scan that was watched and decided nothing had nothing new to look for, perhaps. */
function howToDecide({ id, remedy }: Cause, { sections }: Report['scan']): Advice {
  if (remedy?.message === DECIDE) return { step: remedy, commands: [], cause: id, check: null };
  if (sections.length === 0) return howToReproduce(id);
  const step = { message: 'observe', args: {}, text: HOW_TO_DECIDE.observe };
  return { step, commands: ['sudo pms-proxy-doctor observe --for 10m'], cause: id, check: null };
}

function howToReproduce(cause: Advice['cause']): Advice {
  const step = { message: 'reproduce', args: {}, text: HOW_TO_DECIDE.reproduce };
  return { step, commands: [REPRODUCE], cause, check: null };
}

function adviceOfCause({ id, remedy, commands = [] }: Cause): readonly Advice[] {
  return remedy === null ? [] : [{ step: remedy, commands, cause: id, check: null }];
}

/** A failing check that explains the cause knows the place that is wrong: to put that right changes nothing else. */
function adviceOnPlace({ id, because }: Cause, findings: readonly Finding[]): readonly Advice[] {
  const told = new Set(because.map(({ message }) => message));
  return findings.flatMap(({ check, message, verdict, args, text, remedy }) =>
    verdict === 'fail' && remedy !== null && told.has(`${check}/${message}`)
      ? [{ step: { message: 'remedy', args, text: `${text} ${remedy}` }, commands: [], cause: id, check }]
      : [],
  );
}

// ── checks ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Endpoints that one step names besides its own. */
const OTHERS_NAMED = 3;

/** One check's findings that differ only in their endpoint give one step with the names of the others. */
function adviceOfCheck(findings: readonly Finding[], hosts: ReadonlyMap<string, string>): readonly Advice[] {
  const steps = findings.flatMap(({ check, args, remedy }) =>
    remedy === null || remedy.trim() === '' ? [] : [{ check, step: { message: 'remedy', args, text: remedy } }],
  );
  const [first] = steps;
  const perEndpoint = findings.flatMap(({ endpoint }) => hosts.get(endpoint ?? '') ?? []);
  const isOfEndpoints = first !== undefined && steps.length > 1 && perEndpoint.length === steps.length;
  const given = isOfEndpoints ? [{ ...first, step: withOthers(first.step, perEndpoint.slice(1)) }] : steps;
  return given.map(({ step, check }) => ({ step, commands: [], cause: null, check }));
}

function withOthers({ message, args, text }: Statement, others: readonly string[]): Statement {
  const also = nameList(others, OTHERS_NAMED);
  return { message, args: { ...args, also }, text: `${text} The same for ${also}.` };
}

import type { InputFile } from '../model/evidence.ts';
import { isRefusal, needyScans, type Experiment } from '../model/experiment.ts';
import type { Bypass, Cause, ProvenBridge, Report } from '../model/report.ts';
import { nameList } from '../judge/pms-way.ts';
import { PLUG_INS } from '../judge/settings/judged-settings.ts';
import { describeScan } from '../words/scans.ts';

type Judged = Pick<Report, 'bypasses' | 'scan' | 'findings' | 'expectations' | 'endpoints'> & {
  readonly experimentReason?: Report['experimentReason'];
  readonly experiment?: Report['experiment'];
  /** The question of `bridge --prove`, which the verdict then answers. */
  readonly bridge?: ProvenBridge | null;
  readonly pms?: Report['pms'];
  readonly inputs?: readonly InputFile[];
  /** The trouble that PMS's log tells of is over, by the log itself. */
  readonly isTroubleOver?: boolean;
};

/** Exit codes of the command line. */
export const EXIT = { ok: 0, problems: 1, usage: 2, undecided: 3, bug: 70, output: 74, interrupted: 130 } as const;

/**
 * Decides the exit code: 1 for the condition, a bypass, an unmet expectation or a failed check; 3 when the question could
 * not be answered; 130 when it was interrupted. The sentence says which.
 */
export function summarize(judged: Judged, interrupted: boolean): Report['summary'] {
  const { verdict, because } = decide(judged);
  const exitCode = interrupted ? EXIT.interrupted : EXIT[verdict];
  return {
    verdict,
    exitCode,
    because: interrupted ? `interrupted; so far: ${because}` : because,
    counts: countUp([
      ...judged.endpoints.map((e) => `endpoint:${e.conclusion}`),
      ...judged.findings.map((f) => `finding:${f.verdict}`),
    ]),
  };
}

function decide({
  endpoints,
  bypasses,
  scan,
  findings,
  expectations,
  inputs = [],
  experimentReason = null,
  experiment = null,
  isTroubleOver = false,
  pms = null,
  bridge = null,
}: Judged): Pick<Report['summary'], 'verdict' | 'because'> {
  if (bridge !== null) return proofVerdict(bridge);
  const seen = countTargets(bypasses, 'observed');
  const configured = countTargets(bypasses, 'configured');
  const violations = expectations?.violations.length ?? 0;
  const failing = findings.filter((f) => f.verdict === 'fail' && f.supersededBy === null);
  const problems = [
    scan.condition === 'would-occur' ? 'a library scan would fail with these settings' : null,
    scan.condition === 'reproduced' ? whereReproduced(inputs) : null,
    seen > 0 ? `PMS went around the proxy to ${plural(seen, 'host')}` : null,
    configured > 0 ? `${plural(configured, 'endpoint')} would go around the proxy${concernsPlugIns(bypasses)}` : null,
    violations > 0 ? `${plural(violations, 'expectation')} not met` : null,
    failing.length > 0 ? `${plural(failing.length, 'check')} failed` : null,
  ].filter((text) => text !== null);
  if (problems.length > 0) return { verdict: 'problems', because: problems.join('; ') };
  const crashed = findings.filter((f) => f.verdict === 'crashed');
  if (crashed.length > 0) return { verdict: 'undecided', because: `${plural(crashed.length, 'check')} crashed` };
  const unread = inputs.filter(({ state }) => state === 'not-read').length;
  if (unread > 0) return { verdict: 'undecided', because: `${plural(unread, 'file')} could not be read` };
  if (experimentReason !== null)
    return { verdict: 'undecided', because: `PMS was not asked to scan: ${experimentReason.message}` };
  const unended = experiment === null ? null : unendedScan(experiment);
  if (unended !== null) return { verdict: 'undecided', because: unended };
  // A policy that was asked for and is met answers the question that was put, whether or not PMS runs here.
  if (scan.condition === 'unknown' && expectations === null) {
    if (inputs.length > 0 && isTroubleOver && !scan.causes.some(({ state }) => STANDING.has(state)))
      return { verdict: 'ok', because: "all trouble in PMS's log is past: later it was answered" };
    if (inputs.length > 0)
      return { verdict: 'undecided', because: 'what the files show does not decide whether a scan would fail' };
    return {
      verdict: 'undecided',
      because: scan.why?.text ?? 'the evidence does not decide whether a scan would fail',
    };
  }
  // Nothing wrong with one server says nothing about another, unless the user asked for this one.
  if (pms?.others?.isChosen === false && expectations === null)
    return {
      verdict: 'undecided',
      because: `nothing wrong was found for the PMS of pid ${pms.pid}; ${othersWords(pms.others.pids)}`,
    };
  if (expectations !== null) return { verdict: 'ok', because: 'every expectation is met' };
  const needed = endpoints.filter(({ need }) => need === 'scan');
  const isOpen = needed.length > 0 && needed.every(({ direct }) => direct.outcome === 'ok');
  return {
    verdict: 'ok',
    because: isOpen ? 'everything that a scan needs answers directly' : 'nothing wrong was found',
  };
}

const BY_PROOF = { proved: 'ok', 'not-proved': 'problems', undecided: 'undecided' } as const;

function proofVerdict({ state, because }: ProvenBridge): Pick<Report['summary'], 'verdict' | 'because'> {
  return { verdict: BY_PROOF[state], because: because[0]?.text ?? state };
}

const STANDING: ReadonlySet<Cause['state']> = new Set(['confirmed', 'likely', 'possible'] as const);

function othersWords(pids: readonly number[]): string {
  return `${plural(pids.length, 'other PMS', 'other PMS')} on this machine ${pids.length === 1 ? 'was' : 'were'} not judged (pid ${nameList(pids.map(String))})`;
}

/** Why the scans that PMS was asked for answer nothing; null: they do. */
function unendedScan(experiment: Experiment): string | null {
  const unanswered = experiment.scans.find(({ end }) => end === 'unanswered');
  const needy = needyScans(experiment);
  const hasEnded = needy.some((scan) => scan.end === 'finished' || isRefusal(scan));
  const unended = unanswered ?? (hasEnded ? undefined : needy[0]);
  if (unended === undefined) return null;
  return `${describeScan(unended).text}${unended.trouble === null ? '' : `: ${unended.trouble.message}`}`;
}

function whereReproduced(inputs: readonly InputFile[]): string {
  return inputs.length > 0 ? "PMS's log shows the scan condition" : 'the scan condition was reproduced';
}

/** Where PMS itself keeps to the proxy. */
function concernsPlugIns(bypasses: Judged['bypasses']): string {
  const dialects = bypasses.filter(({ kind }) => kind === 'configured').flatMap((bypass) => bypass.dialects);
  return dialects.every((dialect) => dialect === PLUG_INS) ? ' in plug-ins of PMS (Python)' : '';
}

function countTargets(bypasses: Judged['bypasses'], kind: Bypass['kind']): number {
  return new Set(bypasses.filter((b) => b.kind === kind).map((b) => `${b.host ?? b.address} ${b.port}`)).size;
}

function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : many}`;
}

function countUp(keys: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

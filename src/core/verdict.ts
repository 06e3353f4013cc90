import { isRefusal, tellScan } from './diagnose-experiment.ts';
import type { InputFile } from './evidence.ts';
import { needyScans, type Experiment } from './experiment.ts';
import type { Bypass, Report } from './report.ts';

type Judged = Pick<Report, 'bypasses' | 'scan' | 'findings' | 'expectations' | 'endpoints'> & {
  readonly experimentReason?: Report['experimentReason'];
  readonly experiment?: Report['experiment'];
  readonly inputs?: readonly InputFile[];
};

/** Exit codes of the command line. */
export const EXIT = { ok: 0, problems: 1, usage: 2, undecided: 3, bug: 70, interrupted: 130 } as const;

/**
 * What decides the exit code: 1 for the condition, a bypass, an unmet expectation or a failed check; 3 when the question could
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
  bypasses,
  scan,
  findings,
  expectations,
  inputs = [],
  experimentReason = null,
  experiment = null,
}: Judged): Pick<Report['summary'], 'verdict' | 'because'> {
  const seen = countTargets(bypasses, 'observed');
  const configured = countTargets(bypasses, 'configured');
  const violations = expectations?.violations.length ?? 0;
  const failing = findings.filter((f) => f.verdict === 'fail' && f.supersededBy === null);
  const problems = [
    scan.condition === 'would-occur' ? 'a library scan would fail with these settings' : null,
    scan.condition === 'reproduced' ? whereReproduced(inputs) : null,
    seen > 0 ? `PMS went around the proxy to ${plural(seen, 'host')}` : null,
    configured > 0 ? `${plural(configured, 'endpoint')} would go around the proxy` : null,
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
    if (inputs.length > 0)
      return { verdict: 'undecided', because: 'what the files show does not decide whether a scan would fail' };
    const missing = scan.causes.find((c) => c.state === 'unknown')?.because[0];
    return { verdict: 'undecided', because: missing ?? 'the evidence does not decide whether a scan would fail' };
  }
  return { verdict: 'ok', because: expectations === null ? 'nothing wrong was found' : 'every expectation is met' };
}

/** Why the scans that PMS was asked for answer nothing; null: they do. */
function unendedScan(experiment: Experiment): string | null {
  const unanswered = experiment.scans.find(({ end }) => end === 'unanswered');
  const needy = needyScans(experiment);
  const hasEnded = needy.some((scan) => scan.end === 'finished' || isRefusal(scan));
  const unended = unanswered ?? (hasEnded ? undefined : needy[0]);
  if (unended === undefined) return null;
  return `${tellScan(unended)}${unended.trouble === null ? '' : `: ${unended.trouble.message}`}`;
}

function whereReproduced(inputs: readonly InputFile[]): string {
  return inputs.length > 0 ? "PMS's log shows the scan condition" : 'the scan condition was reproduced';
}

function countTargets(bypasses: Judged['bypasses'], kind: Bypass['kind']): number {
  return new Set(bypasses.filter((b) => b.kind === kind).map((b) => `${b.host ?? b.address} ${b.port}`)).size;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function countUp(keys: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

import type { CheckChange } from '../model/comparison.ts';
import type { Finding, Report } from '../model/report.ts';
import { sayCompared } from './words.ts';

type Verdict = Finding['verdict'];

/** The verdict of a check is that of its worst finding. */
const WORST_FIRST: readonly Verdict[] = ['fail', 'crashed', 'warn', 'inconclusive', 'pass', 'not-applicable'];

/** How much is wrong; null: that is not known. */
const GRADE: Readonly<Record<Verdict, number | null>> = {
  fail: 2,
  warn: 1,
  pass: 0,
  'not-applicable': null,
  inconclusive: null,
  crashed: null,
};

const WORDS: Readonly<Record<Verdict, string>> = {
  fail: 'failed',
  warn: 'warning',
  pass: 'passed',
  'not-applicable': 'not applicable',
  inconclusive: 'undecided',
  crashed: 'crashed',
};

/**
 * Only a failure that came or went decides: a warning is no failure. One that speaks about a cause of the scan condition explains it, and
 * the condition decides; one that another explains does not count twice. A check in `watching` judges the traffic that was seen; it passes where
 * nothing was, which proves nothing, and the bypasses are compared by themselves.
 */
export function compareChecks(before: Report, after: Report, watching: ReadonlySet<string>): readonly CheckChange[] {
  const [olds, news] = [verdictsOf(before), verdictsOf(after)];
  return [...new Set([...olds.keys(), ...news.keys()])].flatMap((check): readonly CheckChange[] => {
    const [was, is] = [olds.get(check) ?? null, news.get(check) ?? null];
    if (was === is) return [];
    const change = changeOf(was, is);
    if (watching.has(check) && change !== 'changed') {
      const says = sayCompared('check-unproven', { check, before: wordsOf(was), after: wordsOf(is) });
      return [{ change: 'undecided', decides: false, says, check, before: was, after: is }];
    }
    const decides = change !== 'changed' && [before, after].some((report) => failsByItself(report, check));
    const says = sayCompared('check-changed', { check, before: wordsOf(was), after: wordsOf(is) });
    return [{ change, decides, says, check, before: was, after: is }];
  });
}

/** A failure that no other explains, and that explains no other. */
function failsByItself({ findings }: Report, check: string): boolean {
  return findings.some(
    (finding) =>
      finding.check === check &&
      finding.verdict === 'fail' &&
      finding.supersededBy === null &&
      finding.causes.length === 0,
  );
}

function verdictsOf({ findings }: Report): ReadonlyMap<string, Verdict> {
  const worst = new Map<string, Verdict>();
  for (const { check, verdict } of findings) {
    const known = worst.get(check);
    if (known === undefined || WORST_FIRST.indexOf(verdict) < WORST_FIRST.indexOf(known)) worst.set(check, verdict);
  }
  return worst;
}

/** A check that does not apply found nothing to judge, which is neither good nor bad. */
function changeOf(was: Verdict | null, is: Verdict | null): CheckChange['change'] {
  if (was === 'not-applicable' || is === 'not-applicable') return 'changed';
  const [before, after] = [was && GRADE[was], is && GRADE[is]];
  if (before !== null && after !== null) return after > before ? 'worse' : 'better';
  if (before === null && after === null) return 'changed';
  if ((before ?? after ?? 0) > 0) return 'undecided';
  return before === null ? 'settled' : 'unsettled';
}

function wordsOf(verdict: Verdict | null): string {
  return verdict === null ? 'not judged' : WORDS[verdict];
}

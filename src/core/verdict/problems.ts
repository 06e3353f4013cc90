import { groupBy } from '../values/group.ts';
import type { Finding } from '../model/report.ts';

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
  const following = groupBy(bad, ({ supersededBy }) => supersededBy ?? '');
  const isRoot = (finding: Finding): boolean => finding.supersededBy === null || !checks.has(finding.supersededBy);
  const problems = [...groupBy(bad.filter(isRoot), ({ check }) => check)].map(([check, own]): Problem => {
    const [first] = own;
    return {
      check,
      verdict: own.some(({ verdict }) => verdict === 'fail') ? 'fail' : 'warn',
      severity: first?.severity ?? 'info',
      findings: [...own].sort((a, b) => Number(b.verdict === 'fail') - Number(a.verdict === 'fail')),
      consequences: consequencesOf(check, following),
    };
  });
  const rank = ({ verdict, severity }: Problem): number =>
    (verdict === 'fail' ? 0 : SEVERITY_ORDER.length) + SEVERITY_ORDER.indexOf(severity);
  return problems.sort((a, b) => rank(a) - rank(b));
}

/** A consequence of a consequence belongs to the root too; a cycle in the data ends at what was seen already. */
function consequencesOf(root: string, following: ReadonlyMap<string, readonly Finding[]>): readonly string[] {
  const found = new Set<string>();
  const queue = [root];
  for (const cause of queue) {
    for (const { check } of following.get(cause) ?? []) {
      if (check === root || found.has(check)) continue;
      found.add(check);
      queue.push(check);
    }
  }
  return [...found];
}

import { changesOf, type AnyChange } from '../../core/compare/summary.ts';
import type { Comparison } from '../../core/model/comparison.ts';
import type { Case, Suite } from '../view/cases.ts';
import { groupBy } from '../../core/values/group.ts';
import { comparisonWords } from './sections.ts';

/** The comparison as test cases. Only what is worse fails; what cannot be compared is skipped. */
export function comparisonSuites(comparison: Comparison): readonly Suite[] {
  const aspects = groupBy(changesOf(comparison), ([aspect]) => aspect);
  return [
    { name: 'run', cases: [verdictCase(comparison)] },
    ...[...aspects].map(([name, own]) => ({ name, cases: own.map(([, change], i) => changeCase(change, i)) })),
  ];
}

const BY_VERDICT: Readonly<Record<Comparison['summary']['verdict'], Case['status']>> = {
  worse: 'failed',
  undecided: 'skipped',
  better: 'passed',
  changed: 'passed',
  same: 'passed',
};

function verdictCase(comparison: Comparison): Case {
  return {
    name: 'verdict',
    status: BY_VERDICT[comparison.summary.verdict],
    message: comparisonWords(comparison),
    ms: null,
  };
}

function changeCase({ change, decides, says }: AnyChange, index: number): Case {
  return { name: `${index + 1} ${says.message}`, status: statusOf(change, decides), message: says.text, ms: null };
}

function statusOf(change: AnyChange['change'], decides: boolean): Case['status'] {
  switch (change) {
    case 'worse':
      return decides ? 'failed' : 'warned';
    case 'undecided':
    case 'unsettled':
      return 'skipped';
    case 'better':
    case 'settled':
    case 'changed':
      return 'passed';
  }
}

import type { BypassChange, ExpectationChange } from '../model/comparison.ts';
import type { Report, Violation } from '../model/report.ts';
import { comparable, pairUp, type Names } from './pair.ts';
import { sayCompared, type SideKey } from './words.ts';

/** Violations of `--expect`. Where both reports were held to the same policy, one that is not listed is met: a policy never passes the unknown. */
export function compareExpectations(
  before: Report,
  after: Report,
  bypasses: readonly BypassChange[],
  names: Names,
): readonly ExpectationChange[] {
  const [was, is] = [before.expectations, after.expectations];
  if (was === null && is === null) return [];
  const { perhaps, gone, fresh } = pairUp(
    was?.violations ?? [],
    is?.violations ?? [],
    {
      key: ({ endpoint, host, aspect, expected }) => JSON.stringify([endpoint, host, aspect, expected]),
      shape: ({ aspect, expected }) => JSON.stringify([aspect, expected]),
      state: ({ actual }) => actual,
    },
    names,
  );
  const isSamePolicy = was !== null && is !== null && was.checked === is.checked;
  const change = (own: Violation, side: SideKey): ExpectationChange => {
    const kind = isSamePolicy ? changeFor(own, side, bypasses, names) : 'undecided';
    return { change: kind, decides: true, says: describe(own, side, kind), host: own.host, aspect: own.aspect };
  };
  const rows = [
    ...[...gone, ...perhaps.map(([old]) => old)].map((old) => change(old, 'before')),
    ...[...fresh, ...perhaps.map(([, now]) => now)].map((now) => change(now, 'after')),
  ];
  if (was === null && is?.violations.length === 0) return [onePolicy('settled', 'policy-only-after')];
  if (is === null && was?.violations.length === 0) return [onePolicy('unsettled', 'policy-only-before')];
  return rows;
}

function onePolicy(
  change: 'settled' | 'unsettled',
  message: 'policy-only-before' | 'policy-only-after',
): ExpectationChange {
  return { change, decides: true, says: sayCompared(message), host: null, aspect: null };
}

/** An expectation about bypasses is met as far as they were looked for, so it changes as they do. */
function changeFor(
  { aspect, host }: Violation,
  side: SideKey,
  bypasses: readonly BypassChange[],
  names: Names,
): ExpectationChange['change'] {
  const known = side === 'before' ? 'better' : 'worse';
  if (aspect !== 'bypass') return known;
  const own = bypasses.filter((each) => each.host !== null && comparable(each.host, names) === comparable(host, names));
  return own.length > 0 && own.every((each) => each.change === known) ? known : 'undecided';
}

function describe(own: Violation, side: SideKey, change: ExpectationChange['change']): ExpectationChange['says'] {
  const { host, aspect, expected, actual } = own;
  if (change === 'better') return sayCompared('expectation-met', { host, aspect });
  if (change === 'worse') return sayCompared('expectation-unmet', { host, aspect, expected, actual });
  return sayCompared(side === 'before' ? 'expectation-unmet-only-before' : 'expectation-unmet-only-after', {
    host,
    aspect,
    expected,
    actual,
  });
}

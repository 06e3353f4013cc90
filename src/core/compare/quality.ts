import type { Change } from '../model/comparison.ts';

/** How something stands: unknown is neither good nor bad. */
export type Quality = 'good' | 'bad' | 'unknown';

const CHANGE: Readonly<Record<Quality, Readonly<Record<Quality, Change | null>>>> = {
  good: { good: null, bad: 'worse', unknown: 'unsettled' },
  bad: { good: 'better', bad: null, unknown: 'undecided' },
  unknown: { good: 'settled', bad: 'undecided', unknown: null },
};

/** The change from one quality to another; null: none. An unknown side is never better or worse than the other. */
export function changeOf(before: Quality, after: Quality): Change | null {
  return CHANGE[before][after];
}

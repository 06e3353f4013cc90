import { causeStateWords } from '../words/cause-state.ts';
import type { CauseChange, Change, ConditionChange } from '../model/comparison.ts';
import type { Cause, Diagnosis, Report } from '../model/report.ts';
import { isRefusal } from '../model/experiment.ts';
import { coversScans } from './bypasses.ts';
import { changeOf, type Quality } from './quality.ts';
import { SIDE, sayCompared } from './words.ts';

const QUALITY: Readonly<Record<Diagnosis['condition'], Quality>> = {
  reproduced: 'bad',
  'would-occur': 'bad',
  'not-found': 'good',
  unknown: 'unknown',
};

const WORDS: Readonly<Record<Diagnosis['condition'], string>> = {
  reproduced: 'reproduced',
  'would-occur': 'expected',
  'not-found': 'not found',
  unknown: 'unknown',
};

/** How the scan condition stands; a statement about both where it did not change. */
export function compareCondition(
  before: Report,
  after: Report,
): { readonly change: ConditionChange | null; readonly says: ConditionChange['says'] } {
  const [was, is] = [before.scan.condition, after.scan.condition];
  const change = changeOf(QUALITY[was], QUALITY[is]);
  const made = (
    kind: Change,
    says: ConditionChange['says'],
  ): { change: ConditionChange; says: ConditionChange['says'] } => ({
    change: { change: kind, decides: kind !== 'changed', says, before: was, after: is },
    says,
  });
  switch (change) {
    case 'better':
      return isOtherLibrary(after, before)
        ? made('undecided', sayCompared('condition-other-library', { side: SIDE.after }))
        : made('better', sayCompared('condition-gone'));
    case 'worse':
      return isOtherLibrary(before, after)
        ? made('undecided', sayCompared('condition-other-library', { side: SIDE.before }))
        : made('worse', sayCompared('condition-new'));
    case 'settled':
      return made('settled', sayCompared('condition-excluded'));
    case 'unsettled':
      return made('unsettled', sayCompared('condition-not-shown', { side: SIDE.after }));
    case 'undecided':
      return made(
        'undecided',
        sayCompared('condition-not-shown', { side: is === 'unknown' ? SIDE.after : SIDE.before }),
      );
    case 'changed':
    case null:
      return was === is
        ? { change: null, says: sayCompared(UNCHANGED[QUALITY[is]]) }
        : made('changed', sayCompared('condition-other-basis', { before: WORDS[was], after: WORDS[is] }));
  }
}

const UNCHANGED = { bad: 'condition-remains', good: 'condition-never', unknown: 'condition-open' } as const;

/** A scan was refused in one report, and the other has scans of other libraries only. */
function isOtherLibrary(good: Report, bad: Report): boolean {
  const wasRefused = (bad.experiment?.scans ?? []).some(isRefusal);
  return wasRefused && good.experiment !== null && !coversScans(good, bad);
}

const CAUSE_QUALITY: Readonly<Record<Cause['state'], Quality>> = {
  confirmed: 'bad',
  likely: 'bad',
  possible: 'unknown',
  unknown: 'unknown',
  'ruled-out': 'good',
};

/** Causes explain the condition, which decides by itself. */
export function compareCauses(before: Report, after: Report): readonly CauseChange[] {
  const ids = new Set([...before.scan.causes, ...after.scan.causes].map(({ id }) => id));
  return [...ids].flatMap((id): readonly CauseChange[] => {
    const find = ({ scan }: Report): Cause | undefined => scan.causes.find((cause) => cause.id === id);
    const [old, now] = [find(before), find(after)];
    const [was, is] = [old?.state ?? null, now?.state ?? null];
    if (was === is) return [];
    const quality = (state: Cause['state'] | null): Quality => (state === null ? 'unknown' : CAUSE_QUALITY[state]);
    const says = sayCompared('cause-changed', {
      title: now?.title ?? old?.title ?? id,
      before: stateWords(old),
      after: stateWords(now),
    });
    return [
      { change: changeOf(quality(was), quality(is)) ?? 'changed', decides: false, says, id, before: was, after: is },
    ];
  });
}

function stateWords(cause: Cause | undefined): string {
  return cause === undefined ? 'not judged' : causeStateWords(cause);
}

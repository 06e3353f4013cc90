import { groupBy } from '../values/group.ts';

/**
 * Matches the members of two lists. Two documents that were sanitized apart number their pseudonyms apart: `<host-1>` of one may be `<host-3>`
 * of the other, so a pseudonym tells its kind and nothing else there.
 */

/** Whether pseudonyms mean the same in both documents. */
export type Names = 'shared' | 'apart';

const PSEUDONYM = /<([a-z]+(?:-[a-z]+)*)-\d{1,6}>/g;

export function hasPseudonym(text: string): boolean {
  return text.search(PSEUDONYM) >= 0;
}

/** The text with all that may be compared: without the numbers of pseudonyms where they are not shared. */
export function comparable(text: string, names: Names): string {
  return names === 'shared' ? text : text.replace(PSEUDONYM, '<$1>');
}

export interface Pairing<T> {
  readonly pairs: readonly (readonly [before: T, after: T])[];
  /** Perhaps the same: one document has a name where the other has a pseudonym. */
  readonly perhaps: readonly (readonly [before: T, after: T])[];
  readonly gone: readonly T[];
  readonly fresh: readonly T[];
}

interface Keys<T> {
  /** Names what is to be matched. */
  readonly key: (item: T) => string;
  /** The part of the key without names. */
  readonly shape: (item: T) => string;
  /** How the item stands: of several that cannot be told apart, equal ones are matched first. */
  readonly state: (item: T) => string;
}

export function pairUp<T>(
  before: readonly T[],
  after: readonly T[],
  { key, shape, state }: Keys<T>,
  names: Names,
): Pairing<T> {
  const keyOf = (item: T): string => comparable(key(item), names);
  const [olds, news] = [groupBy(before, keyOf), groupBy(after, keyOf)];
  const matched = [...new Set([...olds.keys(), ...news.keys()])].map((each) =>
    match([...(olds.get(each) ?? [])], [...(news.get(each) ?? [])], state),
  );
  const sure = join(matched);
  if (names === 'shared') return { ...sure, perhaps: [] };
  // One side may have the name of what is a pseudonym on the other.
  const place = (item: T, isHidden: boolean): string => JSON.stringify([shape(item), isHidden]);
  const isHidden = (item: T): boolean => hasPseudonym(key(item));
  const { pairs, gone, fresh } = matchBy(
    sure.gone,
    sure.fresh,
    (old) => place(old, !isHidden(old)),
    (now) => place(now, isHidden(now)),
  );
  return { pairs: sure.pairs, perhaps: pairs, gone, fresh };
}

type Sure<T> = Omit<Pairing<T>, 'perhaps'>;

/** Items with the same key: those in the same state first, then the rest in order. */
function match<T>(before: readonly T[], after: readonly T[], state: (item: T) => string): Sure<T> {
  const same = matchBy(before, after, state, state);
  const rest = matchBy(
    same.gone,
    same.fresh,
    () => '',
    () => '',
  );
  return { ...rest, pairs: [...same.pairs, ...rest.pairs] };
}

/** Pairs items whose keys are equal, each with one, in order. */
function matchBy<T>(
  before: readonly T[],
  after: readonly T[],
  keyOfOld: (item: T) => string,
  keyOfNew: (item: T) => string,
): Sure<T> {
  const waiting = new Map([...groupBy(after, keyOfNew)].map(([key, own]) => [key, own.values()]));
  const taken = new Set<T>();
  const pairs: (readonly [T, T])[] = [];
  const gone = before.filter((old) => {
    const next = waiting.get(keyOfOld(old))?.next();
    if (next === undefined || next.done === true) return true;
    taken.add(next.value);
    pairs.push([old, next.value]);
    return false;
  });
  return { pairs, gone, fresh: after.filter((now) => !taken.has(now)) };
}

function join<T>(parts: readonly Sure<T>[]): Sure<T> {
  return {
    pairs: parts.flatMap(({ pairs }) => pairs),
    gone: parts.flatMap(({ gone }) => gone),
    fresh: parts.flatMap(({ fresh }) => fresh),
  };
}

/** Stands for a `-` among the words of a command line while yargs parses, which drops it from a list. */
export const STANDARD_INPUT = '/dev/stdin';

/** A path as it was typed. */
export function pathOf(word: string): string {
  return word === STANDARD_INPUT ? '-' : word;
}

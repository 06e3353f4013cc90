/** Lists of no_proxy: separated by commas, or by blanks as some write them. */

function entriesOf(list: string): readonly string[] {
  return list.split(/[\s,]+/).filter((entry) => entry !== '');
}

/** The list without these entries, in its order. */
export function without(list: string, removed: readonly string[]): string {
  const plain = new Set(removed.map((entry) => entry.toLowerCase()));
  return entriesOf(list)
    .filter((entry) => !plain.has(entry.toLowerCase()))
    .join(',');
}

/** The list with these entries in front, each once. */
export function withEntries(list: string, added: readonly string[]): string {
  return [...new Set([...added, ...entriesOf(list)])].join(',');
}

/** Paths of all strings in a document. */
export function stringPaths(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value === 'string') return [path];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => stringPaths(inner, [...path, key]));
}

/** The document with `canary` in place of what stands at the path. */
export function plant(value: unknown, [head, ...rest]: readonly string[], canary: string): unknown {
  if (head === undefined) return canary;
  if (Array.isArray(value))
    return value.map((item: unknown, i) => (String(i) === head ? plant(item, rest, canary) : item));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: [string, unknown]) => [
      key,
      key === head ? plant(inner, rest, canary) : inner,
    ]),
  );
}

/** Where a canary stands in the text, in any case, each with what stands around it. */
export function leaks(text: string, canaries: readonly string[]): readonly string[] {
  const lower = text.toLowerCase();
  return canaries.flatMap((canary) => {
    const at = lower.indexOf(canary.toLowerCase());
    return at < 0 ? [] : [text.slice(Math.max(0, at - 60), at + 60)];
  });
}

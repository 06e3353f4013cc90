/** The same keys with other values. */
export function mapValues<Key extends string, From, To>(
  record: Readonly<Record<Key, From>>,
  change: (value: From, key: Key) => To,
): Record<Key, To> {
  const changed: Partial<Record<Key, To>> = {};
  for (const key in record) changed[key] = change(record[key], key);
  if (!isComplete(changed, Object.keys(record))) throw new TypeError('a key was lost');
  return changed;
}

function isComplete<Key extends string, To>(
  some: Partial<Record<Key, To>>,
  keys: readonly string[],
): some is Record<Key, To> {
  return keys.every((key) => Object.hasOwn(some, key));
}

/**
 * A document held against a published schema of which only the part that we use is written down here: every key has to be known, and a key
 * whose name ends in `!` has to be there.
 */
export type Shape =
  | RegExp
  | 'number'
  | 'boolean'
  | readonly [Shape]
  | { readonly [key: string]: Shape }
  | ((value: unknown, path: string) => readonly string[]);

/** Everything that is not as the schema has it. */
export function misshapen(shape: Shape, value: unknown, path = '$'): readonly string[] {
  if (typeof shape === 'function') return shape(value, path);
  if (shape instanceof RegExp)
    return typeof value === 'string' && shape.test(value) ? [] : [`${path}: ${String(value)} is not ${shape.source}`];
  if (typeof shape === 'string') return typeof value === shape ? [] : [`${path}: no ${shape}`];
  if (isList(shape)) {
    if (!Array.isArray(value)) return [`${path}: no list`];
    return value.flatMap((each, index) => misshapen(shape[0], each, `${path}[${index}]`));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path}: no mapping`];
  const given = new Map(Object.entries(value));
  const lacking = Object.keys(shape).filter((key) => key.endsWith('!') && !given.has(key.slice(0, -1)));
  return [
    ...lacking.map((key) => `${path}.${key.slice(0, -1)} is missing`),
    ...[...given].flatMap(([key, each]) => {
      const known = shape[key] ?? shape[`${key}!`];
      return known === undefined ? [`${path}.${key}: no such key`] : misshapen(known, each, `${path}.${key}`);
    }),
  ];
}

/** Any keys, with values of one shape. */
export function mapOf(shape: Shape, key = /^.+$/): Shape {
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path}: no mapping`];
    return Object.entries(value).flatMap(([name, each]) =>
      key.test(name) ? misshapen(shape, each, `${path}.${name}`) : [`${path}.${name}: no such name`],
    );
  };
}

/** Exactly one of these keys. */
export function oneOf(shapes: Readonly<Record<string, Shape>>): Shape {
  return (value, path) => {
    const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    return keys.length === 1
      ? misshapen(shapes, value, path)
      : [`${path}: not one of ${Object.keys(shapes).join(', ')}`];
  };
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

import { expect, it } from 'vitest';
import { mapValues } from '../../../src/core/values/map-values.ts';

it.each<[Record<string, number>, Record<string, string>]>([
  [{}, {}],
  [
    { a: 1, b: 2 },
    { a: 'a1', b: 'b2' },
  ],
  [
    { z: 3, 7: 4 },
    { z: 'z3', 7: '74' },
  ],
])('%j', (record, expected) => {
  expect(mapValues(record, (value, key) => `${key}${value}`)).toEqual(expected);
});

import { expect, it } from 'vitest';
import { groupBy } from '../../../src/core/values/group.ts';

it('groups in the order of the first members, and keeps the order within', () => {
  expect([...groupBy(['b1', 'a1', 'b2', '__proto__'], (text) => text.slice(0, 1))]).toEqual([
    ['b', ['b1', 'b2']],
    ['a', ['a1']],
    ['_', ['__proto__']],
  ]);
  expect(groupBy([], String).size).toBe(0);
});

import { expect, it } from 'vitest';
import { Deadline } from '../../../../src/core/values/deadline.ts';
import { askByChild, askHere } from '../../../../src/gather/probe/wire/system-names.ts';

const NEVER = new AbortController().signal;

it.each([
  ['a child', askByChild],
  ['this process', askHere],
])('the C library is asked by %s', async (_, ask) => {
  const answers = await ask(['localhost', 'unlisted.invalid'], Deadline.after(20_000), NEVER);
  const sorted = answers.toSorted((a, b) => a.host.localeCompare(b.host));
  expect(sorted).toMatchObject([
    { host: 'localhost', code: null },
    { host: 'unlisted.invalid', addresses: [] },
  ]);
  expect(sorted[0]?.addresses.every(({ scope }) => scope === 'loopback')).toBe(true);
  expect(sorted[1]?.code).toMatch(/^E/);
});

it.each([
  ['a child', askByChild],
  ['this process', askHere],
])('nothing is waited for after an interruption, by %s', async (_, ask) => {
  expect(await ask(['localhost'], Deadline.after(20_000), AbortSignal.abort())).toEqual([]);
});

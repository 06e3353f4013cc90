import { expect, it } from 'vitest';
import tinyproxy from '../../../src/allow/targets/tinyproxy.ts';
import { assertExact, isNamed, listOf, own, rulesOf } from '../../support/allow/lists.ts';

it('matches exactly the names', () => {
  assertExact(
    tinyproxy,
    (rules, { host }) => rules.some((rule) => new RegExp(rule, 'i').test(host)),
    (list, { host }) => isNamed(list, host),
  );
});

it('anchors every pattern', () => {
  expect(rulesOf(tinyproxy, listOf([own('a.example'), own('*.b.example')]))).toEqual([
    String.raw`^a\.example$`,
    String.raw`^.+\.b\.example$`,
  ]);
});

import { expect, it } from 'vitest';
import pihole from '../../../src/allow/targets/pihole.ts';
import { listOf, own, rulesOf, textOf } from '../../support/allow/lists.ts';

it('has whole names, and the command for a pattern in its header', () => {
  const list = listOf([own('a.example'), own('*.b.example'), own('203.0.113.5')]);
  expect(rulesOf(pihole, list)).toEqual(['a.example']);
  expect(textOf(pihole, list)).toContain("pihole allow-regex '^.+[.]b[.]example$'");
});

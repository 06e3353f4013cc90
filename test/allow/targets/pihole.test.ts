import { expect, it } from 'vitest';
import pihole from '../../../src/allow/targets/pihole.ts';
import { assertAccepted, listOf, own, rulesOf, textOf } from '../../support/allow/lists.ts';

it('has whole names, and the command for a pattern in its header', () => {
  const list = listOf([own('a.example'), own('*.b.example'), own('203.0.113.5')]);
  expect(rulesOf(pihole, list)).toEqual(['a.example']);
  expect(textOf(pihole, list)).toContain("pihole allow-regex '^.+[.]b[.]example$'");
});

/** valid_domain and the skipped lines of src/tools/gravity-parseList.c, pi-hole/FTL at 8d1add8d. */
function refused(text: string): readonly string[] {
  return text.split('\n').filter((line) => {
    const name = line.trim();
    if (name === '' || /^[!#;[]/.test(name)) return false;
    const labels = name.split('.');
    const last = labels.at(-1) ?? '';
    const isName = /^[\w.-]{1,255}$/.test(name) && labels.every((label) => label.length > 0 && label.length < 64);
    return !isName || labels.length < 2 || last.startsWith('-') || last.endsWith('-');
  });
}

it('is what gravity takes', () => {
  assertAccepted(pihole, refused);
  expect(refused('single\n*.a.example\na..example')).toHaveLength(3);
});

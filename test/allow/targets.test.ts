import * as fc from 'fast-check';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TARGETS } from '../../src/allow/targets/index.ts';
import { renderTarget } from '../../src/allow/target.ts';
import { CATALOGUE } from '../../src/catalog/index.ts';
import { anyList, listOf, own, rulesOf, textOf } from '../support/allow/lists.ts';
import { runs } from '../support/fuzz.ts';

/** A line that the hostile inputs would add. */
const INJECTED = /allow all|reboot|^\s*no$/;

describe.each(TARGETS.map((target) => [target.id, target] as const))('%s', (id, target) => {
  it('is the name of its file, and has a test', () => {
    expect(existsSync(`src/allow/targets/${id}.ts`)).toBe(true);
    expect(existsSync(`test/allow/targets/${id}.test.ts`)).toBe(true);
  });

  it('has every name that it can hold, and says which it cannot', () => {
    const list = listOf(CATALOGUE, { asked: 'all' });
    const { lines, notIn } = target.draw(list, { sni: false });
    const text = lines.join('\n').replaceAll('\\', '');
    const missing = list.names.filter(({ host }) => !text.includes(host.replace(/^\*\./, '')));
    expect(missing.map(({ host }) => host).filter((host) => !notIn.some((each) => each.host === host))).toEqual([]);
  });

  it('writes its limits and reasons, in the file or beside it', () => {
    const list = listOf([own('a.example'), own('b c')]);
    const { text, notes } = renderTarget(target, list, { sni: false });
    const said = `${text}${notes.join('\n')}`;
    expect(said).toContain('b c');
    for (const limit of target.limits) expect(said).toContain(limit);
  });

  it('lets no text of a file become a rule', () => {
    fc.assert(
      fc.property(anyList, fc.boolean(), (list, sni) => {
        const text = textOf(target, list, sni);
        expect(text.endsWith('\n')).toBe(true);
        // The JSON and CSV texts have what was said, as data.
        const rules = target.comment === null ? [] : rulesOf(target, list, sni);
        expect(rules.filter((rule) => INJECTED.test(rule))).toEqual([]);
        expect(text).not.toMatch(/[^\P{Cc}\n\r]|[\u2028\u2029\u202E]/u);
      }),
      runs(8),
    );
  });

  it('does the same twice', () => {
    const list = listOf(CATALOGUE);
    expect(textOf(target, list)).toBe(textOf(target, list));
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SystemdIgnore } from '../../../src/core/model/systemd-ignores.ts';
import { parseUnit, positionOf } from '../../../src/parse/settings/systemd-unit.ts';

const SECTIONS = ['S', 'Service'];
const shape = (text: string, sections = SECTIONS) =>
  parseUnit(text, sections).directives.map(({ section, key, value, line }) => [section, key, value, line]);

describe('parseUnit', () => {
  it.each([
    ['nothing', '', []],
    ['a directive', '[Service]\nA=b\n', [['Service', 'A', 'b', 2]]],
    ['blanks around everything', ' [Service] \n  A \t=  b c  \n', [['Service', 'A', 'b c', 2]]],
    ['comments', '# x=y\n; x=y\n[S]\n  # x=y\nA=b # c\n', [['S', 'A', 'b # c', 5]]],
    ['an equals sign in the value', '[S]\nA=b=c', [['S', 'A', 'b=c', 2]]],
    ['an empty value', '[S]\nA=', [['S', 'A', '', 2]]],
    [
      'continuation',
      '[S]\nA=b \\\n  c\nB=d',
      [
        ['S', 'A', 'b    c', 2],
        ['S', 'B', 'd', 4],
      ],
    ],
    ['a comment inside a continuation', '[S]\nA=b\\\n# no\nc', [['S', 'A', 'b c', 2]]],
    [
      'an escaped backslash at the end',
      '[S]\nA=b\\\\\nB=c',
      [
        ['S', 'A', 'b\\\\', 2],
        ['S', 'B', 'c', 3],
      ],
    ],
    ['a continuation that the file ends in', '[S]\nA=b\\', [['S', 'A', 'b', 2]]],
    ['Windows line ends and a byte order mark', '\uFEFF[S]\r\nA=b\r\n', [['S', 'A', 'b', 2]]],
    ['no section', 'A=b', []],
    ['an unknown section', '[S]\nA=1\n[T]\nA=2', [['S', 'A', '1', 2]]],
    ['a continued header', '[S]\\\nA=b\nA=c', []],
    ['a mark before a header', '\uFEFF[S]\nA=b', [['S', 'A', 'b', 2]]],
    ['what follows a header that is none', '[S]\nA=1\n[S\nA=2', [['S', 'A', '1', 2]]],
  ])('%s', (_, text, expected) => {
    expect(shape(text)).toEqual(expected);
  });

  it.each<[string, SystemdIgnore, number]>([
    ['Environment=A=1', 'no-section', 1],
    ['https_proxy=x', 'no-section', 1],
    ['[Servcie]\nEnvironment=A=1', 'unknown-section', 2],
    ['[Service]\n\nEnvironment A=1\n[Servic"e]\nEnvironment=A=1', 'bad-header', 4],
    ['[Service]\nEnvironment=\uFFFD', 'not-utf8', 2],
    ['[Unit]\nEnvironment=A=1', 'wrong-section', 2],
    ['[Service]\n\nhttps_proxy = x', 'unknown-key', 3],
    ['[Service]\nexport https_proxy=x', 'unknown-key', 2],
    ['[Service]\nenvironment=A=1', 'unknown-key', 2],
    ['[Service]\nDefaultEnvironment=A=1', 'unknown-key', 2],
    ['[Unit]\nno_proxy=x', 'unknown-key', 2],
  ])('says why the line of %j is ignored: %s', (text, why, line) => {
    const { ignored } = parseUnit(text, ['Unit', 'Service']);
    expect(ignored.filter(({ isAboutEnvironment }) => isAboutEnvironment)).toMatchObject([{ why, line }]);
  });

  it.each([
    ['[Service]\nnonsense\nA=b', false],
    ['[S]\n=b', false],
    ['[Bogus]\nWants=x', false],
    ['[Service\nWants=x', true],
  ])('keeps to itself what is none of the environment: %j', (text, isBroken) => {
    const unit = parseUnit(text, ['Service', 'S']);
    expect(unit.ignored.map(({ isAboutEnvironment }) => isAboutEnvironment)).toEqual([false]);
    expect(unit.isBroken).toBe(isBroken);
  });

  it('knows where a piece of a continued value stands', () => {
    const [directive] = parseUnit('[S]\nA = one \\\n# no\n  two', SECTIONS).directives;
    expect(directive && positionOf(directive, 0)).toEqual({ line: 2, column: 5 });
    expect(directive && positionOf(directive, directive.value.indexOf('two'))).toEqual({ line: 4, column: 3 });
  });

  it('gives back what was written', () => {
    const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,9}$/);
    const value = fc
      .string()
      .map((text) => text.replace(/[\\\p{Cs}\uFFFD\uFDD0-\uFDEF\uFFFE\uFFFF]/gu, '').replace(/^[ \t]+|[ \t]+$/g, ''));
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word, value)), (entries) => {
        const text = entries.map(([section, key, v]) => `[${section}]\n${key}=${v}\n`).join('');
        expect(
          shape(
            text,
            entries.map(([section]) => section),
          ).map((entry) => entry.slice(0, 3)),
        ).toEqual(entries);
      }),
    );
  });

  it('never throws', () => {
    expect(() =>
      fc.assert(
        fc.property(fc.string({ unit: fc.constantFrom('a', '=', '[', ']', '\\', '\n', '#', ' ') }), (text) =>
          parseUnit(text, ['a']).directives.every((directive) => directive.line >= 1),
        ),
      ),
    ).not.toThrow();
  });
});

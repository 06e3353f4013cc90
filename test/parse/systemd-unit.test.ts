import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseUnit, positionOf } from '../../src/parse/systemd-unit.ts';

const shape = (text: string) =>
  parseUnit(text).directives.map(({ section, key, value, line }) => [section, key, value, line]);

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
    ['a directive before any section', 'A=b', [['', 'A', 'b', 1]]],
  ])('%s', (_, text, expected) => {
    expect(shape(text)).toEqual(expected);
  });

  it.each([
    ['[S]\nnonsense\nA=b', 2],
    ['[S]\n=b', 2],
  ])('names the line that is nothing in %j', (text, line) => {
    expect(parseUnit(text).problems.map((problem) => problem.line)).toEqual([line]);
  });

  it('knows where a piece of a continued value stands', () => {
    const [directive] = parseUnit('[S]\nA = one \\\n# no\n  two').directives;
    expect(directive && positionOf(directive, 0)).toEqual({ line: 2, column: 5 });
    expect(directive && positionOf(directive, directive.value.indexOf('two'))).toEqual({ line: 4, column: 3 });
  });

  it('gives back what was written', () => {
    const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,9}$/);
    const value = fc.string().map((text) => text.replace(/\\/g, '').trim());
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word, value)), (entries) => {
        const text = entries.map(([section, key, v]) => `[${section}]\n${key}=${v}\n`).join('');
        expect(shape(text).map((entry) => entry.slice(0, 3))).toEqual(entries);
      }),
    );
  });

  it('never throws', () => {
    expect(() =>
      fc.assert(
        fc.property(fc.string({ unit: fc.constantFrom('a', '=', '[', ']', '\\', '\n', '#', ' ') }), (text) =>
          parseUnit(text).directives.every((directive) => directive.line >= 1),
        ),
      ),
    ).not.toThrow();
  });
});

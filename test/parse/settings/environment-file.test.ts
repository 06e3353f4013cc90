import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEnvironmentFile } from '../../../src/parse/settings/environment-file.ts';

const pairs = (text: string, allowExport = false) =>
  parseEnvironmentFile(text, { allowExport }).assignments.map(({ name, value }) => [name, value]);

describe('parseEnvironmentFile', () => {
  it.each([
    ['a line', 'A=1\n', [['A', '1']]],
    ['no line end', 'A=1', [['A', '1']]],
    ['comments', '# A=1\n; A=1\nB=2 # no comment', [['B', '2 # no comment']]],
    ['blanks', '  A =  1 2 \t\n', [['A', '1 2']]],
    [
      'nothing',
      'A=\nB=2',
      [
        ['A', ''],
        ['B', '2'],
      ],
    ],
    ['double quotes', 'A="1 2 "', [['A', '1 2 ']]],
    ['single quotes take all as it is', `A='1 \\ "2"'`, [['A', '1 \\ "2"']]],
    [
      'quotes over lines',
      'A="1\n2"\nB=3',
      [
        ['A', '1\n2'],
        ['B', '3'],
      ],
    ],
    ['quotes one after another', `A="1"'2' 3 `, [['A', '123']]],
    ['a quote inside a plain value stays', 'A=1"2"', [['A', '1"2"']]],
    ['escapes in double quotes', String.raw`A="\"\\\$\n"`, [['A', String.raw`"\$\n`]]],
    ['escapes outside', String.raw`A=1\ 2\\`, [['A', '1 2\\']]],
    ['continuation', 'A=1\\\n2', [['A', '12']]],
    ['nothing is expanded', 'A=$HOME `x`', [['A', '$HOME `x`']]],
    ['systemd skips what has export in front', 'export A=1\nB=2', [['B', '2']]],
    [
      'Windows line ends',
      'A=1\r\nB=2\r\n',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
  ])('%s', (_, text, expected) => {
    expect(pairs(text)).toEqual(expected);
  });

  it('takes export when asked to', () => {
    const text = 'export A=1\nexport  B="2 3"\nexport A B\nC=4';
    expect(parseEnvironmentFile(text, { allowExport: true }).problems).toEqual([]);
    expect(pairs(text, true)).toEqual([
      ['A', '1'],
      ['B', '2 3'],
      ['C', '4'],
    ]);
  });

  it.each([
    ['A=1\nnonsense\n', 2, 1],
    ['A=1\n  1B=2', 2, 3],
    ['A=1\nB="open\nC=3\n', 2, 3],
    ["B='open", 1, 3],
    ['if true; then', 1, 1],
  ])('places the problem of %j', (text, line, column) => {
    expect(parseEnvironmentFile(text, { allowExport: true }).problems).toMatchObject([{ line, column }]);
  });

  it('says where each assignment stands', () => {
    const { assignments } = parseEnvironmentFile('# x\n A="1\n2"\nB=3');
    expect(assignments.map(({ line, column }) => [line, column])).toEqual([
      [2, 2],
      [4, 1],
    ]);
  });

  it('gives back any value that was quoted by the rules', () => {
    const value = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\r'));
    fc.assert(
      fc.property(fc.array(value), (values) => {
        const text = values.map((v, i) => `V${i}="${v.replace(/["\\$`]/g, String.raw`\$&`)}"\n`).join('');
        expect(pairs(text)).toEqual(values.map((v, i) => [`V${i}`, v]));
      }),
    );
  });

  it('never throws and always ends', () => {
    expect(() =>
      fc.assert(
        fc.property(fc.string({ unit: fc.constantFrom('A', '=', '"', "'", '\\', '\n', '#', ' ') }), (text) =>
          Array.isArray(parseEnvironmentFile(text).assignments),
        ),
      ),
    ).not.toThrow();
  });

  it('takes an open quote to the end, as systemd does', () => {
    expect(parseEnvironmentFile('A=1\nB="x\ny')).toMatchObject({
      assignments: [{ name: 'A' }, { name: 'B', value: 'x\ny' }],
      problems: [{ line: 2, column: 3 }],
    });
  });
});

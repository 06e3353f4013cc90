import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseShellAssignments } from '../../../src/parse/settings/shell-assignments.ts';

const pairs = (text: string) => parseShellAssignments(text).assignments.map(({ name, value }) => [name, value]);

describe('parseShellAssignments', () => {
  it.each([
    ['a line', 'A=1\n', [['A', '1']]],
    ['export', 'export A=1\n', [['A', '1']]],
    [
      'several with export',
      'export A=1 B="2 3" C',
      [
        ['A', '1'],
        ['B', '2 3'],
      ],
    ],
    [
      'several without',
      'A=1 B=2',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
    [
      'semicolons',
      'A=1; export A; B=2',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
    ['the last of a name', 'A=1\nA=2', [['A', '2']]],
    [
      'comments',
      '# A=1\nB=2 # C=3\nD=4#5',
      [
        ['B', '2'],
        ['D', '4#5'],
      ],
    ],
    ['only for one command', 'A=1 some-command\nB=2', [['B', '2']]],
    ['conditions', 'if [ -f /x ]; then\n  A=1\nfi', [['A', '1']]],
    ['quotes of both kinds', `A='a "b" $c'"d 'e'"f`, [['A', `a "b" $cd 'e'f`]]],
    [
      'escapes',
      String.raw`A=a\ b B="\"\$\q"`,
      [
        ['A', 'a b'],
        ['B', String.raw`"$\q`],
      ],
    ],
    [
      'continuation',
      'A=1\\\n2 B="3\\\n4"',
      [
        ['A', '12'],
        ['B', '34'],
      ],
    ],
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

  it.each([
    ['A=http://$HOST:3128', '$H'],
    ['A="http://${HOST}:3128"', '${'],
    ['A=$(hostname)', '$('],
    ['A=`hostname`', '`'],
    [`A='http://$HOST'`, null],
    [String.raw`A=\$HOST`, null],
    ['A=plain', null],
  ])('marks what a shell would expand: %s', (text, unresolved) => {
    expect(parseShellAssignments(text).assignments[0]?.unresolved ?? null).toBe(unresolved);
  });

  it.each([
    ['A=1\n  B="open\nC=3', 2, 3],
    ["A='open", 1, 1],
  ])('places the open quote of %j and keeps what came before', (text, line, column) => {
    const { assignments, problems } = parseShellAssignments(text);
    expect(problems).toMatchObject([{ line, column }]);
    expect(assignments.map(({ name }) => name)).toEqual(line > 1 ? ['A'] : []);
  });

  it('gives back any value in single quotes', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (values) => {
        const wanted = values.map((value) => value.replace(/['\r]/g, ''));
        const text = wanted.map((value, at) => `export V${at}='${value}'\n`).join('');
        expect(pairs(text)).toEqual(wanted.map((value, at) => [`V${at}`, value]));
      }),
    );
  });

  it('never throws and always ends', () => {
    expect(() =>
      fc.assert(
        fc.property(
          fc.string({ unit: fc.constantFrom('A', '=', '"', "'", '\\', '\n', '#', ' ', ';', '$', '(') }),
          (text) => Array.isArray(parseShellAssignments(text).assignments),
        ),
      ),
    ).not.toThrow();
  });
});

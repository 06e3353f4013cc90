import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseDotenv } from '../../../src/parse/settings/dotenv.ts';

function read(text: string, isRaw = false): readonly string[] | string {
  const dotenv = parseDotenv(text, isRaw);
  if (!dotenv.ok) return `${dotenv.problem.line}:${dotenv.problem.column}`;
  return dotenv.assignments.map(
    (a) => `${a.name}=${a.value}@${a.line}${a.unresolved === null ? '' : ` (${a.unresolved})`}`,
  );
}

it.each<[string, string, readonly string[] | string]>([
  ['plain values', 'A=1\n  B = x y  \n', ['A=1@1', 'B=x y@2']],
  ['export', 'export A=1', ['A=1@1']],
  ['a comment behind a blank', 'A=1 # c\nB=1#c\n# C=1\n', ['A=1@1', 'B=1#c@2']],
  ['double quotes', 'A="x # y\\n\\"" # c\nB=1', ['A=x # y\n"@1', 'B=1@2']],
  ['single quotes', "A='$x # \\n'", ['A=$x # \\n@1']],
  ['a value of two lines', 'A="1\n2"\nB=3', ['A=1\n2@1', 'B=3@3']],
  ['variables of others', 'A=${P:-x}\nB="$P"\nC=$$P', ['A=${P:-x}@1 (${P:-x})', 'B=$P@2 ($P)', 'C=$$P@3']],
  ['a name alone', 'A\nB=1', ['A=@1 (the value of A)', 'B=1@2']],
  ['Windows line ends and a mark', '\ufeffA=1\r\nB=2\r\n', ['A=1@1', 'B=2@2']],
  ['an open quote', 'A=1\nB="x', '2:1'],
  ['what is no assignment', 'A=1\n  if x', '2:3'],
  ['nothing', '\n# c', []],
])('reads %s', (_, text, expected) => {
  expect(read(text)).toEqual(expected);
});

it('takes raw lines as they stand', () => {
  expect(read('A="x" # c\nB=$P', true)).toEqual(['A="x" # c@1', 'B=$P@2']);
});

it('takes any text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('A', '=', '"', "'", '\\', '\n', '#', ' ', '$', '{') }),
      fc.boolean(),
      (text, isRaw) => {
        expect(typeof parseDotenv(text, isRaw).ok).toBe('boolean');
      },
    ),
  );
});

import { isVariableName, type Assignment, type Problem } from './assignment.ts';

export type Dotenv =
  | { readonly ok: true; readonly assignments: readonly Assignment[] }
  | { readonly ok: false; readonly problem: Problem };

/** A name, an optional blank, and `=` or `:`; `export` may stand before it. */
const NAME = /(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*([=:])?[ \t]*/y;

/**
 * Reads a file of `env_file` as compose does (dotenv of compose-go): quotes hold lines together, a blank and `#` begin a comment, and
 * `$` outside of single quotes is filled in from elsewhere, which is marked. `raw`: lines of `NAME=value`, as they stand.
 */
export function parseDotenv(text: string, isRaw: boolean): Dotenv {
  const source = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const assignments: Assignment[] = [];
  for (let at = 0; at < source.length;) {
    const blank = /(?:[ \t\n]|#[^\n]*(?=\n|$))*/y;
    blank.lastIndex = at;
    at += blank.exec(source)?.[0].length ?? 0;
    if (at >= source.length) break;
    const place = placeOf(source, at);
    NAME.lastIndex = at;
    const [whole, name = '', sign] = NAME.exec(source) ?? [];
    if (whole === undefined) return refused(place, 'a line must be NAME=value or a comment');
    at += whole.length;
    // A name alone is taken from the shell that runs compose.
    if (sign === undefined && !/^(?:#|\n|$)/.test(source.slice(at, at + 1)))
      return refused(place, 'a line must be NAME=value or a comment');
    const read = sign === undefined || isRaw ? plainTo(source, at, isRaw) : valueAt(source, at);
    if (read === null) return refused(place, 'a quote is not closed');
    at = read.end;
    const unresolved = sign === undefined ? `the value of ${name}` : isRaw ? null : read.unresolved;
    if (isVariableName(name))
      assignments.push({ name, value: sign === undefined ? '' : read.value, ...place, unresolved });
  }
  return { ok: true, assignments };
}

interface Value {
  readonly value: string;
  readonly end: number;
  readonly unresolved: string | null;
}

function valueAt(source: string, at: number): Value | null {
  const quote = source[at];
  if (quote !== '"' && quote !== "'") return plainTo(source, at, false);
  const pattern = quote === '"' ? /"((?:[^"\\]|\\[^])*)"[^\n]*/y : /'((?:[^'\\]|\\[^])*)'[^\n]*/y;
  pattern.lastIndex = at;
  const [whole, inside = ''] = pattern.exec(source) ?? [];
  if (whole === undefined) return null;
  const end = at + whole.length;
  if (quote === "'") return { value: inside.replace(/\\'/g, "'"), end, unresolved: null };
  const value = inside.replace(/\\([nrtfbv"\\$])/g, (_, c: string) => ESCAPES[c] ?? c);
  return { value, end, unresolved: openIn(inside.replace(/\\[^]/g, '')) };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', b: '\b', v: '\v' };

function plainTo(source: string, at: number, isRaw: boolean): Value {
  const line = source.slice(at).split('\n', 1)[0] ?? '';
  const value = isRaw ? line : line.replace(/(?:^|[ \t])#.*$/, '').trim();
  return { value, end: at + line.length, unresolved: isRaw ? null : openIn(value) };
}

/** The first reference to another variable; `$$` is a dollar sign. */
function openIn(text: string): string | null {
  return /\$(?:\{[^{}]*\}?|\w+)/.exec(text.replaceAll('$$', ''))?.[0] ?? null;
}

function placeOf(source: string, at: number): { readonly line: number; readonly column: number } {
  const before = source.slice(0, at);
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') };
}

function refused(place: { readonly line: number; readonly column: number }, rule: string): Dotenv {
  return { ok: false, problem: { ...place, rule } };
}

import type { Problem } from './assignment.ts';

/** One `Key=value` of a unit file, continuation lines joined. */
export interface Directive {
  /** '' before the first section header. */
  readonly section: string;
  readonly key: string;
  readonly value: string;
  readonly line: number;
  /** Where the pieces of `value` stand in the file: a piece goes from its offset to the next one's. */
  readonly pieces: readonly { readonly offset: number; readonly line: number; readonly column: number }[];
}

export interface Unit {
  readonly directives: readonly Directive[];
  /** Lines that systemd would ignore with a warning. */
  readonly problems: readonly Problem[];
}

/**
 * Reads the syntax of systemd.syntax(7): sections, `Key=value`, comments by `#` or `;`, and lines that end in a backslash,
 * which is replaced by a space; comment lines between continuation lines are skipped.
 */
export function parseUnit(text: string): Unit {
  const directives: Directive[] = [];
  const problems: Problem[] = [];
  let section = '';
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  for (let index = 0; index < lines.length; index++) {
    const first = lines[index] ?? '';
    if (isComment(first) || first.trim() === '') continue;
    const header = /^\s*\[([^\]]*)\]\s*$/.exec(first);
    if (header) {
      section = header[1] ?? '';
      continue;
    }
    const logical = joinContinued(lines, index);
    const line = index + 1;
    index = logical.last;
    const equals = logical.text.indexOf('=');
    const key = logical.text.slice(0, Math.max(0, equals)).trim();
    if (equals < 0) {
      problems.push({ line, column: 1, rule: 'a line must be a [Section], Key=value or a comment (systemd.syntax)' });
      continue;
    }
    if (key === '') {
      problems.push({ line, column: 1, rule: 'there is no key before "=" (systemd.syntax)' });
      continue;
    }
    const rest = logical.text.slice(equals + 1);
    const start = equals + 1 + (rest.length - rest.trimStart().length);
    directives.push({
      section,
      key,
      value: rest.trim(),
      line,
      pieces: logical.pieces.map((piece) => ({
        ...piece,
        offset: Math.max(0, piece.offset - start),
        column: piece.column + Math.max(0, start - piece.offset),
      })),
    });
  }
  return { directives, problems };
}

/** Line and column of an offset into a directive's value. */
export function positionOf(directive: Directive, offset: number): { readonly line: number; readonly column: number } {
  const piece = directive.pieces.findLast((p) => p.offset <= offset);
  return piece
    ? { line: piece.line, column: piece.column + offset - piece.offset }
    : { line: directive.line, column: 1 };
}

function isComment(line: string): boolean {
  return /^\s*[#;]/.test(line);
}

function joinContinued(lines: readonly string[], start: number) {
  const pieces: { offset: number; line: number; column: number }[] = [];
  let text = '';
  let last = start;
  for (let index = start; index < lines.length; index++) {
    const line = lines[index] ?? '';
    last = index;
    if (index > start && isComment(line)) continue;
    pieces.push({ offset: text.length, line: index + 1, column: 1 });
    // Backslashes pair up from the left, so only an odd one at the end continues the line.
    if ((/\\*$/.exec(line)?.[0].length ?? 0) % 2 === 0) {
      text += line;
      break;
    }
    text += `${line.slice(0, -1)} `;
  }
  return { text, pieces, last };
}

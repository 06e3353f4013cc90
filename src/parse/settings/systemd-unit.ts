import type { SystemdIgnore } from '../../core/model/systemd-ignores.ts';

/** One `Key=value` of a unit file, continuation lines joined. */
export interface Directive {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  readonly line: number;
  /** The offsets of the pieces of `value` in the file: a piece goes from its offset to the next one's. */
  readonly pieces: readonly Piece[];
}

interface Piece {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** A line that systemd skips with a warning. */
export interface IgnoredLine {
  readonly line: number;
  readonly column: number;
  readonly why: SystemdIgnore;
  /** It was meant to say something about the environment: another line is none of this tool's. */
  readonly isAboutEnvironment: boolean;
}

export interface Unit {
  readonly directives: readonly Directive[];
  readonly ignored: readonly IgnoredLine[];
  /** systemd gave up within the file: a unit whose own file this is does not load. */
  readonly isBroken: boolean;
}

/** The keys that this tool reads, by the section in which they count. */
const ENVIRONMENT_KEYS = {
  Service: ['Environment', 'EnvironmentFile', 'PassEnvironment', 'UnsetEnvironment'],
  Manager: ['DefaultEnvironment', 'ManagerEnvironment'],
} as const;
const ABOUT_ENVIRONMENT =
  /^\s*(?:(?:Default|Manager|Pass|Unset)?Environment(?:File)?\s*=|(?:export\s+)?\w*_proxy\s*=)/i;

/** `WHITESPACE` and `NEWLINE` of systemd: no other blanks count. */
const STRIP = /^[ \t\r\n]+|[ \t\r\n]+$/g;
const LINE_END = /\r\n|\n\r|[\n\r\0]/;

/**
 * Reads a unit file as config_parse() of systemd 252 does (src/shared/conf-parser.c): sections, `Key=value`, comments by `#` or `;`, and lines
 * that end in a backslash, which a space replaces; comment lines between continued lines are skipped. `sections` are those that count;
 * `within`: the section that pasted lines without a header are taken to stand in.
 */
export function parseUnit(text: string, sections: readonly string[], within: string | null = null): Unit {
  const directives: Directive[] = [];
  const ignored: IgnoredLine[] = [];
  let section: string | null = within;
  let isIgnoredSection = false;
  const lines = logicalLines(text);
  for (const [index, { text: joined, pieces }] of lines.entries()) {
    const line = pieces[0]?.line ?? 0;
    const ignore = (why: SystemdIgnore): void => {
      ignored.push({ line, column: 1, why, isAboutEnvironment: ABOUT_ENVIRONMENT.test(joined) });
    };
    const stripped = joined.replace(STRIP, '');
    if (stripped === '') continue;
    const name = /^\[([^]*)\]$/.exec(stripped)?.[1];
    const why = !isValidText(stripped) ? 'not-utf8' : stripped.startsWith('[') && !isSafe(name) ? 'bad-header' : null;
    if (why !== null) {
      const isAboutEnvironment = lines.slice(index).some(({ text: rest }) => ABOUT_ENVIRONMENT.test(rest));
      return { directives, ignored: [...ignored, { line, column: 1, why, isAboutEnvironment }], isBroken: true };
    }
    if (name !== undefined) {
      section = sections.includes(name) ? name : null;
      isIgnoredSection = section === null;
      continue;
    }
    if (section === null) {
      ignore(isIgnoredSection ? 'unknown-section' : 'no-section');
      continue;
    }
    const equals = joined.indexOf('=');
    const key = joined.slice(0, Math.max(0, equals)).replace(STRIP, '');
    const misplaced = key === '' ? 'no-assignment' : whyMisplaced(key, section, ABOUT_ENVIRONMENT.test(joined));
    if (misplaced !== null) {
      ignore(misplaced);
      continue;
    }
    const rest = joined.slice(equals + 1);
    const start = equals + 1 + rest.length - rest.replace(/^[ \t\r\n]+/, '').length;
    directives.push({ section, key, value: rest.replace(STRIP, ''), line, pieces: piecesFrom(pieces, start) });
  }
  return { directives, ignored, isBroken: false };
}

/** Keys in all of which the environment is not meant are not judged: this tool does not know the others. */
function whyMisplaced(key: string, section: string, isAboutEnvironment: boolean): SystemdIgnore | null {
  const known: readonly string[] = section === 'Service' || section === 'Manager' ? ENVIRONMENT_KEYS[section] : [];
  if (!isAboutEnvironment || known.includes(key)) return null;
  return ENVIRONMENT_KEYS.Service.some((each) => each === key) ? 'wrong-section' : 'unknown-key';
}

/** Line and column of an offset into a directive's value. */
export function positionOf(directive: Directive, offset: number): { readonly line: number; readonly column: number } {
  const piece = directive.pieces.findLast((p) => p.offset <= offset);
  return piece
    ? { line: piece.line, column: piece.column + offset - piece.offset }
    : { line: directive.line, column: 1 };
}

/** The text that utf8_is_valid() accepts, after decoding: no bytes that had to be replaced, no surrogates, no noncharacters. */
export function isValidText(text: string): boolean {
  return !/[\uFFFD\uFDD0-\uFDEF]|\p{Cs}|[\uFFFE\uFFFF\u{1FFFE}\u{1FFFF}\u{10FFFE}\u{10FFFF}]/u.test(text);
}

/** string_is_safe(): a header of another kind ends the reading of the file. */
function isSafe(header: string | undefined): boolean {
  return header !== undefined && !/["'\\\u007f]/.test(header) && !hasControl(header);
}

function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) < 0x20) return true;
  return false;
}

function piecesFrom(pieces: readonly Piece[], start: number): readonly Piece[] {
  return pieces.map((piece) => ({
    ...piece,
    offset: Math.max(0, piece.offset - start),
    column: piece.column + Math.max(0, start - piece.offset),
  }));
}

interface Logical {
  text: string;
  readonly pieces: Piece[];
}

function logicalLines(text: string): readonly Logical[] {
  const found: Logical[] = [];
  let pending: Logical | null = null;
  let hasMark = false;
  for (const [index, whole] of text.split(LINE_END).entries()) {
    if (/^[ \t\r\n]*[#;]/.test(whole)) continue;
    // One byte order mark is dropped, wherever the first one stands at the beginning of a line.
    const isMarked: boolean = !hasMark && whole.startsWith('\uFEFF');
    hasMark ||= isMarked;
    const line = isMarked ? whole.slice(1) : whole;
    const logical: Logical = pending ?? { text: '', pieces: [] };
    logical.pieces.push({ offset: logical.text.length, line: index + 1, column: isMarked ? 2 : 1 });
    // Backslashes pair up from the left, so only an odd one at the end continues the line.
    const isContinued = (/\\*$/.exec(line)?.[0].length ?? 0) % 2 === 1;
    logical.text += isContinued ? `${line.slice(0, -1)} ` : line;
    if (!isContinued) found.push(logical);
    pending = isContinued ? logical : null;
  }
  return pending === null ? found : [...found, pending];
}

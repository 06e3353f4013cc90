import { isVariableName, type Assignment, type Problem } from './assignment.ts';
import { isValidText } from './systemd-unit.ts';

export interface EnvironmentFile {
  readonly assignments: readonly Assignment[];
  readonly problems: readonly FileProblem[];
  /** The first name or value that is not UTF-8: systemd then takes nothing of the file, and without `-` does not start the unit. */
  readonly refusedAt: { readonly line: number; readonly column: number } | null;
}

export interface FileProblem extends Problem {
  /** systemd passes over the place. If not, it takes it as it stands. */
  readonly isSkipped: boolean;
}

export interface EnvironmentFileOptions {
  /** Also accept `export NAME=value`. systemd does not: for it the name would be `export NAME`, which it skips. */
  readonly allowExport: boolean;
}

/** Inside double quotes a backslash makes only these literal: SHELL_NEED_ESCAPE, src/basic/escape.h. */
const ESCAPED_IN_QUOTES = /["\\`$]/;

/** WHITESPACE of systemd: no other blanks count. */
const BLANK = /[ \t\n\r]/;

/**
 * Reads the syntax of `EnvironmentFile=` (systemd.exec(5), parse_env_file in src/basic/env-file.c), which `docker --env-file`
 * and hand-written lists share for plain values: a value goes to the end of the line, trailing blanks cut; quotes may
 * follow each other and span lines; nothing is expanded.
 */
export function parseEnvironmentFile(
  text: string,
  { allowExport }: EnvironmentFileOptions = { allowExport: false },
): EnvironmentFile {
  // systemd takes a byte order mark for a part of the first name.
  const reader = new Reader(allowExport ? text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n') : text);
  const assignments: Assignment[] = [];
  const problems: FileProblem[] = [];
  let refusedAt: EnvironmentFile['refusedAt'] = null;
  for (;;) {
    reader.skip(BLANK);
    if (reader.done) return { assignments, problems, refusedAt };
    const { line, column } = reader;
    if (/[#;]/.test(reader.peek)) {
      // Before version 254 systemd also continued a comment that ends in a backslash (systemd issue 27975).
      reader.takeLine();
      continue;
    }
    // systemd takes the first character for the key whatever it is, so a line that starts with "=" has a (useless) key.
    const key = reader.take() + reader.takeWhile(/[^=\n\r]/);
    if (reader.peek !== '=') {
      if (!(allowExport && /^export(\s+[A-Za-z_]\w*)+\s*$/.test(key))) {
        problems.push({ line, column, rule: 'a line must be NAME=value or a comment', isSkipped: true });
      }
      continue;
    }
    reader.take();
    const name = trimmed(allowExport ? key.replace(/^export\s+/, '') : key);
    const read = readValue(reader);
    if (!isValidText(name) || !isValidText(read.value)) refusedAt ??= { line, column };
    if (!read.closed) {
      // systemd takes an open quote to the end of the file for the value.
      problems.push({ line: read.line, column: read.column, rule: 'a quote is not closed', isSkipped: false });
    }
    if (!isVariableName(name))
      problems.push({ line, column, rule: 'this is not the name of a variable', isSkipped: true });
    else assignments.push({ name, value: read.value, line, column, unresolved: null });
  }
}

function isNewline(c: string): boolean {
  return c === '\n' || c === '\r';
}

function trimmed(text: string): string {
  return text.replace(/[ \t\n\r]+$/, '');
}

interface Value {
  readonly value: string;
  readonly closed: boolean;
  /** Of the last quote that opened. */
  readonly line: number;
  readonly column: number;
}

function readValue(reader: Reader): Value {
  let value = '';
  /** Blanks after this length were not quoted or escaped, and go when they end the line. */
  let kept = 0;
  let { line, column } = reader;
  for (;;) {
    // Between quoted pieces, and before the value, blanks do not count.
    reader.skip(/[ \t]/);
    const c = reader.peek;
    if (c === '"' || c === "'") {
      ({ line, column } = reader);
      reader.take();
      const quoted = c === '"' ? readDouble(reader) : readSingle(reader);
      value += quoted.text;
      kept = value.length;
      if (!quoted.closed) return { value, closed: false, line, column };
      continue;
    }
    break;
  }
  for (;;) {
    const c = reader.take();
    if (c === '' || isNewline(c)) break;
    if (c === '\\') {
      const escaped = reader.take();
      if (!isNewline(escaped)) value += escaped;
      kept = value.length;
    } else {
      value += c;
    }
  }
  return { value: value.slice(0, kept) + trimmed(value.slice(kept)), closed: true, line, column };
}

function readSingle(reader: Reader): { readonly text: string; readonly closed: boolean } {
  const text = reader.takeWhile(/[^']/);
  return { text, closed: reader.take() === "'" };
}

function readDouble(reader: Reader): { readonly text: string; readonly closed: boolean } {
  let text = '';
  for (;;) {
    const c = reader.take();
    if (c === '') return { text, closed: false };
    if (c === '"') return { text, closed: true };
    if (c !== '\\') {
      text += c;
      continue;
    }
    const escaped = reader.take();
    if (isNewline(escaped) || escaped === '') continue;
    text += ESCAPED_IN_QUOTES.test(escaped) ? escaped : `\\${escaped}`;
  }
}

/** A cursor over text that counts lines. */
class Reader {
  readonly #text: string;
  #at = 0;
  #line = 1;
  #lineStart = 0;

  constructor(text: string) {
    this.#text = text;
  }
  get done(): boolean {
    return this.#at >= this.#text.length;
  }
  get peek(): string {
    return this.#text[this.#at] ?? '';
  }
  get line(): number {
    return this.#line;
  }
  get column(): number {
    return this.#at - this.#lineStart + 1;
  }
  take(): string {
    const c = this.peek;
    this.#at += c.length;
    if (c === '\n') {
      this.#line++;
      this.#lineStart = this.#at;
    }
    return c;
  }
  takeWhile(pattern: RegExp): string {
    const start = this.#at;
    while (!this.done && pattern.test(this.peek)) this.take();
    return this.#text.slice(start, this.#at);
  }
  skip(pattern: RegExp): void {
    this.takeWhile(pattern);
  }
  takeLine(): void {
    this.skip(/[^\n\r]/);
  }
}

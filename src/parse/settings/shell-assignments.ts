import { isVariableName, type Assignment, type Problem } from './assignment.ts';

export interface ShellAssignments {
  /** Every assignment that would still stand after the file was sourced, the last one of each name. */
  readonly assignments: readonly Assignment[];
  readonly problems: readonly Problem[];
}

interface ShellWord {
  readonly text: string;
  readonly line: number;
  readonly column: number;
  readonly unresolved: string | null;
  /** How much of the beginning was written without quotes; the `NAME=` of an assignment must be. */
  readonly unquoted: number;
}

/** Special built-ins whose arguments are assignments; assignments in front of them stay as well (POSIX XCU 2.14). */
const DECLARING = new Set(['export', 'readonly']);

/**
 * Finds the assignments of a file that a shell would source (`/etc/default/plexmediaserver`): POSIX.1-2024 XCU 2.2 quoting,
 * `export`, several on a line, `;`. Nothing is executed or expanded: what holds `$` or a backquote outside single quotes
 * is marked as unresolved. Assignments in front of a command are for that command alone and do not count; those inside of
 * a condition count as if it held.
 */
export function parseShellAssignments(text: string): ShellAssignments {
  const assignments = new Map<string, Assignment>();
  const problems: Problem[] = [];
  for (const command of commandsOf(text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n'), problems)) {
    const leading = command.map((word) => toAssignment(word, false));
    const at = leading.indexOf(null);
    const declares = DECLARING.has(command[at]?.text ?? '');
    if (at >= 0 && !declares) continue;
    const found =
      at < 0 ? leading : [...leading.slice(0, at), ...command.slice(at + 1).map((word) => toAssignment(word, true))];
    for (const assignment of found) if (assignment) assignments.set(assignment.name, assignment);
  }
  return { assignments: [...assignments.values()], problems };
}

function toAssignment(word: ShellWord, isArgument: boolean): Assignment | null {
  const equals = word.text.indexOf('=');
  const name = word.text.slice(0, Math.max(0, equals));
  if (!isVariableName(name) || (!isArgument && word.unquoted <= equals)) return null;
  const { line, column, unresolved } = word;
  return { name, value: word.text.slice(equals + 1), line, column, unresolved };
}

function* commandsOf(text: string, problems: Problem[]): Generator<readonly ShellWord[]> {
  let words: ShellWord[] = [];
  let at = 0;
  let line = 1;
  let lineStart = 0;
  const take = (): string => {
    const c = text[at] ?? '';
    at += c.length;
    if (c === '\n') {
      line++;
      lineStart = at;
    }
    return c;
  };
  while (at < text.length) {
    const c = text[at] ?? '';
    if (c === '#') {
      while (at < text.length && text[at] !== '\n') take();
    } else if (/[\n;&|(){}]/.test(c)) {
      take();
      if (words.length > 0) yield words;
      words = [];
    } else if (/\s/.test(c)) {
      take();
    } else if (c === '\\' && text[at + 1] === '\n') {
      take();
      take();
    } else {
      const start = { line, column: at - lineStart + 1 };
      const { closed, ...word } = takeWord(take, () => text[at] ?? '');
      if (closed) {
        words.push({ ...word, ...start });
      } else {
        problems.push({ ...start, rule: 'a quote is not closed (POSIX XCU 2.2)' });
        return;
      }
    }
  }
  if (words.length > 0) yield words;
}

function takeWord(take: () => string, peek: () => string) {
  let text = '';
  let unresolved: string | null = null;
  let unquoted: number | null = null;
  const result = (closed: boolean) => ({ text, unresolved, closed, unquoted: unquoted ?? text.length });
  const expansion = (c: string): void => {
    unresolved ??= c === '$' ? `$${/[\w{(]/.exec(peek())?.[0] ?? ''}` : c;
  };
  for (;;) {
    const next = peek();
    if (next === '' || /[\s;&|()]/.test(next)) return result(true);
    const c = take();
    if (/["'\\]/.test(c) && !(c === '\\' && peek() === '\n')) unquoted ??= text.length;
    if (c === "'") {
      for (let q = take(); q !== "'"; q = take()) {
        if (q === '') return result(false);
        text += q;
      }
    } else if (c === '"') {
      for (let q = take(); q !== '"'; q = take()) {
        if (q === '') return result(false);
        if (q === '\\') {
          const escaped = take();
          if (escaped !== '\n') text += /["\\$`]/.test(escaped) ? escaped : `\\${escaped}`;
          continue;
        }
        if (q === '$' || q === '`') expansion(q);
        text += q;
      }
    } else if (c === '\\') {
      const escaped = take();
      // A backslash at the very end stands for itself.
      if (escaped !== '\n') text += escaped || c;
    } else {
      if (c === '$' || c === '`') expansion(c);
      text += c;
    }
  }
}

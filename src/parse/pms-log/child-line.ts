/** The only child whose work is a scan. */
const SCANNER = /["'/\\]?Plex Media Scanner(?:\.exe)?["']?(?= |$)/;
/** Lines that begin so name a program that is run: by PMS's job runner, or, in the scanner's own log, the scanner itself. */
const RUNS = /^(?:Job running: |["'/])/;
const QUOTED = /(["'])(.*?)\1/g;
/** The quoted arguments that are kept: a flag, a number, a word such as `Matcher`. */
const PLAIN = /^(?:--[a-z-]{1,40}|\d{1,9}|[A-Z][A-Za-z]{0,30})$/;
/** Values are kept where they are numbers, or the scanner's own word for its log. */
const FLAG = / (--[a-z][a-z-]{0,40})(?:[ =](\d{1,9}|(?<=--log-file-suffix.)[A-Z][A-Za-z]{0,30})(?= |$))?/g;
const FLAGS_LIMIT = 12;

/** A line that says that a Plex Media Scanner was run; its program, flags and their plain values. */
export function readChild(text: string): { readonly command: string; readonly section: string | null } | null {
  const scanner = RUNS.test(text) ? SCANNER.exec(text) : null;
  if (!scanner) return null;
  const rest = text
    .slice(scanner.index + scanner[0].length)
    .replace(QUOTED, (_all, _quote, inner: string) => (PLAIN.test(inner) ? inner : '…'))
    // Behind a quote that does not end stands half of a path.
    .replace(/["'].*$/, '');
  const flags: string[] = [];
  for (const [, flag = '', value] of rest.matchAll(FLAG)) {
    if (flags.length < FLAGS_LIMIT) flags.push(value === undefined ? flag : `${flag} ${value}`);
  }
  const section = / --section[ =](\d{1,9})\b/.exec(rest)?.[1] ?? null;
  return { command: ['Plex Media Scanner', ...flags].join(' '), section };
}

/** `Jobs: '…/Plex Media Scanner' exit code for process 356 is 0 (success)` */
export function readChildEnd(text: string): { readonly command: string; readonly exitCode: number } | null {
  const found = /^Jobs: '.{0,400}Plex Media Scanner(?:\.exe)?' exit code for process \d{1,10} is (-?\d{1,5})\b/.exec(
    text,
  );
  return found ? { command: 'Plex Media Scanner', exitCode: Number(found[1]) } : null;
}

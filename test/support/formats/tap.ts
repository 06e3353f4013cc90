import { parse } from 'yaml';

export interface TapTest {
  readonly ok: boolean;
  readonly number: number;
  readonly description: string;
  readonly directive: 'SKIP' | 'TODO' | null;
  readonly reason: string;
  /** The content of the YAML below the line; empty without any. */
  readonly diagnostics: Readonly<Record<string, unknown>>;
}

const LINE = /^(not )?ok (\d+) - ((?:\\[\\#]|[^\\#])*?)(?: # (SKIP|TODO) (.*))?$/;

/** Reads TAP 14 strictly: the version, one plan, numbers in order, directives, and a YAML document below a line; throws at anything else. */
export function parseTap(document: string): readonly TapTest[] {
  const lines = document.split('\n');
  if (lines.shift() !== 'TAP version 14') throw new Error('no version');
  const plan = Number(/^1\.\.(\d+)$/.exec(lines.shift() ?? '')?.[1]);
  if (lines.pop() !== '') throw new Error('no line break at the end');
  const tests: TapTest[] = [];
  while (lines.length > 0) {
    const line = lines.shift() ?? '';
    const match = LINE.exec(line);
    if (match === null) throw new Error(`no test line: ${line}`);
    const [, not, number, description = '', directive = null, reason = ''] = match;
    if (Number(number) !== tests.length + 1) throw new Error(`${number} out of order`);
    tests.push({
      ok: not === undefined,
      number: Number(number),
      description: unescape(description),
      directive: directive === 'SKIP' || directive === 'TODO' ? directive : null,
      reason: unescape(reason),
      diagnostics: diagnosticsOf(lines),
    });
  }
  if (tests.length !== plan) throw new Error(`${plan} planned, ${tests.length} there`);
  return tests;
}

function diagnosticsOf(lines: string[]): Readonly<Record<string, unknown>> {
  if (lines[0] !== '  ---') return {};
  const end = lines.indexOf('  ...');
  if (end < 0) throw new Error('the diagnostics do not end');
  const yaml: unknown = parse(
    lines
      .splice(0, end + 1)
      .slice(1, -1)
      .join('\n'),
  );
  if (typeof yaml !== 'object' || yaml === null) throw new Error('the diagnostics are no map');
  return { ...yaml };
}

function unescape(text: string): string {
  return text.replace(/\\([\\#])/g, '$1');
}

import stringWidth from 'string-width';
import type { Style, Tone } from './style.ts';

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}

export interface Column {
  readonly title: string;
  /** Columns with a higher number give way first on narrow terminals; 0 never does. */
  readonly shrink: number;
  readonly min: number;
}

const GAP = '  ';

/** Text cut to at most `width` columns, the cut shown by an ellipsis. Wide characters count twice and are never halved. */
export function truncate(text: string, width: number, ellipsis = '…'): string {
  if (stringWidth(text) <= width) return text;
  const room = width - stringWidth(ellipsis);
  if (room <= 0) return ellipsis.slice(0, Math.max(0, width));
  let out = '';
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)) {
    if (stringWidth(out + segment) > room) break;
    out += segment;
  }
  return out + ellipsis;
}

/** Pads to `width` columns. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

/**
 * Lines of a table, header first, none wider than `width`: too wide columns are cut, in the order of their `shrink`.
 * Tones colour the padded text, so colours never move columns.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
  style: Style,
): readonly string[] {
  const header = columns.map((column): Cell => ({ text: column.title, tone: 'dim' }));
  const widths = fit(
    columns,
    columns.map((_, i) => Math.max(...[header, ...rows].map((row) => stringWidth(row[i]?.text ?? '')))),
    width,
  );
  return [header, ...rows].map((row) =>
    columns
      .map((_, i) => {
        const cell = row[i] ?? { text: '' };
        const cut = truncate(cell.text, widths[i] ?? 0, style.ellipsis);
        const last = i === columns.length - 1;
        return style.tone(cell.tone ?? 'plain', cut) + (last ? '' : pad(cut, widths[i] ?? 0).slice(cut.length));
      })
      .join(GAP)
      .trimEnd(),
  );
}

function fit(columns: readonly Column[], wanted: readonly number[], width: number): readonly number[] {
  const widths = [...wanted];
  let excess = widths.reduce((sum, w) => sum + w, 0) + GAP.length * (columns.length - 1) - width;
  const order = columns.map((column, index) => ({ ...column, index })).sort((a, b) => b.shrink - a.shrink);
  for (const { index, min, shrink } of order) {
    if (excess <= 0 || shrink === 0) break;
    const before = widths[index] ?? 0;
    const after = Math.max(Math.min(before, min), before - excess);
    widths[index] = after;
    excess -= before - after;
  }
  return widths;
}

/** Breaks text into lines of at most `width` columns, at spaces where there are any. Never empty. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).flatMap((long) => pieces(long, width))) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (stringWidth(joined) <= width) {
      line = joined;
    } else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

function pieces(word: string, width: number): readonly string[] {
  if (stringWidth(word) <= width) return [word];
  const out: string[] = [];
  let piece = '';
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(word)) {
    if (piece !== '' && stringWidth(piece + segment) > width) {
      out.push(piece);
      piece = '';
    }
    piece += segment;
  }
  return [...out, piece];
}

import type { Tone } from '../blocks/blocks.ts';
import type { Style } from './style.ts';
import { widthOf } from './width.ts';

export interface Cell {
  readonly text: string;
  /** Stands in where the text is too long for its column. */
  readonly short?: string;
  readonly tone?: Tone;
}

export interface Column {
  readonly title: string;
  /** Columns with a higher number give way first on narrow terminals; 0 never does. */
  readonly shrink: number;
  /** All columns are cut to this width before one is cut further. Default: `min`. */
  readonly comfortable?: number;
  readonly min: number;
  /**
   * Only for the first column: its cells are never cut. One that is too long takes room from the second cell if that is
   * enough, else a line of its own.
   */
  readonly whole?: boolean;
}

export interface Table {
  readonly header: string;
  /** One entry a row: its lines, more than one only where a `whole` cell needs one for itself. */
  readonly rows: readonly (readonly string[])[];
}

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const GAP = '  ';
/** A second cell that is shorter than this tells nothing any more. */
const MIN_SECOND_WIDTH = 5;

/** Text cut to at most `width` columns, the cut shown by an ellipsis. Wide characters count twice and are never halved. */
export function truncate(text: string, width: number, ellipsis = '…'): string {
  if (widthOf(text) <= width) return text;
  const room = width - widthOf(ellipsis);
  if (room <= 0) return ellipsis.slice(0, Math.max(0, width));
  let out = '';
  let taken = 0;
  for (const { segment } of GRAPHEMES.segment(text)) {
    taken += widthOf(segment);
    if (taken > room) break;
    out += segment;
  }
  return out + ellipsis;
}

/** Pads to `width` columns. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Lines of a table, header first: {@link layOut} for columns of which none is `whole`, so that each row is one line. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
  style: Style,
): readonly string[] {
  const { header, rows: lines } = layOut(columns, rows, width, style);
  return [header, ...lines.flat()];
}

/**
 * A table whose lines are never wider than `width`: too wide columns are cut, in the order of their `shrink`.
 * Tones colour the cut text, so colours never move columns.
 */
export function layOut(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
  style: Style,
): Table {
  const header = columns.map((column): Cell => ({ text: column.title, tone: 'dim' }));
  const widths = fit(
    columns,
    columns.map((_, i) => Math.max(...[header, ...rows].map((row) => widthOf(row[i]?.text ?? '')))),
    width,
  );
  const line = (row: readonly Cell[], room: readonly number[]): string =>
    room
      .map((columnWidth, i) => {
        const { text, short = text, tone = 'plain' } = row[i] ?? { text: '' };
        const cut = truncate(widthOf(text) <= columnWidth ? text : short, columnWidth, style.ellipsis);
        return style.tone(tone, cut) + ' '.repeat(columnWidth - widthOf(cut));
      })
      .join(GAP)
      .trimEnd();
  const lines = (row: readonly Cell[]): readonly string[] => {
    const [first = 0, second = 0, ...others] = widths;
    const [name = { text: '' }, ...rest] = row;
    const excess = widthOf(name.text) - first;
    if (excess <= 0 || columns[0]?.whole !== true) return [line(row, widths)];
    if (second - excess >= MIN_SECOND_WIDTH) return [line(row, [first + excess, second - excess, ...others])];
    return [
      ...pieces(name.text, width).map((piece) => style.tone(name.tone ?? 'plain', piece)),
      line([{ text: '' }, ...rest], widths),
    ];
  };
  return { header: line(header, widths), rows: rows.map(lines) };
}

function fit(columns: readonly Column[], wanted: readonly number[], width: number): readonly number[] {
  const widths = [...wanted];
  let excess = widths.reduce((sum, w) => sum + w, 0) + GAP.length * (columns.length - 1) - width;
  const order = columns.map((column, index) => ({ ...column, index })).sort((a, b) => b.shrink - a.shrink);
  for (const floor of ['comfortable', 'min'] as const) {
    for (const column of order) {
      if (column.shrink === 0) continue;
      const before = widths[column.index] ?? 0;
      const after = Math.max(Math.min(before, column[floor] ?? column.min), before - Math.max(0, excess));
      widths[column.index] = after;
      excess -= before - after;
    }
  }
  return widths;
}

/** Breaks text into lines of at most `width` columns, at spaces where there are any, not before a unit. Never empty. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  let lineWidth = 0;
  for (const word of text
    .trim()
    .split(/\s+(?!(?:ms|s)\b)/)
    .flatMap((long) => pieces(long.replace(/\s+/g, ' '), width))) {
    const wordWidth = widthOf(word);
    const joinedWidth = line === '' ? wordWidth : lineWidth + 1 + wordWidth;
    if (joinedWidth <= width) {
      line = line === '' ? word : `${line} ${word}`;
      lineWidth = joinedWidth;
    } else {
      lines.push(line);
      line = word;
      lineWidth = wordWidth;
    }
  }
  return [...lines, line];
}

/** A long list is broken behind its commas, anything else wherever it has to be. */
function pieces(word: string, width: number): readonly string[] {
  if (widthOf(word) <= width) return [word];
  const parts = word.split(/(?<=,)(?=[^,])/);
  if (parts.length > 1) return parts.flatMap((part) => pieces(part, width));
  const out: string[] = [];
  let piece = '';
  let taken = 0;
  for (const { segment } of GRAPHEMES.segment(word)) {
    const wanted = widthOf(segment);
    if (piece !== '' && taken + wanted > width) {
      out.push(piece);
      piece = '';
      taken = 0;
    }
    piece += segment;
    taken += wanted;
  }
  return [...out, piece];
}

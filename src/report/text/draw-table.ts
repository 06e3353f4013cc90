import type { Cell, Row, Table } from '../blocks/blocks.ts';
import { hanging, type Lines } from './lines.ts';
import type { Style } from './style.ts';
import { layOut, pad, type Cell as DrawnCell } from './table.ts';
import { widthOf } from './width.ts';

/** Room for the mark and the spaces around it. */
const INDENT = 4;
/** A narrower table would say nothing. */
const MIN_WIDTH = 60;
/** Narrower terminals get the words of a cell without its figure. */
const WIDTH_FOR_FIGURES = 90;
/** Narrower ones get the short titles too. */
const WIDTH_FOR_TITLES = 72;

/** A table with a mark before each row, and notes below rows; columns and figures give way where room is scarce. */
export function drawTable({ columns, rows }: Table, style: Style): Lines {
  const kept = columns.flatMap((column, i) =>
    style.width < (column.room.from ?? 0)
      ? []
      : [
          {
            ...column,
            cells: drawColumn(
              rows.map((row) => row.cells[i] ?? { text: '' }),
              style,
            ),
          },
        ],
  );
  const { header, rows: drawn } = layOut(
    kept.map(({ title, short = title, room }) => ({
      title: (style.width < WIDTH_FOR_TITLES ? short : title).toUpperCase(),
      ...room,
    })),
    rows.map((_, i) => kept.map(({ cells }) => cells[i] ?? { text: '' })),
    Math.max(MIN_WIDTH, style.width) - INDENT,
    style,
  );
  return [
    `${' '.repeat(INDENT)}${header}`,
    ...rows.flatMap((row, i) => [
      ...(drawn[i] ?? []).map((line, part) => `  ${part === 0 ? style.mark(row.mark) : ' '} ${line}`),
      ...drawNote(row, style),
    ]),
  ];
}

/** Words on the left, figures on the right, so that both can be read down the column; the words alone where room is scarce. */
function drawColumn(cells: readonly Cell[], style: Style): readonly DrawnCell[] {
  const shown = cells.map((cell) => ({
    ...cell,
    figure: style.width < WIDTH_FOR_FIGURES ? '' : (cell.figure ?? ''),
  }));
  const width = Math.max(0, ...shown.map(({ text, figure }) => widthOf(text) + 1 + widthOf(figure)));
  return shown.map(({ text, short = text, figure, tone = 'plain' }) => ({
    text: figure === '' ? text : pad(text, width - widthOf(figure)) + figure,
    short,
    tone,
  }));
}

function drawNote({ note }: Row, style: Style): Lines {
  if (note === undefined) return [];
  return hanging(`${' '.repeat(INDENT)}${style.branch} `, note.text, style).map((line) => style.tone(note.tone, line));
}

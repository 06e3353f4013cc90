import type { Block, Cell, Fact, Item, Mark, Row, Step, Table } from '../blocks/blocks.ts';
import { code, codeBlock, escape, inline, table } from './syntax.ts';

export const MARKS: Readonly<Record<Mark, string>> = {
  good: '✅',
  bad: '❌',
  harmless: '➖',
  warn: '⚠️',
  undecided: '❔',
};

/** A report that is too long is drawn several times with fewer entries; each of them is drawn once. */
const ITEMS = new WeakMap<Item, readonly string[]>();
const ROWS = new WeakMap<Row, readonly string[]>();

function remembered<T extends object>(
  drawn: WeakMap<T, readonly string[]>,
  entry: T,
  draw: (entry: T) => readonly string[],
): readonly string[] {
  const lines = drawn.get(entry) ?? draw(entry);
  drawn.set(entry, lines);
  return lines;
}

export function drawBlock(block: Block): readonly string[] {
  switch (block.kind) {
    case 'facts':
      return block.facts.flatMap(drawFact);
    case 'list':
      return block.items.flatMap((item) => remembered(ITEMS, item, drawItem));
    case 'steps':
      return block.steps.flatMap(drawStep);
    case 'notes':
      return block.notes.flatMap((note, i) => [...(i === 0 ? [] : ['']), inline(note)]);
    case 'code':
      return codeBlock(block.language, block.lines);
    case 'table':
      return drawTable(block.table);
  }
}

function marked(mark: Mark | undefined): string {
  return mark === undefined ? '' : `${MARKS[mark]} `;
}

function drawFact({ label, text, mark, more = [] }: Fact): readonly string[] {
  const name = typeof label === 'string' ? `**${escape(label)}**` : inline(label);
  return [
    `- ${marked(mark)}${name}: ${inline(text)}`,
    ...more.map((line) => `  - ${marked(line.mark)}${inline(line.text)}`),
  ];
}

function drawItem({ text, mark, detail, more = [] }: Item): readonly string[] {
  return [
    `- ${marked(mark)}${inline(text)}${detail === undefined ? '' : `: ${inline(detail)}`}`,
    ...more.map((line) => `  - ${inline(line)}`),
  ];
}

function drawStep({ text, commands }: Step, index: number): readonly string[] {
  const lead = `${index + 1}. `;
  // A block of its own can be copied as it is; a span would lose blanks.
  const blocks = commands.map((command) => [
    '',
    ...codeBlock('sh', [command]).map((line) => ' '.repeat(lead.length) + line),
  ]);
  return [lead + inline(text), ...blocks.flat()];
}

function drawTable({ columns, rows }: Table): readonly string[] {
  return table(
    ['', ...columns.map(({ title }) => title)],
    rows.map((row) => remembered(ROWS, row, drawRow)),
  );
}

function drawRow({ mark, cells, note }: Row): readonly string[] {
  const drawn = cells.map(drawCell);
  const last = drawn.at(-1) ?? '';
  return [MARKS[mark], ...drawn.slice(0, -1), note === undefined ? last : `${last}; ${escape(note.text)}`];
}

function drawCell({ text, figure = '', isValue = false }: Cell): string {
  return isValue ? code(text) : escape(`${text} ${figure}`);
}

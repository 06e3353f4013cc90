import type { Block, Cell, Fact, Item, Step, Table } from '../blocks/blocks.ts';
import { marked } from './marks.ts';
import { h, inline, type Markup } from './syntax.ts';
import { drawWaterfall, legend } from './waterfall.ts';

export function drawBlock(block: Block): readonly Markup[] {
  switch (block.kind) {
    case 'facts':
      return [h('dl', {}, block.facts.map(drawFact))];
    case 'list':
      return [h('ul', {}, block.items.map(drawItem))];
    case 'steps':
      return [h('ol', {}, block.steps.map(drawStep))];
    case 'notes':
      return block.notes.map((note) => h('p', {}, inline(note)));
    case 'code':
      return [drawCode(block.lines)];
    case 'table':
      return drawTable(block.table);
  }
}

function drawFact({ label, tone = 'plain', text, mark, more = [] }: Fact): Markup {
  return h(
    'div',
    {},
    h('dt', { class: tone }, marked(mark), inline(label)),
    h('dd', {}, inline(text)),
    more.map((line) => h('dd', {}, marked(line.mark), inline(line.text))),
  );
}

function drawItem({ text, mark, detail, more = [] }: Item): Markup {
  return h(
    'li',
    { class: mark === undefined ? null : 'marked' },
    marked(mark),
    inline(text),
    detail === undefined ? null : [': ', ...inline(detail)],
    more.length === 0
      ? null
      : h(
          'ul',
          {},
          more.map((line) => h('li', {}, inline(line))),
        ),
  );
}

function drawStep({ text, commands }: Step): Markup {
  return h(
    'li',
    {},
    inline(text),
    commands.map((command) => drawCode([command])),
  );
}

/** A click selects all of it; a line that is broken by the page is copied whole. */
function drawCode(lines: readonly string[]): Markup {
  return h('pre', {}, h('code', {}, lines.join('\n')));
}

/** Each cell repeats its column's title, which stands before it where the page is too narrow for columns. */
function drawTable({ columns, rows, scaleMs = 0 }: Table): readonly Markup[] {
  const titles = columns.map(({ title }) => title);
  return [
    ...(scaleMs > 0 ? [legend(scaleMs)] : []),
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          titles.map((title) => h('th', { scope: 'col' }, title)),
        ),
      ),
      h(
        'tbody',
        {},
        rows.map(({ mark, cells, note }) =>
          h(
            'tr',
            {},
            cells.map((cell, i) =>
              i === 0
                ? h('th', { scope: 'row' }, marked(mark), cellText(cell))
                : h(
                    'td',
                    { 'data-title': titles[i] ?? '', class: cell.tone ?? null },
                    cellText(cell),
                    drawWaterfall(cell.waterfall ?? [], scaleMs),
                    note !== undefined && i === cells.length - 1
                      ? h('span', { class: `note ${note.tone}` }, note.text)
                      : null,
                  ),
            ),
          ),
        ),
      ),
    ),
  ];
}

function cellText({ text, figure, isValue = false }: Cell): readonly (Markup | string)[] {
  return [
    isValue ? h('code', {}, text) : text,
    ...(figure === undefined || figure === '' ? [] : [' ', h('span', { class: 'figure' }, figure)]),
  ];
}

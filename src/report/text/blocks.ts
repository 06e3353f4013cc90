import { plainText, type Block, type Item, type Step } from '../blocks/blocks.ts';
import { drawTable } from './draw-table.ts';
import { hanging, labelled, type Lines } from './lines.ts';
import type { Style } from './style.ts';
import { widthOf } from './width.ts';

/** The place of a section's blocks on the terminal. */
interface Place {
  /** Columns before a block without marks. */
  readonly margin: number;
  readonly isSmall: boolean;
}

export function drawBlock(block: Block, place: Place, style: Style): Lines {
  const margin = ' '.repeat(place.margin);
  switch (block.kind) {
    case 'facts':
      return labelled(block.facts, place.margin === 0 ? 0 : MARKED, style);
    case 'list':
      return block.items.flatMap((item) => drawItem(item, margin, style));
    case 'steps':
      return block.steps.flatMap((step, i) => drawStep(step, i, block.steps.length, margin, style));
    case 'notes':
      return block.notes
        .flatMap((note) => hanging(margin, plainText(note), style))
        .map((line) => (place.isSmall ? style.tone('dim', line) : line));
    case 'code':
      return block.lines.flatMap((line) => drawCode(line, margin, style));
    case 'table':
      return drawTable(block.table, style);
  }
}

/** Room for a mark and the spaces around it. */
const MARKED = 4;
const GAP = '   ';

/** A mark, the text, and its detail on the same line where there is room; further lines stand below. */
function drawItem({ text, mark, detail = '', more = [] }: Item, margin: string, style: Style): Lines {
  const lead = mark === undefined ? margin : `${margin}${style.mark(mark)} `;
  const leadWidth = mark === undefined ? margin.length : MARKED;
  const below = ' '.repeat(MARKED);
  const [words, about] = [plainText(text), plainText(detail)];
  const line = `${words}${GAP}${about}`;
  const isOneLine = about !== '' && leadWidth + widthOf(line) <= style.width;
  return [
    ...(isOneLine ? [lead + line] : hanging(lead, words, style, leadWidth, MARKED)),
    ...(isOneLine || about === '' ? [] : hanging(below, about, style)),
    ...more.flatMap((each) => hanging(below, plainText(each), style, MARKED, MARKED + 2)),
  ];
}

/** A single command stands behind its step where there is room. */
function drawStep({ text, commands }: Step, index: number, count: number, margin: string, style: Style): Lines {
  const lead = `${margin}${String(index + 1).padStart(String(count).length)}. `;
  const below = ' '.repeat(lead.length);
  const [command, ...others] = commands;
  const line = `${lead}${plainText(text)}${GAP}${command ?? ''}`;
  if (command !== undefined && others.length === 0 && widthOf(line) <= style.width) return [line];
  // A command that is broken would not run.
  return [...hanging(lead, plainText(text), style), ...commands.map((each) => below + each)];
}

/** A line that is too long gives its comment lines of its own: broken elsewhere it would mean something else. */
function drawCode(line: string, margin: string, style: Style): Lines {
  const [code = '', comment] = line.split(/ +# /);
  if (comment === undefined || widthOf(margin + line) <= style.width) return [margin + line];
  const lead = `${margin}    # `;
  return [margin + code, ...hanging(lead, comment, style).map((each, i) => (i === 0 ? each : lead + each.trimStart()))];
}

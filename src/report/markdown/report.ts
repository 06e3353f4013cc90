import type { Report } from '../../core/model/report.ts';
import { INSTALLED } from '../blocks/invocation.ts';
import { DEFAULT_OPTIONS, type RenderOptions } from '../blocks/options.ts';
import { notes, plainText, type Block, type Section } from '../blocks/blocks.ts';
import { sectionsOf } from '../view/sections.ts';
import { drawBlock, MARKS } from './blocks.ts';
import { shorten } from './shorten.ts';
import { details, escape, inline } from './syntax.ts';

/**
 * The report as a forum post (Discourse, GitHub): the answer on top, the long parts folded. Every value is either in a code
 * span or escaped, because `<lan-ip-1>` would vanish as an unknown HTML tag and host names would become links.
 */
export function renderMarkdown(report: Report, { verbose }: Pick<RenderOptions, 'verbose'> = DEFAULT_OPTIONS): string {
  return drawMarkdown(sectionsOf(report, { all: true, verbose, invocation: INSTALLED, medium: 'page' }));
}

/** Discourse takes no longer post, if it is not told otherwise (`max post length`); GitHub takes twice as much. */
const LIMIT = 32_000;
/** Texts are cut only where fewer entries do not help. */
const TEXT_LIMITS = [2_000, 400, 100, 30];
const MAX_ENTRIES = 1_024;

/** The sections as a post that is not too long: with as many entries of each part as there is room for. */
export function drawMarkdown(sections: readonly Section[]): string {
  if (!sections.some(({ blocks }) => blocks.some(isTooLong))) {
    const whole = drawAll(sections);
    if (whole.length <= LIMIT) return whole;
  }
  const short = (entries: number, characters: number): string =>
    drawAll([...shorten(sections, { entries, characters }), SHORTENED]);
  const characters = TEXT_LIMITS.find((limit) => short(1, limit).length <= LIMIT) ?? 0;
  let entries = characters === 0 ? 0 : 1;
  for (let step = MAX_ENTRIES; step >= 1; step /= 2)
    if (characters > 0 && short(entries + step, characters).length <= LIMIT) entries += step;
  return short(entries, characters);
}

/** Not even the shortest entry is drawn with fewer characters. */
const SHORTEST_ENTRY = 3;

function isTooLong(block: Block): boolean {
  return entriesOf(block) * SHORTEST_ENTRY > LIMIT;
}

function entriesOf(block: Block): number {
  switch (block.kind) {
    case 'facts':
      return block.facts.length;
    case 'list':
      return block.items.length;
    case 'table':
      return block.table.rows.length;
    case 'steps':
      return block.steps.length;
    case 'notes':
      return block.notes.length;
    case 'code':
      return block.lines.length / SHORTEST_ENTRY;
  }
}

const SHORTENED: Section = {
  title: null,
  place: 'small',
  blocks: notes([
    'Shortened to the 32,000 characters of a forum post; each place says how much it left out. All of it: --format html or json.',
  ]),
};

function drawAll(sections: readonly Section[]): string {
  return `${sections.map((section) => drawSection(section).join('\n')).join('\n\n')}\n`;
}

function drawSection({ title, mark, aside, result, gist, place, blocks }: Section): readonly string[] {
  const drawn = blocks.map(drawBlock);
  switch (place) {
    case 'small':
      return [...(title === null ? [] : [escape(title)]), ...drawn.flat()].map((line) =>
        line === '' ? '' : `<sub>${line}</sub>`,
      );
    case 'folded': {
      const about = gist ?? plainText(result?.text ?? '');
      return details([title, about].filter((part) => part !== null && part !== '').join(': '), apart(drawn));
    }
    case 'open': {
      const words = result === undefined ? '' : `: ${inline(result.text)}`;
      const lead = mark === undefined ? '' : `${MARKS[mark]} `;
      const behind = aside === undefined ? '' : ` · ${escape(aside)}`;
      return apart([...(title === null ? [] : [[`${lead}**${escape(title)}**${words}${behind}`]]), ...drawn]);
    }
  }
}

/** Blocks with an empty line between them. */
function apart(blocks: readonly (readonly string[])[]): readonly string[] {
  return blocks.flatMap((lines, i) => (i === 0 ? lines : ['', ...lines]));
}

import type { Report } from '../../core/model/report.ts';
import type { RenderOptions } from '../blocks/options.ts';
import { plainText, type Section } from '../blocks/blocks.ts';
import { sectionsOf } from '../view/sections.ts';
import { drawBlock } from './blocks.ts';
import { hanging, type Lines } from './lines.ts';
import { styleOf, type Style } from './style.ts';
import { widthOf } from './width.ts';

/** The report for a terminal: nothing is wider than `options.width`. Ends with a line break. */
export function renderText(report: Report, options: RenderOptions): string {
  return drawText(sectionsOf(report, { ...options, medium: 'terminal' }), options);
}

export function drawText(sections: readonly Section[], options: RenderOptions): string {
  const style = styleOf(options);
  return `${style.plain(sections.map((section) => drawSection(section, style).join('\n')).join('\n\n'))}\n`;
}

function drawSection(section: Section, style: Style): Lines {
  const isSmall = section.place === 'small';
  const place = { margin: isSmall ? 0 : 2, isSmall };
  return [...headline(section, style), ...section.blocks.flatMap((block) => drawBlock(block, place, style))];
}

/** Title and result on one line, or one below the other where the terminal is narrow; small print at the line's end. */
function headline({ title, tone = 'strong', result, mark, aside }: Section, style: Style): Lines {
  if (title === null) return [];
  const lead = mark === undefined ? '' : `${style.mark(mark)} `;
  const leadWidth = mark === undefined ? 0 : 2;
  const words = result === undefined ? (aside ?? '') : plainText(result.text);
  const toned = (text: string): string => style.tone(result === undefined ? 'dim' : (result.tone ?? 'plain'), text);
  const room = style.width - leadWidth - widthOf(title) - widthOf(words);
  if (words !== '' && room >= GAP.length) {
    const gap = result === undefined ? ' '.repeat(room) : GAP;
    return [`${lead}${style.tone(tone, title)}${gap}${toned(words)}`];
  }
  return [
    ...hanging('', title, style, leadWidth).map(
      (line, i) => (i === 0 ? lead : '  ') + style.tone(tone, line.trimStart()),
    ),
    ...(words === '' ? [] : hanging('  ', words, style).map(toned)),
  ];
}

const GAP = '   ';

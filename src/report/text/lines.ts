import { plainText, type Fact } from '../blocks/blocks.ts';
import type { Style } from './style.ts';
import { pad, wrap } from './table.ts';
import { widthOf } from './width.ts';

export type Lines = readonly string[];

/** No line is narrower than this, however far it is indented. */
const LEAST_WIDTH = 20;

/** A lead, then the text, its further lines indented. `leadWidth`: where the lead holds colours. */
export function hanging(
  lead: string,
  text: string,
  style: Style,
  leadWidth = widthOf(lead),
  indent = leadWidth,
): Lines {
  const room = Math.max(LEAST_WIDTH, style.width - Math.max(leadWidth, indent));
  return wrap(text, room).map((line, i) => `${i === 0 ? lead : ' '.repeat(indent)}${line}`.trimEnd());
}

/**
 * Labels on the left, as wide as the widest of them, texts on the right; a label that leaves no room stands alone. `indent`: 0,
 * or room for marks.
 */
export function labelled(facts: readonly Fact[], indent: number, style: Style): Lines {
  const rows = facts.flatMap(({ label, text, mark, tone = 'plain', more = [] }) => [
    { label: plainText(label), text: plainText(text), mark, tone },
    ...more.map((line) => ({ label: '', text: plainText(line.text), mark: line.mark, tone: 'plain' as const })),
  ]);
  const most = Math.floor(style.width / 2) - indent;
  const width = Math.max(0, ...rows.map(({ label }) => widthOf(label)).filter((each) => each <= most));
  return rows.flatMap(({ label, text, mark, tone }) => {
    const lead = mark === undefined ? ' '.repeat(indent) : `  ${style.mark(mark)} `;
    if (widthOf(label) > most)
      return [...hanging(lead, label, style, indent), ...hanging(' '.repeat(indent + 2), text, style)];
    return hanging(`${lead}${style.tone(tone, pad(label, width))}  `, text, style, indent + width + 2);
  });
}

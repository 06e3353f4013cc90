import stringWidth from 'string-width';
import type { Mark, Style } from './style.ts';
import { pad, wrap } from './table.ts';

/** The lines of one part of the text report. */
export type Section = readonly string[];

/** Where the facts of a labelled line begin. */
export const LABEL_WIDTH = 19;

/** A lead, then the text, its further lines indented below its beginning. `leadWidth`: where the lead holds colours. */
export function hanging(lead: string, text: string, style: Style, leadWidth = stringWidth(lead)): Section {
  const indent = ' '.repeat(leadWidth);
  return wrap(text, Math.max(20, style.width - leadWidth)).map((line, i) =>
    `${i === 0 ? lead : indent}${line}`.trimEnd(),
  );
}

/** A fact with its label. */
export interface Labelled {
  readonly label: string;
  readonly text: string;
  readonly mark?: Mark;
}

/** Labels on the left, as wide as the widest of them, what they are about on the right; a label that leaves no room stands alone. */
export function labelled(entries: readonly Labelled[], style: Style): Section {
  const most = Math.floor(style.width / 2) - INDENT;
  const width = Math.max(0, ...entries.map(({ label }) => stringWidth(label)).filter((each) => each <= most));
  return entries.flatMap(({ label, text, mark }) => {
    const lead = mark === undefined ? ' '.repeat(INDENT) : `  ${style.mark(mark)} `;
    if (stringWidth(label) > most)
      return [...hanging(lead, label, style, INDENT), ...hanging(' '.repeat(INDENT + 2), text, style)];
    return hanging(`${lead}${pad(label, width)}  `, text, style, INDENT + width + 2);
  });
}

/** Room for a mark and the spaces around it. */
const INDENT = 4;

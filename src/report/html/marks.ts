import type { Mark } from '../blocks/blocks.ts';
import { h, type Markup } from './syntax.ts';

/** A symbol as well as a colour, and words for those who see neither. */
const MARKS: Readonly<Record<Mark, { readonly symbol: string; readonly words: string }>> = {
  good: { symbol: '✓', words: 'works' },
  bad: { symbol: '✗', words: 'fails' },
  harmless: { symbol: '–', words: 'harmless' },
  warn: { symbol: '!', words: 'warning' },
  undecided: { symbol: '?', words: 'undecided' },
};

export function marked(mark: Mark | undefined): readonly (Markup | string)[] {
  if (mark === undefined) return [];
  const { symbol, words } = MARKS[mark];
  return [h('span', { class: `mark ${mark}`, role: 'img', 'aria-label': words }, symbol), ' '];
}

export function symbolOf(mark: Mark): string {
  return MARKS[mark].symbol;
}

import { styleText } from 'node:util';
import type { RenderOptions } from '../blocks/options.ts';
import type { Mark, Tone } from '../blocks/blocks.ts';

/** Narrower terminals break the lines themselves; tables need more. */
const MIN_WIDTH = 40;

/** Symbols, colours and width of one rendering. */
export interface Style {
  readonly width: number;
  readonly verbose: boolean;
  tone(tone: Tone, text: string): string;
  mark(mark: Mark): string;
  /** Typographic characters that a locale without UTF-8 cannot show. */
  readonly ellipsis: string;
  readonly branch: string;
  /** The whole text in the locale's characters: our own typography becomes ASCII, foreign letters stay. */
  plain(text: string): string;
}

const FORMATS: Readonly<Record<Exclude<Tone, 'plain'>, Parameters<typeof styleText>[0]>> = {
  good: 'green',
  bad: 'red',
  warn: 'yellow',
  dim: 'dim',
  strong: 'bold',
};
const MARKS: Readonly<Record<Mark, { unicode: string; ascii: string; tone: Tone }>> = {
  good: { unicode: '✓', ascii: '+', tone: 'good' },
  bad: { unicode: '✗', ascii: 'x', tone: 'bad' },
  harmless: { unicode: '–', ascii: '-', tone: 'dim' },
  warn: { unicode: '!', ascii: '!', tone: 'warn' },
  undecided: { unicode: '?', ascii: '?', tone: 'warn' },
};
const ASCII: Readonly<Record<string, string>> = {
  '·': '-',
  '→': '->',
  '…': '...',
  '–': '-',
  '—': '-',
  '└': '`-',
  '≥': '>=',
  '×': 'x',
  '’': "'",
};

export function styleOf(options: RenderOptions): Style {
  const { colour, unicode, verbose } = options;
  // validateStream is off because the caller, who knows the stream, has decided about colour.
  const tone = (name: Tone, text: string): string =>
    colour && name !== 'plain' && text !== '' ? styleText(FORMATS[name], text, { validateStream: false }) : text;
  return {
    width: Math.max(MIN_WIDTH, options.width),
    verbose,
    tone,
    mark: (name) => tone(MARKS[name].tone, unicode ? MARKS[name].unicode : MARKS[name].ascii),
    ellipsis: unicode ? '…' : '...',
    branch: unicode ? '└' : '`-',
    plain: (text) => (unicode ? text : text.replace(/[·→…–—└≥×’]/g, (c) => ASCII[c] ?? c)),
  };
}

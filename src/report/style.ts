import { styleText } from 'node:util';

export interface RenderOptions {
  /** Columns of the terminal; less than 60 is treated as 60. */
  readonly width: number;
  readonly colour: boolean;
  /** false: ASCII symbols only, for locales without UTF-8. */
  readonly unicode: boolean;
  readonly verbose: boolean;
}

export const DEFAULT_OPTIONS: RenderOptions = { width: 100, colour: false, unicode: true, verbose: false };
const MIN_WIDTH = 60;

export type Tone = 'good' | 'bad' | 'warn' | 'dim' | 'strong' | 'plain';
export type Mark = 'good' | 'bad' | 'harmless' | 'warn' | 'undecided';

/** Symbols, colours and width of one rendering. */
export interface Style {
  readonly width: number;
  readonly verbose: boolean;
  tone(tone: Tone, text: string): string;
  mark(mark: Mark): string;
  /** Typographic characters that a locale without UTF-8 cannot show. */
  readonly dot: string;
  readonly arrow: string;
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
  // validateStream is off because whether to colour was decided by the caller, who knows the stream.
  const tone = (name: Tone, text: string): string =>
    colour && name !== 'plain' && text !== '' ? styleText(FORMATS[name], text, { validateStream: false }) : text;
  return {
    width: Math.max(MIN_WIDTH, options.width),
    verbose,
    tone,
    mark: (name) => tone(MARKS[name].tone, unicode ? MARKS[name].unicode : MARKS[name].ascii),
    dot: unicode ? '·' : '-',
    arrow: unicode ? '→' : '->',
    ellipsis: unicode ? '…' : '...',
    branch: unicode ? '└' : '`-',
    plain: (text) => (unicode ? text : text.replace(/[·→…–—└≥×’]/g, (c) => ASCII[c] ?? c)),
  };
}

import type { OptionTable } from './help/model.ts';
import { STANDARD_INPUT } from './options/standard-input.ts';

/** A word of a command line. Words behind `--` are no options, whatever they look like. */
export interface Word {
  readonly text: string;
  readonly kind: 'option' | 'value' | 'plain' | 'behind';
}

/** Tells options, their values and other words apart as yargs does. `options`: all that there are. */
export function wordsOf(argv: readonly string[], options: OptionTable): readonly Word[] {
  const valued = new Set(
    Object.entries(options).flatMap(([name, { type, alias }]) =>
      type === 'boolean' ? [] : [`--${name}`, ...(alias === undefined ? [] : [`-${alias}`])],
    ),
  );
  const end = argv.indexOf('--');
  return argv.map((text, index) => {
    if (end !== -1 && index >= end) return { text, kind: 'behind' };
    if (valued.has(argv[index - 1] ?? '')) return { text, kind: 'value' };
    return { text, kind: /^-./.test(text) ? 'option' : 'plain' };
  });
}

/** The command line for yargs, which loses a `-` that is no option's value, or one of several. */
export function nameStandardInput(words: readonly Word[], options: OptionTable): string[] {
  return words.map(({ text, kind }, index) => {
    const { array = false } = options[(words[index - 1]?.text ?? '').replace(/^--/, '')] ?? {};
    return text === '-' && (kind === 'plain' || (kind === 'value' && array)) ? STANDARD_INPUT : text;
  });
}

/** A switch that is given alone, with others of one letter (`-hV`), or with its value (`--quiet=true`). */
export function hasOption(words: readonly Word[], long: string, short = ''): boolean {
  return words.some(
    ({ text, kind }) =>
      kind === 'option' &&
      (text === long || text === `${long}=true` || (short !== '' && /^-[hV]+$/.test(text) && text.includes(short))),
  );
}

/** The first word that is neither an option nor its value. */
export function firstPlain(words: readonly Word[]): string | null {
  return words.find(({ kind }) => kind === 'plain')?.text ?? null;
}

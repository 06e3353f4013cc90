import { basename } from 'node:path';
import type { LogConfiguration } from '../../../parse/access-log/squid/config.ts';
import { detectFormat, type DetectedFormat } from '../../../parse/access-log/squid/detect.ts';
import { BUILTIN_FORMATS, compileFormat, type SquidFormat } from '../../../parse/access-log/squid/format/logformat.ts';
import { familyName } from '../join/rotation.ts';

/** Formats besides the built-in ones: those that a squid.conf defines, and the logs that use them. */
export interface KnownFormats {
  readonly given: SquidFormat | null;
  readonly configurations: readonly LogConfiguration[];
}

export const NOTHING_KNOWN: KnownFormats = { given: null, configurations: [] };

/** Value of `--squid-logformat`. */
export type GivenFormat = { readonly format: SquidFormat } | { readonly problem: string };

/** The format that `--squid-logformat` means: a built-in name, that of a squid.conf among the files, or the format itself. */
export function givenFormat(text: string, configurations: readonly LogConfiguration[]): GivenFormat {
  const name = text.trim();
  const builtin = Object.entries(BUILTIN_FORMATS).find(([known]) => known === name);
  if (builtin) return { format: builtin[1] };
  const configured = configurations.flatMap(({ formats }) => formats).find((each) => each.name === name);
  if (configured) return { format: configured.format };
  if (/^[\w-]*$/.test(name)) {
    const names = [
      ...Object.keys(BUILTIN_FORMATS),
      ...configurations.flatMap(({ formats }) => formats.map((each) => each.name)),
    ];
    return { problem: `"${name}" is neither a logformat line nor the name of a format; known are ${names.join(', ')}` };
  }
  const compiled = compileFormat(text);
  return compiled.kind === 'complete'
    ? { format: compiled.format }
    : { problem: `column ${compiled.offset + 1}: ${compiled.rule}` };
}

const BUILTIN: ReadonlySet<SquidFormat> = new Set(Object.values(BUILTIN_FORMATS));

/**
 * Warns of a guessed format. A built-in format without a result code fits lines of many other formats too, so that a request may seem
 * missing because its field was taken for another. null: it is no guess.
 */
export function guessOf({ format, share }: DetectedFormat, { given, configurations }: KnownFormats): string | null {
  const named = [given, ...configurations.flatMap(({ logs }) => logs.map((log) => log.format))];
  const hasResult = format.parts.some((part) => part.kind === 'field' && part.slot === 'tag');
  return hasResult || !BUILTIN.has(format) || named.includes(format)
    ? null
    : `its format is a guess: "${format.name}" fits ${Math.round(share * 100)} % of its first lines; give its logformat line (--squid-logformat) or the squid.conf`;
}

/** The format in which most lines of the sample can be read; a given one before configured ones before built-in ones. */
export function squidFormatOf(sample: Uint8Array, path: string, known: KnownFormats): DetectedFormat | null {
  const log = familyName(basename(path));
  const configured = known.configurations.flatMap(({ logs, formats }) => [
    ...logs.flatMap(({ place, format }) => (basename(place) === log && format !== null ? [format] : [])),
    ...formats.map(({ format }) => format),
  ]);
  const candidates = [known.given, ...configured].filter((format) => format !== null);
  return detectFormat(sample, new Set([...candidates, ...Object.values(BUILTIN_FORMATS)]));
}

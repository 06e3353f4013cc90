import { basename } from 'node:path';
import { AccessLogReader, detectFormat } from '../../parse/squid-log.ts';
import { BUILTIN_FORMATS, compileFormat, type SquidFormat } from '../../parse/squid-logformat.ts';
import type { LogConfiguration } from '../../parse/squid-config.ts';
import { familyName } from './rotation.ts';

/** Lines of a sample that its borders may have cut. */
const CUT_LINES = 2;

/** Formats besides the built-in ones, those of a squid.conf with the logs that are written in them. */
export interface KnownFormats {
  readonly given: SquidFormat | null;
  readonly configurations: readonly LogConfiguration[];
}

/** What `--squid-logformat` gave. */
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

/** The format in which most lines of the sample can be read; a given one before configured ones before built-in ones. */
export function formatOf(sample: Uint8Array, path: string, known: KnownFormats): SquidFormat | null {
  const builtin = detectFormat(sample)?.format ?? null;
  const log = familyName(basename(path));
  const configured = known.configurations.flatMap(({ logs, formats }) => [
    ...logs.flatMap(({ place, format }) => (basename(place) === log && format !== null ? [format] : [])),
    ...formats.map(({ format }) => format),
  ]);
  const candidates = [known.given, ...configured].filter((format) => format !== null);
  let best: { readonly format: SquidFormat; readonly read: number } | null = null;
  for (const format of [...new Set(candidates), builtin].filter((each) => each !== null)) {
    const read = linesRead(format, sample);
    if (read > (best?.read ?? 0)) best = { format, read };
  }
  return best?.format ?? null;
}

/** 0 when it is less than half of them: another format's lines can look like one's own here and there. */
function linesRead(format: SquidFormat, sample: Uint8Array): number {
  const reader = new AccessLogReader({ format, maxEntries: 1 });
  reader.push(sample);
  const { lines, unread } = reader.end();
  const read = lines - unread.count;
  return 2 * read >= lines - CUT_LINES ? read : 0;
}

/** Whether lines of this format say for which host they are. */
export function namesHosts({ parts }: SquidFormat): boolean {
  return parts.some((part) => part.kind === 'field' && (part.slot === 'uri' || part.slot === 'host'));
}

import * as z from 'zod/mini';
import { cleanDocument } from './fields.ts';
import { Sanitizer } from './sanitizer.ts';
import type { Seeds } from './values/seeds.ts';

/** Cleans standard error while a run is under way: progress, notes, usage errors, the line of a crash. */
export interface Net {
  /** A sentence of this tool; what it quotes are the words of others. */
  sentence(text: string): string;
  /** The words of a program or of a library, of which no sentence is ours. */
  said(text: string): string;
  /** A value of a document, by the classes of its fields. */
  value<T>(schema: z.core.$ZodType<T>, value: T): T;
}

/** With `--raw` everything is shown but credentials, which {@link RAW_NET} removes too. */
export function netOf(seeds: () => Seeds): Net {
  // Most runs say little: nothing is prepared before it is needed.
  let made: Sanitizer | null = null;
  const sanitizer = (): Sanitizer => (made ??= new Sanitizer(seeds()));
  return {
    sentence: (text) =>
      text
        .split('\n')
        .map((line) => sanitizer().quoting(sanitizer().text(line)))
        .join('\n'),
    said: (text) =>
      text
        .split('\n')
        .map((line) => sanitizer().said(line))
        .join('\n'),
    value: (schema, value) => z.parse(schema, cleanDocument(schema, value, sanitizer())),
  };
}

const USERINFO = /([a-z][\w+.-]*:\/\/)?[^\s"]*:[^\s"]*@/gi;
const hideUserinfo = (text: string): string => text.replace(USERINFO, '$1***@');

export const RAW_NET: Net = { sentence: hideUserinfo, said: hideUserinfo, value: (_, value) => value };

import * as z from 'zod/mini';
import { text, word } from './privacy.ts';
import { obj } from './schema.ts';

/** The arguments for the placeholders of a message. */
export const argsSchema = z.readonly(z.record(word(), z.union([text(), z.number()])));

/** One sentence of a report as data: scripts match `message` and `args`, people read `text`. */
export const statementSchema = obj({
  message: word(),
  args: argsSchema,
  text: text(),
});
export type Statement = z.infer<typeof statementSchema>;

import { readFile, stat } from 'node:fs/promises';
import * as z from 'zod/mini';
import { PSEUDONYM, PSEUDONYM_KINDS, type PseudonymKind } from '../../sanitize/values/pseudonym-kinds.ts';
import type { Seeds } from '../../sanitize/values/seeds.ts';
import { writeOutput } from '../output.ts';
import { UsageError } from '../usage-error.ts';

const KIND = 'pms-proxy-doctor/pseudonyms';
const LIMIT_BYTES = 256 * 1024 * 1024;

/** The values behind the pseudonyms, each kind in the order of its numbers. It is private: whoever has it can undo everything. */
const mapSchema = z.object({
  kind: z.literal(KIND),
  schemaVersion: z.literal(1),
  values: z.partialRecord(z.enum(PSEUDONYM_KINDS), z.array(z.string())),
});

type Assigned = Seeds['assigned'];

/** The pseudonyms of an earlier run; none where there is no such file yet and `isNewFine`. */
export async function loadMap(option: string, path: string, isNewFine: boolean): Promise<Assigned> {
  const about = await stat(path).catch(() => null);
  if (about === null && isNewFine) return {};
  if (about !== null && about.size > LIMIT_BYTES)
    throw new UsageError(`--${option}: ${path} is longer than ${LIMIT_BYTES} bytes. Is it the right one?`);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`--${option}: cannot read ${path}: ${error.code ?? 'unknown error'}`);
  });
  const result = mapSchema.safeParse(parse(text));
  if (!result.success)
    throw new UsageError(`--${option}: ${path} is no map of pseudonyms (expected a file that sanitize --map wrote)`);
  return result.data.values;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export async function saveMap(path: string, values: Assigned): Promise<void> {
  await writeOutput('map', path, `${JSON.stringify({ kind: KIND, schemaVersion: 1, values }, null, 1)}\n`);
}

/** Puts the values back in place of their pseudonyms. Removed secrets are gone for good. */
export function reveal(text: string, values: Assigned): string {
  // A folder's depth is in its value.
  return text
    .replace(/(<path-\d+>)(?:\/…)*/g, '$1')
    .replace(PSEUDONYM, (whole, kind: PseudonymKind | undefined, number: string | undefined) =>
      kind === undefined ? whole : (values[kind]?.[Number(number) - 1] ?? whole),
    );
}

import { evidenceSchema, type Evidence } from '../core/model/evidence.ts';
import { withStandIns } from '../sanitize/stand-ins.ts';
import { UsageError } from './usage-error.ts';
import { readInput } from './files.ts';

/** Evidence of the built-in catalogue has about 400 kB; of a thousand endpoints, about 10 MB. */
export const EVIDENCE_LIMIT_BYTES = 67_108_864;

/** Reads what `--save-evidence` wrote. Newer versions' additions are ignored; everything else that does not fit is named. */
export async function loadEvidence(path: string): Promise<Evidence> {
  const document = parseJson(await readInput('from-evidence', path, EVIDENCE_LIMIT_BYTES), `--from-evidence: ${path}`);
  const result = evidenceSchema.safeParse(document);
  if (result.success) return withStandIns(result.data);
  throw new UsageError(
    `--from-evidence: ${path}: ${misfit(result.error.issues)} (expected a file written by --save-evidence of this tool)`,
  );
}

/** The first place of a document (RFC 6901) that does not fit. */
export function misfit(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): string {
  const [issue] = issues;
  const where = issue?.path.map((key) => `/${String(key)}`).join('') || 'the document';
  return `"${where}": ${issue?.message ?? 'not as expected'}`;
}

/** `place` begins the message of a failure. */
export function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const { line, column } = positionOf(text);
    throw new UsageError(
      `${place}:${line}:${column}: this is not JSON (expected a file written by --save-evidence or --format json)`,
    );
  }
}

/**
 * Where JSON ends to be JSON. V8 names the offset in some of its messages only, so it is searched for: as long as the beginning of
 * the text could go on, V8 complains about its end.
 */
function positionOf(text: string): { readonly line: number; readonly column: number } {
  let [good, bad] = [0, text.length];
  while (good < bad) {
    const middle = (good + bad + 1) >> 1;
    if (couldGoOn(text.slice(0, middle))) good = middle;
    else bad = middle - 1;
  }
  const before = text.slice(0, good).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** true when a text is JSON, or its beginning. */
function couldGoOn(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const offset = /position (\d+)/.exec(message)?.[1];
    return offset === undefined ? message.startsWith('Unexpected end of JSON') : Number(offset) >= text.length;
  }
}

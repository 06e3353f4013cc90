import { evidenceSchema, type Evidence } from '../core/evidence.ts';
import { UsageError } from './errors.ts';
import { readInput } from './files.ts';

/** Evidence of the built-in catalogue has about 400 kB; of a thousand endpoints, about 10 MB. */
const EVIDENCE_LIMIT_BYTES = 67_108_864;

/** Reads what `--save-evidence` wrote. Newer versions' additions are ignored; everything else that does not fit is named. */
export async function loadEvidence(path: string): Promise<Evidence> {
  const document = parseJson(await readInput('from-evidence', path, EVIDENCE_LIMIT_BYTES), path);
  const result = evidenceSchema.safeParse(document);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue?.path.join('.') || 'the document';
  throw new UsageError(
    `--from-evidence: ${path}: ${where}: ${issue?.message ?? 'not as expected'} (expected a file written by --save-evidence of this tool)`,
  );
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { line, column } = positionOf(error, text);
    throw new UsageError(
      `--from-evidence: ${path}:${line}:${column}: this is not JSON (expected a file written by --save-evidence)`,
    );
  }
}

/** V8 names an offset in most of its messages; where it does not, the end of the text is where it gave up. */
function positionOf(error: unknown, text: string): { readonly line: number; readonly column: number } {
  const offset = Number(/position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1] ?? text.length);
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

import { text } from 'node:stream/consumers';
import { evidenceSchema, type Evidence } from '../../core/model/evidence.ts';
import { printableEvidence } from '../../core/model/printable-evidence.ts';
import { reportSchema, type Report } from '../../core/model/report.ts';
import type { Compared } from '../../core/compare/compare.ts';
import type { SideKey } from '../../core/compare/words.ts';
import { withPseudonyms, withStandIns } from '../../sanitize/stand-ins.ts';
import { EVIDENCE_LIMIT_BYTES, parseJson, misfit } from '../evidence-file.ts';
import { readNamed } from '../files.ts';
import { judge } from '../judge.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

/** Reads one of the two documents: a report of `--format json`, or saved evidence, which is judged anew. `-` is standard input. */
export function loadCompared(side: SideKey, path: string, terminal: Pick<Terminal, 'input'>): Promise<Compared> {
  return loadDocument(`compare ${side.toUpperCase()}`, path, terminal);
}

/** The same for any command; `label` begins the message of a failure. */
export async function loadDocument(label: string, path: string, terminal: Pick<Terminal, 'input'>): Promise<Compared> {
  const content = path === '-' ? await text(terminal.input) : await readNamed(label, path, EVIDENCE_LIMIT_BYTES);
  const place = `${label}: ${path}`;
  const document = parseJson(content, place);
  switch (kindOf(document)) {
    case 'report':
      return { name: path, document: 'report', report: parsed(reportSchema.safeParse(document), place) };
    case 'evidence':
      return { name: path, document: 'evidence', report: judged(parsed(evidenceSchema.safeParse(document), place)) };
    case null:
      throw new UsageError(
        `${place}: neither a report nor evidence (expected a file written by --format json or --save-evidence of this tool)`,
      );
  }
}

function kindOf(document: unknown): Compared['document'] | null {
  if (typeof document !== 'object' || document === null) return null;
  if ('kind' in document && document.kind === 'pms-proxy-doctor/evidence') return 'evidence';
  return 'schemaVersion' in document && 'endpoints' in document && 'run' in document ? 'report' : null;
}

type Parsed<T> =
  | { readonly success: true; readonly data: T }
  | {
      readonly success: false;
      readonly error: {
        readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
      };
    };

/** Additions of newer versions are dropped; everything else that does not fit is named. */
function parsed<T>(result: Parsed<T>, place: string): T {
  if (result.success) return result.data;
  throw new UsageError(
    `${place}: ${misfit(result.error.issues)} (expected a document of this version; run the command again to get one)`,
  );
}

/** The report on evidence. Evidence that was sanitized is judged with stand-ins; its report has the pseudonyms again. */
function judged(evidence: Evidence): Report {
  const report = withPseudonyms(judge(printableEvidence(withStandIns(evidence)), null));
  const sanitized = Object.keys(evidence.sanitized).length > 0;
  return { ...report, run: { ...report.run, sanitized } };
}

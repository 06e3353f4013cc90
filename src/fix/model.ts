import type { CauseId } from '../core/model/cause-ids.ts';
import type { Report } from '../core/model/report.ts';

export interface FixFile {
  readonly name: string;
  readonly text: string;
}

/** The files that fix a cause, and how they are put to use. Nothing is applied. */
export interface Fix {
  readonly files: readonly FixFile[];
  readonly install: readonly string[];
}

/** `why`: no file can be made of this report. */
export type Fixed = { readonly ok: true; readonly fix: Fix } | { readonly ok: false; readonly why: string };

/** How one cause is fixed: a file of its own. */
export interface Fixer {
  readonly cause: CauseId;
  /** What it writes, in a few words. */
  readonly title: string;
  readonly make: (report: Report) => Fixed;
}

export function unable(why: string): Fixed {
  return { ok: false, why };
}

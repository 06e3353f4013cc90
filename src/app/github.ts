import { appendFile } from 'node:fs/promises';
import { annotationsOf } from '../report/github.ts';
import type { Suite } from '../report/view/cases.ts';
import { reasonOf } from './files.ts';
import type { Terminal } from './terminal.ts';

/** A step of a workflow of GitHub Actions, or of a runner that does as GitHub's does. */
export function isOnGithub(environment: Terminal['environment']): boolean {
  return environment['GITHUB_ACTIONS'] === 'true';
}

/** A sanitized document, as a build shows it. */
export interface Announced {
  readonly suites: readonly Suite[];
  readonly markdown: string;
}

/** GitHub takes no more for the summary of a step: 1 MiB. */
const SUMMARY_LIMIT_BYTES = 1_048_576;

/** Annotations on standard error, so that the report on standard output stays as it is, and the summary of the step. */
export async function announce(
  { suites, markdown }: Announced,
  { environment, command, note }: Terminal,
): Promise<void> {
  for (const line of annotationsOf(suites)) command(line);
  const file = environment['GITHUB_STEP_SUMMARY'] ?? '';
  if (file === '') return;
  const bytes = Buffer.byteLength(markdown);
  const summary =
    bytes <= SUMMARY_LIMIT_BYTES
      ? markdown
      : `The report has ${bytes} bytes, more than the summary of a step can hold.\n`;
  try {
    await appendFile(file, summary);
  } catch (error) {
    note(`GITHUB_STEP_SUMMARY: cannot write the summary of this step: ${reasonOf(error)}`);
  }
}

/**
 * The runner looks for commands in all that a step prints (actions/runner, ActionCommand.cs): `::name …::` at the beginning of a line,
 * white space before it skipped, and `##[name]` anywhere. Reports and notes quote foreign words, so none of them may look like one.
 */
export function withoutCommands(text: string): string {
  return text.replace(COMMAND, '$1$2: ').replace(OLD_COMMAND, '# #');
}

const COMMAND = /(^|[\n\r\u2028\u2029])([\s\u0085]*):(?=:[^\n\r]*::)/g;
const OLD_COMMAND = /##(?=\[)/g;

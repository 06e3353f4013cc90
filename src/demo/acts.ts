import * as z from 'zod/mini';
import { bypassSchema, diagnosisSchema } from '../core/report.ts';
import { list } from '../core/schema.ts';
import type { Outside } from './outside-link.ts';
import { FILES } from './sealed-files.ts';
import { actBegins, actWentOtherwise } from './story.ts';
import { readFromTool, runTool, type Tool } from './tool.ts';

/** The host that the scanner asks by itself, and that is opened for it in the last act. */
export const SCANNED_HOST = 'metadata.provider.plex.tv';

/** What a report says, as far as the story goes. */
const toldSchema = z.object({ scan: diagnosisSchema, bypasses: list(bypassSchema) });
export type Told = z.infer<typeof toldSchema>;

/** A command of the tool in the sealed network, and what its report must say for the story to go on. */
interface Act {
  readonly number: number;
  /** Why the command is run, given what the act before it showed. */
  readonly opening: (before: Told | null, address: string | null) => readonly string[];
  readonly command: readonly string[];
  /** Files of the demo, in the words of the story. */
  readonly files: Readonly<Record<string, string>>;
  readonly budgetMs: number;
  /** Lets direct connections reach the scanner's host first. */
  readonly opens: boolean;
  readonly isAsMeant: (told: Told) => boolean;
}

/** The slowest check (everything silent, 3 s an attempt) stays below 7 s. */
const CHECK_BUDGET_MS = 14_000;
/** The scanner waits for 5 s, the probe for 2 s, and a few seconds are pauses. */
const REPRODUCE_BUDGET_MS = 20_000;

const REPRODUCE: Pick<Act, 'command' | 'files' | 'budgetMs'> = {
  command: [
    'reproduce',
    '--yes',
    '--only',
    `plex.tv,${SCANNED_HOST}`,
    '--timeout',
    '2s',
    '--ca',
    FILES.root,
    '--access-log',
    FILES.accessLog,
  ],
  files: { [FILES.root]: '<demo root>', [FILES.accessLog]: "<the proxy's log>" },
  budgetMs: REPRODUCE_BUDGET_MS,
};

const ACTS: readonly Act[] = [
  {
    number: 1,
    opening: () => [
      'PMS has been given the three proxy variables, and is signed in. Does everything answer through the proxy?',
    ],
    command: ['check', '--ca', FILES.root, '--timeout', '3s'],
    files: { [FILES.root]: '<demo root>' },
    budgetMs: CHECK_BUDGET_MS,
    opens: false,
    isAsMeant: ({ scan }) => scan.condition === 'not-found',
  },
  {
    ...REPRODUCE,
    number: 2,
    opening: () => [
      'It does. But scanning the music library is refused, and the log of the proxy shows nothing. Why? PMS is asked to scan',
      'while its processes, its log and the log of the proxy are watched.',
    ],
    opens: false,
    isAsMeant: ({ scan, bypasses }) =>
      scan.condition === 'reproduced' &&
      scan.causes.some(({ id, state }) => id === 'scanner-bypasses-proxy' && state === 'confirmed') &&
      scannerAround(bypasses) !== null,
  },
  {
    ...REPRODUCE,
    number: 3,
    opening: (before, address) => [
      `${nameOf(before)} asks ${SCANNED_HOST} without the proxy, and gets no answer. That one host`,
      `(${address ?? 'address unknown'}) may now be reached directly; nothing else was changed. Does the scan work?`,
    ],
    opens: true,
    isAsMeant: ({ scan }) => scan.condition === 'not-found' && scan.sections.some(({ type }) => type === 'artist'),
  },
];

function scannerAround(bypasses: Told['bypasses']): Told['bypasses'][number] | null {
  return bypasses.find(({ kind, host, pid }) => kind === 'observed' && host === SCANNED_HOST && pid !== null) ?? null;
}

function nameOf(told: Told | null): string {
  const scanner = told && scannerAround(told.bypasses);
  return scanner === null ? 'The scanner' : `${scanner.process ?? 'A process'} (pid ${scanner.pid})`;
}

export interface Stage {
  readonly tool: Tool;
  readonly outside: Pick<Outside, 'open'>;
  /** Further arguments for every command. */
  readonly toolArguments: readonly string[];
  readonly say: (lines: readonly string[]) => void;
}

/**
 * Plays the acts one after the other. Resolves to 0 when every report said what it was meant to say, 70 when one did not, and else
 * to the exit code of the command that could not run, or was interrupted.
 */
export async function playActs(stage: Stage): Promise<number> {
  const { tool, outside, say } = stage;
  let before: Told | null = null;
  let isAsMeant = true;
  for (const act of ACTS) {
    const address = act.opens ? await outside.open(SCANNED_HOST) : null;
    const shown = [...act.command, ...stage.toolArguments].map((argument) => act.files[argument] ?? argument);
    say(actBegins(act.number, ACTS.length, act.opening(before, address), shown));
    const args = [...act.command, '--save-evidence', FILES.evidence, ...stage.toolArguments];
    const code = await runTool(tool, args, act.budgetMs);
    if (tool.interrupted.aborted) return 130;
    if (!isReport(code)) return code;
    const told = toldSchema.safeParse(
      await readFromTool(tool, [
        'check',
        '--from-evidence',
        FILES.evidence,
        '--format',
        'json',
        ...stage.toolArguments,
      ]),
    );
    before = told.success ? told.data : null;
    if (before !== null && act.isAsMeant(before)) continue;
    isAsMeant = false;
    say(actWentOtherwise(act.number, code));
  }
  return isAsMeant ? 0 : 70;
}

/** Findings (1) and undecided points (3) are a report like any other; with every other code there was none. */
function isReport(code: number): boolean {
  return code === 0 || code === 1 || code === 3;
}

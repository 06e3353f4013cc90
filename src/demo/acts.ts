import * as z from 'zod/mini';
import { bypassSchema, diagnosisSchema } from '../core/model/report.ts';
import { list } from '../core/model/schema.ts';
import { FILES } from './outside/sealed-files.ts';
import { actBegins, actWentOtherwise } from './story.ts';
import { readFromTool, runTool, type Tool } from './tool.ts';

/** The host that the scanner asks by itself, and that is led through the proxy in the last act. */
const SCANNED_HOST = 'metadata.provider.plex.tv';

/** The parts of a report that the story uses. */
const toldSchema = z.object({
  scan: diagnosisSchema,
  bypasses: list(bypassSchema),
  bridge: z.optional(z.object({ state: z.string() })),
});
export type Told = z.infer<typeof toldSchema>;

/** A command of the tool in the sealed network, and what its report must say for the story to go on. */
interface Act {
  readonly number: number;
  /** Why the command is run, given what the act before it showed. */
  readonly opening: (before: Told | null) => readonly string[];
  readonly command: readonly string[];
  /** Files of the demo, in the words of the story. */
  readonly files: Readonly<Record<string, string>>;
  readonly budgetMs: number;
  readonly isAsMeant: (told: Told) => boolean;
}

/** The slowest check (everything silent, 3 s an attempt) stays below 7 s on a machine that is idle. */
const CHECK_BUDGET_MS = 40_000;
/** The scanner waits for 5 s, the probe for 2 s, and a few seconds are pauses. */
const REPRODUCE_BUDGET_MS = 60_000;

/** Three scans; the scanner waits for 5 s in two of them, and remembered names may cost a minute. */
const PROVE_BUDGET_MS = 120_000;

const SHARED = [
  '--yes',
  '--only',
  `plex.tv,${SCANNED_HOST}`,
  '--timeout',
  '2s',
  '--ca',
  FILES.root,
  '--access-log',
  FILES.accessLog,
] as const;
const SHARED_FILES = { [FILES.root]: '<demo root>', [FILES.accessLog]: "<the proxy's log>" };

const ACTS: readonly Act[] = [
  {
    number: 1,
    opening: () => [
      'PMS has been given the three proxy variables, and is signed in. Does everything answer through the proxy?',
    ],
    command: ['check', '--ca', FILES.root, '--timeout', '3s'],
    files: { [FILES.root]: '<demo root>' },
    budgetMs: CHECK_BUDGET_MS,
    // Probes do not see the scanner's route.
    isAsMeant: ({ scan }) => scan.condition === 'unknown',
  },
  {
    number: 2,
    command: ['reproduce', ...SHARED],
    files: SHARED_FILES,
    budgetMs: REPRODUCE_BUDGET_MS,
    opening: () => [
      'It does. But scanning the music library is refused, and the log of the proxy shows nothing. Why? PMS is asked to scan',
      'while its processes, its log and the log of the proxy are watched.',
    ],
    isAsMeant: ({ scan, bypasses }) =>
      scan.condition === 'reproduced' &&
      scan.causes.some(({ id, state }) => id === 'scanner-bypasses-proxy' && state === 'confirmed') &&
      scannerAround(bypasses) !== null,
  },
  {
    number: 3,
    command: ['bridge', '--prove', ...SHARED, '--section', '1'],
    files: SHARED_FILES,
    budgetMs: PROVE_BUDGET_MS,
    opening: (before) => [
      `${nameOf(before)} asks ${SCANNED_HOST} without the proxy, and gets no answer. The cure opens`,
      'nothing: for the time of one scan that name is led through the proxy, and then taken away again. Does the scan work?',
    ],
    isAsMeant: ({ bridge }) => bridge?.state === 'proved',
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
  /** Further arguments for every command. */
  readonly toolArguments: readonly string[];
  readonly say: (lines: readonly string[]) => void;
}

/**
 * Plays the acts one after the other. Resolves to 0 when every report said what it was meant to say, 70 when one did not, and else
 * to the exit code of the command that could not run, or was interrupted.
 */
export async function playActs(stage: Stage): Promise<number> {
  const { tool, say } = stage;
  let before: Told | null = null;
  let isAsMeant = true;
  for (const act of ACTS) {
    const shown = [...act.command, ...stage.toolArguments].map((argument) => act.files[argument] ?? argument);
    say(actBegins(act.number, ACTS.length, act.opening(before), shown));
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

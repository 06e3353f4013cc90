import { DEFAULT_OPTIONS } from '../../../src/report/blocks/options.ts';
import { Readable } from 'node:stream';
import type { Outlet } from '../../../src/app/terminal.ts';
import { run } from '../../../src/cli/run.ts';

export interface RanHere {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, with an empty environment, no input and no person who would say yes. */
export async function runHere(
  args: readonly string[],
  {
    environment = {},
    input = '',
    isTerminal = false,
    isPersonal = false,
  }: { environment?: Outlet['environment']; input?: string; isTerminal?: boolean; isPersonal?: boolean } = {},
): Promise<RanHere> {
  const [stdout, stderr]: string[][] = [[], []];
  const terminal: Outlet = {
    entry: null,
    environment,
    look: DEFAULT_OPTIONS,
    isTerminal,
    isPersonal,
    input: Readable.from(input === '' ? [] : [Buffer.from(input)]),
    write: (bytes) => Promise.resolve(void stdout?.push(Buffer.from(bytes).toString())),
    status: { isShown: false, show: () => undefined, tell: (text) => void stderr?.push(`${text}\n`) },
    print: (text) => Promise.resolve(void stdout?.push(text)),
    note: (text) => void stderr?.push(`${text}\n`),
    command: (line) => void stderr?.push(`${line}\n`),
    confirm: () => Promise.resolve(false),
    interruptible: (work) => work(new AbortController().signal),
  };
  const code = await run(args, terminal);
  return { code, stdout: stdout?.join('') ?? '', stderr: stderr?.join('') ?? '' };
}

import { playActs } from './acts.ts';
import { INSIDE_COMMAND, readOrder, type Order } from './system/order.ts';
import { runOutside } from './outside/outside.ts';
import { startOutside } from './outside/outside-link.ts';
import { runPmsOrder } from './pms/command.ts';
import { readPmsOrder } from './pms/order.ts';
import type { PmsStandIn } from './pms/start.ts';
import { sealFiles } from './outside/sealed-files.ts';
import { startStandIn } from './stand-in.ts';
import { StepFailed } from './system/step.ts';
import { conclusion, INTERRUPTED, stepRefused } from './story.ts';

/** Starting two processes and a link takes a fraction of a second, and on a machine that is busy more than five. */
const SET_UP_BUDGET_MS = 20_000;
const STAND_IN_BUDGET_MS = 20_000;
const FINISH_BUDGET_MS = 2_000;

/**
 * The hidden command, which runs inside the sealed namespaces. `argv[0]` is an order as JSON.
 * Resolves to the exit code: 0 played as meant, 3 a step was not allowed, 70 a report said something else, 130 interrupted, else that
 * of a command that could not run.
 */
export async function runDemoInside(argv: readonly string[]): Promise<number> {
  const pmsOrder = readPmsOrder(argv[0]);
  // Other orders are started with the same Node command: `node FILE demo-inside`.
  if (pmsOrder !== null) return runPmsOrder(pmsOrder, [...process.argv.slice(1, 2), INSIDE_COMMAND]);
  const order = readOrder(argv[0]);
  if (order === null) {
    process.stderr.write(`${INSIDE_COMMAND} is part of the demo; run: pms-proxy-doctor demo\n`);
    return 2;
  }
  return order.role === 'outside' ? runOutside() : playPmsSide(order);
}

type PmsSideOrder = Extract<Order, { role: 'pms-side' }>;

async function playPmsSide({ entry, toolArguments }: PmsSideOrder): Promise<number> {
  const interrupted = whenStandardInputEnds();
  const outside = startOutside(entry);
  let pms: PmsStandIn | null = null;
  try {
    await sealFiles();
    await within(SET_UP_BUDGET_MS, 'the outside of the sealed network', outside.connect());
    pms = await within(STAND_IN_BUDGET_MS, 'the stand-in for PMS', startStandIn(entry));
    const code = await playActs({ tool: { entry, interrupted }, toolArguments, say });
    if (interrupted.aborted) return sayInterrupted();
    const finished = await within(FINISH_BUDGET_MS, 'the end of the demo', outside.finish());
    say(conclusion(code, finished));
    return code;
  } catch (error) {
    if (interrupted.aborted) return sayInterrupted();
    if (!(error instanceof StepFailed)) throw error;
    say(stepRefused(error));
    return 3;
  } finally {
    await pms?.kill();
    outside.process.kill('SIGKILL');
    process.stdin.destroy();
  }
}

function say(lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`${line}\n`);
}

function sayInterrupted(): number {
  say([INTERRUPTED]);
  return 130;
}

/** The process that started the demo holds the other end: it ends when that process interrupts us, and also when it crashes. */
function whenStandardInputEnds(): AbortSignal {
  const controller = new AbortController();
  process.stdin.once('close', () => controller.abort()).resume();
  process.stdin.once('end', () => controller.abort());
  return controller.signal;
}

async function within<T>(budgetMs: number, name: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StepFailed(name, `not ready after ${budgetMs / 1_000} s`)), budgetMs);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

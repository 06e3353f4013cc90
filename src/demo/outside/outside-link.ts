import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { pmsSidePlan } from './network.ts';
import { INSIDE_COMMAND, readOutsideReport, type Finished, type Order, type OutsideReport } from '../system/order.ts';
import { runStep, StepFailed, toolPath } from '../system/step.ts';

/** The outside of the sealed network, as the PMS side sees it. */
export interface Outside {
  readonly process: ChildProcess;
  /** Makes the link to it, and waits until it serves. */
  connect(): Promise<void>;
  finish(): Promise<Finished>;
}

/** Starts the outside in a network namespace of its own; nothing leads there before `connect`. */
export function startOutside(entry: string): Outside {
  const order: Order = { role: 'outside' };
  const outside = spawn('unshare', ['--net', process.execPath, entry, INSIDE_COMMAND, JSON.stringify(order)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: toolPath() },
  });
  outside.once('error', () => undefined);
  outside.stdin.on('error', () => undefined);
  const lines = createInterface({ input: outside.stdout })[Symbol.asyncIterator]();
  const next = async <S extends OutsideReport['state']>(state: S): Promise<Extract<OutsideReport, { state: S }>> => {
    const line = await lines.next();
    const report = line.done ? null : readOutsideReport(line.value);
    if (report?.state === 'failed') throw new StepFailed(report.step, report.detail);
    if (!isState(report, state))
      throw new StepFailed('the outside of the sealed network', `it ended before it was ${state}`);
    return report;
  };
  return {
    process: outside,
    connect: async () => {
      // Its first line comes from the new network namespace: only then can the link lead there.
      await next('separate');
      for (const args of pmsSidePlan(outside.pid ?? 0)) await runStep('the PMS side of the sealed network', 'ip', args);
      outside.stdin.write('connected\n');
      await next('serving');
    },
    finish: async () => {
      outside.stdin.end();
      return next('finished');
    },
  };
}

function isState<S extends OutsideReport['state']>(
  report: OutsideReport | null,
  state: S,
): report is Extract<OutsideReport, { state: S }> {
  return report?.state === state;
}

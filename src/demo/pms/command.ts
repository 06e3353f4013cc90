import { completeConfig } from './config.ts';
import { runNodeClient } from './node-client.ts';
import type { PmsOrder } from './order.ts';
import { runPmsServer } from './server.ts';
import { startPmsStandIn } from './start.ts';

/** Runs an order of the stand-in in this process. `run`: how Node runs another. Resolves to the exit code. */
export function runPmsOrder(order: PmsOrder, run: readonly string[]): Promise<number> {
  switch (order.role) {
    case 'pms':
      return runPmsServer(order, run);
    case 'pms-client':
      return runNodeClient();
    case 'pms-starter':
      return runStarter(order, run);
  }
}

/** Says in one line of JSON what it started, and ends with it. */
async function runStarter(
  { directory, port, config }: Extract<PmsOrder, { role: 'pms-starter' }>,
  run: readonly string[],
): Promise<number> {
  const environment = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const standIn = await startPmsStandIn({ directory, environment, port, config: completeConfig(config), run });
  const { pid, dataDirectory, logDirectory } = standIn;
  process.stdout.write(`${JSON.stringify({ state: 'ready', pid, port: standIn.port, dataDirectory, logDirectory })}\n`);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void standIn.stop());
  await standIn.ended;
  await standIn.stop();
  return 0;
}

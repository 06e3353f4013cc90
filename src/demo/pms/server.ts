import { readFileSync, writeFileSync } from 'node:fs';
import { listen, type Listening } from '../system/listening.ts';
import { Api } from './api.ts';
import type { ClientProgram } from './client.ts';
import { Cloud } from './cloud.ts';
import { CurrentConfig } from './config.ts';
import { isCurl, readIdentity, removeFiles } from './files.ts';
import { layoutOf } from './layout.ts';
import { PmsLog } from './log.ts';
import { runMatcher } from './matcher.ts';
import type { PmsOrder, Ready } from './order.ts';
import { Outgoing } from './outgoing.ts';
import { Scans } from './scans.ts';

const LOOPBACK = '127.0.0.1';

/**
 * Runs the process called Plex Media Server: it serves PMS's API on loopback until its parent closes the standard input or
 * ends. Then its clients are killed and its directory is removed. Resolves to the exit code.
 */
export async function runPmsServer(
  { directory, port }: Extract<PmsOrder, { role: 'pms' }>,
  run: readonly string[],
): Promise<number> {
  const layout = layoutOf(directory);
  const ending = whenToldToEnd();
  const log = new PmsLog(layout.serverLog);
  const current = new CurrentConfig(directory, () => scans.forgetMatches());
  const config = (): ReturnType<CurrentConfig['get']> => current.get();
  const outgoing = new Outgoing(config);
  const environment = ownEnvironment();
  const program = (file: string): Omit<ClientProgram, 'shownArguments'> => ({
    file,
    nodeArguments: isCurl(file) ? null : [...run, JSON.stringify({ role: 'pms-client' } satisfies PmsOrder)],
    environment,
  });
  const client: ClientProgram = { ...program(layout.client), shownArguments: '' };
  const cloud = new Cloud({ config, outgoing, client, log, signal: ending });
  const matcher = { config, outgoing, log, program: program(layout.scanner), matcherLogFile: layout.matcherLog };
  const scans: Scans = new Scans({
    config,
    cloud,
    log,
    match: (signal) =>
      runMatcher({ ...matcher, ownUrl: `http://${LOOPBACK}:${api.port}` }, AbortSignal.any([signal, ending])),
    die: () => process.kill(process.pid, 'SIGKILL'),
  });
  log.started('Plex Media Server', config().version);
  const identity = readIdentity(layout);
  let api: Listening;
  try {
    api = await listen(new Api({ config, identity, cloud, scans, log }).server(), LOOPBACK, port);
  } catch (error) {
    tell({ state: 'failed', detail: error instanceof Error ? error.message : String(error) });
    removeFiles(directory);
    return 1;
  }
  await cloud.start();
  tell({ state: 'ready', port: api.port });
  await aborted(ending);
  scans.stop();
  await api.close();
  removeFiles(directory);
  return 0;
}

/** Synchronous, because the process may end right after it. Its parent may be gone. */
function tell(ready: Ready): void {
  try {
    writeFileSync(1, `${JSON.stringify(ready)}\n`);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
  }
}

/** The starter holds the other end of standard input: it ends when the starter wants it to, and also when that is killed. */
function whenToldToEnd(): AbortSignal {
  const controller = new AbortController();
  const end = (): void => controller.abort();
  process.stdin.once('end', end).once('close', end).once('error', end).resume();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);
  return controller.signal;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** As it was given to this process: the built file takes some of Node's own variables out of its own. */
function ownEnvironment(): Readonly<Record<string, string>> {
  const entries = readFileSync('/proc/self/environ', 'utf8').split('\0').filter(Boolean);
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}

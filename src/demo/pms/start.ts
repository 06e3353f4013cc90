import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { mkdir, readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { completeConfig, writeConfig, type PmsStandInSettings } from './config.ts';
import { prepareFiles, removeFiles, type PlaceProgram } from './files.ts';
import { layoutOf } from './layout.ts';
import { readReady, type PmsOrder, type Ready } from './order.ts';
import { PMS_PORT } from '../../core/values/pms-port.ts';

export interface PmsStandInOptions {
  /** A directory of its own, missing or empty: made, filled and removed. */
  readonly directory: string;
  /** The environment of the process called Plex Media Server, beside what PMS's packages set. */
  readonly environment: Readonly<Record<string, string>>;
  readonly config: PmsStandInSettings;
  /** On 127.0.0.1; 0 takes a free one. Default: {@link PMS_PORT}. */
  readonly port?: number;
  /** Arguments with which Node runs an order of the stand-in; the order follows as the last one. */
  readonly run: readonly string[];
  /** How programs get their names. Default: by hard links, or as copies. */
  readonly place?: PlaceProgram;
}

export interface PmsStandIn {
  readonly pid: number;
  readonly port: number;
  /** Everything of it is below this. */
  readonly directory: string;
  /** `…/Plex Media Server`, with Preferences.xml and Logs. */
  readonly dataDirectory: string;
  readonly logDirectory: string;
  /** The token in `.LocalAdminToken`. */
  readonly token: string;
  /** The exit of its process for any reason: a scan that it was told to die in, a signal, `stop`. */
  readonly ended: Promise<void>;
  /** Changes how it behaves from now on; what is not named has its default. */
  configure(config: PmsStandInSettings): void;
  /** Ends it in order; resolves when its processes and files are gone. */
  stop(): Promise<void>;
  /** The same by SIGKILL. */
  kill(): Promise<void>;
}

/** Node, and the built file where it runs from that. */
const START_MS = 10_000;
/** An end in order takes milliseconds. */
const STOP_MS = 3_000;
const COMPLAINT_LIMIT = 2_000;

/**
 * Starts a stand-in for Plex Media Server (Linux only), and resolves when it has decided whether it is signed in. Rejects when it cannot
 * start, and leaves nothing then. Its processes and files also go when the calling process is killed. Two things can stay
 * behind: a client, for as long as its own time limit, and files, when the caller and the stand-in are killed at once.
 */
export async function startPmsStandIn(options: PmsStandInOptions): Promise<PmsStandIn> {
  const directory = resolve(options.directory);
  const config = completeConfig(options.config);
  await makeEmpty(directory);
  const layout = layoutOf(directory);
  try {
    const identity = await prepareFiles(directory, config, options.place);
    writeConfig(directory, options.config);
    const order: PmsOrder = { role: 'pms', directory, port: options.port ?? PMS_PORT };
    const child = spawn(layout.server, [...options.run, JSON.stringify(order)], {
      cwd: layout.data,
      env: {
        PLEX_MEDIA_SERVER_HOME: layout.programs,
        PLEX_MEDIA_SERVER_APPLICATION_SUPPORT_DIR: layout.applicationSupport,
        ...options.environment,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A process group of its own, so that its clients can be killed with it.
      detached: true,
    });
    const ended = endOf(child);
    const { port } = await readyOrKilled(child, ended, START_MS + 2_000 * config.connectTimeoutSeconds);
    const remove = async (): Promise<void> => {
      await ended;
      removeFiles(directory);
    };
    return {
      pid: child.pid ?? 0,
      port,
      directory,
      dataDirectory: layout.data,
      logDirectory: layout.logs,
      token: identity.adminToken,
      ended,
      configure: (next) => writeConfig(directory, next),
      stop: async () => {
        child.stdin.end();
        const late = setTimeout(() => killGroup(child), STOP_MS);
        await remove();
        clearTimeout(late);
      },
      kill: async () => {
        killGroup(child);
        await remove();
      },
    };
  } catch (error) {
    removeFiles(directory);
    throw error;
  }
}

async function makeEmpty(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const found = await readdir(directory);
  if (found.length > 0) throw new Error(`${directory} is not empty: a stand-in would remove what is in it`);
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** The end of the process. Its clients end with it, whatever ended it. */
function endOf(child: Child): Promise<void> {
  child.stdin.on('error', () => undefined);
  return new Promise((settle) => {
    child.once('error', () => settle());
    child.once('exit', () => {
      killGroup(child);
      settle();
    });
  });
}

function killGroup({ pid }: Child): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // ESRCH: no process is left in the group.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

async function readyOrKilled(
  child: Child,
  ended: Promise<void>,
  budgetMs: number,
): Promise<Extract<Ready, { state: 'ready' }>> {
  let complaint = '';
  const listen = (chunk: Buffer): void => {
    complaint = (complaint + chunk.toString()).slice(0, COMPLAINT_LIMIT);
  };
  child.stderr.on('data', listen);
  const late = setTimeout(() => killGroup(child), budgetMs);
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([
    new Promise<string>((settle) => lines.once('line', settle)),
    ended.then(() => null),
  ]);
  clearTimeout(late);
  child.stderr.off('data', listen);
  const ready = line === null ? null : readReady(line);
  // From here on it has nothing to say, unless it crashes.
  if (ready?.state === 'ready') {
    child.stderr.pipe(process.stderr, { end: false });
    return ready;
  }
  killGroup(child);
  await ended;
  throw new Error(
    `the stand-in for PMS did not start: ${ready?.detail ?? (complaint.trim() || 'it ended, or took too long')}`,
  );
}

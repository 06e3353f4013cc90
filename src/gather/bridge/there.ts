import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Tunnel } from '../../core/model/bridge.ts';
import { systemErrorCode } from '../system/errors.ts';
import { readBridgeLine, STOP, type BridgeOrder } from './wire.ts';

/** Name of the hidden command that is a bridge. */
export const BRIDGE_COMMAND = 'bridge-inside';

/** Starting Node takes tenths of a second; the answers of the proxy come within the time limit of a connection. */
const START_MS = 5_000;
/** Listeners close at once. */
const STOP_MS = 2_000;
const SYSTEM_PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

/** Why there is no bridge. */
export type BridgeTrouble =
  | { readonly kind: 'port-taken'; readonly address: string }
  | { readonly kind: 'failed'; readonly detail: string };

export type BridgeStart =
  | { readonly ok: true; readonly bridge: RunningBridge }
  | { readonly ok: false; readonly trouble: BridgeTrouble };

/** A bridge that listens; nothing leads to it yet. */
export class RunningBridge {
  /** The proxy's answers for each name, before anything was changed. */
  readonly asked: readonly Tunnel[];
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #tunnels: Tunnel[];

  constructor(child: ChildProcess, ended: Promise<void>, asked: readonly Tunnel[], tunnels: Tunnel[]) {
    this.#child = child;
    this.#ended = ended;
    this.asked = asked;
    this.#tunnels = tunnels;
  }

  /** Passages until now. */
  get tunnels(): readonly Tunnel[] {
    return [...this.#tunnels];
  }

  /** Closes its listeners and all connections. */
  async stop(): Promise<void> {
    this.#child.stdin?.end(`${STOP}\n`);
    const limit = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    await this.#ended;
    clearTimeout(limit);
  }
}

/** Starts a bridge in a network. `network`: path of a namespace to enter; null: our own. `entry`: this program's own file. */
export async function startBridge(order: BridgeOrder, network: string | null, entry: string): Promise<BridgeStart> {
  const own = [process.execPath, entry, BRIDGE_COMMAND];
  const [file = '', ...args] = network === null ? own : ['nsenter', `--net=${network}`, '--', ...own];
  const child = spawn(file, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    cwd: '/',
    env: { PATH: SYSTEM_PATH, LANG: 'C.UTF-8' },
  });
  const tunnels: Tunnel[] = [];
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-1_000)));
  // Writing to a child that has ended fails, which its end tells better.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<void>((settle) => {
    child
      .once('close', () => settle())
      .once('error', (error) => {
        said += systemErrorCode(error) === 'ENOENT' ? 'nsenter (util-linux) is not installed' : error.message;
        settle();
      });
  });
  const fail = (trouble: BridgeTrouble): BridgeStart => ({ ok: false, trouble });
  let limit: NodeJS.Timeout | undefined;
  const started = await new Promise<BridgeStart>((settle) => {
    limit = setTimeout(
      () => settle(fail({ kind: 'failed', detail: 'it was not ready in time' })),
      START_MS + 2 * order.timeoutMs,
    );
    void ended.then(() =>
      settle(fail({ kind: 'failed', detail: said.trim().split('\n').at(-1) || 'it ended at once' })),
    );
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = readBridgeLine(text);
      if (line.kind === 'tunnel') tunnels.push(line.tunnel);
      else if (line.kind === 'ready')
        settle({ ok: true, bridge: new RunningBridge(child, ended, line.asked, tunnels) });
      else if (line.code === 'EADDRINUSE') settle(fail({ kind: 'port-taken', address: line.address }));
      else settle(fail({ kind: 'failed', detail: `${line.step} ${line.address}: ${line.code}` }));
    });
    child.stdin.write(`${JSON.stringify(order)}\n`);
  });
  clearTimeout(limit);
  if (!started.ok) {
    child.kill('SIGKILL');
    await ended;
  }
  return started;
}

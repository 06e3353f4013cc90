import { setMaxListeners } from 'node:events';
import { openSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Tunnel } from '../../core/model/bridge.ts';
import { Deadline } from '../../core/values/deadline.ts';
import { ProxyUrl } from '../../core/values/secret.ts';
import { Proxy } from '../probe/proxy.ts';
import { NameResolver } from '../probe/wire/resolve.ts';
import { SocketSet } from '../probe/wire/tcp.ts';
import { createTrust } from '../probe/wire/trust.ts';
import { systemErrorCode } from '../system/errors.ts';
import { becomeUser } from '../vantage/inside.ts';
import { readBridgeOrder, STOP, type BridgeLine, type BridgeOrder } from './wire.ts';

/** Connections that wait while a burst of them is taken. */
const BACKLOG = 1_024;

/**
 * A bridge: this tool once more, in the network of PMS. It listens on one loopback address for each name and passes each connection on as
 * CONNECT by that name. It ends with its standard input, which is closed when the process that started it ends, in whichever way.
 */
export async function runBridgeInside(): Promise<void> {
  const lines = createInterface({ input: process.stdin });
  lines.on('close', () => process.exit(0));
  const order = await new Promise<BridgeOrder>((settle) => {
    let isFirst = true;
    lines.on('line', (line) => {
      if (line === STOP) process.exit(0);
      if (isFirst) settle(readBridgeOrder(line));
      isFirst = false;
    });
  });
  // Opened before the rights are given up, as for a prober.
  const root = order.root === null ? null : `/proc/self/fd/${openSync(order.root, 'r')}`;
  const passage = new Passage(order, root);
  for (const { host, address } of order.hosts) {
    const code = await listen(passage.serverFor(host), address, order.port);
    if (code !== null) return write({ kind: 'failed', step: 'listen', code, address });
  }
  const refusal = order.user === null ? null : becomeUser(order.user);
  if (refusal !== null) return write({ kind: 'failed', step: 'user', code: refusal, address: '' });
  write({ kind: 'ready', asked: await Promise.all(order.hosts.map(({ host }) => passage.ask(host))) });
  await new Promise(() => undefined);
}

/** The way through one proxy. */
class Passage {
  readonly #order: BridgeOrder;
  readonly #proxy: Proxy;
  readonly #signal = new AbortController().signal;

  constructor(order: BridgeOrder, root: string | null) {
    const parsed = ProxyUrl.parse(order.proxy);
    if (!parsed.ok) throw new Error('the order names no proxy');
    setMaxListeners(0, this.#signal);
    const { timeoutMs } = order;
    this.#order = order;
    this.#proxy = new Proxy(parsed.url, 'the settings', {
      resolver: new NameResolver({ timeoutMs, signal: this.#signal, root }),
      trust: createTrust(order.extraRootsPem, null),
      timeoutMs,
      signal: this.#signal,
    });
  }

  serverFor(host: string): Server {
    return createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (client) => {
      client.on('error', () => undefined);
      void this.#pass(client, host);
    });
  }

  /** Opens the way once and closes it: does the proxy let this name through? */
  async ask(host: string): Promise<Tunnel> {
    const sockets = new SocketSet();
    const { tunnel } = await this.#open(host, sockets);
    await sockets.destroyAll();
    return tunnel;
  }

  async #pass(client: Socket, host: string): Promise<void> {
    const sockets = new SocketSet();
    const { tunnel, socket } = await this.#open(host, sockets);
    write({ kind: 'tunnel', tunnel });
    if (socket === null || client.destroyed) {
      client.resetAndDestroy();
      return sockets.destroyAll();
    }
    // One side that is gone ends the other; a half-closed one is passed on as such.
    client.once('close', () => void sockets.destroyAll());
    socket.once('close', () => client.destroy());
    client.pipe(socket);
    socket.pipe(client);
  }

  async #open(host: string, sockets: SocketSet): Promise<{ readonly tunnel: Tunnel; readonly socket: Socket | null }> {
    const deadline = Deadline.after(this.#order.timeoutMs);
    const at = new Date().toISOString();
    const opened = await this.#proxy.open(sockets, deadline);
    const way = opened.ok ? await this.#proxy.tunnel(opened.value.socket, host, this.#order.port, deadline) : opened;
    const tunnel: Tunnel = way.ok
      ? { host, at, outcome: 'ok', code: null, status: 200 }
      : { host, at, outcome: way.outcome, code: way.code, status: way.status ?? null };
    return { tunnel, socket: way.ok ? way.value : null };
  }
}

/** null: it listens; else the error's code. */
function listen(server: Server, host: string, port: number): Promise<string | null> {
  return new Promise((settle, reject) => {
    server.once('error', (error) => {
      const code = systemErrorCode(error);
      if (code === null) reject(error);
      else settle(code);
    });
    server.listen({ host, port, backlog: BACKLOG }, () => settle(null));
  });
}

function write(line: BridgeLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

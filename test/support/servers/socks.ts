import { connect, createServer, type Socket } from 'node:net';
import { Connections, listen, type Listening } from '../../../src/demo/system/listening.ts';
import { join, type Destination } from '../../../src/demo/outside/proxy.ts';
import { formatAddress } from '../../../src/core/values/address.ts';

/** refuse: a proper refusal by policy; silent: reads and never answers; garbage: answers with what is not SOCKS. */
export type SocksMode = 'work' | 'refuse' | 'silent' | 'garbage';

export interface SocksSettings {
  readonly mode?: SocksMode;
  /** SOCKS5 only (RFC 1929): demanded from every client. */
  readonly credentials?: { readonly user: string; readonly password: string };
  /** Where names and addresses lead: `plex.tv:443` or `plex.tv`. Others cannot be reached. */
  readonly map?: Readonly<Record<string, Destination>>;
}

export interface SocksRequest {
  readonly version: 4 | 5;
  /** How the client named its target: a name means that the proxy resolves it (SOCKS4a, SOCKS5 with socks5h). */
  readonly addressed: 'name' | 'address';
  readonly host: string;
  readonly port: number;
}

export interface ListeningSocks extends Listening {
  /** Every CONNECT request, oldest first. */
  readonly log: readonly SocksRequest[];
}

/** A SOCKS 4, 4a and 5 server for CONNECT on one port, told apart by the first byte. */
export async function socksServer(settings: SocksSettings = {}): Promise<ListeningSocks> {
  const log: SocksRequest[] = [];
  const outgoing = new Connections();
  const server = createServer((socket) => {
    // A client that leaves in the middle of the dialogue ends the reader with an error; no client is left to tell.
    serve(socket, settings, log, outgoing).catch(() => socket.destroy());
  });
  server.on('close', () => outgoing.destroy());
  return { ...(await listen(server)), log };
}

async function serve(
  socket: Socket,
  settings: SocksSettings,
  log: SocksRequest[],
  outgoing: Connections,
): Promise<void> {
  if (settings.mode === 'silent') {
    socket.resume();
    return;
  }
  const input = new Input(socket);
  const version = await input.byte();
  if (settings.mode === 'garbage') {
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    return;
  }
  const dialogue = version === 4 ? new Socks4(socket, input) : new Socks5(socket, input);
  if (dialogue instanceof Socks5 && !(await dialogue.greet(settings.credentials))) return;
  const request = await dialogue.request();
  log.push(request);
  const target = settings.map?.[`${request.host}:${request.port}`] ?? settings.map?.[request.host];
  if (settings.mode === 'refuse') return dialogue.refuse('policy');
  if (!target) return dialogue.refuse('unreachable');
  const upstream = connect(target);
  outgoing.add(upstream);
  const giveUp = (): void => dialogue.refuse('unreachable');
  upstream.once('error', giveUp);
  upstream.once('connect', () => {
    upstream.off('error', giveUp);
    dialogue.accept();
    input.release();
    join(socket, upstream);
  });
}

interface Dialogue {
  request(): Promise<SocksRequest>;
  accept(): void;
  refuse(why: 'policy' | 'unreachable'): void;
}

class Socks4 implements Dialogue {
  readonly #socket: Socket;
  readonly #input: Input;

  constructor(socket: Socket, input: Input) {
    this.#socket = socket;
    this.#input = input;
  }

  /** SOCKS4a: an address 0.0.0.x with x ≠ 0 says that a name follows the user id. */
  async request(): Promise<SocksRequest> {
    await this.#input.byte();
    const port = (await this.#input.bytes(2)).readUInt16BE();
    const address = await this.#input.bytes(4);
    await this.#input.untilZero();
    const named = address.readUInt32BE() > 0 && address.readUInt32BE() < 256;
    const host = named ? await this.#input.untilZero() : address.join('.');
    return { version: 4, addressed: named ? 'name' : 'address', host, port };
  }

  accept(): void {
    this.#socket.write(Buffer.from([0, 90, 0, 0, 0, 0, 0, 0]));
  }

  refuse(): void {
    this.#socket.end(Buffer.from([0, 91, 0, 0, 0, 0, 0, 0]));
  }
}

const NO_AUTHENTICATION = 0x00;
const USER_AND_PASSWORD = 0x02;
const NOTHING_ACCEPTABLE = 0xff;

/** RFC 1928, with the sub-negotiation of RFC 1929. */
class Socks5 implements Dialogue {
  readonly #socket: Socket;
  readonly #input: Input;

  constructor(socket: Socket, input: Input) {
    this.#socket = socket;
    this.#input = input;
  }

  async greet(credentials: SocksSettings['credentials']): Promise<boolean> {
    const offered = await this.#input.bytes(await this.#input.byte());
    const wanted = credentials ? USER_AND_PASSWORD : NO_AUTHENTICATION;
    if (!offered.includes(wanted)) {
      this.#socket.end(Buffer.from([5, NOTHING_ACCEPTABLE]));
      return false;
    }
    this.#socket.write(Buffer.from([5, wanted]));
    if (!credentials) return true;
    await this.#input.byte();
    const user = (await this.#input.bytes(await this.#input.byte())).toString();
    const password = (await this.#input.bytes(await this.#input.byte())).toString();
    const accepted = user === credentials.user && password === credentials.password;
    if (accepted) this.#socket.write(Buffer.from([1, 0]));
    else this.#socket.end(Buffer.from([1, 1]));
    return accepted;
  }

  async request(): Promise<SocksRequest> {
    const [, , , addressType = 0] = await this.#input.bytes(4);
    const named = addressType === 3;
    const host = named
      ? (await this.#input.bytes(await this.#input.byte())).toString()
      : (formatAddress(await this.#input.bytes(addressType === 1 ? 4 : 16)) ?? '');
    const port = (await this.#input.bytes(2)).readUInt16BE();
    return { version: 5, addressed: named ? 'name' : 'address', host, port };
  }

  accept(): void {
    this.#socket.write(this.#reply(0));
  }

  /** RFC 1928 6: 2 is "connection not allowed by ruleset", 4 "host unreachable". */
  refuse(why: 'policy' | 'unreachable'): void {
    this.#socket.end(this.#reply(why === 'policy' ? 2 : 4));
  }

  #reply(code: number): Buffer {
    return Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]);
  }
}

/** Exact amounts of bytes from a socket, whatever its chunks are. */
class Input {
  readonly #socket: Socket;
  #buffered: Buffer = Buffer.alloc(0);
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', this.#take);
    socket.once('end', () => this.#wake());
    socket.once('close', () => this.#wake());
  }

  readonly #take = (chunk: Buffer): void => {
    this.#buffered = Buffer.concat([this.#buffered, chunk]);
    this.#wake();
  };

  async byte(): Promise<number> {
    return (await this.bytes(1)).readUInt8();
  }

  async bytes(count: number): Promise<Buffer> {
    while (this.#buffered.length < count) {
      if (this.#socket.readableEnded || this.#socket.destroyed) throw new Error('the client left');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const taken = this.#buffered.subarray(0, count);
    this.#buffered = this.#buffered.subarray(count);
    return taken;
  }

  async untilZero(): Promise<string> {
    let text = '';
    for (let byte = await this.byte(); byte !== 0; byte = await this.byte()) text += String.fromCharCode(byte);
    return text;
  }

  /** Hands the socket on, with what was read too far put back. */
  release(): void {
    this.#socket.off('data', this.#take);
    if (this.#buffered.length > 0) this.#socket.unshift(this.#buffered);
  }
}

import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { Readable } from 'node:stream';
import { connect } from 'node:tls';
import { parseArgs } from 'node:util';
import { getExtensionData, readTlsClientHello } from 'read-tls-client-hello';
import {
  ClientHelloReader,
  parseClientHello,
  parseHelloMessage,
  readPartialHello,
} from '../../src/parse/client-hello/index.ts';
import { QuicInitialReader } from '../../src/parse/quic/initial.ts';
import { browserHello, concat, helloMessage, sslv2Hello, tlsHello } from '../support/packets/hello-builder.ts';
import { cryptoFrame, helloDatagrams, initialPacket } from '../support/packets/quic-builder.ts';

/**
 * How many hellos a second our parser reads, against read-tls-client-hello on the same hellos in the same run; then whether mutated
 * inputs make it throw: `node src/tooling/run.mjs test/bench/client-hello.ts [--mutations N] [--seed N]`.
 */

const RATIO_BAR = 20;
const NAME = 'app.plex.tv';

/** Pairs of runs: the machine's speed drifts, so each run is compared with the one beside it. */
const PAIRS = 7;
const PEER_HELLOS_PER_RUN = 1_000;
const OWN_HELLOS_PER_RUN = 100_000;

/** Protecting a packet anew costs fifty times as much as reading a hello. */
const QUIC_EVERY = 100;

/** A client that has not sent its hello by then is not installed, or not willing. */
const CLIENT_BUDGET_MS = 5_000;

interface Sample {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The first bytes of the client to a server that says nothing; null when it sends none. */
function firstBytes(dial: (port: number) => () => void): Promise<Uint8Array | null> {
  const { promise, resolve } = deferred<Uint8Array | null>();
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (bytes) => {
      resolve(bytes);
      socket.destroy();
    });
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    const hangUp = dial(typeof address === 'object' ? (address?.port ?? 0) : 0);
    const timer = setTimeout(() => resolve(null), CLIENT_BUDGET_MS);
    void promise.finally(() => {
      clearTimeout(timer);
      hangUp();
      server.close();
    });
  });
  return promise;
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}

function byNode(options: object): (port: number) => () => void {
  return (port) => {
    const socket = connect({ host: '127.0.0.1', port, servername: NAME, ...options });
    socket.on('error', () => {});
    return () => socket.destroy();
  };
}

function byCommand(command: string, args: (port: number) => readonly string[]): (port: number) => () => void {
  return (port) => {
    const child = spawn(command, args(port), { stdio: 'ignore' });
    child.on('error', () => {});
    return () => child.kill('SIGKILL');
  };
}

const PYTHON = (port: number): string =>
  `import socket, ssl; ssl.create_default_context().wrap_socket(socket.create_connection(('127.0.0.1', ${port})), server_hostname='${NAME}')`;

const CLIENTS: Readonly<Record<string, (port: number) => () => void>> = {
  'node:tls': byNode({}),
  'node:tls, TLS 1.2': byNode({ maxVersion: 'TLSv1.2' }),
  'node:tls, ALPN': byNode({ ALPNProtocols: ['h2', 'http/1.1'] }),
  openssl: byCommand('openssl', (port) => ['s_client', '-connect', `127.0.0.1:${port}`, '-servername', NAME]),
  curl: byCommand('curl', (port) => [
    '-s',
    '--noproxy',
    '*',
    '--connect-to',
    `::127.0.0.1:${port}`,
    `https://${NAME}/`,
  ]),
  python: byCommand('python3', (port) => ['-c', PYTHON(port)]),
};

/** Hellos that both parsers can read: each in one record. */
async function collect(): Promise<readonly Sample[]> {
  const samples: Sample[] = [
    { name: 'built: short', bytes: tlsHello({ name: NAME }) },
    { name: 'built: as a browser, post-quantum', bytes: tlsHello(browserHello(NAME)) },
  ];
  for (const [name, dial] of Object.entries(CLIENTS)) {
    const bytes = await firstBytes(dial);
    if (bytes === null) console.log(`${name} sent no hello and is left out`);
    else samples.push({ name, bytes });
  }
  return samples;
}

function streamOf(bytes: Uint8Array): Readable {
  const stream = new Readable({ read() {} });
  stream.push(bytes);
  return stream;
}

async function checkSameName(bytes: Uint8Array): Promise<void> {
  const own = parseClientHello(bytes);
  const ownName = own.kind === 'complete' && own.hello.serverName.kind === 'name' ? own.hello.serverName.name : null;
  const peerName = getExtensionData(await readTlsClientHello(streamOf(bytes)), 'sni')?.serverName;
  if (ownName !== NAME || peerName !== NAME) throw new Error(`ours reads ${ownName}, the peer ${peerName}`);
}

/** Milliseconds for one hello; the streams that the peer wants are made beforehand and not counted. */
async function peerMs(bytes: Uint8Array, count: number): Promise<number> {
  const streams = Array.from({ length: count }, () => streamOf(bytes));
  const startedAt = performance.now();
  for (const stream of streams) await readTlsClientHello(stream);
  return (performance.now() - startedAt) / count;
}

function ownMs(bytes: Uint8Array, count: number): number {
  const startedAt = performance.now();
  for (let i = 0; i < count; i += 1) {
    if (parseClientHello(bytes).kind !== 'complete') throw new Error('not a hello');
  }
  return (performance.now() - startedAt) / count;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function compare({ name, bytes }: Sample): Promise<number> {
  await checkSameName(bytes);
  const [own, peer, ratios]: [number[], number[], number[]] = [[], [], []];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const [ownNow, peerNow] = [ownMs(bytes, OWN_HELLOS_PER_RUN), await peerMs(bytes, PEER_HELLOS_PER_RUN)];
    own.push(ownNow);
    peer.push(peerNow);
    ratios.push(peerNow / ownNow);
  }
  const rate = (times: readonly number[]): string => `${Math.round(1000 / median(times)).toLocaleString('en')}/s`;
  const spread = `${Math.min(...ratios).toFixed(0)} to ${Math.max(...ratios).toFixed(0)}`;
  console.log(
    `${name.padEnd(34)} ${String(bytes.length).padStart(5)} bytes  ours ${rate(own).padStart(12)}  ` +
      `read-tls-client-hello ${rate(peer).padStart(8)}  ${median(ratios).toFixed(0)} × (${spread})`,
  );
  return median(ratios);
}

/** mulberry32: the same numbers for the same seed on every machine. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** A copy with up to eight changes (bytes that are off by a little, or anything), sometimes cut, in a buffer that is used again. */
function mutate(bytes: Uint8Array, buffer: Uint8Array, random: (below: number) => number): Uint8Array {
  buffer.set(bytes);
  for (let left = random(9); left > 0; left -= 1) {
    // Most of what counts stands in the first few hundred bytes.
    const at = random(random(2) === 0 ? bytes.length : Math.min(bytes.length, 160));
    buffer[at] = random(2) === 0 ? random(256) : (buffer[at] ?? 0) + random(5) - 2;
  }
  return buffer.subarray(0, random(4) === 0 ? random(bytes.length + 1) : bytes.length);
}

/** Every way to read what goes over TCP; the results must agree. */
function readStream(bytes: Uint8Array, cut: number): string {
  const whole = parseClientHello(bytes).kind;
  parseHelloMessage(bytes, Math.min(5, bytes.length));
  readPartialHello(bytes);
  const reader = new ClientHelloReader();
  reader.push(bytes.subarray(0, cut));
  const inParts = reader.push(bytes.subarray(cut)).kind;
  if (inParts !== whole) throw new Error(`in parts ${inParts}, as a whole ${whole}`);
  reader.next();
  return whole;
}

function readDatagram(datagram: Uint8Array): string {
  const reader = new QuicInitialReader();
  const { kind } = reader.push(datagram);
  reader.partial();
  return `QUIC ${kind}`;
}

function mutations(samples: readonly Sample[], count: number, seed: number): void {
  const random = randomNumbers(seed);
  const message = helloMessage(browserHello(NAME));
  const [streams, frames, datagrams] = [
    [
      ...samples.map(({ bytes }) => bytes),
      tlsHello(browserHello(NAME), [100]),
      tlsHello({ name: NAME, alpn: ['h2'], supportedVersions: [0x0304] }, [3, 60]),
      sslv2Hello(),
    ],
    [
      cryptoFrame(0, message),
      concat(cryptoFrame(700, message.subarray(700)), cryptoFrame(0, message.subarray(0, 700))),
    ],
    helloDatagrams(message),
  ];
  const mutant = (of: readonly Uint8Array[]): Uint8Array => mutate(of[random(of.length)] ?? buffer, buffer, random);
  const readOne = (i: number): string => {
    if (i % QUIC_EVERY === 0) return readDatagram(initialPacket({ frames: mutant(frames) }));
    if (i % QUIC_EVERY === 1) return readDatagram(mutant(datagrams));
    const bytes = mutant(streams);
    return readStream(bytes, random(bytes.length + 1));
  };
  const buffer = new Uint8Array(8192);
  const kinds = new Map<string, number>();
  const startedAt = performance.now();
  let thrown = 0;
  for (let i = 0; i < count; i += 1) {
    try {
      const kind = readOne(i);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    } catch (error) {
      thrown += 1;
      if (thrown === 1) console.log(`input ${i}: ${Buffer.from(buffer).toString('hex')}`, error);
    }
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  const tally = [...kinds].map(([kind, times]) => `${times.toLocaleString('en')} ${kind}`).join(', ');
  console.log(`${count.toLocaleString('en')} mutated inputs (seed ${seed}, ${seconds} s): ${thrown} throws; ${tally}`);
  if (thrown > 0) process.exitCode = 1;
}

const { values } = parseArgs({
  options: { mutations: { type: 'string', default: '10000000' }, seed: { type: 'string', default: '1' } },
});
const samples = await collect();
const ratios: number[] = [];
for (const sample of samples) ratios.push(await compare(sample));
const least = Math.min(...ratios);
console.log(`least ratio ${least.toFixed(0)} × (bar ${RATIO_BAR})${least < RATIO_BAR ? '  UNDER' : ''}`);
mutations(samples, Number(values.mutations), Number(values.seed));

import { mkdtempSync, openSync, rmSync, writeSync, closeSync } from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CaptureReader } from '../../src/parse/capture/index.ts';
import { ACK, Conversation, ethernet, FIN, PSH } from '../support/packets/pcap-builder.ts';
import { CLI, CLI_CODES, median, TELL_MEMORY, timedRun, type TimedRun } from '../support/system/timed-run.ts';

/**
 * How long it takes to list the server names in a large capture, and how long the whole `read` takes, as processes, beside tshark that
 * lists the names of the same file. Needs tshark and the built command:
 * `node src/tooling/run.mjs test/bench/capture.ts [--size MB] [--connections N] [--runs N]`.
 */

const RATIO_BAR = 10;
const MEMORY_BAR_MB = 250;
const SEED = 20_240_601;
const SEGMENT_BYTES = 1400;
/** Connections that are open at the same time. */
const OPEN = 64;
const READ_BYTES = 1 << 20;
const NAME = 'host-00000.metadata.example';

/** mulberry32. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The hello that this Node's TLS sends, for a name of which each connection has its own digits. */
async function realHello(): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.once('data', (bytes) => {
        socket.destroy();
        server.close();
        resolve(bytes);
      });
    });
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address();
      const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
      const options = { socket: connect(port, '127.0.0.1'), servername: NAME, ALPNProtocols: ['h2', 'http/1.1'] };
      // The server hangs up as soon as it has the hello.
      connectTls(options).on('error', () => {});
    });
    server.on('error', reject);
  });
}

function serverHello(): Uint8Array {
  const hello = Buffer.alloc(5 + 122, 7);
  hello.set([22, 3, 3, 0, 122, 2, 0, 0, 118, 3, 3]);
  return hello;
}

/** Appends packets to a file, 4 MiB at a time. */
class PcapWriter {
  readonly #file: number;
  readonly #buffer = Buffer.alloc(4 << 20);
  #filled = 24;
  #packets = 0;
  bytes = 24;

  constructor(path: string) {
    this.#file = openSync(path, 'w');
    for (const [at, value] of [0xa1b2c3d4, 0x00040002, 0, 0, 262_144, 1].entries())
      this.#buffer.writeUInt32LE(value, 4 * at);
  }

  add(frame: Uint8Array): void {
    if (this.#filled + 16 + frame.length > this.#buffer.length) this.#flush();
    const head = [
      1_700_000_000 + Math.floor(this.#packets / 1000),
      (this.#packets % 1000) * 1000,
      frame.length,
      frame.length,
    ];
    for (const [at, value] of head.entries()) this.#buffer.writeUInt32LE(value, this.#filled + 4 * at);
    this.#buffer.set(frame, this.#filled + 16);
    this.#filled += 16 + frame.length;
    this.bytes += 16 + frame.length;
    this.#packets += 1;
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    writeSync(this.#file, this.#buffer, 0, this.#filled);
    this.#filled = 0;
  }
}

/** The frames of one connection: handshake, hello (every fifth in two segments, some of these out of order), bulk data, end. */
function* framesOf(id: number, hello: Uint8Array, bulkSegments: number, next: () => number): Generator<Uint8Array> {
  const conversation = new Conversation({
    client: `10.${id >> 14}.${(id >> 7) & 0x7f}.${id & 0x7f}`,
    clientPort: 32_768 + (id % 28_000),
    server: `198.51.100.${id % 250}`,
    clientIsn: Math.floor(next() * 2 ** 32),
    serverIsn: Math.floor(next() * 2 ** 32),
  });
  for (const packet of conversation.handshake()) yield ethernet(packet);
  const named = Buffer.from(hello);
  named.write(String(id).padStart(5, '0'), named.indexOf(NAME) + 5);
  const cut = id % 5 === 0 ? Math.floor(next() * named.length) : named.length;
  yield ethernet(conversation.says(named.subarray(0, cut)));
  if (cut < named.length) yield ethernet(conversation.says(named.subarray(cut)));
  yield ethernet(conversation.answers(serverHello()));
  const data = Buffer.alloc(SEGMENT_BYTES, 0x5a);
  data.set([23, 3, 3, 0x40, 0]);
  for (let segment = 0; segment < bulkSegments; segment += 1) {
    data.writeUInt32BE(segment, 16);
    yield ethernet(segment % 12 === 11 ? conversation.says(data.subarray(0, 120)) : conversation.answers(data));
    if (segment % 2 === 1) yield ethernet(conversation.fromClient({}));
  }
  yield ethernet(conversation.fromServer({ flags: FIN | ACK | PSH }));
  yield ethernet(conversation.fromClient({ flags: FIN | ACK }));
}

function writeCapture(path: string, hello: Uint8Array, connections: number, totalBytes: number): number {
  const next = random(SEED);
  const writer = new PcapWriter(path);
  const perConnection = totalBytes / connections;
  const mean = Math.max(0, (perConnection - 1800) / (SEGMENT_BYTES * 0.92 + 70 + 35));
  const open: Generator<Uint8Array>[] = [];
  let started = 0;
  while (started < connections || open.length > 0) {
    if (open.length < OPEN && started < connections) {
      open.push(framesOf(started, hello, Math.round(mean * (0.5 + next())), next));
      started += 1;
      continue;
    }
    const chosen = Math.floor(next() * open.length);
    for (let burst = 0; burst < 4; burst += 1) {
      const frame = open[chosen]?.next();
      if (frame?.done === false) writer.add(frame.value);
      else if (burst === 0) open.splice(chosen, 1);
    }
  }
  writer.close();
  return writer.bytes;
}

/** The task itself, in a process of its own: reads one chunk while the one before is parsed. */
async function listNames(path: string): Promise<void> {
  const reader = new CaptureReader();
  const file = await openFile(path);
  const buffers = [new Uint8Array(READ_BYTES), new Uint8Array(READ_BYTES)] as const;
  let pending = file.read(buffers[0], 0, READ_BYTES);
  for (let turn = 0; ; turn += 1) {
    const { bytesRead, buffer } = await pending;
    if (bytesRead === 0) break;
    pending = file.read(buffers[turn % 2 === 0 ? 1 : 0], 0, READ_BYTES);
    reader.push(buffer.subarray(0, bytesRead));
  }
  await file.close();
  reader.end();
  const lines: string[] = [];
  for (const { hellos } of reader.connections()) {
    for (const { serverName } of hellos) lines.push(serverName.kind === 'name' ? serverName.name : '');
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

function sortedLines(text: string): string {
  return text.trimEnd().split('\n').sort().join('\n');
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      read: { type: 'string' },
      size: { type: 'string', default: '1000' },
      connections: { type: 'string', default: '17000' },
      runs: { type: 'string', default: '3' },
    },
  });
  if (values.read !== undefined) {
    await listNames(values.read);
    return;
  }
  const directory = mkdtempSync(join(tmpdir(), 'bench-capture-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  // With a handler, a signal ends the child alone at first: its failure ends this process, in order.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  compare(join(directory, 'capture.pcap'), await realHello(), values);
}

function compare(path: string, hello: Uint8Array, values: { size: string; connections: string; runs: string }): void {
  const bytes = writeCapture(path, hello, Number(values.connections), Number(values.size) * 1e6);
  console.log(`${(bytes / 1e6).toFixed(0)} MB, ${values.connections} TLS connections, seed ${SEED}`);
  const self = fileURLToPath(import.meta.url);
  const ours: TimedRun[] = [];
  const read: TimedRun[] = [];
  const theirs: TimedRun[] = [];
  const filter = ['-Y', 'tls.handshake.type==1', '-T', 'fields', '-e', 'tls.handshake.extensions_server_name'];
  const node = process.execPath;
  // The first run of each finds the file in the page cache: it has just been written.
  for (let run = 0; run < Number(values.runs); run += 1) {
    ours.push(timedRun(node, [...TELL_MEMORY, self, '--read', path]));
    read.push(timedRun(node, [...TELL_MEMORY, CLI, 'read', path], CLI_CODES));
    theirs.push(timedRun('tshark', ['-r', path, ...filter]));
  }
  const theirS = median(theirs.map(({ wallSeconds }) => wallSeconds));
  const theirCpuS = Math.min(...theirs.map(({ cpuSeconds }) => cpuSeconds));
  console.log(`tshark  ${theirS.toFixed(2)} s, processor ${theirCpuS.toFixed(2)} s`);
  for (const [name, runs] of [
    ['reader', ours],
    ['read', read],
  ] as const) {
    const seconds = median(runs.map(({ wallSeconds }) => wallSeconds));
    const cpuSeconds = Math.min(...runs.map((run) => run.cpuSeconds));
    const peakMb = Math.max(...runs.map((run) => run.peakMb));
    const [ratio, cpuRatio] = [theirS / seconds, theirCpuS / cpuSeconds];
    console.log(
      `${name.padEnd(7)} ${seconds.toFixed(2)} s, processor ${cpuSeconds.toFixed(2)} s, ${(bytes / 1e6 / seconds).toFixed(0)} MB/s`,
    );
    console.log(
      `  tshark / ${name}  ${ratio.toFixed(1)}, processor ${cpuRatio.toFixed(1)} (bar ${RATIO_BAR})${ratio < RATIO_BAR ? '  UNDER' : ''}`,
    );
    console.log(`  memory ${peakMb.toFixed(0)} MB (bar ${MEMORY_BAR_MB})${peakMb > MEMORY_BAR_MB ? '  OVER' : ''}`);
  }
  const same = sortedLines(ours[0]?.stdout ?? '') === sortedLines(theirs[0]?.stdout ?? '');
  console.log(`names   ${same ? 'the same' : 'DIFFERENT'}: ${sortedLines(ours[0]?.stdout ?? '').split('\n').length}`);
}

await main();

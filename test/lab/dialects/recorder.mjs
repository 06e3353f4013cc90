// Runs inside an empty network namespace where every address is local: whatever a client connects to, this process
// answers, and so knows which way the client went. One case after the other, so that every connection has its case.
//
// stdin: { cases: [{ url, env }], clients: [name], programs: { python, node, node24, undici } }
// stdout: a JSON array, one object a case: { client: { sightings: [{ address, port, form }], error } }
import { execFile, execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Every port that a generated target or proxy has, by itself or by default. */
const PORTS = [21, 80, 443, 1080, 3128, 3129, 8080, 8443, 32400];
/** All names resolve: those that begin with `proxy` to the one, all others to the other. */
const NAMED_PROXY = [127, 0, 0, 3];
const NAMED_TARGET = [198, 51, 100, 7];
const HERE = fileURLToPath(new URL('.', import.meta.url));

const sightings = [];

function setUpNetwork() {
  const run = (...words) => execFileSync(words[0], words.slice(1));
  run('ip', 'link', 'set', 'lo', 'up');
  run('ip', 'route', 'add', 'local', '0.0.0.0/0', 'dev', 'lo');
  run('ip', '-6', 'route', 'add', 'local', '::/0', 'dev', 'lo');
  const directory = mkdtempSync(join(tmpdir(), 'dialects-'));
  for (const [name, text] of [
    ['resolv.conf', 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n'],
    ['hosts', '127.0.0.1 localhost\n'],
  ]) {
    writeFileSync(join(directory, name), text);
    run('mount', '--bind', join(directory, name), `/etc/${name}`);
  }
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
}

/** The way the client speaks: as to a proxy, as to the target, or TLS, which does not tell. */
function formOf(bytes) {
  const text = bytes.toString('latin1');
  if (bytes[0] === 4 || bytes[0] === 5) return 'proxy';
  if (bytes[0] === 0x16) return 'tls';
  return /^(?:CONNECT |[A-Z]+ [a-z]+:\/\/)/.test(text) ? 'proxy' : 'origin';
}

/** Short refusals, so that no client waits: SOCKS5 and SOCKS4 say no, HTTP says 502, TLS is cut. */
function refuse(socket, bytes, form) {
  if (bytes[0] === 5) socket.end(Buffer.from([5, 0xff]));
  else if (bytes[0] === 4) socket.end(Buffer.from([0, 0x5b, 0, 0, 0, 0, 0, 0]));
  else if (form === 'tls') socket.destroy();
  else socket.end('HTTP/1.1 502 Recorded\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
}

function onConnection(socket) {
  const sighting = { address: socket.localAddress?.replace(/^::ffff:/, ''), port: socket.localPort, form: 'silent' };
  sightings.push(sighting);
  // An FTP client waits to be greeted.
  const greeting = setTimeout(() => socket.end('421 Recorded\r\n'), 300);
  socket.on('error', () => {});
  socket.on('close', () => clearTimeout(greeting));
  socket.once('data', (bytes) => {
    clearTimeout(greeting);
    sighting.form = formOf(bytes);
    refuse(socket, bytes, sighting.form);
  });
}

function listen(port) {
  return new Promise((resolve, reject) => {
    createServer(onConnection).listen({ port, host: '::', ipv6Only: false }, resolve).on('error', reject);
  });
}

/** Answers every A question; every other question gets an empty answer. */
function serveNames() {
  const socket = createSocket('udp4');
  socket.on('message', (question, peer) => {
    let end = 12;
    const labels = [];
    while (question[end]) {
      labels.push(question.toString('latin1', end + 1, end + 1 + question[end]));
      end += question[end] + 1;
    }
    const isA = question.readUInt16BE(end + 1) === 1;
    const header = Buffer.from(question.subarray(0, end + 5));
    header.writeUInt16BE(0x8180, 2);
    header.writeUInt16BE(isA ? 1 : 0, 6);
    header.writeUInt32BE(0, 8);
    const address = labels[0]?.toLowerCase().startsWith('proxy') ? NAMED_PROXY : NAMED_TARGET;
    const answer = isA ? Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address]) : Buffer.alloc(0);
    socket.send(Buffer.concat([header, answer]), peer.port, peer.address);
  });
  return new Promise((resolve) => socket.bind(53, '127.0.0.1', resolve));
}

/** A process of its own a case, because Node reads the variables before its first line of program. */
const HTTP_GET = `
  const { URL } = globalThis;
  const target = process.argv.at(-1);
  require(new URL(target).protocol.slice(0, -1)).get(target, { rejectUnauthorized: false }, (answer) => answer.resume());`;

/** One process a case. */
function command(program, argumentsFor, extraEnv = {}) {
  return {
    ask: ({ url, env }) =>
      new Promise((resolve) => {
        const options = { env: { PATH: process.env.PATH, LC_ALL: 'C', ...extraEnv, ...env }, timeout: 8000 };
        execFile(program, argumentsFor(url), options, (error, _out, stderr) =>
          resolve({ error: error ? `exit ${error.code}: ${stderr.trim().slice(0, 200)}` : null }),
        );
      }),
    end: () => {},
  };
}

/** One process for all cases: a line in, a line out. */
async function server(client, program, words) {
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  return {
    ask: async (request) => {
      child.stdin.write(`${JSON.stringify({ client, ...request })}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${client} ended at ${JSON.stringify(request)}`);
      return JSON.parse(value);
    },
    end: () => child.stdin.end(),
  };
}

const WGET_OPTIONS = '--no-config --no-hsts --no-check-certificate -nv -O /dev/null -T 3 -t 1'.split(' ');

const START = {
  curl: () => command('curl', (url) => ['-q', '-sSgk', '-o', '/dev/null', '--max-time', '5', url]),
  wget: () => command('wget', (url) => [...WGET_OPTIONS, url]),
  'python-urllib': ({ python }) => server('python-urllib', python, [`${HERE}clients.py`]),
  'python-requests': ({ python }) => server('python-requests', python, [`${HERE}clients.py`]),
  'node-fetch': ({ node, undici }) => server('node-fetch', node, [`${HERE}fetch-client.mjs`, undici]),
  'node-http': ({ node24 }) => command(node24, (url) => ['-e', HTTP_GET, url], { NODE_USE_ENV_PROXY: '1' }),
};

async function main() {
  let input = '';
  for await (const chunk of process.stdin) input += chunk;
  const { cases, clients, programs } = JSON.parse(input);
  setUpNetwork();
  await Promise.all([...PORTS.map(listen), serveNames()]);
  const running = await Promise.all(clients.map(async (name) => ({ name, client: await START[name](programs) })));
  const results = [];
  for (const request of cases) {
    const result = {};
    for (const { name, client } of running) {
      const { error } = await client.ask(request);
      await new Promise(setImmediate);
      result[name] = { sightings: sightings.splice(0), error };
    }
    results.push(result);
  }
  for (const { client } of running) client.end();
  process.stdout.write(JSON.stringify(results), () => process.exit(0));
}

await main();

// Runs inside an empty network namespace where every address is local: whatever a client connects to, this process
// answers, and so knows which way the client went. One case after the other, so that every connection has its case.
//
// stdin: { cases: [{ url, env }], clients: [name], programs: { python, systemPython, node, node24, undici }, tls: { keyPem, certificatePem, authorityPem } }
// stdout: a JSON array, one object a case: { client: { sightings: [{ address, port, form }], error } }
import { execFile, execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createServer as createTlsServer } from 'node:tls';
import { fileURLToPath } from 'node:url';

/** Every port that a generated target or proxy has, by itself or by default. */
const PORTS = [21, 80, 443, 1080, 3128, 3129, 8080, 8443, 32400];
/** All names resolve: those that begin with `proxy` to the one, all others to the other. */
const NAMED_PROXY = [127, 0, 0, 3];
const NAMED_TARGET = [198, 51, 100, 7];
const HERE = fileURLToPath(new URL('.', import.meta.url));

const sightings = [];

/** Clients that check the certificate of a proxy find its authority here. */
let trusted = '';
const directory = mkdtempSync(join(tmpdir(), 'dialects-'));

function setUpNetwork(authorityPem) {
  const run = (...words) => execFileSync(words[0], words.slice(1));
  run('ip', 'link', 'set', 'lo', 'up');
  run('ip', 'route', 'add', 'local', '0.0.0.0/0', 'dev', 'lo');
  run('ip', '-6', 'route', 'add', 'local', '::/0', 'dev', 'lo');
  for (const [name, text] of [
    ['resolv.conf', 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n'],
    ['hosts', '127.0.0.1 localhost\n'],
  ]) {
    writeFileSync(join(directory, name), text);
    run('mount', '--bind', join(directory, name), `/etc/${name}`);
  }
  trusted = join(directory, 'ca.pem');
  writeFileSync(trusted, authorityPem);
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
}

/** The protocol of the first request in plain text. */
function formOf(text) {
  if (text.startsWith('CONNECT ')) return 'connect';
  return /^[A-Z]+ [a-z]+:\/\//.test(text) ? 'absolute' : 'origin';
}

/** Short refusals, so that no client waits: SOCKS says no, HTTP says 502. TLS is finished first, because the request is inside. */
const REFUSAL = 'HTTP/1.1 502 Recorded\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

function onConnection(socket) {
  const sighting = { address: socket.localAddress?.replace(/^::ffff:/, ''), port: socket.localPort, form: 'silent' };
  sightings.push(sighting);
  // An FTP client waits to be greeted.
  const greeting = setTimeout(() => socket.end('421 Recorded\r\n'), 300);
  socket.on('error', () => {});
  socket.on('close', () => clearTimeout(greeting));
  socket.once('data', (bytes) => {
    clearTimeout(greeting);
    if (bytes[0] === 4) onSocks4(socket, bytes, sighting);
    else if (bytes[0] === 5) onSocks5(socket, bytes, sighting);
    else if (bytes[0] === 0x16) onTls(socket, bytes, sighting);
    else {
      sighting.form = formOf(bytes.toString('latin1'));
      socket.end(REFUSAL);
    }
  });
}

/** An address that begins with 0.0.0 announces a name behind the user's. */
function onSocks4(socket, bytes, sighting) {
  sighting.form = bytes.readUIntBE(4, 3) === 0 ? 'socks4a' : 'socks4';
  socket.end(Buffer.from([0, 0x5b, 0, 0, 0, 0, 0, 0]));
}

/** Lets the client in, with a login if it insists on one, to see whether it sends a name (address type 3) or an address. */
function onSocks5(socket, bytes, sighting) {
  sighting.form = 'socks5 without a request';
  const methods = [...bytes.subarray(2, 2 + bytes[1])];
  const request = (message) => {
    sighting.form = message[3] === 3 ? 'socks5h' : 'socks5';
    socket.end(Buffer.from([5, 2, 0, 1, 0, 0, 0, 0, 0, 0]));
  };
  if (methods.includes(0)) {
    socket.once('data', request);
    socket.write(Buffer.from([5, 0]));
    return;
  }
  socket.once('data', () => {
    socket.once('data', request);
    socket.write(Buffer.from([1, 0]));
  });
  socket.write(Buffer.from([5, 2]));
}

/** Hands the connection to the TLS server of this process, which tells what was asked inside. */
function onTls(socket, bytes, sighting) {
  sighting.form = 'tls';
  const inner = connect({ port: TLS_PORT, host: '127.0.0.1' }, () => {
    insideTls.set(inner.localPort, sighting);
    inner.write(bytes);
    socket.pipe(inner).pipe(socket);
  });
  inner.on('error', () => socket.destroy());
  socket.on('error', () => inner.destroy());
}

/** By the port from which this process passes their bytes on to its TLS server. */
const insideTls = new Map();
/** No proxy and no target has it. */
const TLS_PORT = 4;

function serveTls({ keyPem, certificatePem }) {
  const listener = createTlsServer({ key: keyPem, cert: certificatePem }, (socket) => {
    socket.on('error', () => {});
    socket.once('data', (bytes) => {
      const sighting = insideTls.get(socket.remotePort);
      if (sighting) sighting.form = `tls ${formOf(bytes.toString('latin1'))}`;
      socket.end(REFUSAL);
    });
  });
  return new Promise((resolve) => listener.listen(TLS_PORT, '127.0.0.1', resolve));
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
        const options = {
          env: { PATH: process.env.PATH, LC_ALL: 'C', NODE_EXTRA_CA_CERTS: trusted, ...extraEnv, ...env },
          timeout: 8000,
        };
        execFile(program, argumentsFor(url), options, (error, _out, stderr) =>
          resolve({ error: error ? `exit ${error.code}: ${stderr.trim().slice(0, 200)}` : null }),
        );
      }),
    end: () => {},
  };
}

/** One process for all cases: a line in, a line out. */
async function server(client, program, words) {
  const own = { SSL_CERT_FILE: trusted, NODE_EXTRA_CA_CERTS: trusted };
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...own } });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  return {
    ask: async (request) => {
      child.stdin.write(`${JSON.stringify({ client, url: request.url, env: { ...own, ...request.env } })}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${client} ended at ${JSON.stringify(request)}`);
      return JSON.parse(value);
    },
    end: () => child.stdin.end(),
  };
}

const WGET_OPTIONS = '--no-config --no-hsts --no-check-certificate -nv -O /dev/null -T 3 -t 1'.split(' ');

/** Compiled into the folder that this process removes when it ends. */
function compiled() {
  const program = join(directory, 'get');
  execFileSync('go', ['build', '-o', program, join(HERE, 'get.go')], {
    env: { ...process.env, GOCACHE: join(directory, 'cache'), GO111MODULE: 'off' },
  });
  return program;
}

const START = {
  curl: () => command('curl', (url) => ['-q', '-sSgk', '--proxy-insecure', '-o', '/dev/null', '--max-time', '5', url]),
  wget: () => command('wget', (url) => [...WGET_OPTIONS, url]),
  'python-urllib': ({ python }) => server('python-urllib', python, [`${HERE}clients.py`]),
  'python-requests': ({ python }) => server('python-requests', python, [`${HERE}clients.py`]),
  'system-requests': ({ systemPython }) => server('python-requests', systemPython, [`${HERE}clients.py`]),
  'node-fetch': ({ node, undici }) => server('node-fetch', node, [`${HERE}fetch-client.mjs`, undici]),
  go: () => command(compiled(), (url) => [url]),
  'node-http': ({ node24 }) => command(node24, (url) => ['-e', HTTP_GET, url], { NODE_USE_ENV_PROXY: '1' }),
};

async function main() {
  let input = '';
  for await (const chunk of process.stdin) input += chunk;
  const { cases, clients, programs, tls } = JSON.parse(input);
  setUpNetwork(tls.authorityPem);
  await Promise.all([...PORTS.map(listen), serveNames(), serveTls(tls)]);
  const running = await Promise.all(clients.map(async (name) => ({ name, client: await START[name](programs) })));
  const results = [];
  for (const request of cases) {
    const result = {};
    for (const { name, client } of running) {
      const { error } = await client.ask(request);
      await new Promise(setImmediate);
      result[name] = { sightings: sightings.splice(0), error };
      insideTls.clear();
    }
    results.push(result);
  }
  for (const { client } of running) client.end();
  process.stdout.write(JSON.stringify(results), () => process.exit(0));
}

await main();

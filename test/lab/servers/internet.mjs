// The lab's internet: HTTPS and HTTP for every catalogue name, and DNS for plex.direct. `internet.mjs DIRECTORY HOSTS`.
// Every request is one line of JSON on stdout. /bytes/N is a file of N zeros. DIRECTORY/internet.json is read for every connection: { skewSeconds?: number, cut?: host[],
// stall?: host[], delayMs?: { [host]: ms }, certificate?: { [host]: 'expired' | 'not-yet' | 'other-name' } }.
import { readFileSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { Readable } from 'node:stream';
import { createSecureContext } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { answersFor, readHosts } from './hosts.mjs';

const [, , directory, hostsFile] = process.argv;
const hosts = readHosts(hostsFile);
const key = readFileSync(`${directory}/leaf.key`);

function behaviour() {
  return JSON.parse(readFileSync(`${directory}/internet.json`, 'utf8'));
}

function hostNamed(name) {
  return hosts.find((host) => answersFor(host, name));
}

const contexts = new Map(
  hosts.map(({ host }) => [
    host,
    createSecureContext({ key, cert: readFileSync(`${directory}/certificates/${host}.pem`) }),
  ]),
);

const wrong = new Map(
  ['expired', 'not-yet', 'other-name'].map((name) => [
    name,
    createSecureContext({ key, cert: readFileSync(`${directory}/${name}.pem`) }),
  ]),
);

function contextFor(name) {
  return wrong.get(behaviour().certificate?.[name]) ?? contexts.get(hostNamed(name)?.host ?? 'plex.tv');
}

function* zeros(bytes) {
  const block = Buffer.alloc(262_144);
  for (let left = bytes; left > 0; left -= block.length) yield left < block.length ? block.subarray(0, left) : block;
}

/** @type {import('node:http').RequestListener} */
async function answer(request, response) {
  const name = (request.headers.host ?? '').replace(/:\d+$/, '');
  const host = hostNamed(name);
  // A client that has reset its connection has no address any more.
  const caller = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  console.log(
    JSON.stringify({ caller, method: request.method, host: name, path: request.url, headers: request.headers }),
  );
  const status = host?.status ?? 404;
  const { skewSeconds = 0, cut = [], stall = [], delayMs = {} } = behaviour();
  if (cut.includes(name)) return request.socket.destroy();
  if (stall.includes(name)) return undefined;
  const bytes = /^\/bytes\/(\d+)$/.exec(request.url ?? '')?.[1];
  if (bytes !== undefined) {
    response.writeHead(200, { 'content-length': bytes });
    return Readable.from(zeros(Number(bytes))).pipe(response);
  }
  const body = /^v[46]\.plex\.tv$/.test(name) ? caller : `lab: ${status}\n`;
  if (delayMs[name] !== undefined) await sleep(delayMs[name]);
  response.sendDate = false;
  response.writeHead(status, {
    date: new Date(Date.now() + skewSeconds * 1000).toUTCString(),
    server: 'lab',
    'content-type': 'text/plain',
    'content-length': Buffer.byteLength(body),
    ...(status === 302 ? { location: 'https://www.plex.tv/' } : {}),
    ...(status === 401 ? { 'www-authenticate': 'Plex' } : {}),
  });
  return response.end(request.method === 'HEAD' ? undefined : body);
}

/** @type {import('node:https').ServerOptions} */
const tlsOptions = {
  key,
  cert: readFileSync(`${directory}/certificates/plex.tv.pem`),
  ALPNProtocols: ['http/1.1'],
  SNICallback: (name, callback) => callback(null, contextFor(name)),
};

/** A client that gives up resets its connection: that is its right, not an error of ours. */
function listen(server, port) {
  server.on('clientError', (_error, socket) => socket.destroy());
  server.on('tlsClientError', () => {});
  server.listen(port, '::');
}

// node.plexapp.com is asked at the port of a PMS.
for (const port of [80, 32_400]) listen(createHttpServer(answer), port);
for (const port of [443, 8443]) listen(createHttpsServer(tlsOptions, answer), port);

// ── the captive portal, where the router sends the PMS host in its mode `portal` ────────────────────────────────────────────

const welcome = (_request, response) => response.writeHead(302, { location: 'http://portal.example/login' }).end();
listen(createHttpServer(welcome), 9080);
listen(createHttpsServer({ key, cert: readFileSync(`${directory}/portal.pem`) }, welcome), 9443);

/** The portal of the mode `sign-in` (RFC 6585 section 6). */
const signIn = (_request, response) =>
  response.writeHead(511, { 'content-type': 'text/html' }).end('<a href="https://portal.example/login">Sign in</a>');
listen(createHttpServer(signIn), 9081);
listen(createHttpsServer({ key, cert: readFileSync(`${directory}/portal.pem`) }, signIn), 9444);

// ── DNS of plex.direct: the first label is the address ──────────────────────────────────────────────────────────────────

const dns = createSocket('udp4');
dns.on('message', (query, peer) => dns.send(answerOf(query), peer.port, peer.address));
dns.bind(5354, '127.0.0.1');

/** RFC 1035 section 4.1, one question; anything but an A question gets an empty answer. */
function answerOf(query) {
  const labels = [];
  let at = 12;
  for (let length = query[at]; length > 0; length = query[at]) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const end = at + 5;
  const address = /^(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})$/.exec(labels[0] ?? '');
  const asksForA = query.readUInt16BE(at + 1) === 1;
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(0x8580, 2);
  header.writeUInt16BE(address && asksForA ? 1 : 0, 6);
  header.writeUInt32BE(0, 8);
  const question = query.subarray(12, end);
  if (!address || !asksForA) return Buffer.concat([header, question]);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.slice(1).map(Number)]);
  return Buffer.concat([header, question, record]);
}

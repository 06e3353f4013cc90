// Proxies that do wrong, each by its name in proxies.tsv, and the server of the PAC file: `misbehaving.mjs DIRECTORY PROXIES`.
import { readFileSync, statSync } from 'node:fs';
import { lookup } from 'node:dns/promises';
import { connect, createServer } from 'node:net';
import { offersHttp2, offersTls13 } from './hello.mjs';
import { createServer as createTlsServer } from 'node:tls';

const [, , directory, proxiesFile] = process.argv;
const OK = 'HTTP/1.1 200 Connection established\r\n\r\n';
const pac = 'function FindProxyForURL(url, host) { return "PROXY 10.77.2.2:3128"; }\n';

/** Each is called with an accepted socket. */
const behaviours = {
  silent: () => {},
  garbage: (socket) => onRequest(socket, () => socket.write('\x00\x01\x02 nonsense \xff\r\n\r\n', 'latin1')),
  'huge-header': (socket) =>
    onRequest(socket, () => pour(socket, 'HTTP/1.1 200 OK\r\n', `X-Filler: ${'x'.repeat(1000)}\r\n`)),
  close: (socket) => socket.end(),
  reset: (socket) => onConnect(socket, OK, () => socket.resetAndDestroy()),
  drip: (socket) =>
    onRequest(socket, () => drip(socket, 'HTTP/1.1 200 Connection established, as slowly as can be\r\n\r\n')),
  'then-garbage': (socket) => onConnect(socket, OK, () => socket.write('these bytes are not TLS at all\r\n')),
  'then-silent': (socket) => onConnect(socket, OK),
  'status-407': (socket) =>
    onRequest(socket, () =>
      socket.end(
        'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
      ),
    ),
  banner: (socket) => {
    socket.write('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n');
    socket.once('data', () => socket.end('Protocol mismatch.\r\n'));
  },
  web: (socket) =>
    onRequest(socket, (head) =>
      head.startsWith('GET ')
        ? socket.end(
            'HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<h1>Welcome to nginx!</h1>',
          )
        : socket.end('HTTP/1.1 405 Not Allowed\r\nServer: nginx\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'),
    ),
  limited: (socket) =>
    onRequest(socket, (head) => {
      const now = Date.now();
      while (asked.length > 0 && asked[0] < now - 1_000) asked.shift();
      asked.push(now);
      if (asked.length > 20) refuse(socket, '429 Too Many Requests', 'Retry-After: 1');
      else void tunnel(socket, head);
    }),
  'plain-400': (socket) =>
    onRequest(socket, (head) =>
      head.startsWith('CONNECT ') ? tunnel(socket, head) : refuse(socket, '400 Bad Request'),
    ),
  'slow-connect': (socket) =>
    onRequest(socket, (head) => {
      if (head.startsWith('CONNECT ')) setTimeout(() => void tunnel(socket, head), 8_000);
      else refuse(socket, '400 Bad Request');
    }),
  'then-closes': (socket) => onRequest(socket, () => socket.end(OK)),
  http10: (socket) => onRequest(socket, (head) => tunnel(socket, head, 'HTTP/1.0 200 OK\r\n\r\n')),
  busy: (socket) => onRequest(socket, () => refuse(socket, '429 Too Many Requests', 'Retry-After: 3600')),
  slow: (socket) => onRequest(socket, (head) => setTimeout(() => void tunnel(socket, head), 6_000)),
  digest: (socket) =>
    onRequest(socket, () =>
      refuse(
        socket,
        '407 Proxy Authentication Required',
        'Proxy-Authenticate: Digest realm="lab", nonce="6b6d", qop="auth"',
      ),
    ),
  'no-reason': (socket) => onRequest(socket, (head) => tunnel(socket, head, 'HTTP/1.1 200\r\n\r\n')),
  early: (socket) => onRequest(socket, (head) => tunnel(socket, head, `HTTP/1.1 103 Early Hints\r\n\r\n${OK}`)),
  'cut-scan': (socket) => onRequest(socket, (head) => filtered(socket, head, (hello) => hello.includes(SCAN))),
  'cut-new': (socket) => onRequest(socket, (head) => filtered(socket, head, offersTls13)),
  page: (socket) => onRequest(socket, () => answerPage(socket, '200 OK')),
  'sign-in': (socket) => onRequest(socket, () => answerPage(socket, '511 Network Authentication Required')),
  gateway: (socket) => onRequest(socket, (head) => tunnelUnless(socket, head, '504 Gateway Timeout')),
  legal: (socket) => onRequest(socket, (head) => tunnelUnless(socket, head, '451 Unavailable For Legal Reasons')),
  'pms-closes': (socket) =>
    onRequest(socket, (head) => (isOf(head, 'PlexMediaServer') ? socket.end() : void tunnel(socket, head))),
  'pms-redirect': (socket) =>
    onRequest(socket, (head) =>
      isOf(head, 'PlexMediaServer')
        ? refuse(socket, '302 Found', 'Location: http://block.example.com/policy')
        : void tunnel(socket, head),
    ),
  'tool-silent': (socket) =>
    onRequest(socket, (head) => (isOf(head, 'pms-proxy-doctor') ? undefined : void tunnel(socket, head))),
  'cut-h2': (socket) => onRequest(socket, (head) => filtered(socket, head, offersHttp2)),
  expires: (socket) =>
    onRequest(socket, (head) => {
      const isKnown =
        /^proxy-authorization: basic /im.test(head) && (!head.startsWith(`CONNECT ${SCAN}:`) || isFirst());
      if (isKnown) void tunnel(socket, head);
      else refuse(socket, '407 Proxy Authentication Required', 'Proxy-Authenticate: Basic realm="lab"');
    }),
  'cuts-after': (socket) => onRequest(socket, (head) => tunnel(socket, head, OK, '', 2_000)),
  pac: (socket) =>
    onRequest(socket, () =>
      socket.end(
        `HTTP/1.1 200 OK\r\nContent-Type: application/x-ns-proxy-autoconfig\r\nContent-Length: ${pac.length}\r\nConnection: close\r\n\r\n${pac}`,
      ),
    ),
};

const SCAN = 'metadata.provider.plex.tv';

function isOf(head, agent) {
  return head.toLowerCase().includes(`user-agent: ${agent.toLowerCase()}`);
}

/** The state of this network in which the login was last used, by the time at which the PMS host was last set up. */
let usedIn = 0;

function isFirst() {
  const now = statSync(`${directory}/internet.json`).mtimeMs;
  const isNew = now !== usedIn;
  usedIn = now;
  return isNew;
}

function answerPage(socket, status) {
  const text = '<html><title>Sign in</title><a href="https://portal.example/login">Sign in</a></html>';
  socket.end(`HTTP/1.1 ${status}\r\nContent-Type: text/html\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
}

function tunnelUnless(socket, head, status) {
  if (head.startsWith(`CONNECT ${SCAN}:`)) refuse(socket, status);
  else void tunnel(socket, head);
}

/** Grants the tunnel, and resets it when the first bytes of the client are not to its liking. */
function filtered(socket, head, forbids) {
  if (!head.startsWith('CONNECT ')) return refuse(socket, '400 Bad Request');
  socket.write(OK);
  return socket.once('data', (hello) => {
    if (forbids(hello)) socket.resetAndDestroy();
    else void tunnel(socket, head, '', hello);
  });
}

/** When the limited proxy was asked, within the last second. */
const asked = [];

function refuse(socket, status, header = 'Server: lab') {
  socket.end(`HTTP/1.1 ${status}\r\n${header}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
}

/** What a proxy that works does with CONNECT. `first`: of the client, when it has its grant already. `most`: bytes of the endpoint. */
async function tunnel(socket, head, granted = OK, first = '', most = Infinity) {
  const [, host, port] = /^CONNECT ([^ :]+):(\d+) /.exec(head) ?? [];
  if (host === undefined) return refuse(socket, '400 Bad Request');
  const found = await lookup(host, { family: 4 }).catch(() => null);
  if (found === null) return refuse(socket, '502 Bad Gateway');
  const upstream = connect(Number(port), found.address, () => {
    if (granted !== '') socket.write(granted);
    if (first !== '') upstream.write(first);
    socket.pipe(upstream).pipe(socket);
  });
  let bytes = 0;
  upstream.on('data', (chunk) => {
    bytes += chunk.length;
    if (bytes > most) socket.resetAndDestroy();
  });
  upstream.on('error', () => socket.destroy());
  socket.on('close', () => upstream.destroy());
}

/** Waits for a whole request header and answers it. */
function onRequest(socket, answer) {
  let head = '';
  const read = (chunk) => {
    head += chunk.toString('latin1');
    if (!head.includes('\r\n\r\n')) return;
    socket.off('data', read);
    answer(head);
  };
  socket.on('data', read);
}

/** Answers CONNECT with `reply` and hands on what comes through the tunnel; a request in absolute form is cut off. */
function onConnect(socket, reply, onTunnelled = () => {}) {
  onRequest(socket, (head) => {
    if (!head.startsWith('CONNECT ')) return socket.destroy();
    socket.on('data', onTunnelled);
    return socket.write(reply);
  });
}

function pour(socket, first, line) {
  socket.write(first);
  const more = () => {
    while (!socket.destroyed && socket.write(line));
  };
  socket.on('drain', more);
  more();
}

function drip(socket, text) {
  let at = 0;
  const timer = setInterval(() => socket.write(text[at++ % text.length]), 1_000);
  socket.on('close', () => clearInterval(timer));
}

for (const row of readFileSync(proxiesFile, 'utf8').trim().split('\n')) {
  const [name, , port] = row.split('\t');
  const behave = behaviours[name];
  if (behave === undefined) continue;
  createServer((socket) => {
    socket.on('error', () => socket.destroy());
    behave(socket);
  }).listen(Number(port), '::');
}

const speaksTls = readFileSync(proxiesFile, 'utf8').match(/^speaks-tls\t\w+\t(\d+)/m)[1];
const pem = readFileSync(`${directory}/proxy.pem`);
createTlsServer({ key: pem, cert: pem })
  .on('tlsClientError', (_error, socket) => socket.destroy())
  .listen(Number(speaksTls), '::');

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer as createTlsServer, TLSSocket, type TlsOptions } from 'node:tls';
import { createAuthority } from '../../../src/demo/outside/certificates.ts';
import { listen } from '../../../src/demo/system/listening.ts';
import { workingProxy } from '../servers/proxy.ts';
import { socksServer } from '../servers/socks.ts';

/**
 * Records anew what real clients send: one capture for each, in this folder. Needs root, tcpdump, dnsmasq and the clients; one that is
 * missing keeps the capture it had. In a network namespace of its own, where every port is free:
 * `unshare --net node src/tooling/run.mjs test/support/captures/record.ts [NAME…]`
 */

const FOLDER = resolve('test/support/captures');
/** The handshake with its names is over by then; the rest would only be weight. */
const PACKETS = 18;
const CLIENT_BUDGET_S = 15;
/** Until tcpdump listens, and until it has written the last packets. */
const SETTLE_MS = 500;
const PORT = { https: 443, retry: 444, old: 8443, silent: 4433, proxy: 3128, socks: 1080, quic: 443 } as const;

type Step = readonly ['say' | 'await', string];

/** The dialogue in plain text before a server turns to TLS. */
const DIALOGUES: ReadonlyMap<number, readonly Step[]> = new Map([
  [
    25,
    [
      ['say', '220 mail\r\n'],
      ['await', 'EHLO'],
      ['say', '250-mail\r\n250 STARTTLS\r\n'],
      ['await', 'STARTTLS'],
      ['say', '220 go\r\n'],
    ],
  ],
  [
    143,
    [
      ['say', '* OK [CAPABILITY IMAP4rev1 STARTTLS] mail\r\n'],
      ['await', 'CAPABILITY'],
      ['say', '* CAPABILITY IMAP4rev1 STARTTLS\r\n. OK\r\n'],
      ['await', 'STARTTLS'],
      ['say', '. OK\r\n'],
    ],
  ],
  [
    110,
    [
      ['say', '+OK mail\r\n'],
      ['await', 'STLS'],
      ['say', '+OK\r\n'],
    ],
  ],
  [
    21,
    [
      ['say', '220 files\r\n'],
      ['await', 'AUTH'],
      ['say', '234 go\r\n'],
    ],
  ],
  [
    5432,
    [
      ['await', '\x04\xd2\x16\x2f'],
      ['say', 'S'],
    ],
  ],
]);

const curl = (...rest: readonly string[]) => ['curl', '--silent', '--insecure', '--max-time', '5', ...rest];
const curlTo = (name: string, ...rest: readonly string[]) =>
  curl('--resolve', `${name}:443:127.0.0.1`, ...rest, `https://${name}/`);
const openssl = (...rest: readonly string[]) => ['timeout', '2', 'openssl', 's_client', ...rest];
const nodeTls = (name: string) =>
  `require('tls').connect({ port: 443, servername: '${name}', rejectUnauthorized: false }, function () { this.end(); })`;
const python = `import socket, ssl
context = ssl._create_unverified_context()
context.set_alpn_protocols(['http/1.1'])
context.wrap_socket(socket.create_connection(('127.0.0.1', 443)), server_hostname='python.example.test')`;
const javaShell = `var context = javax.net.ssl.SSLContext.getDefault();
var socket = (javax.net.ssl.SSLSocket) context.getSocketFactory().createSocket(new java.net.Socket("127.0.0.1", 443), "java.example.test", 443, true);
try { socket.startHandshake(); } catch (Exception e) { }
/exit
`;
const chromium = (name: string, directory: string, ...rest: readonly string[]) => {
  const program = ['timeout', '9', 'chromium', '--headless', '--no-sandbox', '--disable-gpu'];
  const state = [`--user-data-dir=${directory}`, '--ignore-certificate-errors'];
  const target = [`--host-resolver-rules=MAP ${name} 127.0.0.1`, '--dump-dom', `https://${name}/`];
  return [...program, ...state, ...rest, ...target];
};
const pythonDns = (transport: 'tcp' | 'udp') => `import socket
q = bytes.fromhex('123401000001000000000000') + b'\\x05alias\\x07example\\x04test\\x00' + bytes.fromhex('00010001')
s = socket.socket(socket.AF_INET, socket.SOCK_${transport === 'tcp' ? 'STREAM' : 'DGRAM'})
s.connect(('127.0.0.1', 53))
s.sendall(${transport === 'tcp' ? "len(q).to_bytes(2, 'big') + q" : 'q'})
s.recv(4096)`;

interface Recording {
  readonly name: string;
  readonly filter?: string;
  readonly command: readonly string[];
  readonly input?: string;
  readonly packets?: number;
}

function recordings(scratch: string): readonly Recording[] {
  return [
    { name: 'curl', command: curlTo('curl.example.test') },
    { name: 'curl-tls12', command: curlTo('curl12.example.test', '--http1.1', '--tls-max', '1.2') },
    { name: 'curl-ip', command: curl('https://127.0.0.1/') },
    { name: 'curl-ipv6', command: curl('--resolve', 'six.example.test:443:[::1]', 'https://six.example.test/') },
    { name: 'openssl-tls10', command: openssl10(), filter: `tcp port ${PORT.old}` },
    {
      name: 'curl-connect',
      command: curl(
        '--proxy',
        `http://127.0.0.1:${PORT.proxy}`,
        '--connect-to',
        'inside.example.test:443:outside.example.test:443',
        'https://inside.example.test/',
      ),
      filter: `tcp port ${PORT.proxy}`,
    },
    {
      name: 'curl-absolute',
      command: curl('--proxy', `http://127.0.0.1:${PORT.proxy}`, 'http://plain.example.test/some/path'),
      filter: `tcp port ${PORT.proxy}`,
    },
    {
      name: 'curl-socks5',
      command: curl('--socks5-hostname', `127.0.0.1:${PORT.socks}`, 'https://socks.example.test/'),
      filter: `tcp port ${PORT.socks}`,
    },
    {
      name: 'curl-socks4a',
      command: curl('--socks4a', `127.0.0.1:${PORT.socks}`, 'https://socks4.example.test/'),
      filter: `tcp port ${PORT.socks}`,
    },
    {
      name: 'openssl',
      command: openssl('-connect', '127.0.0.1:443', '-servername', 'openssl.example.test', '-alpn', 'h2,http/1.1'),
    },
    {
      name: 'openssl-retry',
      command: openssl(
        '-connect',
        `127.0.0.1:${PORT.retry}`,
        '-servername',
        'retry.example.test',
        '-groups',
        'X25519:P-521',
      ),
      filter: `tcp port ${PORT.retry}`,
    },
    { name: 'openssl-noname', command: openssl('-connect', '127.0.0.1:443', '-noservername') },
    {
      name: 'openssl-records',
      command: openssl(
        '-connect',
        '127.0.0.1:443',
        '-servername',
        'records.example.test',
        '-max_send_frag',
        '512',
        '-alpn',
        'x'.repeat(200).concat(',', 'y'.repeat(200), ',', 'z'.repeat(200)),
      ),
    },
    {
      name: 'openssl-smtp',
      command: openssl('-starttls', 'smtp', '-connect', '127.0.0.1:25', '-servername', 'smtp.example.test'),
      filter: 'tcp port 25',
    },
    {
      name: 'openssl-imap',
      command: openssl('-starttls', 'imap', '-connect', '127.0.0.1:143', '-servername', 'imap.example.test'),
      filter: 'tcp port 143',
    },
    {
      name: 'openssl-pop3',
      command: openssl('-starttls', 'pop3', '-connect', '127.0.0.1:110', '-servername', 'pop3.example.test'),
      filter: 'tcp port 110',
    },
    {
      name: 'openssl-ftp',
      command: openssl('-starttls', 'ftp', '-connect', '127.0.0.1:21', '-servername', 'ftp.example.test'),
      filter: 'tcp port 21',
    },
    {
      name: 'psql',
      command: ['psql', 'host=psql.example.test hostaddr=127.0.0.1 sslmode=require connect_timeout=2'],
      filter: 'tcp port 5432',
    },
    {
      name: 'openssl-dtls',
      command: openssl('-dtls', '-connect', `127.0.0.1:${PORT.silent}`, '-servername', 'dtls.example.test'),
      filter: `udp port ${PORT.silent}`,
    },
    { name: 'node', command: [process.execPath, '-e', nodeTls('node.example.test')] },
    { name: 'node24', command: [process.env['NODE24'] ?? 'node24', '-e', nodeTls('node24.example.test')] },
    { name: 'python', command: ['python3', '-c', python] },
    { name: 'java', command: ['jshell', '-'], input: javaShell },
    {
      name: 'git-gnutls',
      command: [
        'git',
        '-c',
        'http.sslVerify=false',
        '-c',
        'http.curloptResolve=git.example.test:443:127.0.0.1',
        'ls-remote',
        'https://git.example.test/x',
      ],
    },
    {
      name: 'wget',
      command: ['wget', '--quiet', '--tries=1', '--no-check-certificate', '--output-document=-', 'https://localhost/'],
    },
    { name: 'chromium', command: chromium('chromium.example.test', join(scratch, 'tcp')), packets: 26 },
    {
      name: 'chromium-quic',
      command: chromium(
        'quic.example.test',
        join(scratch, 'quic'),
        '--enable-quic',
        '--origin-to-force-quic-on=quic.example.test:443',
      ),
      filter: `udp port ${PORT.quic}`,
      packets: 6,
    },
    { name: 'dns-udp', command: ['python3', '-c', pythonDns('udp')], filter: 'udp port 53' },
    { name: 'dns-tcp', command: ['python3', '-c', pythonDns('tcp')], filter: 'tcp port 53' },
  ];
}

function openssl10(): readonly string[] {
  return openssl(
    '-tls1',
    '-cipher',
    'DEFAULT@SECLEVEL=0',
    '-connect',
    `127.0.0.1:${PORT.old}`,
    '-servername',
    'old.example.test',
  );
}

function ended(child: ChildProcess): Promise<unknown> {
  return new Promise((done) => child.once('close', done).once('error', done));
}

async function record({ name, filter = 'tcp port 443', command, input, packets = PACKETS }: Recording): Promise<void> {
  const [program = '', ...rest] = command;
  const tool = program === 'timeout' ? rest[1] : program;
  if (spawnSync('which', [tool ?? '']).status !== 0) {
    console.warn(`${name}: ${tool} is not here`);
    return;
  }
  const target = join(FOLDER, `${name}.pcap`);
  const tcpdump = spawn(
    'tcpdump',
    ['-i', 'lo', '-U', '-Z', 'root', '-s', '4096', '-c', String(packets), '-w', target, filter],
    {
      stdio: 'ignore',
    },
  );
  const captured = ended(tcpdump);
  await sleep(SETTLE_MS);
  const client = spawn('timeout', [String(CLIENT_BUDGET_S), program, ...rest], { stdio: ['pipe', 'ignore', 'ignore'] });
  client.stdin?.on('error', () => client.stdin?.destroy()).end(input ?? '');
  await ended(client);
  await sleep(SETTLE_MS);
  tcpdump.kill('SIGINT');
  await captured;
  console.log(name);
}

function converse(socket: Socket, secure: TlsOptions): void {
  const steps = [...(DIALOGUES.get(socket.localPort ?? 0) ?? [])];
  const go = () => {
    while (steps[0]?.[0] === 'say') socket.write(steps.shift()?.[1] ?? '', 'latin1');
    if (steps.length > 0) return;
    socket.removeAllListeners('data');
    new TLSSocket(socket, { ...secure, isServer: true }).on('error', () => socket.destroy());
  };
  socket.on('error', () => socket.destroy());
  socket.on('data', (data) => {
    if (data.toString('latin1').includes(steps[0]?.[1] ?? '')) steps.shift();
    go();
  });
  if (steps[0]?.[0] === 'say') go();
}

async function main(wanted: readonly string[]): Promise<void> {
  spawnSync('ip', ['link', 'set', 'lo', 'up']);
  const scratch = mkdtempSync(join(tmpdir(), 'record-'));
  const { certificatePem: cert, keyPem: key } = createAuthority('recordings').issue(['example.test', '*.example.test']);
  const secure = { cert, key };
  const answer = (socket: Socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\n\r\nhello'));
  };
  const target = { host: '127.0.0.1', port: PORT.https };
  const plain = await listen(createServer(answer));
  const tlsServers: readonly (readonly [number, TlsOptions])[] = [
    [PORT.https, secure],
    [PORT.retry, { ...secure, ecdhCurve: 'P-521' }],
    [PORT.old, { ...secure, minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }],
  ];
  await Promise.all(tlsServers.map(([port, options]) => listen(createTlsServer(options, answer), '::', port)));
  await Promise.all(
    [...DIALOGUES.keys()].map((port) =>
      listen(
        createServer((socket) => converse(socket, secure)),
        '::',
        port,
      ),
    ),
  );
  const proxy = await workingProxy({ map: { 'outside.example.test:443': target, 'plain.example.test': plain } });
  const socks = await socksServer({ map: { 'socks.example.test': target, 'socks4.example.test': target } });
  const relays = [
    [PORT.proxy, proxy],
    [PORT.socks, socks],
  ] as const;
  await Promise.all(
    relays.map(([port, { port: to }]) =>
      listen(
        createServer((socket) => relay(socket, to)),
        '127.0.0.1',
        port,
      ),
    ),
  );
  for (const port of [PORT.quic, PORT.silent]) createSocket('udp4').bind(port, '127.0.0.1');
  const names = ['--host-record=real.example.test,192.0.2.7', '--cname=alias.example.test,real.example.test'];
  const dnsmasq = spawn(
    'dnsmasq',
    ['--keep-in-foreground', '--conf-file=/dev/null', '--no-resolv', '--pid-file=', ...names],
    { stdio: 'ignore' },
  );
  try {
    for (const recording of recordings(scratch)) {
      if (wanted.length === 0 || wanted.includes(recording.name)) await record(recording);
    }
  } finally {
    dnsmasq.kill();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

function relay(socket: Socket, port: number): void {
  const onward = createConnection(port, '127.0.0.1');
  for (const end of [socket, onward]) end.on('error', () => [socket, onward].forEach((one) => one.destroy()));
  socket.pipe(onward).pipe(socket);
}

await main(process.argv.slice(2));
process.exit(0);

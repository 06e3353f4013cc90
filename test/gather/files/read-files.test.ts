import { appendFileSync, chmodSync, linkSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { constants, deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { valueOf } from '../../../src/core/model/evidence.ts';
import { placeKey } from '../../../src/core/judge/traffic/flows.ts';
import type { Flow } from '../../../src/core/model/traffic.ts';
import type { ReadFiles } from '../../../src/gather/files/read-files.ts';
import { evidenceFixture } from '../../support/fixtures/evidence.ts';
import { tlsHello } from '../../support/packets/hello-builder.ts';
import { LogFolder, NOW_MS, read, squidLine } from '../../support/logs/log-files.ts';
import { ACK, Conversation, etherPcap, ethernet, pcapngSection, RST } from '../../support/packets/pcap-builder.ts';
import { serverLine, TEXT } from '../../support/logs/pms-log-builder.ts';
import { zip } from '../../support/logs/zip-builder.ts';

const folder = new LogFolder();
afterAll(() => folder.remove());

const SQUID =
  squidLine('10.0.0.2', 'TCP_TUNNEL/200', 'CONNECT', 'plex.tv:443') +
  squidLine('10.0.0.2', 'TCP_DENIED/403', 'CONNECT', 'metadata.provider.plex.tv:443', NOW_MS + 1000);

const PMS_LOG = [
  serverLine('server', { atMs: NOW_MS, text: TEXT.start('Plex Media Server', '1.41.3.9314-a0bfb8370', '-06:00') }),
  serverLine('server', { atMs: NOW_MS + 1000, text: TEXT.request('GET', 'https://plex.tv/api', '5c') }),
  serverLine('server', {
    atMs: NOW_MS + 1500,
    level: 'WARN',
    text: TEXT.failure(
      'GET',
      'https://plex.tv/api',
      6,
      'Could not resolve hostname',
      'Could not resolve host: plex.tv',
      '5c',
    ),
  }),
]
  .join('\n')
  .concat('\n');

const TINYPROXY = [
  'CONNECT   Nov 22 14:03:01.123 [812]: Connect (file descriptor 5): 10.0.0.2',
  'CONNECT   Nov 22 14:03:01.130 [812]: Request (file descriptor 5): CONNECT plex.tv:443 HTTP/1.1',
  'CONNECT   Nov 22 14:03:01.180 [812]: Established connection to host "plex.tv" using file descriptor 6.',
  '',
].join('\n');

function hello(name: string, server = '203.0.113.5'): Uint8Array[] {
  const conversation = new Conversation({ server });
  return [...conversation.handshake(), conversation.says(tlsHello({ name })), conversation.answers([22, 3, 3])];
}
const CAPTURE = etherPcap(hello('plex.tv'));

function flowsOf(result: ReadFiles): readonly Flow[] {
  return valueOf(result.traffic)?.flows ?? [];
}

/** `name outcome ×count` of each flow. */
function told(result: ReadFiles): string[] {
  return flowsOf(result).map(
    ({ names, outcome, count, route }) => `${names.map(({ name }) => name).join('/')} ${route} ${outcome} ×${count}`,
  );
}

describe('kinds, found by their bytes', () => {
  const rows: readonly (readonly [string, string, string | Uint8Array])[] = [
    ['squid', 'read', SQUID],
    ['tinyproxy', 'read', TINYPROXY],
    ['pms-log', 'read', PMS_LOG],
    ['pcap', 'read', CAPTURE],
    ['zip', 'read', zip([{ name: 'logs/a.log', data: PMS_LOG }])],
    ['evidence', 'read', JSON.stringify(evidenceFixture(), null, 2)],
    [
      'squid-conf',
      'read',
      'http_port 3128\nlogformat mine %ts %>a %Ss/%>Hs %rm %ru\naccess_log /var/log/squid/access.log mine\n',
    ],
    ['report', 'not-read', '{"schemaVersion":1,"tool":{"name":"pms-proxy-doctor","version":"0.1.0"}}'],
    ['empty', 'not-read', ''],
    ['unknown', 'not-read', 'Dear diary,\ntoday nothing happened.\n'],
    ['elf', 'not-read', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0])],
  ];
  it.each(rows)('%s is %s', async (kind, state, content) => {
    const path = folder.add('anything.bin', content);
    const { files } = await read([path]);
    expect(files.at(-1)).toMatchObject({ path, kind, state });
    // Nothing is left out in silence.
    expect(files.at(-1)?.state === 'not-read' && !files.at(-1)?.note).toBe(false);
  });

  it('unpacks gzip, gzip in gzip, and UTF-16', async () => {
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(SQUID, 'utf16le')]);
    for (const content of [gzipSync(SQUID), gzipSync(gzipSync(SQUID)), utf16, gzipSync(utf16), utf16.swap16()]) {
      const { files, traffic } = await read([folder.add('packed', content)]);
      expect(files).toMatchObject([{ kind: 'squid', state: 'read', note: null }]);
      expect(valueOf(traffic)?.flows).toHaveLength(2);
    }
  });

  it('reads several members of one gzip file', async () => {
    const half = SQUID.indexOf('\n') + 1;
    const path = folder.add('members.gz', Buffer.concat([gzipSync(SQUID.slice(0, half)), gzipSync(SQUID.slice(half))]));
    expect(told(await read([path]))).toHaveLength(2);
  });
});

describe('troubles, each with a line, and the others are still read', () => {
  const big = SQUID.repeat(3000);
  const rows: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
    ['cut gzip', gzipSync(big).subarray(0, 700), /gzip data is cut: it ends after \d+ unpacked bytes/],
    [
      'gzip with a wrong checksum',
      Buffer.concat([gzipSync(big).subarray(0, -8), Buffer.alloc(8)]),
      /gzip data is damaged after \d+ unpacked bytes/,
    ],
    ['gzip without data', gzipSync('').subarray(0, 12), /gzip data is cut/],
    ['bzip2', Buffer.from('BZh91AY&SY'), /compressed by bzip2: decompress it first/],
    ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), /compressed by xz/],
    ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0]), /compressed by zstd/],
    [
      'tar',
      Buffer.concat([Buffer.alloc(257, 'a'), Buffer.from('ustar\0'), Buffer.alloc(300)]),
      /tar archive: unpack it first/,
    ],
    ['HTML', '<!DOCTYPE html><html><body>403</body></html>', /an HTML page/],
    ['PDF', '%PDF-1.7\n', /a PDF document/],
    ['other JSON', '{"log":{"entries":[]}}', /JSON without a log in it/],
    [
      'Preferences.xml',
      '<?xml version="1.0" encoding="utf-8"?>\n<Preferences PlexOnlineToken="x"/>',
      /holds its token/,
    ],
    ['SQLite', 'SQLite format 3\0', /an SQLite database/],
    [
      'cache.log',
      '2026/11/22 14:03:01 kid1| Accepting HTTP Socket connections at conn3\n',
      /requests are in access\.log/,
    ],
    [
      'binary',
      Buffer.from(Array.from({ length: 400 }, (_, i) => (i * 7) % 256)),
      /binary data \(it begins with 00 07 0e 15\)/,
    ],
    ['cut capture', CAPTURE.subarray(0, CAPTURE.length - 5), /the file ends inside packet 5 \(byte \d+\)/],
    ['capture without packets', CAPTURE.subarray(0, 24), /it holds no packets/],
    [
      'lines that cannot be read',
      `${SQUID}hello\n${SQUID}`,
      /1 of 5 lines could not be read; the first is line 3, column 1/,
    ],
    ['cut ZIP', zip([{ name: 'a', data: SQUID }]).subarray(0, 90), /the ZIP is cut or damaged/],
    ['ZIP without files', zip([]), /the ZIP holds no file/],
  ];
  it.each(rows)('%s', async (name, content, note) => {
    const path = folder.add(name, content);
    const good = folder.add('good.log', squidLine('10.0.0.2', 'TCP_TUNNEL/200', 'CONNECT', 'pubsub.plex.tv:443'));
    const result = await read([path, good]);
    const lines = result.files.filter((file) => file.path.startsWith(path));
    expect(lines.map((file) => file.note).join('\n')).toMatch(note);
    expect(lines.every(({ state }) => state !== 'read')).toBe(true);
    expect(told(result)).toContain('pubsub.plex.tv proxy ok ×1');
  });

  it('keeps what a cut or damaged gzip file still gives', async () => {
    const { files, traffic } = await read([folder.add('cut.gz', gzipSync(big, { level: 1 }).subarray(0, 700))]);
    expect(files[0]).toMatchObject({ kind: 'squid', state: 'partly' });
    expect(valueOf(traffic)?.flows[0]?.count).toBeGreaterThan(10);
  });

  it('says why a path cannot be read', async () => {
    const loop = join(folder.path, 'loop');
    symlinkSync(loop, loop);
    const { files } = await read([join(folder.path, 'nowhere'), loop, '/dev/null']);
    expect(files.map(({ note }) => note)).toEqual([
      'there is no such file',
      'its symbolic links lead in a circle',
      'it is a device or socket; give a file, or pipe its contents into "-"',
    ]);
  });

  it.skipIf(process.getuid?.() === 0)(
    'says when a file may not be read (skipped as root, who may read all)',
    async () => {
      const path = folder.add('secret.log', SQUID);
      chmodSync(path, 0);
      const { files } = await read([path]);
      expect(files[0]?.note).toMatch(/this user may not read it/);
    },
  );

  it('stops at a gzip bomb', async () => {
    const mebibyte = gzipSync(Buffer.alloc(1024 * 1024, 'x'));
    const bomb = Array.from({ length: 140 }, () => mebibyte);
    const { files } = await read([folder.add('bomb.gz', Buffer.concat([gzipSync(SQUID), ...bomb]))]);
    expect(files[0]?.note).toMatch(/unpacks to more than 250 times its size/);
  });

  it('takes a log that is very repetitive', async () => {
    const path = folder.add('repeated.gz', gzipSync(SQUID.repeat(30_000)));
    const result = await read([path]);
    expect(result.files).toMatchObject([{ state: 'read', note: null }]);
    expect(flowsOf(result)[0]?.count).toBe(30_000);
  });

  it('stops when it is interrupted, and reports what was read', async () => {
    const controller = new AbortController();
    const paths = [folder.add('first.log', SQUID), folder.add('second.log', SQUID)];
    const result = await read(paths, {
      signal: controller.signal,
      onProgress: (_bytes, _total, path) => path.endsWith('second.log') && controller.abort(),
    });
    expect(result.files.map(({ state }) => state)).toEqual(['read', 'not-read']);
    expect(result.files[1]?.note).toMatch(/interrupted/);
    expect(flowsOf(result)).toHaveLength(2);
  });
});

describe('files that change, folders, and files given twice', () => {
  it('reads a growing file up to the size that it had', async () => {
    const path = folder.add('growing.log', SQUID.repeat(50_000));
    const result = await read([path], { onProgress: () => appendFileSync(path, SQUID.slice(0, 30)) });
    expect(result.files).toMatchObject([{ state: 'read', note: expect.stringMatching(/it grew while it was read/) }]);
    expect(flowsOf(result)[0]?.count).toBe(50_000);
  });

  it('takes the cut last line of a growing file for normal', async () => {
    const { files } = await read([folder.add('cut-line.log', SQUID + SQUID.slice(0, 40))]);
    expect(files).toMatchObject([{ state: 'read', note: null }]);
  });

  it('says when a file becomes shorter', async () => {
    const path = folder.add('shrinking.log', SQUID.repeat(100_000));
    const { files } = await read([path], { onProgress: () => truncateSync(path, 100) });
    expect(files[0]?.note).toMatch(/it became shorter while it was read/);
  });

  it('reads a file once, whatever it is called', async () => {
    const path = folder.add('once/a.log', SQUID);
    linkSync(path, join(folder.path, 'once/b.log'));
    symlinkSync(path, join(folder.path, 'once/c.log'));
    const result = await read([path, path, join(folder.path, 'once')]);
    expect(result.files).toHaveLength(1);
  });

  it('reads the folder Logs of PMS with that of its plug-ins', async () => {
    folder.add('Logs/Plex Media Server.log', PMS_LOG);
    folder.add(
      'Logs/PMS Plugin Logs/com.plexapp.system.log',
      '2026-11-22 09:00:00,000 (7f33) :  INFO (core:1) - hello\n',
    );
    folder.add('Logs/deeper/than/this.log', PMS_LOG);
    const { files, pmsLog } = await read([join(folder.path, 'Logs')]);
    expect(files.map(({ kind }) => kind)).toEqual(['pms-log', 'pms-log']);
    // The plug-in's log has no zone: the server's start line has it.
    expect(valueOf(pmsLog)?.files.map(({ from }) => from)).toEqual([
      '2026-11-22T15:00:00.000Z',
      '2026-11-22T21:00:00.000Z',
    ]);
  });

  it('needs one line only for what else lies in a folder or ZIP, but tells what could be a packed log', async () => {
    folder.add('mixed/access.log', SQUID);
    folder.add('mixed/cache.log', 'starting\n');
    folder.add('mixed/empty.log', '');
    folder.add('mixed/access.log.1.xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]));
    folder.add(
      'mixed/all.zip',
      zip([
        { name: 'notes.txt', data: 'hello' },
        { name: 'a.log', data: SQUID },
      ]),
    );
    const mixed = join(folder.path, 'mixed');
    const { files } = await read([mixed]);
    const bad = files.filter(({ note }) => note !== null);
    expect(bad.map(({ path, state, note }) => [path.slice(mixed.length), state, note])).toEqual([
      ['/access.log.1.xz', 'not-read', 'it is compressed by xz: decompress it first'],
      ['/all.zip', 'read', '1 file that is empty or of another kind: left out (notes.txt)'],
      ['', 'read', '2 files that are empty or of another kind: left out (cache.log, empty.log)'],
    ]);
    folder.add('junk/a', 'hello');
    expect((await read([join(folder.path, 'junk')])).files).toMatchObject([{ state: 'not-read' }]);
  });

  it('says when a folder is empty', async () => {
    folder.add('hollow/x/y', '');
    expect((await read([join(folder.path, 'hollow/x')])).files).toHaveLength(1);
    const { files } = await read([join(folder.path, 'hollow')]);
    expect(files).toHaveLength(1);
  });
});

describe('clocks', () => {
  it('finds how far the clock of the proxy is off', async () => {
    const hosts = ['plex.tv', 'metadata.provider.plex.tv', 'metrics.plex.tv', 'v4.plex.tv'];
    const start = serverLine('server', { atMs: NOW_MS, text: TEXT.start('Plex Media Server', '1.41.3.9314', '00:00') });
    const failures = hosts.map((host, n) =>
      serverLine('server', {
        atMs: NOW_MS + 7000 * n ** 2,
        level: 'WARN',
        text: TEXT.failure('GET', `https://${host}/`, 56, 'Failure', 'CONNECT tunnel failed, response 403', `${n}`),
      }),
    );
    const denials = hosts.map((host, n) =>
      squidLine('10.0.0.2', 'TCP_DENIED/403', 'CONNECT', `${host}:443`, NOW_MS + 7000 * n ** 2 + 61_500),
    );
    const { pmsLog } = await read([
      folder.add('clocks/pms.log', `${[start, ...failures].join('\n')}\n`),
      folder.add('clocks/access.log', denials.join('')),
    ]);
    expect(valueOf(pmsLog)?.proxyClockOffsetSeconds).toBe(-61.5);
  });
});

describe('ZIPs', () => {
  it('reads the good files of a ZIP that has bad ones', async () => {
    const inner = zip([{ name: 'deep.log', data: SQUID }]);
    const path = folder.add(
      'logs.zip',
      zip([
        { name: 'Plex Media Server Logs/', data: '' },
        { name: 'Plex Media Server Logs/Plex Media Server.log', data: PMS_LOG },
        { name: '../../etc/passwd', data: SQUID, method: 0 },
        { name: 'secret.log', data: SQUID, flags: 1 },
        { name: 'odd.log', data: SQUID, method: 12 },
        { name: 'wrong-sum.log', data: SQUID, crc: 7 },
        { name: 'damaged.log', data: SQUID.repeat(99), damage: (packed) => packed.fill(0xff, 10) },
        { name: 'elsewhere.log', data: SQUID, offset: 3 },
        { name: Buffer.from([0x61, 0xff, 0x1b, 0x5b]), data: SQUID },
        { name: 'inner.zip', data: inner },
        { name: 'packed.log.gz', data: gzipSync(SQUID) },
      ]),
    );
    const { files } = await read([path]);
    expect(files.map((file) => [file.path.slice(path.length), file.state, file.note?.slice(0, 40) ?? null])).toEqual([
      ['/Plex Media Server Logs/Plex Media Server.log', 'read', null],
      ['/../../etc/passwd', 'read', null],
      ['/secret.log', 'not-read', 'it is encrypted: unpack it with its pass'],
      ['/odd.log', 'not-read', 'its compression method (12) is not read:'],
      ['/wrong-sum.log', 'partly', 'it is damaged: its checksum does not fit'],
      ['/damaged.log', 'not-read', expect.stringMatching(/^it is damaged after \d+ unpacked bytes/)],
      ['/elsewhere.log', 'not-read', 'it is damaged: it does not stand where t'],
      ['/a\uFFFD\uFFFD[', 'read', null],
      ['/inner.zip/deep.log', 'read', null],
      ['/inner.zip', 'read', null],
      ['/packed.log.gz', 'read', null],
      ['', 'read', null],
    ]);
  });

  it('stops at a bomb in a ZIP', async () => {
    // A log, then the same mebibyte 140 times, packed once.
    const mebibyte = Buffer.alloc(1024 * 1024, 'x');
    const pack = (bytes: string | Buffer): Buffer => deflateRawSync(bytes, { finishFlush: constants.Z_FULL_FLUSH });
    const packed = pack(mebibyte);
    const repeated = Array.from({ length: 140 }, () => packed);
    const deflated = Buffer.concat([pack(SQUID), ...repeated, deflateRawSync('')]);
    const size = Buffer.byteLength(SQUID) + 140 * mebibyte.length;
    const path = folder.add('bomb.zip', zip([{ name: 'x.log', data: SQUID, size, deflated }]));
    const { files } = await read([path]);
    expect(files[0]?.note).toMatch(/unpacks to more than 250 times its size/);
  });

  it('survives any damage', async () => {
    const whole = zip([
      { name: 'a.log', data: SQUID },
      { name: 'b.log', data: PMS_LOG, method: 0 },
    ]);
    for (let at = 0; at < whole.length; at += 31) {
      const path = folder.add(
        'mutated.zip',
        whole.map((byte, i) => (i === at ? byte ^ 0xff : byte)),
      );
      expect((await read([path])).files.length).toBeGreaterThan(0);
    }
  });
});

describe('what a log of a proxy can show', () => {
  const showsOf = (result: ReadFiles) => valueOf(result.traffic)?.watchers.map(({ shows }) => shows);

  it('a guess of its format never says what was not asked', async () => {
    const custom = '1795359600.000 10.0.0.2 - CONNECT plex.tv:443\n'.repeat(3);
    const result = await read([folder.add('custom.log', custom)]);
    expect(result.files).toMatchObject([
      { kind: 'squid', note: expect.stringMatching(/is a guess: "referrer" fits 100 %/) },
    ]);
    expect(showsOf(result)).toEqual([[]]);
    expect(valueOf(result.traffic)?.watchers[0]?.problems.join()).toMatch(/is a guess/);
    const given = await read([folder.add('given.log', custom)], { squidLogformat: '%ts.%03tu %>a %un %rm %ru' });
    expect(showsOf(given)).toEqual([['proxy']]);
  });

  it('lines that Squid writes of itself are no unread ones', async () => {
    const own =
      '2026/11/22 14:03:01 kid1| Accepting HTTP Socket connections at conn3\n    listening port: 3128\n'.repeat(20);
    const result = await read([folder.add('docker.log', own + SQUID)]);
    expect(result.files).toMatchObject([{ kind: 'squid', state: 'read' }]);
    expect(showsOf(result)).toEqual([['proxy']]);
    expect(told(result)).toHaveLength(2);
  });

  it('many lines that cannot be read can hide what was asked', async () => {
    const result = await read([folder.add('half.log', SQUID.repeat(3) + 'garbage\n'.repeat(4))]);
    expect(showsOf(result)).toEqual([[]]);
  });

  it('a capture without traffic of a proxy does not show what one was asked', async () => {
    expect(showsOf(await read([folder.add('direct.pcap', CAPTURE)]))).toEqual([['direct']]);
    const proxies = new Set([placeKey('203.0.113.5', 443)]);
    const surroundings = { proxies, endpoints: [] };
    expect(showsOf(await read([folder.add('proxied.pcap', CAPTURE)], { surroundings }))).toEqual([['direct', 'proxy']]);
  });

  it('a capture with a filter does not show that something is missing', async () => {
    const bytes = ethernet(new Conversation().handshake()[0] ?? new Uint8Array());
    const capture = (filter?: string): Uint8Array =>
      pcapngSection([{ bytes, snap: 60 }], [filter === undefined ? { snap: 60 } : { snap: 60, filter }]);
    const plain = await read([folder.add('plain.pcapng', capture())]);
    const filtered = await read([folder.add('filtered.pcapng', capture('port 53'))]);
    expect([showsOf(plain), showsOf(filtered)]).toEqual([[['direct']], [[]]]);
    expect(filtered.files[0]?.note).toContain('"port 53"');
    expect(valueOf(filtered.traffic)?.watchers[0]?.misses.join()).toContain('"port 53"');
  });

  it('of several programs in one file each is read, and the others are counted', async () => {
    const lines = (program: string, text: string): string =>
      text.replace(/^(?=.)/gm, `Nov 22 14:03:01 host ${program}[1]: `);
    const mixed = lines('squid', SQUID) + lines('sshd', 'hello\nworld\n') + lines('Plex', PMS_LOG);
    const path = folder.add('syslog', mixed);
    const { files, pmsLog, traffic } = await read([path]);
    expect(files.map((file) => [file.path.slice(path.length), file.kind, file.state])).toEqual([
      ['/squid', 'squid', 'read'],
      ['/Plex', 'pms-log', 'read'],
      ['', 'wrapped', 'read'],
    ]);
    expect(files[2]?.note).toBe(
      'stripped: syslog (RFC 3164); 2 lines are of no log of PMS or of a proxy (sshd): left out',
    );
    expect(valueOf(traffic)?.flows).toHaveLength(2);
    expect(valueOf(pmsLog)?.requests).toHaveLength(1);
  });
});

describe('formats of access logs', () => {
  const LINE = '1795359600 10.0.0.2 TCP_TUNNEL/200 CONNECT plex.tv:443\n';
  const CODES = '%ts %>a %Ss/%>Hs %rm %ru';

  it('takes a given format, and a name for it', async () => {
    const path = folder.add('mine.log', LINE);
    for (const squidLogformat of [CODES, `logformat mine ${CODES}`]) {
      const result = await read([path], { squidLogformat });
      expect(result.files).toMatchObject([{ kind: 'squid', state: 'read' }]);
      expect(told(result)).toEqual(['plex.tv proxy ok ×1']);
    }
    expect((await read([path])).files[0]).toMatchObject({ kind: 'unknown', state: 'not-read' });
  });

  it('takes the formats of a squid.conf, given before or behind the log', async () => {
    const log = folder.add('conf/mine.log', LINE);
    const conf = folder.add(
      'conf/squid.conf',
      `# comment\nlogformat mine ${CODES}\naccess_log daemon:/var/log/mine.log mine\n`,
    );
    for (const paths of [
      [log, conf],
      [conf, log],
    ])
      expect(told(await read(paths))).toEqual(['plex.tv proxy ok ×1']);
    expect(told(await read([log, conf], { squidLogformat: 'mine' }))).toEqual(['plex.tv proxy ok ×1']);
  });

  it('says that there is no format of a name', async () => {
    const result = await read([folder.add('named.log', SQUID)], { squidLogformat: 'nosuch' });
    expect(result.files[0]?.note).toMatch(/^"nosuch" is neither a logformat line nor .* known are squid, common, /);
  });

  it('says where a given format is wrong, and reads all the same', async () => {
    const result = await read([folder.add('native.log', SQUID)], { squidLogformat: '%ts %{' });
    expect(result.files).toMatchObject([
      { path: '--squid-logformat', state: 'not-read', note: expect.stringMatching(/^column \d+: /) },
      { state: 'read' },
    ]);
  });

  it('says when a format names no hosts', async () => {
    const path = folder.add('agents.log', '10.0.0.2 [22/Nov/2026:14:00:00 +0000] "PlexMediaServer/1.41"\n'.repeat(3));
    const { traffic } = await read([path], { squidLogformat: 'useragent' });
    expect(valueOf(traffic)?.watchers[0]).toMatchObject({
      shows: [],
      problems: [expect.stringMatching(/does not say for which host/)],
    });
  });
});

describe('rotated logs', () => {
  it('is one watcher for the files of one log, in any order', async () => {
    const names = ['rotated/access.log.2.gz', 'rotated/access.log', 'rotated/access.log.1'];
    const paths = names.map((name, day) => {
      const text = squidLine('10.0.0.2', 'TCP_TUNNEL/200', 'CONNECT', 'plex.tv:443', NOW_MS - day * 1000);
      return folder.add(name, name.endsWith('.gz') ? gzipSync(text) : text);
    });
    const result = await read(paths);
    expect(valueOf(result.traffic)?.watchers).toMatchObject([
      {
        kind: 'access-log',
        source: `${join(folder.path, 'rotated/access.log')} (3 files)`,
        from: new Date(NOW_MS - 2000).toISOString(),
        to: new Date(NOW_MS).toISOString(),
        shows: ['proxy'],
      },
    ]);
    expect(told(result)).toEqual(['plex.tv proxy ok ×3']);
  });
});

describe('whose traffic', () => {
  const others = [1, 2, 3]
    .map((n) => squidLine(`10.0.9.${n}`, 'TCP_TUNNEL/200', 'CONNECT', 'bank.example:443'))
    .join('');

  it('takes the only client that asks for plex.tv', async () => {
    const result = await read([folder.add('clients.log', others + SQUID)]);
    expect(new Set(flowsOf(result).map(({ client }) => client))).toEqual(new Set(['10.0.0.2']));
    expect(valueOf(result.traffic)?.watchers[0]?.problems).toEqual([
      'of its 4 clients only one asks for plex.tv: it is taken for PMS',
    ]);
  });

  it('shows of several only what concerns Plex, and counts them without naming them', async () => {
    const laptop = squidLine('10.0.9.1', 'TCP_TUNNEL/200', 'CONNECT', 'app.plex.tv:443');
    const result = await read([folder.add('several.log', others + SQUID + laptop)]);
    expect(flowsOf(result).flatMap(({ names }) => names.map(({ name }) => name))).toEqual([
      'plex.tv',
      'metadata.provider.plex.tv',
      'app.plex.tv',
    ]);
    const [problem = ''] = valueOf(result.traffic)?.watchers[0]?.problems ?? [];
    expect(problem).toMatch(/^2 of its 4 clients ask for plex\.tv.*--client/);
    expect(problem).not.toContain('10.0');
  });

  it('takes the client that was chosen, and says when there is none such', async () => {
    const path = folder.add('chosen.log', others + SQUID);
    expect(told(await read([path], { clients: ['10.0.9.1'] }))).toEqual(['bank.example proxy ok ×1']);
    const { traffic } = await read([path], { clients: ['10.0.9.77'] });
    expect(valueOf(traffic)?.flows).toEqual([]);
    expect(valueOf(traffic)?.watchers[0]?.problems[0]).toMatch(/no line of it is of the client given/);
  });

  it('claims nothing of a client that a capture does not have', async () => {
    const { traffic } = await read([folder.add('wrong-client.pcap', CAPTURE)], { clients: ['10.0.9.77'] });
    expect(valueOf(traffic)?.watchers[0]).toMatchObject({
      shows: [],
      problems: ['no connection in it is of the client given by --client, but of 1 other'],
    });
  });

  it('says when a chosen client may have an address of the other family', async () => {
    const six = squidLine('2001:db8::2', 'TCP_TUNNEL/200', 'CONNECT', 'plex.tv:443');
    const problemsOf = async (...clients: readonly string[]): Promise<readonly string[] | undefined> =>
      valueOf((await read([folder.add('families.log', others + SQUID + six)], { clients })).traffic)?.watchers[0]
        ?.problems;
    expect(await problemsOf('10.0.0.2')).toEqual([expect.stringMatching(/^clients with IPv6 addresses ask/)]);
    expect(await problemsOf('2001:DB8::2')).toEqual([expect.stringMatching(/^clients with IPv4 addresses ask/)]);
    expect(await problemsOf('10.0.0.2', '2001:db8::2')).toEqual([]);
  });

  it('shows nothing of others when nobody asks for plex.tv', async () => {
    const { traffic } = await read([folder.add('nobody.log', others)]);
    expect(valueOf(traffic)?.flows).toEqual([]);
    expect(valueOf(traffic)?.watchers[0]).toMatchObject({
      shows: ['proxy'],
      problems: [expect.stringMatching(/^none of its 3/)],
    });
  });

  it('takes the client that packets showed', async () => {
    const log = folder.add(
      'both/access.log',
      others + squidLine('10.0.0.2', 'TCP_TUNNEL/200', 'CONNECT', 'example.org:443'),
    );
    const result = await read([folder.add('both/a.pcap', CAPTURE), log]);
    expect(told(result)).toEqual(['plex.tv direct ok ×1', 'example.org proxy ok ×1']);
  });
});

describe('captures', () => {
  const CONNECT = Buffer.from(
    'CONNECT metadata.provider.plex.tv:443 HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic c2VjcmV0\r\n\r\n',
  );
  const PROXY = { server: '192.168.1.9', serverPort: 3128 };

  function tunnel(status: string): Uint8Array[] {
    const c = new Conversation({ ...PROXY, clientPort: 41_000 });
    const opening = [...c.handshake(), c.says(CONNECT), c.answers(Buffer.from(`HTTP/1.1 ${status}\r\n\r\n`))];
    return status.startsWith('200') ? [...opening, c.says(tlsHello({ name: 'metadata.provider.plex.tv' }))] : opening;
  }

  it('knows a place that behaved as a proxy once for all connections', async () => {
    const refused = new Conversation({ ...PROXY, clientPort: 42_000 });
    const path = folder.add(
      'proxy.pcap',
      etherPcap([...tunnel('200 OK'), refused.syn(), refused.fromServer({ flags: RST | ACK })]),
    );
    const result = await read([path]);
    expect(result.proxies).toEqual([placeKey('192.168.1.9', 3128)]);
    expect(flowsOf(result)).toMatchObject([
      {
        route: 'proxy',
        address: '192.168.1.9',
        port: 3128,
        targetPort: 443,
        outcome: 'ok',
        status: 200,
        names: [
          { name: 'metadata.provider.plex.tv', source: 'sni' },
          { name: 'metadata.provider.plex.tv', source: 'connect' },
        ],
      },
      { route: 'proxy', outcome: 'proxy-unreachable', code: 'refused', names: [], targetPort: null },
    ]);
    expect(JSON.stringify(result)).not.toContain('c2VjcmV0');
  });

  it('knows the configured proxy when nobody answers there', async () => {
    const silent = new Conversation(PROXY);
    const proxies = new Set([placeKey('192.168.1.9', 3128)]);
    const result = await read([folder.add('silent.pcap', etherPcap([silent.syn(), silent.syn(), silent.syn()]))], {
      surroundings: { proxies, endpoints: [] },
    });
    expect(flowsOf(result)).toMatchObject([
      { route: 'proxy', outcome: 'proxy-unreachable', code: 'no-reply', tries: 3 },
    ]);
  });

  it('tells what direct connections met', async () => {
    const dropped = new Conversation({ server: '203.0.113.9', clientPort: 43_000 });
    const path = folder.add('direct.pcap', etherPcap([...hello('plex.tv'), dropped.syn(), dropped.syn()]));
    expect(flowsOf(await read([path]))).toMatchObject([
      { route: 'direct', outcome: 'ok', names: [{ name: 'plex.tv', source: 'sni' }], tries: 1, seenBy: ['capture'] },
      { route: 'direct', outcome: 'no-reply', names: [], address: '203.0.113.9', tries: 2 },
    ]);
  });

  it('reads a capture that is packed', async () => {
    expect(told(await read([folder.add('a.pcap.gz', gzipSync(CAPTURE))]))).toEqual(['plex.tv direct ok ×1']);
  });
});

describe('logs of PMS', () => {
  it('gives times in UTC where the zone is known, and without a zone where not', async () => {
    const rotated = PMS_LOG.split('\n').slice(1).join('\n');
    const alone = await read([folder.add('alone/Plex Media Server.1.log', rotated)]);
    expect(valueOf(alone.pmsLog)?.requests[0]).toMatchObject({
      host: 'plex.tv',
      curl: 6,
      outcome: 'unresolved',
      lastAt: '2026-11-22T15:00:01.500',
    });
    const paths = [
      folder.add('set/Plex Media Server.1.log', rotated),
      folder.add('set/Plex Media Server.log', PMS_LOG),
    ];
    const both = await read(paths);
    expect(valueOf(both.pmsLog)?.requests).toMatchObject([{ count: 2, lastAt: '2026-11-22T21:00:01.500Z' }]);
    expect(valueOf(both.pmsLog)?.files.map(({ zoneOffsetMinutes }) => zoneOffsetMinutes)).toEqual([-360, -360]);
  });
});

it('says what is missing when no file shows traffic or is a log of PMS', async () => {
  const { traffic, pmsLog } = await read([folder.add('diary.txt', 'Dear diary')]);
  expect(traffic).toMatchObject({ state: 'not-run', reason: { code: 'NO_TRAFFIC_FILE' } });
  expect(pmsLog).toMatchObject({ state: 'not-run', reason: { code: 'NO_PMS_LOG' } });
});

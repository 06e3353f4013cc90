import { describe, expect, it } from 'vitest';
import { surestFormat } from '../../../src/gather/files/kinds/format.ts';
import { EXPECTED, FORMATS } from '../../../src/gather/files/formats.ts';
import { NOTHING_KNOWN, givenFormat } from '../../../src/gather/files/kinds/squid-format.ts';
import { NOW_MS, squidLine } from '../../support/logs/log-files.ts';
import { etherPcap } from '../../support/packets/pcap-builder.ts';
import { serverLine } from '../../support/logs/pms-log-builder.ts';

const SQUID = squidLine('10.0.0.2', 'TCP_TUNNEL/200', 'CONNECT', 'plex.tv:443');
const TINYPROXY = 'CONNECT   Nov 22 14:03:01.123 [812]: Connect (file descriptor 5): 10.0.0.2\n';
const PMS = `${serverLine('server', { atMs: NOW_MS, text: 'hello' })}\n`;

const bytes = (...values: readonly (number | string)[]): Uint8Array =>
  Buffer.concat(
    values.map((value) => (typeof value === 'string' ? Buffer.from(value, 'latin1') : Buffer.from([value]))),
  );

/** Beginnings of files, and of which kind each is. Of every kind there is at least one. */
const ROWS: readonly (readonly [id: string, beginning: string | Uint8Array])[] = [
  ['empty', ''],
  ['pcap', etherPcap([])],
  ['pcapng', bytes(0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a)],
  ['gzip', bytes(0x1f, 0x8b, 8)],
  ['zip', 'PK\u0003\u0004'],
  ['zip', 'PK\u0005\u0006'],
  ['utf-16le', bytes(0xff, 0xfe, 'a', 0)],
  ['utf-16be', bytes(0xfe, 0xff, 0, 'a')],
  ['bzip2', 'BZh91AY'],
  ['xz', bytes(0xfd, '7zXZ', 0)],
  ['zstd', bytes(0x28, 0xb5, 0x2f, 0xfd)],
  ['lz4', bytes(0x04, 0x22, 0x4d, 0x18)],
  ['lzip', 'LZIP\u0001'],
  ['compress', bytes(0x1f, 0x9d, 0x90)],
  ['lzma', bytes(0x5d, 0, 0, 0x80)],
  ['7z', bytes('7z', 0xbc, 0xaf, 0x27, 0x1c)],
  ['rar', 'Rar!\u001a'],
  ['tar', `${'a'.repeat(257)}ustar\0`],
  ['pdf', '%PDF-1.7'],
  ['png', bytes(0x89, 'PNG')],
  ['jpeg', bytes(0xff, 0xd8, 0xff)],
  ['sqlite', 'SQLite format 3\0'],
  ['elf', bytes(0x7f, 'ELF')],
  ['exe', 'MZ\u0090'],
  ['systemd-journal', 'LPKSHHRH'],
  ['snoop', 'snoop\0\0\0'],
  ['netxray', 'XCP\0'],
  ['netmon', 'GMBU'],
  ['pms-log', PMS],
  ['pms-log', `the end of a message\n${PMS}`],
  ['evidence', '{\n  "kind": "pms-proxy-doctor/evidence",\n  "tool": { "name": "pms-proxy-doctor"'],
  ['report', '{"schemaVersion":1,"tool":{"name":"pms-proxy-doctor"'],
  ['text-report', 'pms-proxy-doctor 0.1.0 check'],
  ['squid', SQUID],
  ['squid', `TUNNEL/200 4711 CONNECT plex.tv:443 - HIER_DIRECT/192.0.2.1 -\n${SQUID}${SQUID.slice(0, 20)}`],
  ['squid', `${SQUID}hello\n${SQUID}`],
  ['unknown', `hello\n${SQUID}hello\nhello\nhello\n`],
  ['tinyproxy', TINYPROXY],
  ['tinyproxy', `file descriptor 5): 10.0.0.2\n${TINYPROXY}CONN`],
  ['smokescreen', '{"level":"info","msg":"CANONICAL-PROXY-DECISION","requested_host":"plex.tv:443","allow":true}\n'],
  [
    'haproxy',
    '10.0.0.2:333 [22/Nov/2026:14:03:01.655] in out/s1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "CONNECT plex.tv:443 HTTP/1.1"\n',
  ],
  [
    'envoy',
    '[2026-11-22T14:03:01.310Z] "CONNECT - HTTP/1.1" 200 - 0 11 12 - "10.0.0.2" "-" "x" "plex.tv:443" "203.0.113.5:443"\n',
  ],
  ['e2guardian', '2026.11.22 14:03:01 - 10.0.0.2 https://plex.tv:443  CONNECT 0 0  1 200 -  -  Default -\n'],
  ['common', '10.0.0.2 - - [22/Nov/2026:14:03:01 +0000] "CONNECT plex.tv:443 HTTP/1.1" 503 7784\n'],
  ['web-server', '10.0.0.2 - - [22/Nov/2026:14:03:01 +0000] "GET / HTTP/1.1" 200 7784 "-" "x"\n'],
  ['haproxy-hostless', '10.0.0.2:333 [22/Nov/2026:14:03:01.443] in out/s1 0/0/5007 212 -- 0/0/0/0/3 0/0\n'],
  ['privoxy', '2026-11-22 14:03:01.123 7f8a1700 Request: plex.tv:443/\n'],
  ['mitmproxy', '10.0.0.2:333: GET https://plex.tv/\n          << 200 OK 1.2k\n'],
  ['plexamp', 'Nov 22, 2026 14:03:01.123 [Javascript] INFO - Starting Plexamp 4.10.1\n'],
  ['plex-web', '[{"type":"log:message","level":4,"message":"[Connections] Retrying"},\n'],
  ['container-startup', '[cont-init.d] 10-first-run: executing...\ncurl: (6) Could not resolve host: plex.tv\n'],
  ['container-startup', 'Starting Plex Media Server.\n'],
  ['utf-16le', Buffer.from(PMS, 'utf16le')],
  ['utf-16be', Buffer.from(PMS, 'utf16le').swap16()],
  ['squid', `2026/11/22 14:03:01| Starting\n2026/11/22 14:03:01 kid1| Accepting\n    listening port: 3128\n${SQUID}`],
  [
    'squid',
    '10.0.0.2 - - - [22/Nov/2026:14:03:01 +0000] "CONNECT plex.tv:443 HTTP/1.1" 200 39 "-" "curl/8" TCP_TUNNEL:HIER_DIRECT\n',
  ],
  ['json', '[{"a":1}]'],
  ['unknown', '[not JSON, just text]\n'],
  ['unknown', '[2026-11-30 20:10:40] text\n'],
  ['unknown', '[1234] text\n'],
  ['unknown', '[[thread]] text\n'],
  ['unknown', '{not JSON either\n'],
  ['pasted', `hello\n\`\`\`\n${SQUID}\`\`\`\n`],
  ['pasted', `==> a <==\n${PMS}`],
  ['pasted', `${PMS.trim()} ${PMS}`],
  ['wrapped', `Nov 30 20:10:40 fw squid[1]: ${SQUID}`],
  ['wrapped', 'Nov 30 20:10:40 fw sshd[1]: hello\n'],
  ['wrapped', `> ${SQUID}`],
  ['unknown', '> hello\n> world\n'],
  ['squid-conf', '# comment\nhttp_port 3128\n'],
  ['squid-conf', '#\tWELCOME TO SQUID 5.7\n'],
  ['html', '<!DOCTYPE html><html>'],
  ['pms-preferences', '<?xml version="1.0"?>\n<Preferences PlexOnlineToken="x"/>'],
  ['xml', '<MediaContainer size="0"/>'],
  ['json', '{"log":{"entries":[]}}'],
  ['squid-cache-log', '2026/11/22 14:03:01 kid1| Accepting HTTP Socket connections\n'],
  ['squid-cache-log', '2026/11/22 14:03:01| Starting Squid Cache\n'],
  ['binary', Uint8Array.from({ length: 400 }, (_, i) => (i * 7) % 256)],
  ['unknown', 'Dear diary,\n'],
];

function formatOf(beginning: string | Uint8Array, path = 'anything.bin', known = NOTHING_KNOWN): string | undefined {
  const head = {
    bytes: typeof beginning === 'string' ? Buffer.from(beginning, 'latin1') : beginning,
    path,
    member: null,
    known,
  };
  return surestFormat(FORMATS, head)?.format.id;
}

describe('FORMATS', () => {
  it.each(ROWS)('knows %s', (id, beginning) => {
    expect(formatOf(beginning)).toBe(id);
  });

  it('has a row here for every kind, and every kind once', () => {
    const ids = FORMATS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !ROWS.some(([known]) => known === id))).toEqual([]);
  });

  it('takes the lines of a format that the user gave', () => {
    const given = givenFormat('%ts %rm %ru', []);
    const line = '1795359600 CONNECT plex.tv:443\n';
    expect(formatOf(line)).toBe('unknown');
    expect('format' in given && formatOf(line, 'a', { given: given.format, configurations: [] })).toBe('squid');
  });

  it('names what can be read', () => {
    for (const word of ['capture', 'Plex Media Server', 'Squid', 'tinyproxy', 'ZIP', 'evidence'])
      expect(EXPECTED).toContain(word);
  });
});

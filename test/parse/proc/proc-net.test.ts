import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../../src/core/values/address.ts';
import {
  isUnconnected,
  parseActiveOpens,
  parseFibTrie,
  parseIfInet6,
  parseLastPid,
  parseProcNet,
  parseSocketLink,
  parseSockstat,
  readPlace,
} from '../../../src/parse/proc/proc-net.ts';
import { socketTable } from '../../support/system/live-procfs.ts';

const HEADING = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const WAITING =
  '   1: 0201A8C0:9C40 0201412D:01BB 02 00000001:00000000 01:00000064 00000002   972        0 48213 2 0000000000000000 100 0 0 10 -1\n';
const OVER_IPV6 =
  '   0: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1674 1 0 100 0 0 10 0\n';

describe('parseProcNet', () => {
  it('reads a socket that waits for an answer', () => {
    const rows = parseProcNet(HEADING + WAITING);
    const expected = {
      local: '0201A8C0:9C40',
      remote: '0201412D:01BB',
      state: 2,
      retransmits: 2,
      uid: 972,
      inode: 48_213,
    };
    expect(rows).toEqual([expected]);
    expect(rows.map(isUnconnected)).toEqual([false]);
  });

  it('reads the table of IPv6', () => {
    const [row] = parseProcNet(HEADING + OVER_IPV6);
    expect(row).toMatchObject({ state: 10, retransmits: 0, uid: 0, inode: 1674 });
    expect(readPlace(row?.local ?? '')).toEqual({ address: '::1', port: 8080 });
    expect(row !== undefined && isUnconnected(row)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['a heading alone', HEADING],
    ['a line that was cut', WAITING.slice(0, 70)],
    ['another width of addresses', '   1: 0201A8C:9C40 0201412:01BB 02 0:0 00:0 0 1 0 5\n'],
    ['text', 'no such table\n'],
  ])('finds no socket in %s', (_name, text) => {
    expect(parseProcNet(text)).toEqual([]);
  });

  it('reads the lines around one that is broken', () => {
    expect(parseProcNet(`${WAITING}broken\n${OVER_IPV6}`)).toHaveLength(2);
  });

  it('gives back every socket', () => {
    const address = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
    );
    const port = fc.integer({ min: 0, max: 65_535 });
    fc.assert(
      fc.property(
        address,
        port,
        fc.nat(15),
        fc.nat(4e9),
        fc.nat(4e9),
        fc.nat(255),
        (bytes, at, state, inode, uid, retransmits) => {
          const ip = formatAddress(bytes) ?? '';
          const [row] = parseProcNet(socketTable([{ local: [ip, at], state, inode, uid, retransmits }]));
          expect(row).toMatchObject({ state, inode, uid, retransmits });
          // The mapped form of an IPv4 address is read as that address.
          fc.pre(!ip.startsWith('::ffff:'));
          expect(readPlace(row?.local ?? '')).toEqual({ address: ip, port: at });
        },
      ),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseProcNet(text)));
    fc.assert(
      fc.property(
        fc.nat(150),
        fc.string(),
        (at, text) => void parseProcNet(WAITING.slice(0, at) + text + WAITING.slice(at)),
      ),
    );
  });
});

describe('readPlace', () => {
  it.each([
    ['0100007F:1F90', { address: '127.0.0.1', port: 8080 }],
    ['0000000000000000FFFF00000201A8C0:01BB', { address: '192.168.1.2', port: 443 }],
    ['B80D01200000000000000000210C0000:0035', { address: '2001:db8::c21', port: 53 }],
    ['0100007F', null],
    ['0100007G:1F90', null],
    ['', null],
  ])('%s', (hex, expected) => {
    expect(readPlace(hex)).toEqual(expected);
  });
});

describe('the other files of procfs', () => {
  it('fib_trie: the own addresses of IPv4, once each', () => {
    const leaf = '           |-- 192.168.1.2\n              /32 host LOCAL\n';
    const other =
      '           |-- 192.168.1.255\n              /32 link BROADCAST\n        |-- 127.0.0.0\n           /8 host LOCAL\n';
    expect(parseFibTrie(`Main:\n${leaf}${other}Local:\n${leaf}`)).toEqual(['192.168.1.2']);
    expect(parseFibTrie('')).toEqual([]);
  });

  it('if_inet6: the own addresses of IPv6', () => {
    const text =
      'fe8000000000000000fc00fffe000001 04 40 20 80     eth0\nshort 04\n00000000000000000000000000000001 01 80 10 80       lo\n';
    expect(parseIfInet6(text)).toEqual(['fe80::fc:ff:fe00:1', '::1']);
  });

  it.each([
    ['0.32 0.28 0.49 3/93 31882\n', 31_882],
    ['0.32 0.28 0.49 3/93', null],
    ['', null],
  ])('loadavg: %j', (text, expected) => {
    expect(parseLastPid(text)).toBe(expected);
  });

  it.each([
    ['socket:[4711]', 4711],
    ['pipe:[4711]', null],
    ['/dev/null', null],
  ])('fd: %s', (target, expected) => {
    expect(parseSocketLink(target)).toBe(expected);
  });

  it('sockstat: the numbers by the names of the tables', () => {
    const text =
      'sockets: used 32\nTCP: inuse 3 orphan 0 tw 7 alloc 75 mem 0\nUDP: inuse 2 mem 0\nUDPLITE: inuse 9\nTCP6: inuse 4\n';
    expect([...parseSockstat(text)]).toEqual([
      ['tcp', 3],
      ['udp', 2],
      ['tcp6', 4],
    ]);
  });
});

describe('parseActiveOpens', () => {
  it.each<[string, string, number | null]>([
    ['by the name of its column', 'Ip: A B\nIp: 1 2\nTcp: RtoMin ActiveOpens PassiveOpens\nTcp: 200 417 9\n', 417],
    ['a kernel without it', 'Tcp: RtoMin\nTcp: 200\n', null],
    ['nothing', '', null],
  ])('%s', (_name, text, expected) => {
    expect(parseActiveOpens(text)).toBe(expected);
  });
});

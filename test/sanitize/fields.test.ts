import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanFile, cleanHost, cleanRemark } from '../../src/sanitize/fields.ts';
import { NO_SEEDS, Sanitizer } from '../../src/sanitize/sanitizer.ts';

const SEEDS = { ...NO_SEEDS, readableHosts: ['image.tmdb.org'], files: ['/srv/acme/fw01.pcap'] };
const sanitizer = (): Sanitizer => new Sanitizer(SEEDS);

describe('hosts', () => {
  it.each([
    ['plex.tv', 'plex.tv'],
    ['metadata.provider.plex.tv.', 'metadata.provider.plex.tv.'],
    ['IMAGE.tmdb.org', 'IMAGE.tmdb.org'],
    ['*.o.lencr.org', '*.o.lencr.org'],
    ['localhost', 'localhost'],
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
    ['ff02::fb', 'ff02::fb'],
    ['proxy', 'proxy'],
    ['diskstation', '<host-1>'],
    ['backup.zip', '<host-1>'],
    ['nas.acme.lan', '<domain-1>'],
    ['www.example.org', '<domain-1>'],
    ['_http._tcp.local', '<domain-1>'],
    ['10.0.0.7', '<lan-ip-1>'],
    ['2001:470::1', '<public-ip-1>'],
    ['10-0-0-7.0123456789abcdef0123456789abcdef.plex.direct', '<lan-ip-1>.<server-1>.plex.direct'],
    ['7.0.0.10.in-addr.arpa', '<lan-ip-1>.in-addr.arpa'],
    ['0.0.10.in-addr.arpa', '<host-1>.in-addr.arpa'],
    ['1.0.0.127.in-addr.arpa', '1.0.0.127.in-addr.arpa'],
    [`1.${'0.'.repeat(24)}0.7.4.0.1.0.0.2.ip6.arpa`.replace('0.0.7.4', '0.7.4'), '<public-ip-1>.ip6.arpa'],
    ['some words, and more', '<host-1>'],
    ['<host-7>', '<host-7>'],
    ['<host-7>.<domain-2>', '<host-7>.<domain-2>'],
  ])('%s', (host, expected) => {
    expect(cleanHost(host, sanitizer())).toBe(expected);
  });
  it('are named like the same address elsewhere', () => {
    const one = sanitizer();
    expect([one.text('10.0.0.7'), one.text('fd12::7')]).toEqual(['<lan-ip-1>', '<lan-ip-2>']);
    expect(cleanHost('7.0.0.10.in-addr.arpa', one)).toBe('<lan-ip-1>.in-addr.arpa');
    expect(cleanHost(`7.${'0.'.repeat(27)}2.1.d.f.ip6.arpa`, one)).toBe('<lan-ip-2>.ip6.arpa');
  });
  it('are the same the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const one = sanitizer();
        const once = cleanHost(text, one);
        expect(cleanHost(once, one)).toBe(once);
      }),
    );
  });
});

describe('files', () => {
  it.each([
    ['access.log', 'access.log'],
    ['/var/log/squid/access.log.2.gz', 'access.log.2.gz'],
    ['/home/alice/access.log (3 files)', 'access.log (3 files)'],
    [String.raw`C:\Users\alice\Plex Media Server.1.log`, 'Plex Media Server.1.log'],
    ['Plex Media Scanner Matcher.log', 'Plex Media Scanner Matcher.log'],
    ['PMS Plugin Logs/com.plexapp.agents.imdb.log', 'com.plexapp.agents.imdb.log'],
    ['access.log-20261122', 'access.log-20261122'],
    ['acme-fw01.pcap', '<file-1>.pcap'],
    ['/srv/acme/squid-acme.log.1', '<file-1>.log.1'],
    ['10.0.0.7.log', '<lan-ip-1>.log'],
    ['<file-3>.pcap', '<file-3>.pcap'],
    ['sockets of 3 processes, every 100 ms', 'sockets of 3 processes, every 100 ms'],
    ['packets of the network of pid 812', 'packets of the network of pid 812'],
    ['standard input', 'standard input'],
    ['-', '-'],
  ])('%s', (path, expected) => {
    expect(cleanFile(path, sanitizer())).toBe(expected);
  });
  it('share a pseudonym with their rotations', () => {
    const one = sanitizer();
    expect(['a/acme.log', 'acme.log.1', 'b/ACME.log.2.gz'].map((name) => cleanFile(name, one))).toEqual([
      '<file-1>.log',
      '<file-1>.log.1',
      '<file-1>.log.2.gz',
    ]);
  });
});

describe('remarks and texts about files', () => {
  it.each([
    ['/srv/acme/fw01.pcap ends inside a packet', '<file-1>.pcap ends inside a packet'],
    ['/mnt/acme/logs/access.log: line 3', 'access.log: line 3'],
    [String.raw`D:\acme\dump.pcap is cut`, 'dump.pcap is cut'],
    ['12 of 500 lines', '12 of 500 lines'],
  ])('%s', (text, expected) => {
    expect(cleanRemark(text, sanitizer())).toBe(expected);
  });
  it('find what is known in any text', () => {
    expect(sanitizer().text('read /srv/acme/fw01.pcap, then FW01.pcap')).toBe('read <file-1>.pcap, then <file-1>.pcap');
  });
  it('do not take words for files', () => {
    const one = new Sanitizer({ ...NO_SEEDS, files: ['/srv/a', 'connection'] });
    expect(one.text('a connection')).toBe('a connection');
  });
});

it('counts what it replaces again', () => {
  const one = sanitizer();
  one.text('10.0.0.7');
  one.text('10.0.0.7');
  expect(one.removed).toEqual({ 'lan-ip': 2 });
});

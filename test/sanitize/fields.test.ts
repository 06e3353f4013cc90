import * as fc from 'fast-check';
import { runs } from '../support/fuzz.ts';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod/mini';
import {
  citation,
  container,
  endpointId,
  file,
  host,
  path,
  program,
  remark,
  sentence,
  shaped,
  sourceId,
  unit,
  url,
} from '../../src/core/model/privacy.ts';
import { cleanDocument } from '../../src/sanitize/fields.ts';
import { Sanitizer } from '../../src/sanitize/sanitizer.ts';
import { NO_SEEDS } from '../../src/sanitize/values/seeds.ts';

const SEEDS = { ...NO_SEEDS, readableHosts: ['image.tmdb.org'], files: ['/srv/acme/fw01.pcap'] };
const sanitizer = (): Sanitizer => new Sanitizer(SEEDS);
const clean = (schema: z.core.$ZodType, value: string, one = sanitizer()): unknown => cleanDocument(schema, value, one);

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
  ])('%s', (name, expected) => {
    expect(clean(host(), name)).toBe(expected);
  });
  it('are named like the same address elsewhere', () => {
    const one = sanitizer();
    expect([one.text('10.0.0.7'), one.text('fd12::7')]).toEqual(['<lan-ip-1>', '<ula-1>']);
    expect(clean(host(), '7.0.0.10.in-addr.arpa', one)).toBe('<lan-ip-1>.in-addr.arpa');
    expect(clean(host(), `7.${'0.'.repeat(27)}2.1.d.f.ip6.arpa`, one)).toBe('<ula-1>.ip6.arpa');
  });
});

describe('sentences of this tool', () => {
  it.each([
    ['the SYN was not answered by wombat', 'the SYN was not answered by wombat'],
    ['FindProxyForURL threw "wombat is not defined"', 'FindProxyForURL threw "<name-1> is not defined"'],
    ['no reply from 10.0.0.7', 'no reply from <lan-ip-1>'],
  ])('%s', (text, expected) => {
    expect(clean(sentence(), text)).toBe(expected);
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
    ['standard input', 'standard input'],
    ['-', '-'],
  ])('%s', (name, expected) => {
    expect(clean(file(), name)).toBe(expected);
  });
  it('share a pseudonym with their rotations', () => {
    const one = sanitizer();
    expect(['a/acme.log', 'acme.log.1', 'b/ACME.log.2.gz'].map((name) => clean(file(), name, one))).toEqual([
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
    expect(clean(remark(), text)).toBe(expected);
  });
  it('find what is known in any text', () => {
    expect(sanitizer().text('read /srv/acme/fw01.pcap, then FW01.pcap')).toBe('read <file-1>.pcap, then <file-1>.pcap');
  });
  it('do not take words for files', () => {
    const one = new Sanitizer({ ...NO_SEEDS, files: ['/srv/a', 'connection'] });
    expect(one.text('a connection')).toBe('a connection');
  });
});

describe('names of this machine', () => {
  it.each<[string, string, string, z.core.$ZodType]>([
    ['program', 'Plex Media Server', 'Plex Media Server', program()],
    ['program', 'Plex Media Scanner Chapter Thumbnails', 'Plex Media Scanner Chapter Thumbnails', program()],
    ['program', 'Plex_Media_Server', 'Plex_Media_Server', program()],
    ['program', 'com.plexapp.agents.imdb', 'com.plexapp.agents.imdb', program()],
    ['program', 'EasyAudioEncoder', 'EasyAudioEncoder', program()],
    ['program', 'python3.11', 'python3.11', program()],
    ['program', 's6-supervise', 's6-supervise', program()],
    ['program', 'acmesync', '<program-1>', program()],
    ['program', 'Plex Acme Watcher', '<program-1>', program()],
    ['program', '<program-4>', '<program-4>', program()],
    ['unit', 'plexmediaserver.service', 'plexmediaserver.service', unit()],
    ['unit', 'snap.plexmediaserver.plexmediaserver.service', 'snap.plexmediaserver.plexmediaserver.service', unit()],
    ['unit', 'user@1000.service', 'user@1000.service', unit()],
    ['unit', 'acme-plex.service', '<unit-1>.service', unit()],
    ['unit', 'plex@jane.service', '<unit-1>.service', unit()],
    ['unit', '<unit-4>.service', '<unit-4>.service', unit()],
    ['container', 'plex', 'plex', container()],
    ['container', 'plex-media-server', 'plex-media-server', container()],
    ['container', 'jane-plex', '<container-1>', container()],
    ['container', '4f5e6d7c8b9a', '<container-1>', container()],
    ['container', 'ab'.repeat(32), '<container-1>', container()],
    ['container', '<host-1>', '<host-1>', container()],
    ['source', 'pid:812', 'pid:812', sourceId()],
    ['source', 'shell', 'shell', sourceId()],
    ['source', 'unit:plexmediaserver.service', 'unit:plexmediaserver.service', sourceId()],
    ['source', 'unit:acme-plex.service', 'unit:<unit-1>.service', sourceId()],
    ['source', 'container:jane-plex', 'container:<container-1>', sourceId()],
    ['source', 'file:/etc/default/plexmediaserver', 'file:/etc/default/plexmediaserver', sourceId()],
    ['source', 'file:/home/jane/acme/proxy.env', 'file:/home/<user-1>/<folder-1>/proxy.env', sourceId()],
  ])('%s: %s', (_, value, expected, schema) => {
    expect(clean(schema, value)).toBe(expected);
  });

  it('are hidden wherever a text has them, and stay where they are public', () => {
    const one = new Sanitizer({
      ...NO_SEEDS,
      programs: ['acmesync', 'Plex Media Server', 'sleep'],
      units: ['acme-plex.service', 'plexmediaserver.service'],
      containers: ['jane-plex', 'plex', '4f5e6d7c8b9a'],
      paths: ['/srv/acme/plex/Plex Media Server', '/usr/lib/plexmediaserver/lib/libcurl.so.4'],
    });
    expect(one.text('acmesync of acme-plex.service and plexmediaserver.service: sleep')).toBe(
      '<program-1> of <unit-1>.service and plexmediaserver.service: sleep',
    );
    expect(one.text('docker exec jane-plex, docker exec plex, docker exec 4f5e6d7c8b9a')).toBe(
      'docker exec <container-1>, docker exec plex, docker exec <container-2>',
    );
    expect(one.text('/etc/systemd/system/acme-plex.service.d/proxy.conf:2')).toBe(
      '/etc/systemd/system/<unit-1>.service.d/proxy.conf:2',
    );
    expect(one.text('started as /srv/acme/plex/Plex Media Server')).toBe(
      'started as /srv/<folder-1>/plex/Plex Media Server',
    );
  });
});

describe('paths that stay recognisable', () => {
  it.each([
    '/proc/812/environ',
    '/usr/lib/plexmediaserver/Plex Media Server',
    '/usr/lib/plexmediaserver/lib/libcurl.so.4',
    '/usr/lib/plexmediaserver/Resources/cacert.pem',
    '/usr/local/share/plexmediaserver-plexpass/Plex Media Server',
    '/etc/systemd/system/plexmediaserver.service.d/override.conf:3',
    '/etc/systemd/system/plexmediaserver.service:4 (PassEnvironment, /etc/systemd/system.conf:9)',
    '/share/CACHEDEV1_DATA/.qpkg/PlexMediaServer/Plex Media Server',
    '/var/packages/PlexMediaServer/target/Plex Media Server',
    '/run/s6/container_environment/https_proxy',
    '/var/snap/docker/common/var-lib-docker/containers',
    '/volume1/Plex/Library',
    String.raw`C:\Program Files (x86)\Plex\Plex Media Server\Plex Media Server.exe`,
    'the environment of this command',
    '--no-proxy',
  ])('%s stays', (place) => {
    expect(clean(path(), place)).toBe(place);
  });
  it.each([
    ['/home/jane/acme/Plex Media Server', '/home/<user-1>/<folder-1>/Plex Media Server'],
    [String.raw`C:\Users\jane\Acme\jane.env:2`, String.raw`C:\Users\<user-1>\<folder-1>\<file-1>.env:2`],
    ['/etc/systemd/system/acme.service.d/proxy.conf:2', '/etc/systemd/system/<unit-1>.service.d/proxy.conf:2'],
    ['/etc/x.conf:2 (PassEnvironment, /srv/acme/env:1)', '/etc/x.conf:2 (PassEnvironment, /srv/<folder-1>/env:1)'],
    [
      `/var/lib/docker/containers/${'ab'.repeat(32)}/config.v2.json`,
      '/var/lib/docker/containers/<folder-1>/config.v2.json',
    ],
    ['/srv/<folder-2>/<file-3>.env:2', '/srv/<folder-2>/<file-3>.env:2'],
  ])('%s', (place, expected) => {
    expect(clean(path(), place)).toBe(expected);
  });
});

describe('other classes', () => {
  it.each<[string, string, string, z.core.$ZodType]>([
    ['url', 'http://***@fwproxy:3128', 'http://***@<host-1>:3128', url()],
    ['url', 'fwproxy:3128', '<host-1>:3128', url()],
    ['url', '***@fwproxy', '***@<host-1>', url()],
    ['url', 'http://127.0.0.1:32400', 'http://127.0.0.1:32400', url()],
    ['url', 'pac+data:text/plain,x', 'pac+data:<removed-text>', url()],
    ['endpoint', 'my-agent', 'my-agent', endpointId()],
    ['endpoint', 'files', '<host-1>', endpointId()],
    ['citation', 'https://docs.acme.io/a', 'https://docs.acme.io/a', citation()],
    ['citation', 'https://wiki.acme.lan/a', 'https://<domain-1>/a', citation()],
    ['public', 'word', 'word', shaped(/^[a-z]+$/)],
    ['public', 'word 10.0.0.7', 'word <lan-ip-1>', shaped(/^[a-z]+$/)],
  ])('%s: %s', (_, value, expected, schema) => {
    const one = new Sanitizer({ ...SEEDS, catalogueWords: ['my-agent', 'https://docs.acme.io/a'] });
    expect(clean(schema, value, one)).toBe(expected);
  });
});

it('full-width characters make a path too', () => {
  const once = clean(remark(), '\uFF3Chome\uFF3Cjo\uFF3Czq.log', sanitizer());
  expect(once).not.toMatch(/jo|zq/);
});

describe('what is clean stays as it is', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 6 }),
    fc.constantFrom(
      'home',
      'acme',
      'x.service',
      '.log',
      ':2',
      ' (',
      ')',
      '<folder-1>',
      '/',
      '\\',
      'unit:',
      'file:/',
      '@',
    ),
  );
  const classes = { host, endpointId, citation, file, path, remark, program, unit, container, sourceId, url };
  it.each(Object.entries(classes))('%s', (_, make) => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const one = sanitizer();
        const once = String(clean(make(), pieces.join(''), one));
        expect(clean(make(), once, one)).toBe(once);
      }),
      runs(100),
    );
  });
});

it('counts what it replaces again', () => {
  const one = sanitizer();
  one.text('10.0.0.7');
  one.text('10.0.0.7');
  expect(one.removed).toEqual({ 'lan-ip': 2 });
});

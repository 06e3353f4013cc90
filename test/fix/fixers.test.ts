import { describe, expect, it } from 'vitest';
import { judge } from '../../src/app/judge.ts';
import type { CauseId } from '../../src/core/model/cause-ids.ts';
import type { Cause, Report } from '../../src/core/model/report.ts';
import { escaped } from '../../src/fix/environment.ts';
import { FIXERS } from '../../src/fix/fixers.ts';
import { withEntries, without } from '../../src/fix/no-proxy.ts';
import { evidenceFixture } from '../support/fixtures/evidence.ts';

const REPORT = judge(evidenceFixture(), null);
const UNIT = 'plexmediaserver.service';

interface Given {
  readonly proxy?: Partial<Report['proxy']>;
  readonly because?: Cause['because'];
  readonly unit?: string | null;
  readonly container?: string | null;
}

function made(id: CauseId, { proxy = {}, because = [], unit = UNIT, container = null }: Given = {}): string {
  const cause: Cause = { id, title: id, state: 'confirmed', because, remedy: null };
  const { signIn, mapping, found, version, pid } = REPORT.pms ?? {};
  const pms = { found: found ?? true, version: version ?? null, pid: pid ?? 1, unit, container };
  const result = FIXERS.find((fixer) => fixer.cause === id)?.make({
    ...REPORT,
    pms: { ...pms, signIn: signIn ?? null, mapping: mapping ?? null },
    proxy: { ...REPORT.proxy, ...proxy },
    scan: { ...REPORT.scan, causes: [cause] },
  });
  if (result === undefined) return 'no fixer';
  return result.ok
    ? [...result.fix.files.flatMap(({ name, text }) => [name, text]), ...result.fix.install].join('\n')
    : result.why;
}

const excludes = (entry: string): Cause['because'] => [
  { message: 'excluded', args: { entry, host: 'plex.tv' }, text: '' },
];

describe('FIXERS', () => {
  it.each<[string, CauseId, Given, RegExp]>([
    [
      'a list without the entry',
      'excluded-by-no-proxy',
      { proxy: { noProxy: 'localhost, .plex.tv,127.0.0.1' }, because: excludes('.plex.tv') },
      /Environment="no_proxy=localhost,127\.0\.0\.1"\nEnvironment="NO_PROXY=localhost,127\.0\.0\.1"\n.*daemon-reload\nsudo systemctl restart plexmediaserver\.service$/s,
    ],
    [
      'a list that is hidden',
      'excluded-by-no-proxy',
      { proxy: { noProxy: '.<domain-1>,.plex.tv' }, because: excludes('.plex.tv') },
      /this report is sanitized/,
    ],
    ['no entry', 'excluded-by-no-proxy', { proxy: { noProxy: 'localhost' } }, /does not name the entry/],
    [
      'a per cent sign',
      'proxy-not-in-process',
      { proxy: { url: 'http://user%40x@proxy.example:3128' } },
      /"https_proxy=http:\/\/user%%40x@proxy\.example:3128"/,
    ],
    [
      'a masked password',
      'proxy-not-in-process',
      { proxy: { url: 'http://***@proxy.example:3128' } },
      /Write the user name and the password of the proxy in place of \*\*\*/,
    ],
    ['no proxy', 'proxy-not-in-process', { proxy: { url: null, variables: [] } }, /--proxy URL/],
    [
      'a container',
      'proxy-not-in-process',
      { proxy: { url: 'http://proxy.example:3128' }, unit: null, container: 'plex' },
      /compose\.proxy\.yaml.*https_proxy: "http:\/\/proxy\.example:3128"/s,
    ],
    [
      'neither unit nor container',
      'proxy-not-in-process',
      { proxy: { url: 'http://p:1' }, unit: null },
      /not known where/,
    ],
    [
      'the names of this machine',
      'loopback-through-proxy',
      { proxy: { noProxy: '.lan' } },
      /no_proxy=localhost,127\.0\.0\.1,::1,\.lan"/,
    ],
    [
      'a network that was late',
      'provider-offline',
      { because: [{ message: 'works-now', args: { host: 'plex.tv' }, text: '' }] },
      /Wants=network-online\.target\nAfter=network-online\.target/,
    ],
    ['a state of another reason', 'not-signed-in', {}, /nothing shows that the network was merely late/],
    [
      'rules of the proxy',
      'proxy-denies',
      {},
      /acl plex_\S+ dstdomain .*metadata\.provider\.plex\.tv.*squid -k parse/s,
    ],
    ['a resolver', 'dns-fails-locally', {}, /pihole allow metadata\.provider\.plex\.tv.*@@\|plex\.tv\^/s],
  ])('%s', (_name, id, given, expected) => {
    expect(made(id, given)).toMatch(expected);
  });
});

it.each<[string, CauseId, Given]>([
  [
    'a value',
    'excluded-by-no-proxy',
    { proxy: { noProxy: '\u001b[2Jlocalhost,.plex.tv' }, because: excludes('.plex.tv') },
  ],
  [
    'an entry, which a comment names',
    'excluded-by-no-proxy',
    { proxy: { noProxy: '.plex.tv' }, because: excludes('.plex.tv\nExecStartPre=/bin/false') },
  ],
  ['the proxy', 'proxy-not-in-process', { proxy: { url: 'http://p:1\nExecStartPre=/bin/false' } }],
  [
    'the proxy of a container',
    'proxy-not-in-process',
    { proxy: { url: 'http://p:1\n    privileged: true' }, unit: null, container: 'plex' },
  ],
])('no line of a file comes from %s of a report', (_name, id, given) => {
  expect(made(id, given)).toMatch(/control character/);
});

it.each([
  ['50%', '50%%'],
  ['a"b', String.raw`a\"b`],
  [String.raw`a\b`, String.raw`a\\b`],
])('systemd reads %s as it is meant', (value, expected) => {
  expect(escaped(value)).toBe(expected);
});

it('keeps the order of a list and its other entries', () => {
  expect(without('a .PLEX.tv, b', ['.plex.tv'])).toBe('a,b');
  expect(withEntries('b,localhost', ['localhost'])).toBe('localhost,b');
});

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runHere } from '../support/system/in-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'pms-allow-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const OWN = file('own.yaml', 'add:\n  - host: wiki.acme-widgets.example\n');
const TARGETS = ['squid', 'plain', 'json', 'csv', 'nftables', 'dnsmasq'];

describe.each(TARGETS)('allow --target %s', (target) => {
  it('writes names of the catalogue to a pipe', async () => {
    const ran = await runHere(['allow', '--target', target]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain('metadata.provider.plex.tv');
  });

  it('refuses a pipe for a name of the user, and names no such name', async () => {
    const ran = await runHere(['allow', '--target', target, '--endpoints', OWN]);
    expect(ran).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('write the file with -o FILE') });
    expect(ran.stderr).not.toContain('acme');
  });

  it.each<[string, readonly string[], boolean]>([
    ['on a terminal', [], true],
    ['with --raw', ['--raw'], false],
  ])('shows it %s', async (_, more, isTerminal) => {
    const ran = await runHere(['allow', '--target', target, '--endpoints', OWN, ...more], { isTerminal });
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('wiki.acme-widgets.example') });
  });
});

const CHANGED = file('changed.yaml', 'change:\n  plex-tv: { purpose: for acme-widgets }\n');

it.each<[string, readonly string[]]>([
  ['the address of the PMS host', ['--target', 'squid', '--client', '192.168.77.31']],
  ['words about an entry of the catalogue', ['--endpoints', CHANGED]],
])('a pipe gets no private data: %s', async (_, args) => {
  const ran = await runHere(['allow', ...args]);
  expect(ran).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('write the file with -o FILE') });
  expect(ran.stderr).not.toMatch(/acme|192\.168/);
});

it('a file of -o has it, for the owner alone', async () => {
  const path = join(folder, 'out.conf');
  expect(await runHere(['allow', '--target', 'squid', '--endpoints', OWN, '-o', path])).toEqual({
    code: 0,
    stdout: '',
    stderr: '',
  });
  expect(readFileSync(path, 'utf8')).toContain('dstdomain -n wiki.acme-widgets.example');
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

describe('wrong usage is one line', () => {
  it.each<[readonly string[], RegExp]>([
    [['--target', 'squit'], /Invalid values: Argument: target, Given: .*"squid"/],
    [['--resolver', '9.9.9.9'], /--resolver and --times are for --collateral and/],
    [['--collateral', '--resolver', 'dns.example'], /--resolver: .* is no address of a name server/],
    [['--collateral', '--target', 'squid'], /--collateral lists addresses/],
    [['--collateral', '--times', '0'], /--times: .* is no number from 1 to 20/],
    [['--sni'], /--sni is for --target squid only/],
    [['--client', 'plex'], /--client: .* is no IP address/],
    [['--client', 'fe80::1%eth0'], /--client: .* is no IP address/],
    [['--ranges', 'a=b'], /--ranges tells of the addresses of --collateral/],
    [['--collateral', '--ranges', 'ips-v4.txt'], /--ranges: .* is not NAME=FILE/],
    [['--only', 'lan-gateway'], /no name is left to allow/],
    [['--from-report', OWN], /--from-report: .*this is not JSON/],
    [['--agents', 'movie', '--for', 'nothing'], /Invalid values: Argument: for/],
  ])('%s', async (args, message) => {
    const ran = await runHere(['allow', ...args]);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(message);
    expect(ran.stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('--from', () => {
  const LOG = file(
    'access.log',
    [
      '1764000000.000 12 10.0.0.5 TCP_DENIED/403 900 CONNECT metadata.provider.plex.tv:443 - HIER_NONE/- -',
      '1764000001.000 12 10.0.0.5 TCP_TUNNEL/200 900 CONNECT files.acme-widgets.example:443 - HIER_DIRECT/203.0.113.9 -',
      '',
    ].join('\n'),
  );

  it('tells in a pipe without names of the user, and says so', async () => {
    const ran = await runHere(['allow', '--from', LOG]);
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining('-o FILE or --raw shows them') });
    expect(ran.stdout).toContain('metadata.provider.plex.tv:443');
    expect(ran.stdout + ran.stderr).not.toContain('acme');
  });

  it('shows them on a terminal', async () => {
    const ran = await runHere(['allow', '--from', LOG], { isTerminal: true });
    expect(ran).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('files.acme-widgets.example') });
  });

  it.each(['squid', 'json'])('refuses a pipe for them in configuration: %s', async (target) => {
    expect(await runHere(['allow', '--from', LOG, '--target', target])).toMatchObject({ code: 2, stdout: '' });
    const ran = await runHere(['allow', '--from', LOG, '--target', target, '--raw']);
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('files.acme-widgets.example') });
  });

  it.each<[readonly string[], RegExp]>([
    [['--from', join(folder, 'none.log')], /no such file/],
    [['--existing', join(folder, 'none.conf')], /--existing: cannot read .*: no such file/],
    [
      ['--existing', file('no-names', '<?xml version="1.0"?>\n<a b="c"/>\n')],
      /--existing: .* is no list of allowed names/,
    ],
    [['--existing', OWN, '--target', 'squid'], /--existing lists differences/],
    [['--squid-logformat', 'squid'], /--squid-logformat is about the logs of --from/],
    [['--from', LOG, '--unused', 'x'], /--unused: .* is no number of days/],
  ])('%s', async (args, message) => {
    const ran = await runHere(['allow', ...args]);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(message);
  });
});

describe('--collateral by files alone', () => {
  const LOG = file(
    'direct.log',
    [
      '1764000000.000 12 10.0.0.5 TCP_TUNNEL/200 900 CONNECT plex.tv:443 - HIER_DIRECT/203.0.113.9 -',
      '1764000001.000 12 10.0.0.5 TCP_TUNNEL/200 900 CONNECT files.acme-widgets.example:443 - HIER_DIRECT/203.0.113.9 -',
      '1764000002.000 12 10.0.0.5 TCP_TUNNEL/200 900 CONNECT images.plex.tv:443 - FIRSTUP_PARENT/192.0.2.77 -',
      '',
    ].join('\n'),
  );

  it('asks no name server, and takes no parent for the address of a name', async () => {
    const ran = await runHere(['allow', '--collateral', '--from', LOG], { isTerminal: true });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout.replace(/\s+/g, ' ')).toContain(
      'A rule for 203.0.113.9 lets plex.tv through, and besides files.acme-widgets.example (not of the catalogue).',
    );
    expect(ran.stdout).not.toContain('192.0.2.77');
    expect(ran.stdout).toContain('images.plex.tv: no file shows an address');
  });

  it('hides names and addresses in a pipe', async () => {
    const ran = await runHere(['allow', '--collateral', '--from', LOG]);
    expect(ran.stdout + ran.stderr).not.toMatch(/acme|203\.0\.113\.9/);
    expect(ran.stderr).toContain('-o FILE or --raw shows them');
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CauseId } from '../../src/core/model/cause-ids.ts';
import { reportSchema, type Report } from '../../src/core/model/report.ts';
import type { PmsStandInSettings } from '../../src/demo/pms/config.ts';
import { FIXERS } from '../../src/fix/fixers.ts';
import { Lab, labMissing, proxyUrl, type Policy, type ResolverMode } from './lab.ts';
import { Machine, machineMissing } from './machine.ts';

const METADATA = 'metadata.provider.plex.tv';
const missing = labMissing() ?? machineMissing('/usr/bin/socat', '/usr/bin/systemctl');
if (missing !== null) console.warn(`files of fix are not played: ${missing}`);

type Environment = Readonly<Record<string, string>>;
const through = (proxy: string, noProxy = 'localhost,127.0.0.1'): Environment => ({
  http_proxy: proxyUrl(proxy),
  https_proxy: proxyUrl(proxy),
  no_proxy: noProxy,
});
const ISOLATED: Policy = { pms4: 'drop', pms6: 'drop' };
const MUSIC: PmsStandInSettings['libraries'] = [
  { id: '1', type: 'artist', agent: 'tv.plex.agents.music', newContent: 'always' },
];
/** What PMS found at its start stays so: the scanner is what a scan fails by. */
const KEPT: PmsStandInSettings = { signIn: 'ok', provider: 'online' };

interface Row {
  readonly cause: CauseId;
  readonly environment: Environment;
  readonly config?: PmsStandInSettings;
  readonly policy?: Policy;
  readonly policyAtStart?: Policy;
  readonly resolver?: ResolverMode;
  /** Further lines of its dnsmasq. */
  readonly resolverRules?: string;
  readonly more?: readonly string[];
  /** How it is put to use; default: the drop-in, as its page says. */
  readonly apply?: (played: Played) => void;
}

interface Played {
  readonly lab: Lab;
  readonly machine: Machine;
  readonly folder: string;
}

/** The commands of the page, as an administrator who is root types them. */
function asThePageSays({ machine, folder }: Played): void {
  const page = readFileSync(join(folder, 'README.md'), 'utf8');
  const commands = page.split('\n').flatMap((line) => /^ {4}(?:sudo )?(.*)$/.exec(line)?.[1] ?? []);
  expect(commands.length).toBeGreaterThan(1);
  expect(machine.run(['sh', '-ec', `cd '${folder}'\n${commands.join('\n')}`])).toMatchObject({ exitCode: 0 });
  machine.awaitPms();
}

function partOf(file: string, program: string): string {
  const parts = readFileSync(file, 'utf8').split('\n\n');
  return `${parts.find((part) => part.startsWith(`# ${program}`)) ?? ''}\n`;
}

const ROWS: readonly Row[] = [
  {
    cause: 'excluded-by-no-proxy',
    environment: through('allowed', '.plex.tv,localhost,127.0.0.1'),
    config: KEPT,
  },
  {
    cause: 'proxy-not-in-process',
    environment: {},
    config: KEPT,
    more: ['--proxy', proxyUrl('allowed')],
  },
  { cause: 'loopback-through-proxy', environment: through('allowed', 'internal.example') },
  {
    cause: 'not-signed-in',
    environment: through('allowed'),
    policyAtStart: { ...ISOLATED, 'to-proxy': 'reject' },
  },
  {
    cause: 'provider-offline',
    environment: through('allowed'),
    config: { signIn: 'ok', refuse: ['provider-offline', 'matcher'] },
    policyAtStart: { ...ISOLATED, 'to-proxy': 'reject' },
    more: ['--try-provider-refresh'],
  },
  {
    cause: 'proxy-denies',
    environment: through('denied-scan'),
    config: KEPT,
    apply: ({ lab, folder }) => lab.includeInSquid(join(folder, 'plex-allow.conf')),
  },
  {
    cause: 'dns-fails-locally',
    environment: {},
    config: KEPT,
    policy: {},
    resolver: 'normal',
    // A rule for a domain above, and one for a name itself, which the page says to remove.
    resolverRules: 'address=/tv/0.0.0.0\naddress=/tv/::\naddress=/plex.tv/0.0.0.0\n',
    apply: ({ lab, folder }) => {
      const file = join(folder, 'dnsmasq.conf');
      const exemption = partOf(join(folder, 'resolver-exemption.txt'), 'dnsmasq');
      expect(exemption).toContain('First remove rules and hosts lines for one of these names itself');
      writeFileSync(file, `address=/tv/0.0.0.0\naddress=/tv/::\n${exemption}`);
      lab.resolver('normal', file);
    },
  },
  {
    cause: 'scanner-bypasses-proxy',
    environment: through('allowed'),
    config: { ...KEPT, matcher: 'ignores-proxy' },
    apply: ({ machine, folder }) => expect(machine.run([`${folder}/install.sh`])).toMatchObject({ exitCode: 0 }),
  },
];

it('plays every cause that a file fixes', () => {
  expect(ROWS.map(({ cause }) => cause).toSorted()).toEqual(
    [...FIXERS.map(({ cause }) => cause), 'scanner-bypasses-proxy'].toSorted(),
  );
});

describe.skipIf(missing !== null)('what fix writes, put to use', { timeout: 180_000 }, () => {
  const lab = new Lab('fix');
  const machine = new Machine(lab);

  beforeAll(() => lab.up(), 90_000);
  afterAll(() => {
    machine.remove();
    lab.down();
  }, 60_000);
  afterEach(() => {
    machine.remove();
    lab.resolver('normal');
    lab.policy({});
  }, 60_000);

  const reproduce = (...more: readonly string[]): Report => {
    const given = [
      '--yes',
      '--raw',
      '--force',
      '--format',
      'json',
      '--timeout',
      '2s',
      '--ca',
      lab.ca,
      '--section',
      '1',
    ];
    const { stdout, stderr } = machine.tool('reproduce', ...given, '--only', `plex.tv,${METADATA}`, ...more);
    if (stdout === '') throw new Error(stderr);
    return reportSchema.parse(JSON.parse(stdout));
  };

  it.each(ROWS)('$cause: the scan works after it', (row) => {
    const { cause, environment, config = {}, policy = ISOLATED, resolver = 'normal', resolverRules, more = [] } = row;
    machine.boot();
    const rules = join(machine.shared, 'rules.conf');
    writeFileSync(rules, resolverRules ?? '');
    lab.resolver(resolver, rules);
    lab.policy(row.policyAtStart ?? policy);
    machine.startPms(environment, { connectTimeoutSeconds: 2, libraries: MUSIC, ...config });
    lab.policy(policy);
    const evidence = join(machine.shared, 'before.json');
    const before = reproduce('--save-evidence', evidence, ...more);
    expect(before.scan.causes.find(({ id }) => id === cause)?.state).toBe('confirmed');
    expect(before.scan.condition).toBe('reproduced');

    const fixed = machine.tool(
      'fix',
      cause,
      '--from-report',
      evidence,
      '-o',
      join(machine.shared, 'fixes'),
      ...more.filter((word) => word !== '--try-provider-refresh'),
    );
    expect(fixed).toMatchObject({ exitCode: 0 });
    const folder = join(machine.shared, 'fixes', cause);
    (row.apply ?? asThePageSays)({ lab, machine, folder });

    const { scan, since } = reproduce('--after', evidence);
    expect(scan.causes.find(({ id }) => id === cause)?.state).not.toBe('confirmed');
    expect(scan.condition).not.toBe('reproduced');
    expect(scan.sections[0]?.status).toBe(200);
    expect(since?.says.map(({ text }) => text).join('\n')).toMatch(/now: scanned/);
  });
});

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CAUSE_IDS, type CauseId } from '../../src/core/model/cause-ids.ts';
import { reportSchema, type Cause, type Report } from '../../src/core/model/report.ts';
import type { PmsStandInSettings } from '../../src/demo/pms/config.ts';
import { Lab, labMissing, proxyUrl, type Policy, type ResolverMode } from './lab.ts';

const BUILT = resolve('dist/pms-proxy-doctor.js');
const METADATA = 'metadata.provider.plex.tv';
const missing = labMissing();
const straceMissing = spawnSync('strace', ['-V']).status !== 0;
if (straceMissing) console.warn('where the token goes is not traced: strace is not installed');

type Environment = Readonly<Record<string, string>>;

const through = (proxy: string, noProxy = 'localhost,127.0.0.1'): Environment => ({
  http_proxy: proxyUrl(proxy),
  https_proxy: proxyUrl(proxy),
  no_proxy: noProxy,
});

const ISOLATED: Policy = { pms4: 'drop', pms6: 'drop' };
const IGNORING: PmsStandInSettings = { matcher: 'ignores-proxy' };
/** PMS keeps a sign-in and a provider from a time when its network was well, so that its scanner is what a scan fails by. */
const KEPT: PmsStandInSettings = { signIn: 'ok', provider: 'online' };

interface Row {
  readonly name: string;
  readonly environment: Environment;
  /** That of the shell in which the command runs; default: none. */
  readonly shell?: Environment;
  readonly config?: PmsStandInSettings;
  /** The scanner has this one address of the metadata provider, by a rule of its own. */
  readonly isIpv4Only?: boolean;
  /** While PMS starts, where it differs from then on. */
  readonly policyAtStart?: Policy;
  /** Default: nothing gets out but through the proxy. */
  readonly policy?: Policy;
  readonly resolver?: ResolverMode;
  readonly condition: Report['scan']['condition'];
  readonly confirmed: readonly CauseId[];
  /** At work as well, and not proven by what is seen here. */
  readonly perhaps?: readonly CauseId[];
  readonly exitCode: number;
  /** Words of the evidence, or of the remedy. */
  readonly words: Readonly<Partial<Record<CauseId, RegExp>>>;
}

const ROWS: readonly Row[] = [
  ...(['documented', 'older'] as const).map((calls): Row => ({
    name: `a PMS that knows the ${calls} calls only`,
    environment: through('allowed'),
    config: { ...IGNORING, calls },
    condition: 'reproduced',
    confirmed: ['scanner-bypasses-proxy'],
    exitCode: 1,
    words: {},
  })),
  ...(['drop', 'reject', 'reset'] as const).map((verdict): Row => ({
    name: `${verdict}: the scanner ignores the proxy`,
    environment: through('allowed'),
    config: IGNORING,
    policy: { pms4: verdict, pms6: verdict },
    condition: 'reproduced',
    confirmed: ['scanner-bypasses-proxy'],
    exitCode: 1,
    words: { 'scanner-bypasses-proxy': /the proxy was never asked for metadata\.provider\.plex\.tv while watched/ },
  })),
  {
    name: '.plex.tv in no_proxy',
    environment: through('allowed', '.plex.tv,localhost,127.0.0.1'),
    config: KEPT,
    condition: 'reproduced',
    confirmed: ['excluded-by-no-proxy'],
    exitCode: 1,
    words: { 'excluded-by-no-proxy': /the entry "\.plex\.tv" of no_proxy .*Remove the entry .*restart PMS/s },
  },
  {
    name: '.plex.tv in no_proxy since before PMS started, so that it could not sign in either',
    environment: through('allowed', '.plex.tv,localhost,127.0.0.1'),
    condition: 'reproduced',
    confirmed: ['excluded-by-no-proxy', 'not-signed-in'],
    exitCode: 1,
    words: { 'not-signed-in': /when not signed in".*Once PMS can reach plex\.tv, restart PMS/s },
  },
  {
    name: 'variables in the shell only',
    environment: {},
    shell: through('allowed'),
    config: KEPT,
    condition: 'reproduced',
    confirmed: ['proxy-not-in-process'],
    exitCode: 1,
    words: { 'proxy-not-in-process': /shell names one.*restart PMS/s },
  },
  {
    name: 'HTTP_PROXY in upper case only',
    environment: { HTTP_PROXY: proxyUrl('allowed'), no_proxy: 'localhost,127.0.0.1' },
    config: KEPT,
    condition: 'reproduced',
    confirmed: ['proxy-not-in-process'],
    exitCode: 1,
    words: { 'proxy-not-in-process': /libcurl ignores HTTP_PROXY in upper case.*in lower case/s },
  },
  {
    name: 'the proxy denies the metadata provider',
    environment: through('denied-scan'),
    condition: 'reproduced',
    confirmed: ['proxy-denies'],
    exitCode: 1,
    words: { 'proxy-denies': /denied.*403.*Allow metadata\.provider\.plex\.tv on the proxy/s },
  },
  {
    name: 'the proxy wants credentials',
    environment: through('auth'),
    config: KEPT,
    condition: 'reproduced',
    confirmed: ['proxy-denies'],
    exitCode: 1,
    words: { 'proxy-denies': /407.*put credentials into the proxy variable/s },
  },
  {
    name: 'the proxy is dead',
    environment: through('dead'),
    config: KEPT,
    condition: 'reproduced',
    confirmed: ['proxy-unreachable'],
    exitCode: 1,
    words: { 'proxy-unreachable': /ECONNREFUSED/ },
  },
  {
    name: 'TLS is intercepted',
    environment: through('bump'),
    config: KEPT,
    condition: 'reproduced',
    confirmed: ['tls-intercepted'],
    exitCode: 1,
    words: { 'tls-intercepted': /issued by "Example Inspection CA.*Exclude plex\.tv, metadata\.provider\.plex\.tv/s },
  },
  {
    name: 'not signed in: the network was down when PMS started, and has been mended since',
    environment: through('allowed'),
    policyAtStart: { ...ISOLATED, 'to-proxy': 'reject' },
    condition: 'reproduced',
    confirmed: ['not-signed-in'],
    exitCode: 1,
    words: {
      'not-signed-in': /when not signed in".*plex\.tv answers this tool on PMS's route now: .* a restart is enough/s,
    },
  },
  {
    name: '127.0.0.1 is missing from no_proxy',
    environment: through('allowed', 'internal.example'),
    condition: 'reproduced',
    confirmed: ['loopback-through-proxy'],
    exitCode: 1,
    words: {
      'loopback-through-proxy': /asked for 127\.0\.0\.1:32400.*denied.*meanwhile PMS refused to scan library 1/s,
    },
  },
  {
    name: 'IPv6 is open, IPv4 is blocked, and the scanner has IPv4 only',
    environment: through('allowed'),
    config: IGNORING,
    isIpv4Only: true,
    policy: { pms4: 'drop' },
    condition: 'reproduced',
    confirmed: ['scanner-bypasses-proxy', 'ipv6-differs'],
    exitCode: 1,
    words: { 'ipv6-differs': /answers directly over IPv6.*Treat IPv4 and IPv6 alike/s },
  },
  {
    name: 'IPv6 is open, IPv4 is blocked, and PMS takes IPv6 without a proxy',
    environment: {},
    policy: { pms4: 'drop' },
    condition: 'not-found',
    confirmed: [],
    exitCode: 0,
    words: { 'ipv6-differs': /got through all the same/ },
  },
  {
    name: 'local DNS gives no answer, and the scanner ignores the proxy',
    environment: through('allowed'),
    config: IGNORING,
    policy: { ...ISOLATED, dns: 'drop' },
    condition: 'reproduced',
    confirmed: ['scanner-bypasses-proxy', 'dns-fails-locally'],
    exitCode: 1,
    words: { 'scanner-bypasses-proxy': /logs that metadata\.provider\.plex\.tv failed/ },
  },
  {
    name: 'local DNS refuses, and the scanner ignores the proxy',
    environment: through('allowed'),
    config: IGNORING,
    resolver: 'refused',
    condition: 'reproduced',
    confirmed: ['scanner-bypasses-proxy', 'dns-fails-locally'],
    exitCode: 1,
    words: { 'dns-fails-locally': /REFUSED/ },
  },
  {
    name: 'everything is right',
    environment: through('allowed'),
    condition: 'not-found',
    confirmed: [],
    exitCode: 0,
    words: { 'provider-offline': /PMS finished the scan of library 1 / },
  },
];

function stateOf(scan: Report['scan'], id: CauseId): Cause['state'] | undefined {
  return scan.causes.find((cause) => cause.id === id)?.state;
}

describe.skipIf(missing !== null)('reproduce, in the lab', () => {
  const lab = new Lab('repro');
  beforeAll(() => lab.up());
  afterAll(() => lab.down());
  afterEach(() => {
    lab.stopPms();
    lab.policy({});
    lab.resolver('normal');
  });

  const reproduce = (...more: readonly string[]): readonly string[] => {
    const given = ['--yes', '--raw', '--ca', lab.ca];
    return [process.execPath, BUILT, 'reproduce', ...given, ...more];
  };

  it.each(ROWS)('$name', async (row) => {
    const { environment, shell = {}, config = {}, policy = ISOLATED, isIpv4Only = false } = row;
    lab.resolver(row.resolver ?? 'normal');
    lab.policy(row.policyAtStart ?? policy);
    const fixed = isIpv4Only ? { resolve: [`${METADATA}:443:${addressOf(lab, METADATA)}`] } : {};
    lab.startStandIn(environment, { ...config, ...fixed });
    lab.policy(policy);
    const ran = await lab.onPmsHost(within(shell, reproduce('--format', 'json')));
    console.info(`${(ran.ms / 1000).toFixed(1)} s: ${row.name}`);
    const { scan } = reportSchema.parse(JSON.parse(ran.stdout));
    const sure = scan.causes.filter(({ state }) => state === 'confirmed' || state === 'likely').map(({ id }) => id);
    const known = CAUSE_IDS.filter((id) => row.confirmed.includes(id) || row.perhaps?.includes(id) === true);
    expect(sure.filter((id) => !known.includes(id))).toEqual([]);
    expect(row.confirmed.filter((id) => stateOf(scan, id) !== 'confirmed')).toEqual([]);
    expect(known.filter((id) => stateOf(scan, id) === 'ruled-out')).toEqual([]);
    expect(scan.condition).toBe(row.condition);
    expect(ran.exitCode).toBe(row.exitCode);
    const told = new Map<string, string>(
      scan.causes.map(({ id, because, remedy }) => [
        id,
        [...because.map(({ text }) => text), remedy?.text ?? ''].join('\n'),
      ]),
    );
    for (const [id, words] of Object.entries(row.words)) expect(told.get(id)).toMatch(words);
  });

  it('has PMS ask its providers again, and finds that an old state was the cause', async () => {
    lab.policy({ ...ISOLATED, 'to-proxy': 'reject' });
    lab.startStandIn(through('allowed'), { signIn: 'ok', refuse: ['provider-offline', 'matcher'] });
    lab.policy(ISOLATED);
    const { exitCode, stdout } = await lab.onPmsHost(reproduce('--format', 'json', '--try-provider-refresh'));
    const { scan, experiment } = reportSchema.parse(JSON.parse(stdout));
    expect({ exitCode, condition: scan.condition }).toEqual({ exitCode: 1, condition: 'reproduced' });
    expect(experiment?.scans.map(({ library, attempt, end }) => `${library.id} ${attempt} ${end}`)).toEqual([
      '4 1 finished',
      '1 1 refused',
      '2 1 finished',
      '3 1 finished',
      '1 2 finished',
    ]);
    const standing = scan.causes.filter(({ state }) => state === 'confirmed' || state === 'likely');
    expect(standing.map(({ id, state }) => `${id} ${state}`)).toEqual(['provider-offline confirmed']);
    expect([...(standing[0]?.because ?? []), standing[0]?.remedy].map((told) => told?.text).join('\n')).toMatch(
      /answers this tool on PMS's route now.*then PMS asked its providers again.*restart it/s,
    );
  });

  // The host of the provider is the one host of the own network that every lab has: PMS's own.
  it.each([
    ['localhost', 'likely', true],
    // It answers this tool, and PMS was not seen to ask it.
    ['localhost,127.0.0.1', 'unknown', false],
  ] as const)('a custom metadata provider, no_proxy=%s: %s', async (noProxy, state, isTold) => {
    lab.policy(ISOLATED);
    lab.startStandIn(through('allowed', noProxy), {
      ...KEPT,
      customProviders: [{ identifier: 'tv.plex.agents.custom.lab', uri: 'http://127.0.0.1:32400/secret' }],
      libraries: [{ id: '9', type: 'movie', agent: 'tv.plex.agents.custom.lab' }],
    });
    const { stdout } = await lab.onPmsHost([
      process.execPath,
      BUILT,
      'check',
      '--raw',
      '--ca',
      lab.ca,
      '--format',
      'json',
    ]);
    const { scan, bypasses } = reportSchema.parse(JSON.parse(stdout));
    expect(stateOf(scan, 'custom-provider-unreachable')).toBe(state);
    const told = scan.causes.find(({ id }) => id === 'custom-provider-unreachable')?.because ?? [];
    expect(told.some(({ message }) => message === 'own-network')).toBe(isTold);
    expect(bypasses).toEqual([]);
    expect(stdout).not.toContain('secret');
  });

  it('names the log of the proxy as a witness', async () => {
    lab.policy(ISOLATED);
    lab.startStandIn(through('allowed'), IGNORING);
    const { stdout } = await lab.onPmsHost(reproduce('--all', '--access-log', `${lab.directory}/squid/access.log`));
    expect(plain(stdout)).toMatch(/the proxy's log \S+\/squid\/access\.log · .*? \(\d+ s\)/);
    expect(plain(stdout)).toMatch(
      /Plex Media Scanner \(pid \d+\) → metadata\.provider\.plex\.tv:443 .* never asked of the proxy \(capture for \d+ s, access\.log for \d+ s\)/,
    );
  });

  it.each<[string, PmsStandInSettings, number, string | null, RegExp]>([
    ['hangs', { misbehaviour: 'hangs' }, 3, 'TIMEOUT', /PMS was not asked to scan: no answer within/],
    ['answers garbage', { misbehaviour: 'garbage' }, 3, 'NOT_PMS', /does not speak HTTP/],
    ['lets nobody in', { misbehaviour: 'unauthorized' }, 3, 'UNAUTHORIZED', /401/],
    ['is another server', { misbehaviour: 'other-server' }, 3, 'NOT_PMS', /is not Plex Media Server/],
    [
      'dies during the scan',
      { misbehaviour: 'dies-during-scan', scanSeconds: 3 },
      3,
      null,
      /PMS did not answer the request/,
    ],
    ['has a thousand libraries', { sections: 1000 }, 0, null, /nothing wrong was found/],
  ])('comes to an end where PMS %s', async (_name, config, exitCode, code, because) => {
    lab.policy(ISOLATED);
    lab.startStandIn(through('allowed'));
    lab.configureStandIn(config);
    const ran = await lab.onPmsHost(reproduce('--format', 'json'));
    const { experiment, experimentReason, summary, endpoints } = reportSchema.parse(JSON.parse(ran.stdout));
    expect({ exitCode: ran.exitCode, code: experimentReason?.code ?? null }).toEqual({ exitCode, code });
    expect(summary.because).toMatch(because);
    // All that can be found out without PMS is told all the same.
    expect(endpoints.find(({ host }) => host === METADATA)?.conclusion).toBe('proxy-only');
    expect(experiment?.scans.length ?? 0).toBe(config.sections === undefined ? (code === null ? 1 : 0) : 4);
  });

  it('comes to an end where PMS hangs in the middle of a scan', async () => {
    lab.policy(ISOLATED);
    lab.startStandIn(through('allowed'), { scanSeconds: 60 });
    const ran = lab.onPmsHost(reproduce('--format', 'json', '--scan-timeout', '3s'));
    await until(() => readFileSync(lab.standIn.serverLog, 'utf8').includes('Scanning section 4'));
    lab.configureStandIn({ misbehaviour: 'hangs', scanSeconds: 60 });
    const { exitCode, stdout } = await ran;
    const { experiment, summary } = reportSchema.parse(JSON.parse(stdout));
    expect(exitCode).toBe(3);
    expect(experiment?.scans.map(({ library, end }) => `${library.id} ${end}`)).toEqual(['4 unanswered']);
    expect(summary.because).toMatch(/PMS did not answer the request to scan library 4/);
  });

  it('comes to an end where PMS is down', async () => {
    lab.policy(ISOLATED);
    const ran = await lab.onPmsHost(within(through('allowed'), reproduce('--format', 'json')));
    const { experimentReason } = reportSchema.parse(JSON.parse(ran.stdout));
    expect({ exitCode: ran.exitCode, code: experimentReason?.code }).toEqual({ exitCode: 3, code: 'PMS_NOT_ASKED' });
  });

  it('cancels the scan on Ctrl-C, and reports what it saw until then', async () => {
    lab.policy(ISOLATED);
    lab.startStandIn(through('allowed'), { scanSeconds: 60 });
    const ran = lab.onPmsHost(reproduce('--format', 'json', '--section', '4'));
    await until(() => readFileSync(lab.standIn.serverLog, 'utf8').includes('Scanning section 4'));
    const own = lab
      .processesOfPmsHost()
      .find(({ command }) => command.startsWith(`${process.execPath} ${BUILT} reproduce`));
    if (own === undefined) throw new Error('reproduce does not run');
    process.kill(own.pid, 'SIGINT');
    const { exitCode, stdout } = await ran;
    const { experiment, run } = reportSchema.parse(JSON.parse(stdout));
    expect({ exitCode, interrupted: run.interrupted }).toEqual({ exitCode: 130, interrupted: true });
    expect(experiment?.scans.map(({ library, end }) => `${library.id} ${end}`)).toEqual(['4 cancelled']);
    const logged = readFileSync(lab.standIn.serverLog, 'utf8');
    expect(logged).toMatch(/DELETE \/library\/sections\/4\/refresh/);
    expect(logged).toMatch(/Ended activity/);
  });

  it.skipIf(straceMissing)('sends the token to PMS and shows it to nobody', async () => {
    lab.policy(ISOLATED);
    lab.startStandIn(through('allowed'), IGNORING);
    const preferences = readFileSync(lab.standIn.preferencesFile, 'utf8');
    const tokens = [
      readFileSync(lab.standIn.adminTokenFile, 'utf8'),
      /PlexOnlineToken="([^"]+)"/.exec(preferences)?.[1] ?? 'no token',
    ];
    const trace = `${lab.directory}/strace.log`;
    const evidence = `${lab.directory}/evidence.json`;
    const calls = [
      'strace',
      '-f',
      '-yy',
      '-s',
      '65536',
      '-e',
      'trace=network,write,writev,pwrite64,execve',
      '-o',
      trace,
    ];
    const commands = new Set<string>();
    const ran = lab.onPmsHost([...calls, ...reproduce('--verbose', '--save-evidence', evidence)]);
    const watch = setInterval(() => lab.processesOfPmsHost().forEach(({ command }) => commands.add(command)), 100);
    const outputs = [await ran];
    clearInterval(watch);
    for (const format of ['text', 'markdown', 'json'])
      outputs.push(
        await lab.onPmsHost([
          process.execPath,
          BUILT,
          'reproduce',
          '--raw',
          '--verbose',
          '--force',
          '--from-evidence',
          evidence,
          '--format',
          format,
        ]),
      );
    const shown = [
      ...outputs.flatMap(({ stdout, stderr }) => [stdout, stderr]),
      readFileSync(evidence, 'utf8'),
      readFileSync(lab.standIn.serverLog, 'utf8'),
      ...commands,
    ];
    expect(outputs.map(({ exitCode }) => exitCode)).toEqual([1, 1, 1, 1]);
    expect(commands.size).toBeGreaterThan(2);
    expect(shown.filter((text) => tokens.some((token) => text.includes(token)))).toEqual([]);
    const told = readFileSync(trace, 'utf8')
      .split('\n')
      .filter((line) => tokens.some((token) => line.includes(token)));
    expect(told.length).toBeGreaterThan(5);
    expect(told.filter((line) => !/^\d+ +\w+\(\d+<TCP:\[127\.0\.0\.1:\d+->127\.0\.0\.1:32400\]>/.test(line))).toEqual(
      [],
    );
  });
});

/** A command with these variables beside those that it has. */
function within(variables: Environment, command: readonly string[]): readonly string[] {
  return ['env', ...Object.entries(variables).map(([name, value]) => `${name}=${value}`), ...command];
}

/** A report without its line breaks. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ');
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (isSo()) return;
    await sleep(50);
  }
  throw new Error('it was not so within ten seconds');
}

/** The IPv4 address of a host of the lab's internet. */
function addressOf(lab: Lab, host: string): string {
  const zone = readFileSync(`${lab.directory}/zone.conf`, 'utf8');
  const address = /^host-record=([^,]+),([\d.]+)$/gm;
  const found = [...zone.matchAll(address)].find(([, name]) => name === host)?.[2];
  if (found === undefined) throw new Error(`the lab's internet has no ${host}`);
  return found;
}

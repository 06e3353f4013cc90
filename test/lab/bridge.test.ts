import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { reportSchema, type Report } from '../../src/core/model/report.ts';
import type { PmsStandInSettings } from '../../src/demo/pms/config.ts';
import { Lab, labMissing, proxyUrl, type Policy, type Ran } from './lab.ts';

const BUILT = resolve('dist/pms-proxy-doctor.js');
const METADATA = 'metadata.provider.plex.tv';
const missing = labMissing();

const ISOLATED: Policy = { pms4: 'drop', pms6: 'drop' };
/** Its scanner ignores the variables, and music arrives all the time. */
const IGNORING: PmsStandInSettings = {
  matcher: 'ignores-proxy',
  connectTimeoutSeconds: 2,
  libraries: [
    { id: '1', type: 'artist', agent: 'tv.plex.agents.music', newContent: 'always' },
    { id: '4', type: 'movie', agent: 'tv.plex.agents.none', newContent: true },
  ],
};

const environment = (proxy: string, login?: string): Readonly<Record<string, string>> => {
  const url = proxyUrl(proxy, login === undefined ? {} : { login });
  return { http_proxy: url, https_proxy: url, no_proxy: 'localhost,127.0.0.1' };
};

describe.skipIf(missing !== null)('bridge --prove in the lab', () => {
  const lab = new Lab('bridge');
  const prove = (...more: readonly string[]): readonly string[] => [
    process.execPath,
    BUILT,
    'bridge',
    '--prove',
    '--timeout',
    '2s',
    '--ca',
    lab.ca,
    '--only',
    `plex.tv,${METADATA}`,
    ...more,
  ];
  const run = async (...more: readonly string[]): Promise<Ran & { readonly report: Report | null }> => {
    const ran = await lab.onPmsHost(prove('--format', 'json', ...more), 120_000);
    return { ...ran, report: ran.stdout === '' ? null : reportSchema.parse(JSON.parse(ran.stdout)) };
  };
  /** All that a bridge changes: the hosts file, mounts, listeners and processes of the PMS host. */
  const state = async (): Promise<readonly string[]> => {
    const { stdout } = await lab.onPmsHost([
      'sh',
      '-c',
      'cat /etc/hosts; cut -d" " -f4-5 /proc/self/mountinfo | grep /etc/hosts; ss -Hltn | awk \'{ print $4 }\' | sort; ls /dev/shm /run',
    ]);
    const own = lab.processesOfPmsHost().filter(({ command }) => /pms-proxy-doctor|bridge-inside/.test(command));
    return [stdout, ...own.map(({ command }) => command).filter((command) => !command.includes('demo-inside'))];
  };

  beforeAll(() => lab.up(), 90_000);
  afterAll(() => lab.down(), 30_000);
  afterEach(() => lab.stopPms());

  it.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['the hosts that the first scan shows', environment('allowed'), []],
    ['a named host, a proxy that wants credentials', environment('auth', 'lab:se%3Acr%40t'), ['--for', METADATA]],
    ['a proxy that is reached by TLS', environment('tls'), []],
    ['SOCKS', environment('socks'), []],
  ])('proves it: %s', async (_name, variables, more) => {
    lab.policy(ISOLATED);
    // Its own clients do not know the authority of the TLS proxy.
    lab.startStandIn(variables, { ...IGNORING, signIn: 'ok', provider: 'online' });
    const before = await state();
    const { exitCode, report, stdout } = await run('--yes', ...more);
    expect(report?.bridge).toMatchObject({
      state: 'proved',
      hosts: [{ host: METADATA, address: '127.66.0.1' }],
      asked: [{ host: METADATA, outcome: 'ok' }],
      restored: true,
      stopped: null,
    });
    const steps = report?.bridge?.steps ?? [];
    const music = steps.map(({ scans }) => scans.find(({ library }) => library.id === '1')?.status);
    expect(music).toEqual([503, 200, 503]);
    expect(steps.map(({ tunnels }) => tunnels.map(({ host, outcome }) => `${host} ${outcome}`))).toEqual([
      [],
      [`${METADATA} ok`],
      [],
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain('se:cr@t');
    expect(stdout).not.toContain('se%3Acr%40t');
    expect(await state()).toEqual(before);
  });

  it('shows the request by name in the log of the proxy', async () => {
    lab.policy(ISOLATED);
    lab.startStandIn(environment('allowed'), IGNORING);
    const { report } = await run('--yes', '--for', METADATA, '--access-log', `${lab.directory}/squid/access.log`);
    expect(report?.bridge?.steps.map(({ logged }) => logged)).toEqual([0, 1, 0]);
  });

  it('leaves a name that the proxy denies denied, and changes nothing', async () => {
    lab.policy(ISOLATED);
    lab.startStandIn(environment('denied-scan'), IGNORING);
    const { exitCode, report } = await run('--yes');
    expect(report?.bridge).toMatchObject({
      state: 'not-proved',
      stopped: { why: 'proxy-refuses', args: { host: METADATA, answer: '403' } },
      restored: null,
    });
    expect(exitCode).toBe(1);
  });

  it.each<[string, string, string]>([
    ['a line for the name', `10.9.9.9 ${METADATA}`, 'hosts-line'],
    ['nothing in the way', '# a comment', 'none'],
  ])('/etc/hosts with %s', async (_name, line, why) => {
    lab.policy(ISOLATED);
    lab.startStandIn(environment('allowed'), IGNORING);
    const original = await lab.onPmsHost(['cat', '/etc/hosts']);
    await lab.onPmsHost(['sh', '-c', `echo '${line}' >>/etc/hosts`]);
    try {
      const { report } = await run('--yes', '--for', METADATA);
      expect(report?.bridge?.stopped?.why ?? 'none').toBe(why);
      expect((await lab.onPmsHost(['cat', '/etc/hosts'])).stdout).toBe(`${original.stdout}${line}\n`);
    } finally {
      await lab.onPmsHost(['sh', '-c', `printf '%s' '${original.stdout}' >/etc/hosts`]);
    }
  });

  it('stops where another program holds port 443', async () => {
    lab.policy(ISOLATED);
    lab.startStandIn(environment('allowed'), IGNORING);
    const holder = lab.onPmsHost(
      [process.execPath, '-e', 'require("net").createServer().listen(443, "0.0.0.0"); setTimeout(process.exit, 20000)'],
      30_000,
    );
    await sleep(500);
    const { exitCode, report } = await run('--yes', '--for', METADATA, '--section', '1');
    expect(report?.bridge?.stopped?.why).toBe('port-taken');
    expect(exitCode).toBe(3);
    await holder;
  });

  it('says what would be done and does nothing without consent', async () => {
    lab.policy(ISOLATED);
    lab.startStandIn(environment('allowed'), IGNORING);
    const before = await state();
    const scanned = (): number => readFileSync(lab.standIn.serverLog, 'utf8').split('Scanning section').length;
    const count = scanned();
    const { exitCode, stdout, stderr } = await lab.onPmsHost(prove());
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(
      /library 1 .*127\.66\.0\.N, port 443.*CONNECT by name.*not confirmed, and nothing was done/s,
    );
    expect(scanned()).toBe(count);
    expect(await state()).toEqual(before);
  });

  it('does not disturb a program that honours the proxy', async () => {
    lab.policy(ISOLATED);
    lab.startStandIn(environment('allowed'), { ...IGNORING, matcher: 'obeys' });
    const { exitCode, report } = await run('--yes', '--for', METADATA);
    expect(report?.bridge).toMatchObject({ state: 'undecided', stopped: { why: 'not-refused' }, restored: null });
    expect(exitCode).toBe(3);
  });

  it('says that the third scan shows nothing where all content is matched by then', async () => {
    lab.policy(ISOLATED);
    const libraries = [{ id: '1', type: 'artist', agent: 'tv.plex.agents.music', newContent: true }] as const;
    lab.startStandIn(environment('allowed'), { ...IGNORING, libraries });
    const { report } = await run('--yes', '--for', METADATA);
    expect(report?.bridge?.because[0]?.message).toBe('nothing-new');
    expect(report?.bridge?.restored).toBe(true);
  });

  it('takes everything back on Ctrl-C while the bridge is up', async () => {
    lab.policy(ISOLATED);
    lab.startStandIn(environment('allowed'), { ...IGNORING, scanSeconds: 30 });
    const before = await state();
    const ran = run('--yes', '--for', METADATA, '--section', '1');
    for (let tries = 0; tries < 400 && !readFileHosts().includes('127.66.0.1'); tries += 1) await sleep(50);
    const own = lab
      .processesOfPmsHost()
      .find(({ command }) => command.startsWith(`${process.execPath} ${BUILT} bridge `));
    process.kill(own?.pid ?? 0, 'SIGINT');
    const { exitCode, report } = await ran;
    expect(exitCode).toBe(130);
    expect(report?.bridge).toMatchObject({ restored: true, stopped: { why: 'interrupted' } });
    expect(await state()).toEqual(before);
  });

  function readFileHosts(): string {
    return execFileSync(resolve('test/lab/lab.sh'), ['exec', lab.name, 'pms', 'cat', '/etc/hosts'], {
      encoding: 'utf8',
    });
  }
});

import { spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/core/model/outcome.ts';
import { reportSchema, type Report } from '../../src/core/model/report.ts';
import { Lab, labMissing, proxyUrl, type Policy, type Ran } from './lab.ts';

const BUILT = resolve('dist/pms-proxy-doctor.js');
const PROXY = proxyUrl('allowed');
const VARIABLES = { http_proxy: PROXY, https_proxy: PROXY, no_proxy: 'localhost,127.0.0.1' };
const HOST = 'metadata.provider.plex.tv';
const BYPASSING = ['--noproxy', '*', '--max-time', '3', `https://${HOST}/`];
const OBEYING = ['--max-time', '3', 'https://plex.tv/'];
const BLOCKED: Policy = { pms4: 'drop', pms6: 'drop' };
/** A user that exists nowhere. */
const NOBODY = 54_321;
const missing = labMissing();

describe.skipIf(missing !== null)('observe, in the lab', () => {
  const lab = new Lab('watch');
  beforeAll(() => lab.up());
  afterAll(() => lab.down());
  afterEach(() => {
    lab.stopPms();
    lab.policy({});
  });

  async function observe(...prefix: readonly string[]): Promise<Report> {
    return reportOf(
      await lab.onPmsHost([...prefix, process.execPath, BUILT, 'observe', '--for', '7s', '--raw', '--format', 'json']),
    );
  }

  it.each<[string, Policy, Outcome]>([
    ['dropped', BLOCKED, 'no-reply'],
    ['answered by ICMP', { pms4: 'reject', pms6: 'reject' }, 'prohibited'],
    ['answered by "port unreachable"', { pms4: 'reject-port', pms6: 'reject-port' }, 'prohibited'],
    ['reset', { pms4: 'reset', pms6: 'reset' }, 'refused'],
    ['let through', {}, 'ok'],
  ])('names a scanner that ignores the proxy and is %s', async (_name, policy, outcome) => {
    lab.policy(policy);
    lab.scan(VARIABLES, [BYPASSING]);
    const report = await observe();
    expect(bypassesOf(report)).toEqual([`Plex Media Scanner ${HOST}:443 ${outcome}`]);
    const { observed } = endpointOf(report, HOST);
    expect(observed).toMatchObject({ proxy: 0, proxyWatched: true, directOutcome: outcome });
    expect(observed?.direct).toBeGreaterThan(0);
  });

  it('sees the questions of a scanner that has no route to anybody', async () => {
    lab.policy({ pms4: 'no-route', pms6: 'no-route' });
    lab.scan(VARIABLES, [BYPASSING]);
    const report = await observe();
    expect(bypassesOf(report)).toEqual([]);
    expect(report.traffic?.questions.map(({ name }) => name)).toContain(HOST);
    expect(endpointOf(report, HOST).observed ?? { direct: 0, proxy: 0 }).toMatchObject({ direct: 0, proxy: 0 });
  });

  it('finds no bypass where the client obeys', async () => {
    lab.policy(BLOCKED);
    lab.scan(VARIABLES, [OBEYING]);
    const report = await observe();
    expect(bypassesOf(report)).toEqual([]);
    expect(endpointOf(report, 'plex.tv').observed).toMatchObject({
      direct: 0,
      proxyOutcome: 'ok',
      processes: ['Plex Media Scanner'],
    });
  });

  it.each<[string, string, string, Outcome]>([
    ['refuses', 'dead', 'undefined', 'proxy-unreachable'],
    ['is silent', 'silent', HOST, 'proxy-silent'],
    ['hangs up', 'close', HOST, 'proxy-error'],
    ['denies', 'denied-all', HOST, 'denied'],
    ['wants a login', 'auth', HOST, 'proxy-auth'],
  ])('names a proxy that %s', async (_name, proxy, host, outcome) => {
    const url = proxyUrl(proxy);
    lab.scan({ http_proxy: url, https_proxy: url }, [['--max-time', '3', `https://${HOST}/`]]);
    const report = await observe();
    expect(bypassesOf(report)).toEqual([]);
    const proxied = (report.traffic?.flows ?? []).filter((flow) => flow.route === 'proxy' && flow.outcome !== null);
    expect([...new Set(proxied.map((flow) => `${flow.names[0]?.name} ${flow.outcome}`))]).toEqual([
      `${host} ${outcome}`,
    ]);
    // A connection that is refused lives for microseconds: some of many are given to no process.
    expect(proxied.map((flow) => flow.process)).toContain('Plex Media Scanner');
  });

  it('finds a scanner that left its parents, by the trace and without it', async () => {
    lab.policy(BLOCKED);
    const programs = `${lab.directory}/usr/lib/plexmediaserver/scanning`;
    const scanner = [`'${programs}/Plex Media Scanner'`, '--silent', '--output', '/dev/null', "--noproxy '*'"];
    // The subshell ends at once, and the process of its own session is init's.
    const script = `while :; do ( setsid ${[...scanner, ...BYPASSING.slice(2)].join(' ')} & ); sleep 1; done`;
    const variables = Object.entries(VARIABLES).map(([name, value]) => `${name}=${value}`);
    const pms = lab.onPmsHost(['env', ...variables, `${programs}/Plex Media Server`, '-c', script]);
    await processOf(lab, (command) => command.includes('Plex Media Scanner --silent'));
    const inside = observe();
    const args = ['observe', '--env-from', `pid:${pidOfPms(lab)}`, '--for', '7s', '--raw', '--format', 'json'];
    const traced = reportOf(await run([process.execPath, BUILT, ...args]));
    for (const report of [traced, await inside])
      expect(bypassesOf(report)).toEqual([`Plex Media Scanner ${HOST}:443 no-reply`]);
    lab.stopPms();
    await pms;
  });

  it('tells both apart, also when it watches a network that is not its own', async () => {
    lab.policy(BLOCKED);
    lab.scan(VARIABLES, [BYPASSING, OBEYING]);
    const inside = observe();
    const pid = pidOfPms(lab);
    const args = ['observe', '--env-from', `pid:${pid}`, '--for', '7s', '--raw', '--format', 'json'];
    const outside = reportOf(await run([process.execPath, BUILT, ...args]));
    for (const report of [await inside, outside]) {
      expect(bypassesOf(report)).toEqual([`Plex Media Scanner ${HOST}:443 no-reply`]);
      expect(endpointOf(report, HOST).observed).toMatchObject({ proxy: 0, proxyWatched: true });
      expect(endpointOf(report, 'plex.tv').observed).toMatchObject({ direct: 0, proxyOutcome: 'ok' });
    }
  });

  it('sees sockets where no tool can capture, and claims no more', async () => {
    lab.policy(BLOCKED);
    lab.scan(VARIABLES, [BYPASSING]);
    const report = await observe('env', 'PATH=/nonexistent');
    expect(problemsOf(report)).toMatch(/^TCPDUMP_MISSING: /);
    expect(bypassesOf(report)).toEqual([`Plex Media Scanner ${HOST}:443 no-reply`]);
    expect(endpointOf(report, HOST).observed).toMatchObject({ proxyWatched: false });
  });

  it('sees the sockets as the user of PMS', async () => {
    lab.policy(BLOCKED);
    lab.scan(VARIABLES, [BYPASSING], NOBODY);
    const report = await observe('setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups');
    expect(problemsOf(report)).toMatch(/^NEEDS_ROOT: /);
    expect(bypassesOf(report)).toEqual([`Plex Media Scanner ${HOST}:443 no-reply`]);
  });

  it('names no process as another user, and says why', async () => {
    lab.policy(BLOCKED);
    lab.scan(VARIABLES, [BYPASSING]);
    const report = await observe('setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups');
    expect(problemsOf(report)).toMatch(/^NEEDS_ROOT: .*EACCES: /s);
    expect(bypassesOf(report)).toEqual([`null ${HOST}:443 no-reply`]);
    // An attempt that it did not see may have been there all the same.
    expect(report.traffic?.watchers.flatMap(({ shows }) => shows)).toEqual([]);
  });

  it('leaves nothing behind when it is killed', async () => {
    lab.scan(VARIABLES, [OBEYING]);
    const ran = lab.onPmsHost([process.execPath, BUILT, 'observe', '--for', '60s']);
    const watcher = await processOf(lab, isWatcher);
    await processOf(lab, isCapture);
    lab.stopPms();
    // Until the last packets have gone by: the next one would end the capture in any case, as its reader is gone.
    await sleep(500);
    process.kill(watcher, 'SIGKILL');
    await ran;
    const left = (): boolean => lab.processesOfPmsHost().some(({ command }) => command.includes('tcpdump'));
    for (let tries = 0; tries < 100 && left(); tries += 1) await sleep(50);
    expect(left()).toBe(false);
  });

  it('reports what it saw until Ctrl-C', async () => {
    lab.policy(BLOCKED);
    lab.scan(VARIABLES, [BYPASSING]);
    const ran = lab.onPmsHost([process.execPath, BUILT, 'observe', '--for', '60s', '--raw', '--format', 'json']);
    const watcher = await processOf(lab, isWatcher);
    await processOf(lab, isCapture);
    await sleep(4000);
    process.kill(watcher, 'SIGINT');
    const { stdout, exitCode } = await ran;
    expect(exitCode).toBe(130);
    expect(bypassesOf(reportSchema.parse(JSON.parse(stdout)))).toEqual([`Plex Media Scanner ${HOST}:443 no-reply`]);
    expect(lab.processesOfPmsHost().filter(({ command }) => command.includes('tcpdump'))).toEqual([]);
  });
});

function reportOf({ exitCode, stdout, stderr }: Pick<Ran, 'exitCode' | 'stdout' | 'stderr'>): Report {
  if (stdout === '') throw new Error(`observe ended with ${exitCode}: ${stderr}`);
  return reportSchema.parse(JSON.parse(stdout));
}

/** Observed bypasses, each kind once; not those that began so late that their end is unknown. */
function bypassesOf({ bypasses }: Report): readonly string[] {
  const observed = bypasses.filter(({ kind, outcome }) => kind === 'observed' && outcome !== null);
  return [
    ...new Set(
      observed.map(({ process, host, address, port, outcome }) => `${process} ${host ?? address}:${port} ${outcome}`),
    ),
  ];
}

function endpointOf({ endpoints }: Report, host: string): Report['endpoints'][number] {
  const found = endpoints.find((endpoint) => endpoint.host === host && endpoint.port === 443);
  if (found === undefined) throw new Error(`${host} is not in the report`);
  return found;
}

function problemsOf({ traffic }: Report): string {
  return (traffic?.watchers ?? []).flatMap(({ problems }) => problems).join('\n');
}

/** The stand-in's id on this machine: the first process that runs its program. */
function pidOfPms(lab: Lab): number {
  const program = `${lab.directory}/usr/lib/plexmediaserver/scanning/Plex Media Server`;
  const found = lab.processesOfPmsHost().find(({ pid }) => readlinkSync(`/proc/${pid}/exe`) === program);
  if (found === undefined) throw new Error('the stand-in for PMS does not run');
  return found.pid;
}

function isWatcher(command: string): boolean {
  return command.startsWith(`${process.execPath} ${BUILT} observe`);
}

function isCapture(command: string): boolean {
  return /^\S*tcpdump -i any/.test(command);
}

/** The id of a process of the PMS host, as soon as it is there. */
async function processOf(lab: Lab, isMeant: (command: string) => boolean): Promise<number> {
  for (let tries = 0; tries < 200; tries += 1) {
    const found = lab.processesOfPmsHost().find(({ command }) => isMeant(command));
    if (found !== undefined) return found.pid;
    await sleep(50);
  }
  throw new Error('the process did not start within ten seconds');
}

function run([file = '', ...rest]: readonly string[]): Promise<Pick<Ran, 'exitCode' | 'stdout' | 'stderr'>> {
  return new Promise((settle, reject) => {
    const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => (output[stream] += text));
    }
    child.on('error', reject).on('close', (exitCode) => settle({ exitCode, ...output }));
  });
}

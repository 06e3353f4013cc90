import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { reportSchema, type Report } from '../../../src/core/model/report.ts';
import { proxyUrl, type Lab, type Ran } from '../lab.ts';
import { until } from '../observing.ts';
import { ISOLATED, METADATA, withProxy, type State } from './state.ts';

const BUILT = resolve('dist/pms-proxy-doctor.js');

/** Clients of the stand-in are less patient than PMS, so that a failed scan takes seconds. */
const IMPATIENT = { connectTimeoutSeconds: 2 } as const;

/** How long `observe` watches: other labs hold this process up for seconds, in which no scan can be asked for. */
const WATCHED = '40s';

/** Sets the network up, plays what was before, and lets the tool judge. */
export async function play(lab: Lab, state: State): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'pms-doctor-state-'));
  try {
    const proxyLogAt = sizeOf(proxyLog(lab));
    await setUp(lab, state, folder);
    const output = join(folder, 'report.json');
    const ran = await judge(lab, state, { folder, proxyLogAt, output });
    if (!existsSync(output)) throw new Error(`exit code ${ran.exitCode}, no report: ${ran.stderr}`);
    return reportSchema.parse(JSON.parse(readFileSync(output, 'utf8')));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function setUp(lab: Lab, state: State, folder: string): Promise<void> {
  const { pms = {}, history = {}, policy = ISOLATED, resolver = 'normal', internet = {} } = state;
  const { environment = withProxy(proxyUrl('allowed')) } = state;
  lab.stopPms();
  lab.internet(internet);
  lab.hosts(state.hosts ?? []);
  lab.resolvConf(state.resolvConf ?? []);
  lab.rules(state.rules ?? []);
  const dnsmasq = join(folder, 'dnsmasq.conf');
  writeFileSync(dnsmasq, (state.dnsmasq ?? []).join('\n'));
  lab.resolver(history.resolver ?? resolver, dnsmasq);
  lab.policy(history.policy ?? policy);
  if (pms !== null) lab.startStandIn(history.environment ?? environment, { ...IMPATIENT, ...pms });
  if (history.scans === 'then' || history.scans === 'then-and-now') await scan(lab, state);
  if (history.resolver !== undefined) lab.resolver(resolver, dnsmasq);
  lab.policy(policy);
  if (pms !== null && (history.environment !== undefined || history.restarts === true))
    startAnew(lab, environment, { ...IMPATIENT, ...pms });
  if (state.another !== undefined) lab.startAnotherPms(state.another);
  if (state.command !== 'observe' && (history.scans === 'now' || history.scans === 'then-and-now'))
    await scan(lab, state);
}

/** PMS keeps the log of its last run beside that of the new one. */
function startAnew(lab: Lab, ...start: Parameters<Lab['startStandIn']>): void {
  const { serverLog } = lab.standIn;
  const old = readFileSync(serverLog);
  lab.startStandIn(...start);
  writeFileSync(serverLog.replace(/\.log$/, '.1.log'), old);
}

/** Asks PMS to scan its new music, as its owner does; resolves when the scan is over. */
async function scan(lab: Lab, { pms, neighbour }: State): Promise<void> {
  if (neighbour !== undefined) {
    const request = ['--silent', '--max-time', '5', '--proxy', proxyUrl(neighbour), `https://${METADATA}/`];
    await lab.on('router', ['curl', ...request]);
  }
  const token = readFileSync(lab.standIn.adminTokenFile, 'latin1').trim();
  const url = `http://127.0.0.1:${pms?.port ?? 32_400}/library/sections/1/refresh`;
  await lab.onPmsHost(['curl', '--silent', '--max-time', '30', '-X', 'POST', '-H', `X-Plex-Token: ${token}`, url]);
  await sleep(1_000);
}

interface Files {
  readonly folder: string;
  /** Where the lines of this state begin in the log of the proxy. */
  readonly proxyLogAt: number;
  /** Not a pipe: other labs hold this process up for longer than the tool waits for a reader. */
  readonly output: string;
}

async function judge(lab: Lab, state: State, files: Files): Promise<Ran> {
  const shell = Object.entries(state.shell ?? {}).map(([name, value]) => `${name}=${value}`);
  const asking = state.command === 'read' ? [] : ['--timeout', '3s', '--ca', lab.ca];
  const common = [...asking, '--format', 'json', '--output', files.output, ...(state.options ?? [])];
  const run = (...own: readonly string[]): Promise<Ran> =>
    lab.onPmsHost(['env', ...shell, 'node', BUILT, state.command, ...own, ...common], 100_000);
  switch (state.command) {
    case 'check':
      return run();
    case 'reproduce':
      return run('--yes');
    case 'observe': {
      const running = run('--for', WATCHED);
      await until(() => lab.processesOfPmsHost().some(({ command }) => /^\S*tcpdump -i any/.test(command)), Boolean);
      await sleep(1_000);
      if (state.restartsMeanwhile === true) {
        const { environment = withProxy(proxyUrl('allowed')), pms } = state;
        lab.startStandIn(environment, { ...IMPATIENT, ...pms });
        await sleep(2_000);
      }
      if (state.history?.scans === 'now') await scan(lab, state);
      return running;
    }
    case 'read':
      return run(...filesOf(lab, state, files));
  }
}

function filesOf(lab: Lab, { files = ['pms-logs'] }: State, { folder, proxyLogAt }: Files): readonly string[] {
  return files.map((kind) => {
    if (kind === 'pms-logs') return lab.standIn.logs;
    const copy = join(folder, 'access.log');
    copyFrom(proxyLog(lab), proxyLogAt, copy);
    return copy;
  });
}

function proxyLog(lab: Lab): string {
  return join(lab.directory, 'squid/access.log');
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function copyFrom(file: string, at: number, copy: string): void {
  writeFileSync(copy, readFileSync(file).subarray(at));
}

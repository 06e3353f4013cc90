import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readlinkSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { LAN, pmsSidePlan, PROXY_VARIABLES } from './network.ts';
import {
  INSIDE_COMMAND,
  readOrder,
  readOutsideReport,
  type Finished,
  type Order,
  type OutsideReport,
} from './order.ts';
import { CA_FILE, runOutside } from './outside.ts';
import { runPmsOrder } from './pms/command.ts';
import { readPmsOrder } from './pms/order.ts';
import { runStep, StepFailed, toolPath } from './step.ts';
import { conclusion, INTERRUPTED, stepRefused } from './story.ts';

/**
 * A temporary file system of the demo's own covers /run: nothing is written to the machine's disk, and services that talk over
 * sockets there (systemd, resolvers, container engines) are out of sight.
 */
const FOLDER = '/run/pms-proxy-doctor-demo';
const STAND_IN = `${FOLDER}/usr/lib/plexmediaserver/Plex Media Server`;
/** Starting two processes and a link takes a fraction of a second, also on a small machine. */
const SET_UP_BUDGET_MS = 5_000;
const FINISH_BUDGET_MS = 2_000;
/** The slowest check (everything silent, 3 s an attempt) stays below 7 s. */
const CHECK_BUDGET_MS = 18_000;
/** How long an interrupted check may take to report what it has. */
const INTERRUPTED_BUDGET_MS = 2_000;

/**
 * The hidden command: what runs inside the sealed namespaces. `argv[0]` is an order as JSON.
 * Resolves to the exit code: 0 played, 3 a step was not allowed, 130 interrupted, else that of a `check` that could not run.
 */
export async function runDemoInside(argv: readonly string[]): Promise<number> {
  const pmsOrder = readPmsOrder(argv[0]);
  // How Node was started here is how it is started for another order: `node FILE demo-inside`.
  if (pmsOrder !== null) return runPmsOrder(pmsOrder, [...process.argv.slice(1, 2), INSIDE_COMMAND]);
  const order = readOrder(argv[0]);
  if (order === null) {
    process.stderr.write(`${INSIDE_COMMAND} is part of the demo; run: pms-proxy-doctor demo\n`);
    return 2;
  }
  return order.role === 'outside' ? runOutside() : playPmsSide(order);
}

type PmsSideOrder = Extract<Order, { role: 'pms-side' }>;

async function playPmsSide(order: PmsSideOrder): Promise<number> {
  const interrupted = whenStandardInputEnds();
  const children: ChildProcess[] = [];
  try {
    await sealFiles();
    const outside = startOutside(order.entry);
    children.push(outside.process);
    await within(SET_UP_BUDGET_MS, 'the outside of the sealed network', connectTo(outside));
    children.push(await startStandIn());
    const check = startCheck(order);
    children.push(check);
    const code = await ending(check, interrupted);
    if (interrupted.aborted) return sayInterrupted();
    const finished = await within(FINISH_BUDGET_MS, 'the end of the demo', outside.finish());
    say(conclusion(code, finished));
    return exitCodeFor(code);
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    if (interrupted.aborted) return sayInterrupted();
    say(stepRefused(error));
    return 3;
  } finally {
    for (const child of children) child.kill('SIGKILL');
    process.stdin.destroy();
  }
}

function say(lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`${line}\n`);
}

function sayInterrupted(): number {
  say([INTERRUPTED]);
  return 130;
}

/** Findings (1) and undecided points (3) are a report like any other; with every other code there was none. */
function exitCodeFor(checkCode: number): number {
  return checkCode === 1 || checkCode === 3 ? 0 : checkCode;
}

/** The process that started the demo holds the other end: it ends when that process interrupts us, and also when it crashes. */
function whenStandardInputEnds(): AbortSignal {
  const controller = new AbortController();
  process.stdin.once('close', () => controller.abort()).resume();
  process.stdin.once('end', () => controller.abort());
  return controller.signal;
}

async function within<T>(budgetMs: number, name: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StepFailed(name, `not ready after ${budgetMs / 1_000} s`)), budgetMs);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** Names are resolved by the demo's DNS only: own resolv.conf, hosts and nsswitch.conf, in the private mount namespace. */
async function sealFiles(): Promise<void> {
  const resolvConf = existsSync('/etc/resolv.conf') ? realpathSync('/etc/resolv.conf') : null;
  const links = linksIn('/run');
  await runStep('a temporary file system on /run', 'mount', [
    '-t',
    'tmpfs',
    '-o',
    'mode=0755,size=16m',
    'tmpfs',
    '/run',
  ]);
  for (const [link, target] of links) symlinkSync(target, link);
  mkdirSync(FOLDER);
  if (resolvConf === null) throw new StepFailed('name resolution', 'there is no /etc/resolv.conf to put ours over');
  await cover(resolvConf, `nameserver ${LAN.outside}\noptions timeout:1 attempts:1\n`);
  await cover('/etc/hosts', `127.0.0.1 localhost\n::1 localhost\n${LAN.pms} pms.${LAN.domain}\n`);
  await cover('/etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n');
}

/** NixOS finds its programs through /run/current-system, a link. */
function linksIn(folder: string): readonly (readonly [string, string])[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isSymbolicLink())
    .map(({ name }) => [`${folder}/${name}`, readlinkSync(`${folder}/${name}`)]);
}

let covered = 0;

/** Puts a file of our own over `path`, for the processes of this mount namespace only. */
async function cover(path: string, content: string): Promise<void> {
  if (path.startsWith('/run/')) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return;
  }
  if (!existsSync(path)) return;
  covered += 1;
  const own = `${FOLDER}/cover-${covered}`;
  writeFileSync(own, content);
  await runStep(`a ${path} of the demo's own`, 'mount', ['--bind', own, realpathSync(path)]);
}

interface Outside {
  readonly process: ChildProcess;
  readonly pid: number;
  next(): Promise<OutsideReport>;
  connected(): void;
  finish(): Promise<Finished>;
}

function startOutside(entry: string): Outside {
  const order: Order = { role: 'outside' };
  const outside = spawn('unshare', ['--net', process.execPath, entry, INSIDE_COMMAND, JSON.stringify(order)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: toolPath() },
  });
  outside.once('error', () => undefined);
  outside.stdin.on('error', () => undefined);
  const lines = createInterface({ input: outside.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<OutsideReport> => {
    const line = await lines.next();
    if (line.done) throw new StepFailed('the outside of the sealed network', 'it ended before it was ready');
    const report = readOutsideReport(line.value);
    if (report.state === 'failed') throw new StepFailed(report.step, report.detail);
    return report;
  };
  return {
    process: outside,
    pid: outside.pid ?? 0,
    next,
    connected: () => outside.stdin.write('connected\n'),
    finish: async () => {
      outside.stdin.end();
      const report = await next();
      if (report.state !== 'finished') throw new StepFailed('the end of the demo', 'the outside did not report');
      return report;
    },
  };
}

async function connectTo(outside: Outside): Promise<void> {
  // Its first line comes from the new network namespace: only then can the link lead there.
  await outside.next();
  for (const args of pmsSidePlan(outside.pid)) await runStep('the PMS side of the sealed network', 'ip', args);
  outside.connected();
  await outside.next();
}

/**
 * A process whose program file has the name and place of PMS and whose environment holds the proxy variables. It is Node
 * under another name, says so in its arguments, and does nothing.
 */
async function startStandIn(): Promise<ChildProcess> {
  mkdirSync(dirname(STAND_IN), { recursive: true });
  writeFileSync(STAND_IN, '');
  await runStep('a program file named like PMS', 'mount', ['--bind', process.execPath, STAND_IN]);
  return spawn(STAND_IN, ['-e', 'setInterval(() => undefined, 60_000)', 'stand-in of the pms-proxy-doctor demo'], {
    stdio: 'ignore',
    env: { ...PROXY_VARIABLES },
  });
}

function startCheck({ entry, checkArguments }: PmsSideOrder): ChildProcess {
  const temporary = `${FOLDER}/tmp`;
  mkdirSync(temporary);
  const passedOn = ['TERM', 'COLORTERM', 'NO_COLOR', 'FORCE_COLOR', 'COLUMNS', 'LANG', 'LC_ALL', 'LC_CTYPE'];
  const environment = Object.fromEntries(
    passedOn.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  return spawn(process.execPath, [entry, 'check', '--ca', CA_FILE, '--timeout', '3s', ...checkArguments], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...environment, PATH: toolPath(), HOME: '/', TMPDIR: temporary },
  });
}

/** The exit code of the check, which is interrupted with the demo and stopped when it takes too long. */
function ending(check: ChildProcess, interrupted: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    let timer = setTimeout(() => check.kill('SIGKILL'), CHECK_BUDGET_MS);
    const interrupt = (): void => {
      check.kill('SIGINT');
      clearTimeout(timer);
      timer = setTimeout(() => check.kill('SIGKILL'), INTERRUPTED_BUDGET_MS);
    };
    if (interrupted.aborted) interrupt();
    interrupted.addEventListener('abort', interrupt);
    check.once('error', reject);
    check.once('exit', (code) => {
      clearTimeout(timer);
      interrupted.removeEventListener('abort', interrupt);
      resolve(code ?? 70);
    });
  });
}

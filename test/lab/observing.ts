import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { evidenceSchema, type Evidence } from '../../src/core/model/evidence.ts';
import type { Lab } from './lab.ts';

const BUILT = resolve('dist/pms-proxy-doctor.js');

export interface ObserveOptions {
  readonly lab: Lab;
  /** Of the stand-in for PMS. */
  readonly pid: number;
  /** Where the evidence goes. */
  readonly file: string;
  /** PATH; without tcpdump in it there are no packets. */
  readonly path?: string | undefined;
  /** In a namespace of process ids of its own, as in a container: nothing can be traced there. */
  readonly isContained?: boolean;
}

/** A run of `observe` in the network of the PMS host, but with the process ids of this machine. */
export class Observing {
  readonly #child: ChildProcess;
  readonly #options: ObserveOptions;
  readonly ended: Promise<unknown>;
  #stderr = '';

  constructor(options: ObserveOptions) {
    this.#options = options;
    const { lab, pid, file, path, isContained = false } = options;
    const observe = [process.execPath, BUILT, 'observe', '--env-from', `pid:${pid}`, '--for', '600s', '--raw'];
    const contained = isContained ? ['unshare', '--pid', '--fork', '--kill-child'] : [];
    const withPath = path === undefined ? [] : ['env', `PATH=${path}`];
    const command = [
      'netns',
      'exec',
      lab.namespace('pms'),
      ...contained,
      ...withPath,
      ...observe,
      '--save-evidence',
      file,
    ];
    this.#child = spawn('ip', command, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.ended = new Promise((settle) => this.#child.once('close', settle));
  }

  /** `ip netns exec` becomes the program that it starts. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Until it watches: the instances are there, and the capture, where there is one. */
  async ready(): Promise<void> {
    const { isContained = false, path, lab } = this.#options;
    const isReady = (): boolean =>
      (isContained || instances().some((name) => name.includes(`-${this.pid}-`))) &&
      (path !== undefined || lab.processesOfPmsHost().some(({ command }) => /^\S*tcpdump -i any/.test(command)));
    if (!(await until(isReady, Boolean))) throw new Error(`observe did not begin: ${this.#stderr}`);
    await sleep(1_000);
  }

  /** Ends it as Ctrl-C does. */
  async finish(): Promise<Evidence> {
    await sleep(500);
    const isItself = (pid: number): boolean => commandOf(pid).startsWith(`${process.execPath} ${BUILT}`);
    for (const pid of [this.pid, ...childrenOf(this.pid)].filter(isItself)) process.kill(pid, 'SIGINT');
    await this.ended;
    return evidenceSchema.parse(JSON.parse(readFileSync(this.#options.file, 'utf8')));
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

/** Looks until it is enough, twenty seconds at most; the value is the last look. */
export async function until<T>(look: () => T, isEnough: (seen: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 200; tries += 1) {
    const seen = look();
    if (isEnough(seen)) return seen;
    await sleep(100);
  }
  return look();
}

/** The remains of the run that had this process id: instances of tracefs, guards, mounts. */
export function remainsOf(pid: number): readonly string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return [
    ...instances().filter((name) => name.startsWith(`pms-proxy-doctor-${pid}-`)),
    ...guardsOf(pid).map((guard) => `guard ${guard}`),
    ...mounts.filter((line) => line.includes('tracefs') && line.includes('pms-proxy-doctor')),
  ];
}

export function guardsOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((one) => one !== pid && commandOf(one).includes(`pms-proxy-doctor-${pid}-`));
}

/** Instances of tracefs, wherever that is mounted: looked at in a mount namespace that is gone at once. */
function instances(): readonly string[] {
  const list = 'mount -t tracefs nodev /sys/kernel/tracing && ls /sys/kernel/tracing/instances';
  return execFileSync('unshare', ['--mount', 'sh', '-c', list], { encoding: 'utf8' }).split('\n').filter(Boolean);
}

function commandOf(pid: number): string {
  return textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
}

function childrenOf(pid: number): readonly number[] {
  return textOf(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

/** '' where the process has ended meanwhile. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

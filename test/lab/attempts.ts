import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Lab } from './lab.ts';

/** Attempts to connect of processes that live under a millisecond, with every kind of end: servers/attempts.c. */

export const ENDS = ['connected', 'refused', 'dropped', 'rejected', 'prohibited', 'no-route'] as const;
export type End = (typeof ENDS)[number];

const KINDS = ['t4', 't6', 'u4', 'u6', 's4', 's6'] as const;
const PROGRAMS = ['Plex Media Scanner', 'Plex Script Host', 'Plex Tuner Service', 'helper'] as const;
const FLAGS = ['-', 'T', 'D', 'TD'] as const;
const MAIN = 'Plex Media Server';

export interface Wish {
  readonly program: (typeof PROGRAMS)[number];
  /** TCP, UDP that is connected, or UDP that is sent to an address. */
  readonly kind: (typeof KINDS)[number];
  readonly end: End;
  readonly port: number;
  /** See servers/attempts.c. */
  readonly flags: string;
}

/** An attempt that was made. */
export interface Made {
  readonly pid: number;
  readonly program: string;
  readonly transport: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
}

/** Why the workload cannot be built; null: it can. Where a run without it would pass for a run with it, an error instead. */
export function compilerMissing(): string | null {
  if (spawnSync('gcc', ['--version']).status === 0) return null;
  const reason = 'gcc is not installed';
  if (process.env['CI'] === 'true' || process.env['PMS_DOCTOR_LAB'] === 'required') throw new Error(reason);
  console.warn(`the lab of attempts is skipped: ${reason}`);
  return reason;
}

export function addressOf(end: End, family: '4' | '6'): string {
  const number = 1 + ENDS.indexOf(end);
  return family === '4' ? `45.76.1.${number}` : `2a10:dead:beef::1:${number}`;
}

/** Every end that there is, at addresses of its own, beside the policy of the router. */
export function prepareEnds(lab: Lab): void {
  const both = (end: End, verdict: string): readonly string[] => [
    `ip daddr ${addressOf(end, '4')} ${verdict}`,
    `ip6 daddr ${addressOf(end, '6')} ${verdict}`,
  ];
  const rules = [
    'table inet ends {',
    'chain forward {',
    'type filter hook forward priority filter - 1',
    ...both('dropped', 'drop'),
    ...both('rejected', 'reject with icmpx type admin-prohibited'),
    '}',
    '}',
    '',
  ];
  execFileSync('ip', ['netns', 'exec', lab.namespace('router'), 'nft', '-f', '-'], { input: rules.join('\n') });
  for (const [end, type] of [
    ['prohibited', 'prohibit'],
    ['no-route', 'unreachable'],
  ] as const) {
    execFileSync('ip', ['-n', lab.namespace('pms'), 'route', 'add', type, addressOf(end, '4')]);
    execFileSync('ip', ['-n', lab.namespace('pms'), '-6', 'route', 'add', type, addressOf(end, '6')]);
  }
}

/** Every combination of program, kind, end and flags, again and again. */
export function wishes(count: number): readonly Wish[] {
  return Array.from({ length: count }, (_, i) => {
    const end = ENDS[Math.floor(i / KINDS.length) % ENDS.length] ?? 'connected';
    return {
      program: PROGRAMS[(i + Math.floor(i / 7)) % PROGRAMS.length] ?? 'helper',
      kind: KINDS[i % KINDS.length] ?? 't4',
      end,
      port: end === 'connected' ? 443 : 1_024 + (i % 60_000),
      flags: FLAGS[Math.floor(i / 5) % FLAGS.length] ?? '-',
    };
  });
}

/** A process called Plex Media Server in the network of the PMS host that makes attempts on demand. */
export class Attempts {
  readonly #child: ChildProcess;
  #said = '';

  /** `main`: the name of the program; another one than PMS's is a stranger. */
  constructor(lab: Lab, main = MAIN, environment: Readonly<Record<string, string>> = {}) {
    const directory = join(lab.directory, 'attempts');
    const built = join(directory, 'built');
    if (!existsSync(built)) {
      mkdirSync(directory, { recursive: true });
      execFileSync('gcc', ['-O2', '-pthread', '-o', built, resolve('test/lab/servers/attempts.c')]);
    }
    for (const name of [main, ...PROGRAMS]) {
      if (!existsSync(join(directory, name))) copyFileSync(built, join(directory, name));
    }
    // `ip netns exec` becomes the program that it starts.
    this.#child = spawn('ip', ['netns', 'exec', lab.namespace('pms'), join(directory, main), directory], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'], ...environment },
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#said += text));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Makes them one after the other, and ends. */
  async make(wanted: readonly Wish[]): Promise<readonly Made[]> {
    const lines = wanted.map(({ program, kind, end, port, flags }) => {
      const address = addressOf(end, kind.endsWith('4') ? '4' : '6');
      return `${program.replaceAll(' ', '_')} ${kind} ${address} ${port} ${flags}\n`;
    });
    const closed = new Promise((settle) => this.#child.once('close', settle));
    this.#child.stdin?.end(lines.join(''));
    await closed;
    return this.#said.trim().split('\n').map(madeOf);
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }
}

function madeOf(line: string): Made {
  const [, pid, program = '', kind = '', address = '', port] = /^(\d+) (.+) (\w\d) (\S+) (\d+)$/.exec(line) ?? [];
  return { pid: Number(pid), program, transport: kind.startsWith('t') ? 'tcp' : 'udp', address, port: Number(port) };
}

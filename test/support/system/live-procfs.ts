import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { addressBytes } from '../../../src/core/values/address.ts';

export interface LiveProcess {
  readonly ppid: number;
  readonly exe: string;
  readonly startTicks?: number;
  /** Inodes of the sockets that it holds. */
  readonly sockets?: readonly number[];
  readonly uid?: number;
  readonly network?: string;
  readonly cgroup?: string;
  /** As `NAME=value`. */
  readonly environment?: readonly string[];
  /** false: it is about to end, and shows no arguments. */
  readonly hasArguments?: boolean;
  /** Id of the process that this is a thread of. */
  readonly threadOf?: number;
}

export interface LiveSocket {
  readonly local: readonly [string, number];
  readonly remote?: readonly [string, number];
  readonly state: number;
  readonly inode: number;
  readonly uid?: number;
  readonly retransmits?: number;
}

/** A procfs in a temporary directory that changes while it is watched. */
export class LiveProcfs {
  readonly root = mkdtempSync(join(tmpdir(), 'live-procfs-'));

  constructor() {
    this.#write('sys/kernel/pid_max', '32768\n');
    this.#write('999/stat', '999 (node) R 1 999 999 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 77 0');
    this.#write('999/status', 'Name:\tnode\nTgid:\t999\nUid:\t0\t0\t0\t0\n');
    this.#link('999/ns/net', 'net:[1]');
    mkdirSync(join(this.root, '999/fd'));
    symlinkSync('999', join(this.root, 'self'));
    this.lastPid(999);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  lastPid(pid: number): void {
    this.#write('loadavg', `0.32 0.28 0.49 3/93 ${pid}\n`);
  }

  /** For how long the machine has been running. Without this, procfs does not say. */
  uptime(seconds: number): void {
    this.#write('uptime', `${seconds.toFixed(2)} 7.00\n`);
  }

  start(pid: number, process: LiveProcess): void {
    const { ppid, exe, startTicks = 100 + pid, uid = 0, network = 'net:[1]', cgroup = '0::/', sockets = [] } = process;
    const comm = (exe.split('/').at(-1) ?? '').slice(0, 15);
    const between = '0 0 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0';
    rmSync(join(this.root, String(pid)), { recursive: true, force: true });
    this.#write(`${pid}/stat`, `${pid} (${comm}) S ${ppid} ${between} ${startTicks} 0 0`);
    this.#write(
      `${pid}/status`,
      `Name:\t${comm}\nTgid:\t${process.threadOf ?? pid}\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\n`,
    );
    this.#write(`${pid}/cmdline`, process.hasArguments === false ? '' : `${exe}\0`);
    this.#write(`${pid}/environ`, (process.environment ?? []).map((entry) => `${entry}\0`).join(''));
    this.#write(`${pid}/cgroup`, `${cgroup}\n`);
    this.#link(`${pid}/exe`, exe);
    this.#link(`${pid}/ns/net`, network);
    mkdirSync(join(this.root, `${pid}/fd`));
    for (const [fd, inode] of sockets.entries()) this.#link(`${pid}/fd/${fd}`, `socket:[${inode}]`);
  }

  end(pid: number): void {
    rmSync(join(this.root, String(pid)), { recursive: true });
  }

  /** Writes the table where each of these processes shows it. */
  sockets(pids: readonly number[], table: 'tcp' | 'tcp6' | 'udp' | 'udp6', rows: readonly LiveSocket[]): void {
    for (const pid of pids) {
      this.#write(`${pid}/net/${table}`, socketTable(rows));
      this.#write(`${pid}/net/sockstat`, `sockets: used 9\n${table.toUpperCase()}: inuse ${rows.length} mem 0\n`);
    }
  }

  #write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text, 'latin1');
  }

  #link(path: string, target: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    symlinkSync(target, join(this.root, path));
  }
}

/** As net/ipv4/tcp_ipv4.c and net/ipv6/tcp_ipv6.c write it. */
export function socketTable(rows: readonly LiveSocket[]): string {
  const heading = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
  const line = ({ local, remote, state, inode, uid = 0, retransmits = 0 }: LiveSocket, slot: number): string => {
    const none = local[0].includes(':') ? '::' : '0.0.0.0';
    const ends = `${place(...local)} ${place(...(remote ?? ([none, 0] as const)))}`;
    const queues = `00000000:00000000 00:00000000 ${hex(retransmits, 8)}`;
    return `${String(slot).padStart(4)}: ${ends} ${hex(state, 2)} ${queues} ${String(uid).padStart(5)} ${'0'.padStart(8)} ${inode} 1 0 100 0 0 10 0\n`;
  };
  return heading + rows.map(line).join('');
}

/** Each 32-bit word of the address as a little-endian machine reads it. */
function place(address: string, port: number): string {
  const bytes = [...(addressBytes(address) ?? [])].map((byte) => hex(byte, 2));
  const words = Array.from({ length: bytes.length / 4 }, (_, i) =>
    bytes
      .slice(4 * i, 4 * i + 4)
      .toReversed()
      .join(''),
  );
  return `${words.join('')}:${hex(port, 4)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}

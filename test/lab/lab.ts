import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { PmsStandInSettings } from '../../src/demo/pms/config.ts';
import { layoutOf, type Layout } from '../../src/demo/pms/layout.ts';

/** Tests and scripts run from the root of the repository; a bundled script could not find them beside itself. */
const SCRIPT = resolve('test/lab/lab.sh');
const PROXIES = resolve('test/lab/proxies.tsv');
const PROXY_ADDRESS = '10.77.2.2';

/** The proxy host's name, for tests in which PMS's own DNS matters. */
export const PROXY_NAME = 'forward-proxy.int.example.com';

export type PolicyKey =
  | 'pms4'
  | 'pms6'
  | 'mtu'
  | 'proxy-mtu'
  | 'dns'
  | 'to-proxy'
  | 'to-proxy6'
  | 'proxy-egress'
  | 'proxy-dns';
export type Verdict =
  | 'open'
  | 'drop'
  | 'drop-udp'
  | 'reject'
  | 'reject-port'
  | 'reset'
  | 'no-route'
  | 'portal'
  | 'sign-in'
  | 'cut-name'
  | 'cut-new'
  | 'cut-h2'
  | 'decrypt'
  | 'decrypt-scan'
  | 'few'
  | 'black-hole';
export type Policy = Readonly<Partial<Record<PolicyKey, Verdict>>>;
export type ResolverMode =
  | 'normal'
  | 'rebind'
  | 'sinkhole'
  | 'private'
  | 'stale'
  | 'nxdomain'
  | 'refused'
  // Those of servers/resolver.mjs.
  | 'no-aaaa'
  | 'servfail'
  | 'slow'
  | 'nat64'
  | 'truncated';

const OPEN: Policy = {
  pms4: 'open',
  pms6: 'open',
  mtu: 'open',
  'proxy-mtu': 'open',
  dns: 'open',
  'to-proxy': 'open',
  'to-proxy6': 'open',
  'proxy-egress': 'open',
  'proxy-dns': 'open',
};

/** `port`: where it serves its API; default 32400. */
export type StandInSettings = PmsStandInSettings & { readonly port?: number };

/** The result of a command on the PMS host. */
export interface Ran {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/**
 * Why the lab cannot run here, null when it can. Where a run without the lab would pass for a run with it (CI, or
 * PMS_DOCTOR_LAB=required), an error instead.
 */
export function labMissing(): string | null {
  const answer = spawnSync(SCRIPT, ['possible'], { encoding: 'utf8' });
  if (answer.status === 0) return null;
  const reason = answer.stderr.trim();
  if (process.env['CI'] === 'true' || process.env['PMS_DOCTOR_LAB'] === 'required') throw new Error(reason);
  console.warn(`the lab is skipped: ${reason}`);
  return reason;
}

/** URL of a proxy of proxies.tsv by its name; with `at`, another name or address for the proxy host; `login` as `user:password`. */
export function proxyUrl(name: string, at: { readonly host?: string; readonly login?: string } = {}): string {
  const row = readFileSync(PROXIES, 'utf8')
    .split('\n')
    .map((line) => line.split('\t'))
    .find((cells) => cells[0] === name);
  const [, scheme, port] = row ?? [];
  if (scheme === undefined || port === undefined) throw new Error(`no proxy "${name}" in proxies.tsv`);
  const login = at.login === undefined ? '' : `${at.login}@`;
  return `${scheme}://${login}${at.host ?? PROXY_ADDRESS}:${port}${scheme.startsWith('pac') ? '/proxy.pac' : ''}`;
}

/**
 * One lab of this process: two runs of the tests on one machine do not meet. `label` begins its name; `hostsFile` replaces the names
 * that its internet answers for.
 */
export class Lab {
  readonly name: string;
  readonly #hostsFile: string | undefined;

  constructor(label: string, hostsFile?: string) {
    this.name = `${label.slice(0, 3)}${process.pid.toString(36)}`;
    this.#hostsFile = hostsFile;
  }

  get directory(): string {
    return `/tmp/pmslab-${this.name}`;
  }

  /** The network namespace of one of its hosts. */
  namespace(host: 'pms' | 'router' | 'proxy' | 'net'): string {
    return `pmslab-${this.name}-${host}`;
  }

  /** The root that signs the lab's internet. */
  get ca(): string {
    return `${this.directory}/ca.pem`;
  }

  /** Builds it, after removing the labs of runs that were killed. */
  up(): void {
    this.#run('sweep');
    this.#run('up');
  }

  down(): void {
    this.#run('down');
  }

  /** Everything else is open. */
  policy(policy: Policy): void {
    this.#run('policy', ...Object.entries({ ...OPEN, ...policy }).map(([key, value]) => `${key}=${value}`));
  }

  /** `file`: further configuration of its dnsmasq. */
  resolver(mode: ResolverMode, file?: string): void {
    this.#run('resolver', mode, ...(file === undefined ? [] : [file]));
  }

  /** Puts a file of rules before those of Squid. */
  includeInSquid(file: string): void {
    this.#run('squid-include', file);
  }

  /** Further lines of the PMS host's hosts file, until the next call. */
  hosts(lines: readonly string[]): void {
    this.#run('hosts', ...lines);
  }

  /** Its resolv.conf, until the next call. */
  resolvConf(lines: readonly string[]): void {
    this.#run('resolv', ...lines);
  }

  /** nftables rules for what it sends, until the next call. */
  rules(rules: readonly string[]): void {
    this.#run('rules', ...rules);
  }

  internet(behaviour: {
    readonly skewSeconds?: number;
    readonly cut?: readonly string[];
    readonly stall?: readonly string[];
    /** Milliseconds before an answer, by host. */
    readonly delayMs?: Readonly<Record<string, number>>;
    readonly certificate?: Readonly<Record<string, 'expired' | 'not-yet' | 'other-name'>>;
  }): void {
    this.#run('internet', JSON.stringify(behaviour));
  }

  /** Starts the stand-in for PMS; its scanner has the same environment, or (bare) none. */
  startPms(environment: Readonly<Record<string, string>>, scanner: 'same' | 'bare' = 'same'): void {
    const verb = scanner === 'same' ? 'start' : 'start-bare-scanner';
    this.#run('pms', verb, ...Object.entries(environment).map(([name, value]) => `${name}=${value}`));
  }

  /**
   * Starts a stand-in for PMS that runs scanners: for each `clients` a curl with these arguments, again half a second after it has
   * ended. `user`: all of it runs as this user id.
   */
  scan(environment: Readonly<Record<string, string>>, clients: readonly (readonly string[])[], user = 0): void {
    const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    this.#run('pms', 'scan', String(user), ...variables, ...clients.flatMap((client) => ['--', ...client]));
  }

  /** Processes of the PMS host by the ids of this machine, with their command lines. */
  processesOfPmsHost(): readonly { readonly pid: number; readonly command: string }[] {
    const pids = execFileSync('ip', ['netns', 'pids', `pmslab-${this.name}-pms`], { encoding: 'utf8' }).split('\n');
    return pids.filter(Boolean).flatMap((pid) => {
      try {
        return [{ pid: Number(pid), command: readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ') }];
      } catch {
        return []; // It has ended meanwhile.
      }
    });
  }

  /** Starts the stand-in of src/demo/pms on 127.0.0.1:32400 of the PMS host; it trusts the lab's root. */
  startStandIn(environment: Readonly<Record<string, string>>, config: StandInSettings = {}): void {
    const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    this.#run('pms', 'stand-in', JSON.stringify(config), ...variables);
  }

  /** Changes how it behaves from now on; what is not named has its default. */
  configureStandIn(config: PmsStandInSettings): void {
    this.#run('pms', 'configure', JSON.stringify(config));
  }

  /** Where its programs, data and logs are. */
  get standIn(): Layout {
    return layoutOf(`${this.directory}/pms`);
  }

  /** One more PMS, which serves nothing. */
  startAnotherPms(environment: Readonly<Record<string, string>>): void {
    this.#run('pms', 'beside', ...Object.entries(environment).map(([name, value]) => `${name}=${value}`));
  }

  stopPms(): void {
    this.#run('pms', 'stop');
  }

  /** Runs a command on the PMS host; a command that outlives `limitMs` is killed and has exit code null. */
  onPmsHost(command: readonly string[], limitMs = 50_000): Promise<Ran> {
    return this.on('pms', command, limitMs);
  }

  /** The same on another host. */
  on(host: 'pms' | 'router' | 'proxy' | 'net', command: readonly string[], limitMs = 50_000): Promise<Ran> {
    return new Promise((settle, reject) => {
      const startedAt = performance.now();
      // A process group of its own: nsenter does not hand signals on to the command.
      const child = spawn(SCRIPT, ['exec', this.name, host, ...command], {
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      });
      const limit = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), limitMs);
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
      child.on('error', reject);
      child.on('close', (exitCode) => {
        clearTimeout(limit);
        settle({
          exitCode,
          stdout: Buffer.concat(stdout).toString(),
          stderr: Buffer.concat(stderr).toString(),
          ms: performance.now() - startedAt,
        });
      });
    });
  }

  #run(command: string, ...rest: readonly string[]): void {
    execFileSync(SCRIPT, [command, this.name, ...rest], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        PMS_LAB_OWNER: String(process.pid),
        ...(this.#hostsFile === undefined ? {} : { PMS_LAB_HOSTS: this.#hostsFile }),
      },
    });
  }
}

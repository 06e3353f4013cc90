import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import type { PmsStandInSettings } from '../../src/demo/pms/config.ts';
import { layoutOf } from '../../src/demo/pms/layout.ts';
import type { Lab, Ran } from './lab.ts';
import { whyNoSystemd } from './systemd/oracle.ts';

const SCRIPT = resolve('test/lab/machine.sh');
const BUILT = resolve('dist/pms-proxy-doctor.js');

/** Null when the systemd of this machine can be the process 1 of a PMS host, else why not. */
export function machineMissing(...programs: readonly string[]): string | null {
  const absent = programs.find((program) => !existsSync(program));
  const reason = whyNoSystemd() ?? (absent === undefined ? null : `${absent} is not installed`);
  if (reason !== null && process.env['PMS_DOCTOR_LAB'] === 'required') throw new Error(reason);
  return reason;
}

/** Its scanner, a libcurl, ignores the variables, and music arrives all the time. */
export const IGNORING: PmsStandInSettings = {
  matcher: 'ignores-proxy',
  connectTimeoutSeconds: 2,
  libraries: [{ id: '1', type: 'artist', agent: 'tv.plex.agents.music', newContent: 'always' }],
};

export type Init = 'systemd' | 'openrc' | 'sysv';

/** The PMS host of a lab once more, with systemd as its process 1: the same network, other processes and files. */
export class Machine {
  readonly #lab: Lab;
  #init: Init = 'systemd';

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  /** Below the folder of the lab: its own /etc and /var. */
  get directory(): string {
    return join(this.#lab.directory, 'machine');
  }

  /** A folder that it sees under the same path. */
  get shared(): string {
    return join(this.#lab.directory, 'shared');
  }

  boot(init: Init = this.#init): void {
    this.#init = init;
    mkdirSync(this.directory, { recursive: true });
    mkdirSync(this.shared, { recursive: true });
    this.#run('boot', this.#lab.name, this.directory, init);
  }

  /** In order; `cut`: as when the power fails. */
  off(how: 'off' | 'cut' = 'off'): void {
    this.#run(how, this.directory);
  }

  /** Without a warning, and with all of its files. */
  remove(): void {
    if (!existsSync(this.directory)) return;
    this.off('cut');
    for (const each of [this.directory, this.shared]) rmSync(each, { recursive: true });
  }

  run(command: readonly string[], limitMs = 60_000): Ran {
    const startedAt = performance.now();
    const ran = spawnSync(SCRIPT, ['exec', this.directory, ...command], { encoding: 'utf8', timeout: limitMs });
    return {
      exitCode: ran.status,
      stdout: ran.stdout,
      stderr: ran.stderr,
      ms: performance.now() - startedAt,
    };
  }

  /** This tool, in it. */
  tool(...words: readonly string[]): Ran {
    return this.run(['node', BUILT, ...words]);
  }

  /** Makes the stand-in a service, as PMS's packages do, and starts it. */
  startPms(environment: Readonly<Record<string, string>>, config: PmsStandInSettings): void {
    const order = join(this.shared, 'order.json');
    const directory = join(this.shared, 'pms');
    writeFileSync(
      order,
      JSON.stringify({ role: 'pms-starter', directory, config: { cacert: this.#lab.ca, ...config } }),
    );
    const command = `exec node ${BUILT} demo-inside "$(cat ${order})"`;
    if (this.#init === 'systemd') this.#startUnit(environment, directory, command);
    else this.#startScript(environment, directory, command);
    this.awaitPms();
  }

  #startUnit(environment: Readonly<Record<string, string>>, directory: string, command: string): void {
    const variables = Object.entries(environment).map(
      ([name, value]) => `Environment="${name}=${value.replaceAll('%', '%%')}"`,
    );
    const unit = `[Service]
${variables.join('\n')}
# Remains of the last one that was cut off.
ExecStartPre=rm -rf ${directory}
ExecStart=/bin/sh -c '${command.replaceAll('$', '$$$$')}'
[Install]
WantedBy=multi-user.target
`;
    writeFileSync(join(this.directory, 'etc/systemd/system/plexmediaserver.service'), unit);
    this.run(['systemctl', 'daemon-reload']);
    this.run(['systemctl', 'enable', 'plexmediaserver.service']);
    this.run(['systemctl', 'restart', 'plexmediaserver.service']);
  }

  #startScript(environment: Readonly<Record<string, string>>, directory: string, command: string): void {
    const variables = Object.entries(environment).map(([name, value]) => `export ${name}='${value}'`);
    const start = `${variables.join('\n')}
rm -rf ${directory}
setsid sh -c '${command}' </dev/null >/dev/null 2>&1 &`;
    const file = join(this.directory, 'etc/init.d/plexmediaserver');
    const script =
      this.#init === 'openrc'
        ? `#!/sbin/openrc-run\nstart() {\n${start}\n}\n`
        : `#!/bin/sh\n### BEGIN INIT INFO\n# Provides: plexmediaserver\n# Default-Start: 2\n# Default-Stop:\n### END INIT INFO\n${start}\n`;
    writeFileSync(file, script, { mode: 0o755 });
    this.run(
      this.#init === 'openrc'
        ? ['rc-update', 'add', 'plexmediaserver', 'default']
        : ['update-rc.d', 'plexmediaserver', 'defaults'],
    );
    this.run([file.slice(this.directory.length), 'start']);
  }

  /** Waits until the stand-in answers. */
  awaitPms(): void {
    const answered = this.run([
      'sh',
      '-c',
      'until curl -s -o /dev/null http://127.0.0.1:32400/identity; do sleep 0.2; done',
    ]);
    if (answered.exitCode !== 0) throw new Error(`the PMS of the machine does not answer: ${this.console()}`);
  }

  /** With the token of the stand-in, as this machine sees it. */
  get tokenFile(): string {
    return layoutOf(join(this.shared, 'pms')).adminTokenFile;
  }

  /** The process of this machine that has this program, in it. */
  pidOf(program: string): number {
    const pids = execFileSync('ip', ['netns', 'pids', this.#lab.namespace('pms')], { encoding: 'utf8' }).split('\n');
    const found = pids.find((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0')[0]?.endsWith(`/${program}`);
      } catch {
        return false; // It has ended meanwhile.
      }
    });
    return Number(found ?? 0);
  }

  /** Asks PMS to scan library 1, as this tool does, once no scan runs: PMS takes a second one for the first. The value: the status of its answer. */
  scan(): number {
    const token = `X-Plex-Token: ${readFileSync(this.tokenFile, 'utf8')}`;
    const sections = 'http://127.0.0.1:32400/library/sections';
    const script = `for i in $(seq 100); do
      curl -s -H "$0" ${sections} | grep -q 'refreshing="1"' || break
      sleep 0.1
    done
    curl -s -o /dev/null -w '%{http_code}' -H "$0" ${sections}/1/refresh`;
    return Number(this.run(['sh', '-c', script, token]).stdout);
  }

  console(): string {
    return readFileSync(join(this.directory, 'console.log'), 'utf8').slice(-3_000);
  }

  /** Every file below its /etc with mode, owner and content. */
  etc(): Readonly<Record<string, string>> {
    const root = join(this.directory, 'etc');
    const entries = readdirSync(root, { recursive: true, encoding: 'utf8' }).toSorted();
    return Object.fromEntries(
      entries.map((name) => {
        const path = join(root, name);
        const { mode, uid, gid } = lstatSync(path);
        const kind = mode & 0o170_000;
        const content = kind === 0o100_000 ? digest(path) : kind === 0o120_000 ? readlinkSync(path) : '';
        return [name, `${mode.toString(8)} ${uid}:${gid} ${content}`];
      }),
    );
  }

  #run(...words: readonly string[]): void {
    execFileSync(SCRIPT, words, { stdio: ['ignore', 'ignore', 'inherit'] });
  }
}

function digest(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab, labMissing, proxyUrl } from './lab.ts';

const BUILT = resolve('dist/pms-proxy-doctor.js');
const METADATA = 'metadata.provider.plex.tv';
const missing = labMissing();
const KILLS = Number(process.env['PMS_DOCTOR_KILLS'] ?? 9);
/** A process that was just started on a busy machine takes seconds to see the end of its input. */
const SETTLE_MS = 20_000;

/** A PMS host on which proofs are killed; most of a proof is waiting, so that several go on side by side. */
class KillingGround {
  readonly lab: Lab;

  constructor(label: string) {
    this.lab = new Lab(label);
  }

  up(): void {
    this.lab.up();
    // Refused at once, so that a scan takes no time of its own.
    this.lab.policy({ pms4: 'reject', pms6: 'reject' });
    const url = proxyUrl('allowed');
    this.lab.startStandIn(
      { http_proxy: url, https_proxy: url, no_proxy: 'localhost,127.0.0.1' },
      {
        matcher: 'ignores-proxy',
        connectTimeoutSeconds: 1,
        scanSeconds: 0,
        signIn: 'ok',
        provider: 'online',
        libraries: [{ id: '1', type: 'artist', agent: 'tv.plex.agents.music', newContent: 'always' }],
      },
    );
  }

  /** A process of this machine whose namespaces are those of the PMS host. */
  get #host(): string {
    return `/proc/${readFileSync(`${this.lab.directory}/pms-host.pid`, 'utf8').trim()}`;
  }

  /** All that a proof changes there or could leave: the hosts file, mounts, listeners, rules, files and processes. */
  state(): Readonly<Record<string, readonly string[]>> {
    const linesOf = (file: string): readonly string[] => readFileSync(join(this.#host, file), 'utf8').split('\n');
    const namespace = this.lab.namespace('pms');
    return {
      hosts: linesOf('root/etc/hosts'),
      mounts: linesOf('mountinfo').map((line) => line.split(' ').slice(3).join(' ')),
      listeners: ['net/tcp', 'net/tcp6', 'net/udp', 'net/udp6'].flatMap((file) =>
        linesOf(file)
          .map((line) => line.trim().split(/\s+/))
          .filter(([, , , status]) => status === LISTENS || (file.includes('udp') && status === UNCONNECTED))
          .map(([, local]) => `${file} ${local}`)
          .toSorted(),
      ),
      rules: execFileSync('ip', ['netns', 'exec', namespace, 'nft', 'list', 'ruleset'], { encoding: 'utf8' }).split(
        '\n',
      ),
      files: ['dev/shm', 'run', 'tmp', 'var/tmp'].flatMap((folder) =>
        readdirSync(join(this.#host, 'root', folder)).filter((name) => name.includes('pms-proxy-doctor')),
      ),
      processes: this.lab
        .processesOfPmsHost()
        .map(({ command }) => command)
        .filter((command) => command.includes('pms-proxy-doctor') && !command.includes('demo-inside')),
    };
  }

  get #stage(): string {
    if (readFileSync(join(this.#host, 'root/etc/hosts'), 'utf8').includes('127.66.0.1')) return 'mounted';
    const isListening = this.lab.processesOfPmsHost().some(({ command }) => command.includes('bridge-inside'));
    return isListening ? 'listening' : 'scanning';
  }

  /** Starts a proof and kills it after this time, or lets it end. */
  async prove(killAfterMs: number | null): Promise<{ readonly ms: number; readonly stage: string }> {
    const pid = readFileSync(`${this.lab.directory}/pms-host.pid`, 'utf8').trim();
    const tool = [process.execPath, BUILT, 'bridge', '--prove', '--yes', '--section', '1', '--for', METADATA];
    const more = ['--timeout', '1s', '--ca', this.lab.ca, '--only', `plex.tv,${METADATA}`];
    const startedAt = performance.now();
    const entered = spawn('nsenter', ['--target', pid, '--mount', '--uts', '--net', '--pid', '--', ...tool, ...more], {
      stdio: 'ignore',
    });
    const ended = new Promise<void>((settle) => entered.once('close', () => settle()));
    let stage = 'ended';
    if (killAfterMs !== null) {
      await Promise.race([ended, sleep(killAfterMs)]);
      if (entered.exitCode === null) {
        stage = this.#stage;
        // nsenter forks for another namespace of processes: it is held, so that none is started meanwhile.
        entered.kill('SIGSTOP');
        const children = readFileSync(`/proc/${entered.pid}/task/${entered.pid}/children`, 'utf8').trim().split(' ');
        if (children[0] === '') stage = 'starting';
        for (const child of children.filter(Boolean)) process.kill(Number(child), 'SIGKILL');
        entered.kill('SIGKILL');
      }
    }
    await ended;
    return { ms: performance.now() - startedAt, stage };
  }
}

/** States of /proc/net/tcp and udp. */
const [LISTENS, UNCONNECTED] = ['0A', '07'];

describe.skipIf(missing !== null)('kill -9 of bridge --prove', () => {
  const grounds = ['kia', 'kib', 'kic'].map((label) => new KillingGround(label));

  beforeAll(() => {
    for (const ground of grounds) ground.up();
  }, 120_000);
  afterAll(() => {
    for (const { lab } of grounds) lab.down();
  }, 90_000);

  it(
    `leaves nothing behind at ${KILLS} moments, drawn over its whole course`,
    {
      timeout: 120_000 + KILLS * 30_000,
      retry: 0,
    },
    async () => {
      const wholes = await Promise.all(grounds.map((ground) => ground.prove(null)));
      let wholeMs = Math.max(...wholes.map(({ ms }) => ms));
      const seen: Record<string, number> = {};
      let slowestMs = 0;
      // Parts of the whole course: one at random in each of as many equal ones, so that neither start nor end is left out.
      const moments = Array.from({ length: KILLS }, (_, part) => (part + Math.random()) / KILLS);
      const work = grounds.map(async (ground) => {
        const before = ground.state();
        for (let moment = moments.pop(); moment !== undefined; moment = moments.pop()) {
          const { stage, ms } = await ground.prove(moment * wholeMs);
          if (stage === 'ended') {
            // The machine is less busy by now: a moment after the end is no moment of it.
            wholeMs = Math.min(wholeMs, ms);
            moments.push(moment);
          } else seen[stage] = (seen[stage] ?? 0) + 1;
          const killedAt = performance.now();
          let left = ground.state();
          while (JSON.stringify(left) !== JSON.stringify(before) && performance.now() < killedAt + SETTLE_MS) {
            await sleep(50);
            left = ground.state();
          }
          expect({ moment, stage, left }).toEqual({ moment, stage, left: before });
          slowestMs = Math.max(slowestMs, performance.now() - killedAt);
        }
      });
      await Promise.all(work);
      console.log(
        `a proof took ${Math.round(wholeMs)} ms; killed while: ${JSON.stringify(seen)}; as before within ${Math.round(slowestMs)} ms`,
      );
      expect(Object.values(seen).reduce((sum, count) => sum + count, 0)).toBe(KILLS);
      expect(seen['mounted']).toBeGreaterThan(0);
    },
  );
});

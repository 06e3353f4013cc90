import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chownSync, copyFileSync, chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Lab, labMissing, proxyUrl } from './lab.ts';

const BUILT = resolve('dist/pms-proxy-doctor.js');
const METADATA = 'metadata.provider.plex.tv';
const missing = labMissing() ?? (spawnSync('socat', ['-V']).status === 0 ? null : 'socat is not installed');
if (missing !== null) console.warn(`the containers of a plan are not played: ${missing}`);
const KUBECTL = spawnSync('kubectl', ['version', '--client']).status === 0;
if (!KUBECTL) console.warn('kubectl is not installed: its patch is not tried');

/** As an engine of containers starts one: its command line, its rights, and the files that it sees. */
interface Container {
  readonly command: readonly string[];
  readonly capabilities: readonly string[];
  readonly secret: { readonly path: string; readonly owner: number; readonly mode: number } | null;
}

interface Played {
  readonly hosts: readonly string[];
  readonly containers: readonly Container[];
}

/** Another user than root made the plan: Compose mounts a file with its own owner and mode (compose-spec, secrets). */
const PLANNER = 1_000;

function ofCompose(text: string): Played {
  const document: {
    services: Record<string, { extra_hosts?: string[]; command?: string[]; cap_add?: string[]; secrets?: string[] }>;
  } = parse(text);
  const { plex, ...others } = document.services;
  return {
    hosts: (plex?.extra_hosts ?? []).map((line) => line.replace(/^(.*):([\d.]+)$/, '$2 $1')),
    containers: Object.values(others).map(({ command = [], cap_add: capabilities = [], secrets }) => ({
      command,
      capabilities,
      secret: secrets === undefined ? null : { path: `/run/secrets/${secrets[0]}`, owner: PLANNER, mode: 0o600 },
    })),
  };
}

function ofKubernetes(text: string): Played {
  const document: {
    spec: {
      template: {
        spec: {
          hostAliases: { ip: string; hostnames: string[] }[];
          containers: {
            args: string[];
            securityContext: { capabilities: { add: string[] } };
            volumeMounts?: { mountPath: string }[];
          }[];
          volumes?: { secret: { defaultMode: number } }[];
        };
      };
    };
  } = parse(text);
  const { hostAliases, containers, volumes } = document.spec.template.spec;
  return {
    hosts: hostAliases.map(({ ip, hostnames }) => `${ip} ${hostnames.join(' ')}`),
    containers: containers.map(({ args, securityContext, volumeMounts }) => ({
      command: args,
      capabilities: securityContext.capabilities.add,
      secret:
        volumeMounts?.[0] === undefined
          ? null
          : { path: `${volumeMounts[0].mountPath}/credentials`, owner: 0, mode: volumes?.[0]?.secret.defaultMode ?? 0 },
    })),
  };
}

const ENGINES = {
  compose: { file: 'compose.bridge.yaml', read: ofCompose },
  kubernetes: { file: 'bridge-patch.yaml', read: ofKubernetes },
};

describe.skipIf(missing !== null)(
  'the containers of a plan, played by hand, egress dropped',
  { timeout: 120_000 },
  () => {
    const lab = new Lab('sid');
    const work = mkdtempSync(join(tmpdir(), 'pms-doctor-containers-'));
    const running: ChildProcess[] = [];

    beforeAll(() => {
      lab.up();
      lab.policy({ pms4: 'drop', pms6: 'drop' });
    }, 90_000);
    afterEach(() => {
      for (const { pid } of lab.processesOfPmsHost().filter(({ command }) => command.startsWith('socat ')))
        process.kill(pid, 'SIGKILL');
      running.splice(0);
      lab.hosts([]);
      lab.stopPms();
    });
    afterAll(() => {
      lab.down();
      rmSync(work, { recursive: true });
    }, 30_000);

    const scan = async (): Promise<string> => {
      const token = readFileSync(lab.standIn.adminTokenFile, 'utf8');
      const url = 'http://127.0.0.1:32400/library/sections/1/refresh';
      const header = `X-Plex-Token: ${token}`;
      return (await lab.onPmsHost(['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', '-H', header, url])).stdout;
    };

    const tunnels = (): number =>
      readFileSync(`${lab.directory}/squid/access.log`, 'utf8').split(`CONNECT ${METADATA}:443`).length - 1;

    /** In the network of PMS, with a read-only root, the rights that are listed and no others, and its secret. */
    const start = async ({ command, capabilities, secret }: Container, folder: string): Promise<void> => {
      const pid = readFileSync(`${lab.directory}/pms-host.pid`, 'utf8').trim();
      const given = join(folder, 'given');
      if (secret !== null) {
        copyFileSync(join(folder, 'credentials'), given);
        chownSync(given, secret.owner, secret.owner);
        chmodSync(given, secret.mode);
      }
      const rights = capabilities.map((name) => `,+${name.toLowerCase()}`).join('');
      const script = `mount -t tmpfs none /run
if [ -n "$1" ]; then mkdir -p "$(dirname "$1")"; : >"$1"; mount --bind '${given}' "$1"; mount -o remount,bind,ro "$1"; fi
mount -o remount,bind,ro /run; mount -o remount,bind,ro / 2>/dev/null || true
shift; exec setpriv --no-new-privs --inh-caps=-all --bounding-set=-all${rights} socat "$@"`;
      const enter = ['--target', pid, '--net', '--pid', '--mount', '--', 'unshare', '--mount', 'sh', '-ec'];
      running.push(spawn('nsenter', [...enter, script, 'sh', secret?.path ?? '', ...command], { stdio: 'inherit' }));
      for (let tries = 0; tries < 100; tries += 1) {
        const listening = await lab.onPmsHost(['ss', '-Hltn', 'sport = :443']);
        if (listening.stdout.split('\n').filter(Boolean).length === running.length) return;
        await sleep(100);
      }
      throw new Error('a container does not listen');
    };

    it.each<[keyof typeof ENGINES, string, string]>([
      ['compose', 'a password', proxyUrl('auth', { login: 'lab:se%3Acr%40t' })],
      ['kubernetes', 'no password', proxyUrl('allowed')],
      ['kubernetes', 'a password', proxyUrl('auth', { login: 'lab:se%3Acr%40t' })],
    ])('%s, a proxy that wants %s: 503, then 200', async (engine, _login, url) => {
      const { file, read } = ENGINES[engine];
      lab.startStandIn(
        { http_proxy: url, https_proxy: url, no_proxy: 'localhost,127.0.0.1' },
        {
          matcher: 'ignores-proxy',
          connectTimeoutSeconds: 2,
          libraries: [{ id: '1', type: 'artist', agent: 'tv.plex.agents.music', newContent: 'always' }],
        },
      );
      const folder = join(work, `${engine}-${url.length}`);
      const args = ['bridge', 'plan', '--for', `${METADATA},plex.tv`, '--engine', engine, '--proxy', url, '-o', folder];
      expect(spawnSync(process.execPath, [BUILT, ...args], { encoding: 'utf8' })).toMatchObject({ status: 0 });
      expect(await scan()).toBe('503');

      const { hosts, containers } = read(readFileSync(join(folder, file), 'utf8'));
      lab.hosts(hosts);
      expect(containers).toHaveLength(2);
      for (const container of containers) await start(container, folder);
      const counted = tunnels();
      expect(await scan()).toBe('200');
      expect(tunnels()).toBeGreaterThan(counted);
    });

    it.skipIf(!KUBECTL)('kubectl takes the patch, and nothing of it is lost', () => {
      const folder = join(work, 'kubectl');
      const url = proxyUrl('auth', { login: 'lab:se%3Acr%40t' });
      const args = ['bridge', 'plan', '--for', METADATA, '--engine', 'kubernetes', '--proxy', url, '-o', folder];
      expect(spawnSync(process.execPath, [BUILT, ...args])).toMatchObject({ status: 0 });
      const deployment = join(work, 'deployment.yaml');
      writeFileSync(deployment, DEPLOYMENT);
      const patch = join(folder, 'bridge-patch.yaml');
      const local = ['patch', '--local', '-o', 'json', '-f', deployment, '--patch-file', patch];
      const { stdout } = spawnSync('kubectl', local, { encoding: 'utf8' });
      const patched: unknown = JSON.parse(stdout);
      const given: { spec: { template: { spec: Record<string, readonly unknown[]> } } } = parse(
        readFileSync(patch, 'utf8'),
      );
      for (const [key, values] of Object.entries(given.spec.template.spec))
        expect(patched).toHaveProperty(['spec', 'template', 'spec', key], expect.arrayContaining([...values]));
      expect(patched).toHaveProperty('spec.template.spec.containers.length', 2);
    });
  },
);

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: { name: plex }
spec:
  selector: { matchLabels: { app: plex } }
  template:
    metadata: { labels: { app: plex } }
    spec:
      hostAliases: [{ ip: 192.0.2.1, hostnames: [nas.example] }]
      containers: [{ name: plex, image: plex }]
`;

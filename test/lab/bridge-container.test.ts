import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportSchema } from '../../src/core/model/report.ts';
import { Lab, labMissing, PROXY_NAME, proxyUrl } from './lab.ts';
import { Machine, machineMissing } from './machine.ts';

const BUILT = resolve('dist/pms-proxy-doctor.js');
const METADATA = 'metadata.provider.plex.tv';
const missing = labMissing() ?? machineMissing('/usr/bin/systemctl');
if (missing !== null) console.warn(`a PMS in namespaces of its own is not tried: ${missing}`);

/**
 * PMS as a container has it: network, processes and files of its own, its API published on a port of the host. This machine is the host, on
 * which the tool runs.
 */
describe.skipIf(missing !== null)('bridge --prove on the host of a container', { timeout: 180_000 }, () => {
  const lab = new Lab('cont');
  const machine = new Machine(lab);
  const network = `/run/netns/${lab.namespace('pms')}`;
  /** The port that Docker would publish: each connection is handed on in the network of PMS. */
  const published = createServer((client) => {
    const there = spawn('nsenter', [`--net=${network}`, 'nc', '127.0.0.1', '32400'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    client.pipe(there.stdin).on('error', () => undefined);
    there.stdout.pipe(client).on('error', () => undefined);
    client.on('close', () => there.kill('SIGKILL'));
  });

  beforeAll(async () => {
    lab.up();
    lab.policy({ pms4: 'drop', pms6: 'drop' });
    await new Promise<void>((settle) => published.listen(0, '127.0.0.1', settle));
    machine.boot();
    // Only the name server of the container knows the name of the proxy.
    const url = proxyUrl('allowed', { host: PROXY_NAME });
    machine.startPms(
      { http_proxy: url, https_proxy: url, no_proxy: 'localhost,127.0.0.1' },
      {
        matcher: 'ignores-proxy',
        connectTimeoutSeconds: 2,
        signIn: 'ok',
        provider: 'online',
        libraries: [{ id: '1', type: 'artist', agent: 'tv.plex.agents.music', newContent: 'always' }],
      },
    );
  }, 120_000);
  afterAll(() => {
    published.close();
    machine.remove();
    lab.down();
  }, 60_000);

  it('leads PMS alone through the proxy, and takes it back', async () => {
    const hosts = readFileSync('/etc/hosts', 'utf8');
    const address = published.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const args = [
      'bridge',
      '--prove',
      '--yes',
      '--format',
      'json',
      '--timeout',
      '2s',
      '--ca',
      lab.ca,
      '--only',
      `plex.tv,${METADATA}`,
      '--section',
      '1',
      '--for',
      METADATA,
      '--env-from',
      `pid:${machine.pidOf('Plex Media Server')}`,
      '--pms',
      `http://127.0.0.1:${port}`,
      '--token-file',
      machine.tokenFile,
    ];
    const before = machine.run(['sh', '-c', 'cat /etc/hosts; grep hosts /proc/1/mountinfo; ss -Hltn']).stdout;
    const ran = await new Promise<{ readonly stdout: string; readonly stderr: string }>((settle) => {
      const child = spawn(process.execPath, [BUILT, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      child.on('close', () => settle({ stdout, stderr }));
    });
    expect(ran.stderr).toContain('Only PMS and the programs in its mount namespace see it');
    const { bridge } = reportSchema.parse(JSON.parse(ran.stdout));
    expect(bridge).toMatchObject({ state: 'proved', restored: true, asked: [{ host: METADATA, outcome: 'ok' }] });
    expect(bridge?.steps.map(({ scans }) => scans[0]?.status)).toEqual([503, 200, 503]);
    expect(machine.run(['sh', '-c', 'cat /etc/hosts; grep hosts /proc/1/mountinfo; ss -Hltn']).stdout).toBe(before);
    expect(readFileSync('/etc/hosts', 'utf8')).toBe(hosts);
    expect(spawnSync('ss', ['-Hltn'], { encoding: 'utf8' }).stdout).not.toContain('127.66.0.');
  });
});

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Lab, labMissing, proxyUrl } from './lab.ts';
import { Machine, machineMissing } from './machine.ts';

const METADATA = 'metadata.provider.plex.tv';
const BUILT = 'dist/pms-proxy-doctor.js';
const GIGABYTE = 1024 ** 3;
/** A gigabyte of TLS takes a minute on a small machine: PMS_DOCTOR_LOAD=1 downloads it, else a sixteenth of it. */
const BYTES = process.env['PMS_DOCTOR_LOAD'] === undefined ? GIGABYTE / 16 : GIGABYTE;
const CONNECTIONS = 200;
const DELAY_MS = 2_000;
const missing = labMissing();
const unitsMissing = machineMissing('/usr/bin/nc', '/usr/bin/socat', '/usr/bin/systemctl');
if (unitsMissing !== null) console.warn(`the units of a bridge are not loaded: ${unitsMissing}`);
if (BYTES < GIGABYTE) console.warn(`a download of ${BYTES / 1024 ** 2} MB: PMS_DOCTOR_LOAD=1 makes it a gigabyte`);

describe.skipIf(missing !== null)('a bridge under load, egress dropped', { timeout: 300_000 }, () => {
  const lab = new Lab('load');
  const machine = new Machine(lab);
  type Run = (
    command: readonly string[],
    limitMs: number,
  ) => { readonly stdout: string } | Promise<{ readonly stdout: string }>;

  beforeAll(() => {
    lab.up();
    lab.policy({ pms4: 'drop', pms6: 'drop' });
  }, 90_000);
  afterAll(() => lab.down(), 30_000);
  afterEach(() => machine.remove());

  const curl = (written: string, ...words: readonly string[]): readonly string[] => [
    'curl',
    '--silent',
    '--noproxy',
    '*',
    '--cacert',
    lab.ca,
    '--write-out',
    written,
    '--output',
    '/dev/null',
    ...words,
  ];

  /** All connections are open at once: each answer comes only after a time in which all of them ask. */
  const load = async (run: Run, ...words: readonly string[]): Promise<void> => {
    const url = `https://${METADATA}`;
    const download = await run(curl('%{http_code} %{size_download}', ...words, `${url}/bytes/${BYTES}`), 250_000);
    expect(download.stdout).toBe(`200 ${BYTES}`);
    lab.internet({ delayMs: { [METADATA]: DELAY_MS } });
    const parallel = ['--parallel', '--parallel-immediate', '--parallel-max', String(CONNECTIONS), '--max-time', '60'];
    const many = await run(curl('%{http_code}\n', ...words, ...parallel, `${url}/?[1-${CONNECTIONS}]`), 120_000);
    lab.internet({});
    expect(many.stdout.trim().split('\n')).toEqual(Array.from({ length: CONNECTIONS }, () => '401'));
  };

  it('of bridge --prove', async () => {
    const order = {
      hosts: [{ host: METADATA, address: '127.66.0.1' }],
      port: 443,
      proxy: proxyUrl('allowed'),
      timeoutMs: 20_000,
      extraRootsPem: null,
      user: null,
      root: null,
    };
    const held = lab.onPmsHost(
      ['sh', '-c', `(echo '${JSON.stringify(order)}'; exec sleep 250) | node ${BUILT} bridge-inside`],
      250_000,
    );
    await sleep(3_000);
    await load((command, limitMs) => lab.onPmsHost(command, limitMs), '--resolve', `${METADATA}:443:127.66.0.1`);
    for (const { pid, command } of lab.processesOfPmsHost())
      if (command.includes('bridge-inside') || command.startsWith('sleep 250')) process.kill(pid, 'SIGKILL');
    const { stdout } = await held;
    const tunnels = stdout.split('\n').filter((line) => line.includes('"kind":"tunnel"'));
    expect(tunnels.filter((line) => line.includes('"outcome":"ok"'))).toHaveLength(CONNECTIONS + 1);
  });

  it.skipIf(unitsMissing !== null).each([
    ['systemd-socat', proxyUrl('auth', { login: 'lab:se%3Acr%40t' })],
    ['systemd-nc', proxyUrl('allowed')],
  ])('of bridge plan, %s', async (engine, proxy) => {
    machine.boot();
    const folder = join(machine.shared, 'plan');
    const planned = machine.tool(
      'bridge',
      'plan',
      '--for',
      METADATA,
      '--engine',
      engine,
      '--proxy',
      proxy,
      '-o',
      folder,
    );
    expect(planned.exitCode).toBe(0);
    expect(machine.run([`${folder}/install.sh`])).toMatchObject({ exitCode: 0 });
    await load((command, limitMs) => machine.run(command, limitMs));
  });
});

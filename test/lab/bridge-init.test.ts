import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Lab, labMissing, PROXY_NAME, proxyUrl } from './lab.ts';
import { IGNORING, Machine, machineMissing, type Init } from './machine.ts';

const METADATA = 'metadata.provider.plex.tv';
const missing =
  labMissing() ?? machineMissing('/usr/bin/socat', '/sbin/openrc-run', '/usr/sbin/update-rc.d', '/usr/bin/systemctl');
if (missing !== null) console.warn(`the init scripts of a bridge are not tried: ${missing}`);

/** The scripts of a plan on a PMS host without systemd, run by OpenRC or as sysvinit runs them. */
describe.skipIf(missing !== null)('the init scripts of bridge plan, egress dropped', { timeout: 180_000 }, () => {
  const lab = new Lab('ini');
  const machine = new Machine(lab);

  beforeAll(() => lab.up(), 90_000);
  afterAll(() => {
    machine.remove();
    lab.down();
  }, 60_000);
  afterEach(() => machine.remove());

  const tunnels = (): number =>
    readFileSync(`${lab.directory}/squid/access.log`, 'utf8').split(`CONNECT ${METADATA}:443`).length - 1;
  const listeners = (): string => machine.run(['ss', '-Hltn', 'sport = :443']).stdout;

  it.each<[Exclude<Init, 'systemd'>, string, string]>([
    ['openrc', 'a name and a password', proxyUrl('auth', { host: PROXY_NAME, login: 'lab:se%3Acr%40t' })],
    ['sysv', 'an address', proxyUrl('allowed')],
  ])('%s, %s: installed, booted again, taken away', async (init, _proxy, url) => {
    lab.policy({ pms4: 'drop', pms6: 'drop' });
    machine.boot(init);
    machine.startPms({ http_proxy: url, https_proxy: url, no_proxy: 'localhost,127.0.0.1' }, IGNORING);
    const folder = join(machine.shared, 'plan');
    const before = machine.etc();
    expect(machine.scan()).toBe(503);

    const planned = machine.tool('bridge', 'plan', '--for', METADATA, '--engine', init, '--proxy', url, '-o', folder);
    expect(planned).toMatchObject({ exitCode: 0 });
    expect(machine.run([`${folder}/install.sh`])).toMatchObject({ exitCode: 0 });
    const counted = tunnels();
    expect(machine.scan()).toBe(200);
    // Squid writes a tunnel down when it ends.
    await expect.poll(tunnels, { timeout: 10_000 }).toBeGreaterThan(counted);

    machine.off('cut');
    machine.boot();
    machine.awaitPms();
    expect(machine.scan()).toBe(200);
    expect(machine.run(['/etc/init.d/pms-bridge', 'restart'])).toMatchObject({ exitCode: 0 });
    expect(machine.scan()).toBe(200);
    expect(machine.run(['/etc/init.d/pms-bridge', 'status'])).toMatchObject({ exitCode: 0 });
    // A second time, as an administrator does who is not sure.
    expect(machine.run([`${folder}/install.sh`])).toMatchObject({ exitCode: 0 });
    expect(machine.scan()).toBe(200);

    expect(machine.run([`${folder}/undo.sh`])).toMatchObject({ exitCode: 0 });
    expect(machine.etc()).toEqual(before);
    expect(listeners()).toBe('');
    // The last scan may not have ended.
    await expect.poll(() => machine.scan(), { timeout: 10_000 }).toBe(503);
    expect(machine.run([`${folder}/undo.sh`])).toMatchObject({ exitCode: 0 });
    expect(machine.etc()).toEqual(before);
  });

  it.each<[Exclude<Init, 'systemd'>]>([['openrc'], ['sysv']])(
    '%s: leads no name to a program that holds the port',
    (init) => {
      machine.boot(init);
      const folder = join(machine.shared, 'plan');
      const before = machine.run(['cat', '/etc/hosts']).stdout;
      machine.run(['sh', '-c', 'setsid socat TCP-LISTEN:443,fork,reuseaddr /dev/null </dev/null >/dev/null 2>&1 &']);
      const url = proxyUrl('allowed');
      machine.tool('bridge', 'plan', '--for', METADATA, '--engine', init, '--proxy', url, '-o', folder);
      const { exitCode, stderr } = machine.run([`${folder}/install.sh`]);
      expect(exitCode).not.toBe(0);
      expect(stderr).toContain('another program may hold port 443');
      expect(machine.run(['cat', '/etc/hosts']).stdout).toBe(before);
    },
  );
});

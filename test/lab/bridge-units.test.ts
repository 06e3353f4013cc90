import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Lab, labMissing, PROXY_NAME, proxyUrl } from './lab.ts';
import { IGNORING, Machine, machineMissing } from './machine.ts';

const METADATA = 'metadata.provider.plex.tv';
const missing = labMissing() ?? machineMissing('/usr/bin/nc', '/usr/bin/socat', '/usr/bin/systemctl');
if (missing !== null) console.warn(`the units of a bridge are not tried: ${missing}`);

/** The files of a plan on a PMS host with systemd, by their own scripts. */
describe.skipIf(missing !== null)('the units of bridge plan, egress dropped', { timeout: 180_000 }, () => {
  const lab = new Lab('units');
  const machine = new Machine(lab);

  beforeAll(() => lab.up(), 90_000);
  afterAll(() => {
    machine.remove();
    lab.down();
  }, 60_000);
  afterEach(() => machine.remove());

  const tunnels = (): number =>
    readFileSync(`${lab.directory}/squid/access.log`, 'utf8').split(`CONNECT ${METADATA}:443`).length - 1;

  it.each<[string, string, string, readonly string[]]>([
    ['systemd-socat', 'an address', proxyUrl('allowed'), []],
    ['systemd-socat', 'a name and a password', proxyUrl('auth', { host: PROXY_NAME, login: 'lab:se%3Acr%40t' }), []],
    ['systemd-nc', 'an address', proxyUrl('allowed'), ['--engine', 'systemd-nc']],
    ['systemd-nc', 'SOCKS', proxyUrl('socks', { host: PROXY_NAME }), []],
    ['squid-peek', 'an address', proxyUrl('allowed'), ['--engine', 'squid-peek']],
  ])('%s, %s: installed, booted again, taken away', (engine, _proxy, url, more) => {
    lab.policy({ pms4: 'drop', pms6: 'drop' });
    machine.boot();
    machine.startPms({ http_proxy: url, https_proxy: url, no_proxy: 'localhost,127.0.0.1' }, IGNORING);
    const folder = join(machine.shared, `plan-${engine}-${url.length}`);
    const before = machine.etc();
    expect(machine.scan()).toBe(503);

    const planned = machine.tool('bridge', 'plan', '--for', METADATA, '-o', folder, ...more);
    expect(planned.stderr).toContain(`(${engine})`);
    expect(planned.exitCode).toBe(0);
    expect(machine.run([`${folder}/install.sh`])).toMatchObject({ exitCode: 0 });
    const counted = tunnels();
    expect(machine.scan()).toBe(200);
    // Squid saw CONNECT by name; the proxy of SOCKS keeps no log.
    expect(tunnels() > counted).toBe(url.startsWith('http'));

    machine.off();
    machine.boot();
    machine.awaitPms();
    expect(machine.scan()).toBe(200);
    machine.run(['systemctl', 'restart', 'plexmediaserver.service']);
    machine.awaitPms();
    expect(machine.scan()).toBe(200);
    // A second time, as an administrator does who is not sure.
    expect(machine.run([`${folder}/install.sh`])).toMatchObject({ exitCode: 0 });
    expect(machine.scan()).toBe(200);

    expect(machine.run([`${folder}/undo.sh`])).toMatchObject({ exitCode: 0 });
    expect(machine.etc()).toEqual(before);
    expect(machine.scan()).toBe(503);
    expect(machine.run([`${folder}/undo.sh`])).toMatchObject({ exitCode: 0 });
    expect(machine.etc()).toEqual(before);
  });

  /** Makes a plan and installs it by its script. */
  const install = (name: string, ...more: readonly string[]): void => {
    const folder = join(machine.shared, name);
    expect(machine.tool('bridge', 'plan', '-o', folder, ...more)).toMatchObject({ exitCode: 0 });
    expect(machine.run([`${folder}/install.sh`])).toMatchObject({ exitCode: 0 });
  };
  const logged = (pattern: RegExp): number =>
    readFileSync(`${lab.directory}/squid/access.log`, 'utf8')
      .split('\n')
      .filter((line) => pattern.test(line)).length;

  it.each([['systemd-socat'], ['systemd-nc'], ['squid-peek']])(
    '%s: a name that the proxy denies stays denied',
    async (engine) => {
      lab.policy({ pms4: 'drop', pms6: 'drop' });
      machine.boot();
      const url = proxyUrl('denied-scan');
      machine.startPms({ http_proxy: url, https_proxy: url, no_proxy: 'localhost,127.0.0.1' }, IGNORING);
      const denied = (): number => logged(new RegExp(`TCP_DENIED/403 .*CONNECT ${METADATA}:443`));
      install('denied', '--for', METADATA, '--engine', engine);
      const counted = denied();
      expect(machine.scan()).toBe(503);
      await expect.poll(denied, { timeout: 10_000 }).toBeGreaterThan(counted);
    },
  );

  it.each([['systemd-socat'], ['squid-peek']])(
    '%s: a scanner that honours the proxy is not affected',
    async (engine) => {
      lab.policy({ pms4: 'drop', pms6: 'drop' });
      machine.boot();
      const url = proxyUrl('allowed');
      const obeys = { ...IGNORING, matcher: 'obeys' } as const;
      machine.startPms({ http_proxy: url, https_proxy: url, no_proxy: 'localhost,127.0.0.1' }, obeys);
      const perScan = async (): Promise<number> => {
        const counted = tunnels();
        expect(machine.scan()).toBe(200);
        await sleep(2_000);
        return tunnels() - counted;
      };
      // The first scan after its start asks for more.
      await perScan();
      const before = await perScan();
      install('obeys', '--for', METADATA, '--engine', engine);
      await sleep(1_000);
      expect(await perScan()).toBe(before);
      const own = machine.run(['sh', '-c', 'cat /var/log/pms-bridge/access.log; ss -Htn state all src 127.66.0.1']);
      expect(own.stdout.replace(/^LISTEN.*\n/gm, '')).toBe('');
    },
  );

  it('squid-peek: what PMS asks in its first moments is led through the proxy as well', async () => {
    lab.policy({ pms4: 'drop', pms6: 'drop' });
    machine.boot();
    // PMS has no variables, and asks for its sign-in once, when it starts.
    machine.startPms({}, { ...IGNORING, signIn: 'asks', provider: 'asks' });
    expect(machine.scan()).toBe(503);
    install('first', '--for', `${METADATA},plex.tv`, '--engine', 'squid-peek', '--proxy', proxyUrl('allowed'));
    machine.run(['systemctl', 'restart', 'plexmediaserver.service']);
    machine.awaitPms();
    // It keeps the answer, so that asking it again later shows the same.
    await expect.poll(() => machine.scan(), { timeout: 10_000 }).toBe(200);
    machine.off();
    machine.boot();
    machine.awaitPms();
    // It keeps the answer, so that asking it again later shows the same.
    await expect.poll(() => machine.scan(), { timeout: 10_000 }).toBe(200);
  });
});

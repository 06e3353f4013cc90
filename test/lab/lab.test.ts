import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Lab, labMissing, proxyUrl, type Policy } from './lab.ts';

const SCRIPT = fileURLToPath(new URL('lab.sh', import.meta.url));
const missing = labMissing();

/** The remains of a lab on this machine: namespaces, their /etc, files, processes. */
function remains(name: string): readonly string[] {
  const prefix = `pmslab-${name}`;
  const namespaces = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' }).split('\n');
  const processes = execFileSync('ps', ['axo', 'args'], { encoding: 'utf8' }).split('\n');
  return [
    ...[...namespaces, ...processes].filter((line) => line.includes(prefix)),
    ...[`/tmp/${prefix}`, `/etc/netns/${prefix}-pms`].filter((path) => existsSync(path)),
  ];
}

describe.skipIf(missing !== null)('the lab itself, as curl sees it', () => {
  const lab = new Lab('self');
  beforeAll(() => lab.up());
  afterAll(() => lab.down());
  afterEach(() => lab.policy({}));

  async function curl(...options: readonly string[]): Promise<string> {
    const format = '%{exitcode} %{http_connect} %{http_code}';
    const common = [
      '--silent',
      '--max-time',
      '1.5',
      '--output',
      '/dev/null',
      '--cacert',
      lab.ca,
      '--proxy-cacert',
      lab.ca,
    ];
    return (await lab.onPmsHost(['curl', ...common, '--write-out', format, ...options])).stdout;
  }

  it.each<[string, Policy, string, string]>([
    ['open', { pms4: 'open', pms6: 'open' }, '0 000 302', '0 000 302'],
    ['one family dropped', { pms4: 'drop' }, '28 000 000', '0 000 302'],
    ['prohibited by ICMP', { pms4: 'reject', pms6: 'reject' }, '7 000 000', '7 000 000'],
    ['port unreachable by ICMP', { pms4: 'reject-port', pms6: 'reject-port' }, '7 000 000', '7 000 000'],
    ['reset', { pms4: 'reset', pms6: 'reset' }, '7 000 000', '7 000 000'],
    ['no route', { pms4: 'no-route', pms6: 'no-route' }, '7 000 000', '7 000 000'],
    ['no DNS', { dns: 'drop' }, '28 000 000', '28 000 000'],
    ['DNS refused', { dns: 'reject-port' }, '6 000 000', '6 000 000'],
  ])('router: %s', async (_name, policy, overIpv4, overIpv6) => {
    lab.policy(policy);
    expect(await curl('-4', 'https://plex.tv/')).toBe(overIpv4);
    expect(await curl('-6', 'https://plex.tv/')).toBe(overIpv6);
    expect(await curl('--proxy', proxyUrl('allowed'), 'https://plex.tv/')).toBe('0 200 302');
  });

  it.each([
    ['allowed', '0 200 401'],
    ['denied-scan', '56 403 000'],
    ['denied-all', '56 403 000'],
    ['auth', '56 407 000'],
    ['bump', '60 200 000'],
    ['open', '0 200 401'],
    ['tls', '0 200 401'],
    ['tinyproxy', '0 200 401'],
    ['socks', '0 000 401'],
    ['socks-auth', '97 000 000'],
    ['dead', '7 000 000'],
    ['silent', '28 000 000'],
    ['huge-header', '56 200 000'],
    ['close', '56 000 000'],
    ['reset', '35 200 000'],
    ['drip', '28 000 000'],
    ['then-garbage', '35 200 000'],
    ['status-407', '56 407 000'],
    ['web', '56 405 000'],
    ['then-silent', '28 200 000'],
  ])('proxy: %s', async (name, expected) => {
    expect(await curl('--proxy', proxyUrl(name), 'https://metadata.provider.plex.tv/')).toBe(expected);
  });

  it.each(['auth', 'socks-auth'])('proxy: %s with its login', async (name) => {
    expect(await curl('--proxy', proxyUrl(name, { login: 'lab:se%3Acr%40t' }), 'https://plex.tv/')).toMatch(
      /^0 \d00 302$/,
    );
  });

  it('no ICMP error of a burst of 90 connections is lost, in either family', async () => {
    lab.policy({ pms4: 'reject', pms6: 'reject' });
    const burst = `
      const { connect } = require('node:net');
      const codes = new Set();
      for (let n = 1; n <= 45; n++) for (const host of ['45.76.1.' + n, '2a10:dead:beef::' + n.toString(16)])
        connect({ host, port: 443 }).on('error', (error) => codes.add(error.code)).setTimeout(900, function () { codes.add('timeout'); this.destroy(); });
      process.on('exit', () => console.log([...codes].sort().join(' ')));`;
    expect((await lab.onPmsHost(['node', '-e', burst])).stdout.trim()).toBe('EACCES EHOSTUNREACH');
  });

  it('the PMS stand-in has a scanner with the same environment', async () => {
    lab.startPms({ https_proxy: 'http://10.77.2.2:3128', ODD: 'a b=c' });
    const { stdout } = await lab.onPmsHost([
      'sh',
      '-c',
      'for p in /proc/[0-9]*; do echo "$(readlink $p/exe) $(tr "\\0" " " <$p/environ)"; done',
    ]);
    const plex = stdout.split('\n').filter((line) => line.includes('/plexmediaserver/Plex Media'));
    expect(plex).toHaveLength(2);
    for (const line of plex) expect(line).toContain('https_proxy=http://10.77.2.2:3128');
    lab.stopPms();
    expect((await lab.onPmsHost(['sh', '-c', 'readlink /proc/[0-9]*/exe'])).stdout).not.toContain('Plex Media');
  });
});

describe.skipIf(missing !== null)('nothing is left', () => {
  const gone = new Lab('gone');
  afterEach(() => gone.down());

  it('after up and down', () => {
    gone.up();
    expect(remains(gone.name)).not.toEqual([]);
    gone.down();
    expect(remains(gone.name)).toEqual([]);
  });

  it.each([300, 900, 1_800])('after an interrupt %i ms into the start', async (ms) => {
    const child = spawn(SCRIPT, ['up', gone.name], { stdio: 'ignore', detached: true });
    const exit = once(child, 'exit');
    await sleep(ms);
    process.kill(-(child.pid ?? 0), 'SIGTERM');
    await exit;
    expect(remains(gone.name)).toEqual([]);
  });

  it('after kill -9 of the runner, once down has been called', async () => {
    const child = spawn(SCRIPT, ['run', gone.name, 'sleep', '60'], { stdio: 'ignore', detached: true });
    const exit = once(child, 'exit');
    while (!existsSync(`${gone.directory}/pms-host.pid`)) await sleep(50);
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await exit;
    gone.down();
    expect(remains(gone.name)).toEqual([]);
  });

  it('after the next start, when the owner was killed', () => {
    const dead = new Lab('dead');
    const owner = spawnSync('sh', ['-c', `PMS_LAB_OWNER=$$ ${SCRIPT} up ${dead.name} >/dev/null 2>&1`]);
    expect(owner.status).toBe(0);
    expect(remains(dead.name)).not.toEqual([]);
    gone.up();
    expect(remains(dead.name)).toEqual([]);
    expect(remains(gone.name)).not.toEqual([]);
  });

  it('after a command that fails, and its status is kept', () => {
    expect(spawnSync(SCRIPT, ['run', gone.name, 'sh', '-c', 'exit 7']).status).toBe(7);
    expect(remains(gone.name)).toEqual([]);
  });

  it('leaves a lab of another name alone', () => {
    const other = new Lab('other');
    gone.up();
    other.up();
    gone.down();
    expect(remains(gone.name)).toEqual([]);
    expect(readFileSync(other.ca, 'utf8')).toContain('CERTIFICATE');
    other.down();
    expect(remains(other.name)).toEqual([]);
  });
});

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const BUILT = resolve('dist/pms-proxy-doctor.js');
const isMissing = spawnSync('/usr/bin/systemd-analyze', ['--version']).status !== 0 || process.geteuid?.() !== 0;

/** The files of a plan, installed into a root of their own and taken away again. */
describe.skipIf(isMissing)('bridge plan', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pms-doctor-plan-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  // The engine is named, as a PMS in a container on this machine would change the usual one.
  const plan = (name: string, ...more: readonly string[]) => {
    const to = join(folder, name);
    const args = ['bridge', 'plan', '--for', 'metadata.provider.plex.tv,plex.tv', '-o', to, ...more];
    return { to, ...spawnSync(process.execPath, [BUILT, ...args], { encoding: 'utf8' }) };
  };

  it('has systemd verify the units, and keeps the password in one file', () => {
    const { to, status, stderr } = plan(
      'socat',
      '--engine',
      'systemd-socat',
      '--proxy',
      'http://lab:se%3Acr%40t@proxy.example:3128',
    );
    expect(status).toBe(0);
    expect(stderr).toContain('checked: sh -n install.sh');
    expect(stderr).toMatch(/checked: systemd-analyze verify/);
    expect(stderr).not.toContain('cr@t');
    expect(readFileSync(join(to, 'credentials'), 'utf8')).toBe('lab:se:cr@t');
    expect(statSync(join(to, 'credentials')).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['a file', '127.0.0.1 localhost\n10.1.1.1 other\n'],
    ['a file without an end of its last line', '127.0.0.1 localhost'],
    ['an empty file', ''],
  ])('installs twice and takes away twice, byte for byte: %s', (_name, original) => {
    const { to } = plan('nc', '--engine', 'systemd-nc', '--proxy', 'http://10.66.30.30:3128');
    const root = join(folder, 'root');
    mkdirSync(join(root, 'etc'), { recursive: true });
    const hosts = join(root, 'etc/hosts');
    writeFileSync(hosts, original);
    const run = (script: string): number | null =>
      spawnSync(join(to, script), { env: { ...process.env, DESTDIR: root } }).status;
    expect([run('install.sh'), run('install.sh')]).toEqual([0, 0]);
    const lines = '127.66.0.1 metadata.provider.plex.tv\n127.66.0.2 plex.tv\n';
    expect(readFileSync(hosts, 'utf8')).toBe(`# >>> pms-bridge\n${lines}# <<< pms-bridge\n${original}`);
    expect(readdirSync(join(root, 'etc/systemd/system'))).toHaveLength(4);
    expect([run('undo.sh'), run('undo.sh')]).toEqual([0, 0]);
    expect(readFileSync(hosts, 'utf8')).toBe(original);
    expect(readdirSync(join(root, 'etc'))).toEqual(['hosts', 'systemd']);
    expect(readdirSync(join(root, 'etc/systemd/system'))).toEqual([]);
  });

  it('refuses a folder with another plan, whose undo script would be lost', () => {
    const [proxy, url] = ['--proxy', 'http://10.66.30.30:3128'];
    const first = plan('twice', '--engine', 'openrc', proxy, url);
    expect([first.status, plan('twice', '--engine', 'openrc', proxy, url).status]).toEqual([0, 0]);
    const undo = readFileSync(join(first.to, 'undo.sh'), 'utf8');
    const second = plan('twice', '--engine', 'compose', proxy, url);
    expect(second.status).toBe(2);
    expect(second.stderr).toMatch(/holds files of another plan: run its undo\.sh/);
    expect(readFileSync(join(first.to, 'undo.sh'), 'utf8')).toBe(undo);
  });

  it('says that the disk is full, and leaves no half of a file', () => {
    const full = join(folder, 'full');
    mkdirSync(full);
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', full]).status).toBe(0);
    try {
      const { status, stderr } = plan('full/plan', '--engine', 'openrc', '--proxy', 'http://10.66.30.30:3128');
      expect(status).toBe(74);
      expect(stderr).toContain('no space left');
      expect(readdirSync(join(full, 'plan')).filter((name) => name.endsWith('.new'))).toEqual([]);
    } finally {
      spawnSync('umount', [full]);
    }
  });

  it.each<[string, readonly string[], RegExp]>([
    ['an address', ['--for', '10.0.0.1'], /is an address/],
    ['a pattern', ['--for', '*.plex.tv'], /is a pattern/],
    ['a proxy given twice', ['--proxy', 'https://proxy.example'], /more than once/],
    ['an option of the proof', ['--yes'], /--yes has no effect/],
  ])('refuses %s in one line', (_name, more, expected) => {
    const { status, stderr } = plan('refused', '--proxy', 'http://proxy.example:3128', ...more);
    expect(status).toBe(2);
    expect(stderr).toMatch(expected);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

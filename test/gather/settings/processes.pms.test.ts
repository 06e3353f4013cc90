import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { valueOf } from '../../../src/core/model/evidence.ts';
import { locatePms, type LocatedPms } from '../../../src/gather/pms/locate.ts';
import { gatherSettings } from '../../../src/gather/settings/gather.ts';

/** `nobody` of Debian and most others; any user that is not root will do. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const PROXY = 'http://alice:hunter2@proxy.test:3128';
const why = platform() === 'linux' ? '' : ' (skipped: needs procfs of Linux)';

describe.skipIf(platform() !== 'linux')(`with real processes${why}`, () => {
  let root = '';
  const running: ChildProcess[] = [];
  /** Process groups of those that have children of their own. */
  const groups: number[] = [];

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'pms-processes-'));
    await chmod(root, 0o755);
    await mkdir(join(root, 'usr/lib/plexmediaserver'), { recursive: true });
    for (const name of ['Plex Media Server', 'Plex Media Scanner']) await copyFile('/bin/sleep', program(name));
  });
  afterEach(async () => {
    for (const group of groups.splice(0)) process.kill(-group, 'SIGKILL');
    await Promise.all(running.splice(0).map(stop));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  const program = (name: string): string => join(root, 'usr/lib/plexmediaserver', name);

  /** Starts a program and waits until the kernel shows it instead of the fork of this process. */
  async function start(
    file: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv,
    more: SpawnOptions = {},
  ): Promise<number> {
    const child = spawn(file, args, { env, stdio: 'ignore', ...more });
    running.push(child);
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    return child.pid ?? 0;
  }

  const server = (env: NodeJS.ProcessEnv, more: SpawnOptions = {}) =>
    start(program('Plex Media Server'), ['60'], env, more);
  /** Other test files may run a stand-in of PMS at the same time: ours is named. */
  const locate = (pid: number): Promise<LocatedPms> => locatePms({ fsRoot: root, hint: { kind: 'pid', pid } });
  const settingsOf = async (located: LocatedPms) =>
    gatherSettings({
      located,
      envFrom: { kind: 'auto' },
      proxyOption: null,
      noProxyOption: null,
      shell: {},
      fsRoot: root,
    });

  it('finds the program with blanks in its name and reads its variables', async () => {
    const pid = await server({ https_proxy: PROXY, no_proxy: 'localhost', OTHER: 'x' });
    const located = await locate(pid);
    expect(valueOf(located.pms)).toMatchObject({ found: true, foundBy: 'exe', pid, exe: program('Plex Media Server') });
    const { settings, live } = await settingsOf(located);
    expect(valueOf(settings)).toMatchObject({ used: `pid:${pid}`, basis: 'observed' });
    expect(valueOf(settings)?.sources[0]?.variables).toEqual({
      state: 'ok',
      value: [
        { name: 'https_proxy', value: 'http://***@proxy.test:3128', from: `/proc/${pid}/environ` },
        { name: 'no_proxy', value: 'localhost', from: `/proc/${pid}/environ` },
      ],
    });
    expect(live.get(`pid:${pid}`)?.reveal()).toEqual({ https_proxy: PROXY, no_proxy: 'localhost' });
  });

  it('finds children that have other variables', async () => {
    // A copy of the shell under PMS’s name starts them, as PMS starts its own.
    const shell = join(root, 'Plex Media Server');
    await copyFile('/bin/sh', shell);
    const scanner = program('Plex Media Scanner');
    const script = `https_proxy= '${scanner}' 60 & '${scanner}' 61 & wait`;
    const pid = await start(shell, ['-c', script], { https_proxy: PROXY }, { detached: true });
    groups.push(pid);
    const names = async () => {
      const located = await locate(pid);
      return { located, names: located.processes.map((p) => p.name) };
    };
    await expect.poll(async () => (await names()).names.filter((name) => name === 'Plex Media Scanner').length).toBe(2);
    const { located } = await names();
    const { settings } = await settingsOf(located);
    const values = valueOf(settings)
      ?.sources.filter((s) => s.kind === 'child')
      .map((s) => valueOf(s.variables)?.map((v) => v.value));
    expect(values?.toSorted()).toEqual([[''], ['http://***@proxy.test:3128']]);
  });

  it('knows a program whose file was replaced while it ran', async () => {
    const pid = await server({ https_proxy: PROXY });
    await rm(program('Plex Media Server'));
    const located = await locate(pid);
    await copyFile('/bin/sleep', program('Plex Media Server'));
    expect(valueOf(located.pms)).toMatchObject({
      foundBy: 'exe',
      pid,
      libcurl: { state: 'failed', reason: { code: 'REPLACED' } },
    });
    expect(located.notes.join(' ')).toContain('replaced on disk');
  });

  const bash = existsSync('/bin/bash') ? '' : ' (skipped: needs bash, to rewrite arguments)';
  it.skipIf(bash !== '')(`knows a plug-in by its program, whatever it calls itself${bash}`, async () => {
    const shell = join(root, 'Plex Media Server');
    await copyFile('/bin/bash', shell);
    await copyFile('/bin/sleep', program('Plex Script Host'));
    const script = `(exec -a 'Plex Plug-in [com.plexapp.system] x' '${program('Plex Script Host')}' 60) & wait`;
    const pid = await start(shell, ['-c', script], {}, { detached: true });
    groups.push(pid);
    const names = async () => (await locate(pid)).processes.map((p) => p.name);
    await expect.poll(names).toEqual(['Plex Media Server', 'Plex Script Host']);
  });

  it('knows a process by its arguments when its program is another', async () => {
    const pid = await start('/bin/sleep', ['60'], {}, { argv0: '/opt/x/Plex Media Server' });
    const located = await locate(pid);
    expect(valueOf(located.pms)).toMatchObject({ found: true, pid });
  });

  const rights = isRoot ? '' : ' (skipped: needs root, to be two users)';
  const UNIT = 'unit:plexmediaserver.service';
  it.skipIf(!isRoot).each([
    ['nothing else', null, 'shell', 'assumed', 'NO_UNIT'],
    ['a unit that may be read', 0o644, UNIT, 'declared', null],
    ['a unit that may not be read either', 0o600, 'shell', 'assumed', 'EACCES'],
  ])(`another user’s process may not be read; there is %s${rights}`, async (_, unitMode, used, basis, unitCode) => {
    const unit = join(root, 'etc/systemd/system/plexmediaserver.service');
    if (unitMode !== null) {
      await mkdir(dirname(unit), { recursive: true });
      await writeFile(unit, `[Service]\nEnvironment="https_proxy=${PROXY}"\n`);
      await chmod(unit, unitMode);
    }
    const pid = await server({ https_proxy: PROXY });
    const report = await asNobody(pid);
    expect(report).toEqual({
      foundBy: expect.stringMatching(/cgroup|argv/),
      pid,
      used,
      basis,
      code: 'EACCES',
      unitCode,
      why: expect.stringContaining('as root'),
      notes: expect.stringContaining('may not be read'),
    });
    expect(JSON.stringify(report)).not.toMatch(/hunter2|alice/);
  });

  /** Locates and gathers in a process of an unprivileged user, since rights belong to whole processes. */
  async function asNobody(pid: number) {
    const { build } = await import('esbuild');
    const outfile = join(root, 'as-nobody.mjs');
    const source = `
      import { locatePms } from './src/gather/pms/locate.ts';
      import { gatherSettings } from './src/gather/settings/gather.ts';
      const located = await locatePms({ fsRoot: ${JSON.stringify(root)}, hint: { kind: 'pid', pid: ${pid} } });
      const { settings } = await gatherSettings({ located, envFrom: { kind: 'auto' }, proxyOption: null, noProxyOption: null, shell: {}, fsRoot: ${JSON.stringify(root)} });
      const pms = located.pms.value;
      const own = settings.value.sources.find((s) => s.id === 'pid:${pid}');
      console.log(JSON.stringify({ foundBy: pms.foundBy, pid: pms.pid, used: settings.value.used, basis: settings.value.basis,
        unitCode: settings.value.sources.find((s) => s.kind === 'unit').variables.reason?.code ?? null,
        why: settings.value.why, code: own.variables.reason?.code, notes: located.notes.join(' ') }));
    `;
    await build({
      stdin: { contents: source, resolveDir: process.cwd() },
      bundle: true,
      platform: 'node',
      format: 'esm',
      // yaml comes as CommonJS, which asks for Node's own modules by require.
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      outfile,
      logLevel: 'error',
    });
    const node = join(root, 'node');
    await copyFile(process.execPath, node);
    const child = spawn(node, [outfile], {
      uid: NOBODY,
      gid: NOBODY,
      env: {},
      cwd: '/',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running.push(child);
    let output = '';
    for await (const chunk of child.stdout) output += String(chunk);
    const report: unknown = JSON.parse(output);
    return report;
  }
});

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

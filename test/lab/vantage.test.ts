import { execFileSync, spawn } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { reportSchema, type Report } from '../../src/core/model/report.ts';
import { Lab, labMissing, proxyUrl } from './lab.ts';

/**
 * The tool on a host, PMS in another network of it and as another user: what is said must be what PMS itself would meet. Here this machine
 * is the host; the PMS host of the lab is the other network. This machine itself reaches nothing of the lab.
 */

const BUILT = resolve('dist/pms-proxy-doctor.js');
const USER = 65_534;
const missing = labMissing();
const lab = new Lab('vantage');
const PROXIED = { https_proxy: proxyUrl('allowed'), http_proxy: proxyUrl('allowed'), no_proxy: 'localhost,127.0.0.1' };
/** Where control groups of version 2 can be made; null: nowhere. */
const groups = ['/sys/fs/cgroup/unified', '/sys/fs/cgroup'].find(mayMakeGroups) ?? null;
if (groups === null) console.warn('rules for control groups are not tried: none can be made here');
const CURL = ['--max-time', '1', 'https://plex.tv/'];

describe.skipIf(missing !== null)('probes where PMS stands', { timeout: 60_000 }, () => {
  beforeAll(() => lab.up());
  afterAll(() => lab.down());
  afterEach(() => lab.stopPms());

  it('is in the network of PMS: open there', async () => {
    lab.scan({}, [CURL], USER);
    const report = await check();
    expect(findingOf(report, 'probed-elsewhere')).toMatchObject({ verdict: 'pass', message: 'there' });
    expect(report).toMatchObject({ scan: { condition: 'not-found' }, summary: { exitCode: 0 } });
  });

  it('is in the network of PMS: blocked there', async () => {
    lab.policy({ pms4: 'drop', pms6: 'drop' });
    lab.scan(PROXIED, [CURL], USER);
    const report = await check(['--only', 'plex.tv']);
    expect(report.endpoints[0]).toMatchObject({ direct: { outcome: 'no-reply' }, proxy: { outcome: 'ok' } });
    lab.policy({});
  });

  it('is the user of PMS: a rule of the firewall for this user', async () => {
    const rules =
      'table inet users {\nchain out {\ntype filter hook output priority 0;\nmeta skuid 65534 tcp dport 443 drop\n}\n}\n';
    inNetwork(['nft', '-f', '-'], rules);
    lab.scan({}, [CURL], USER);
    try {
      const report = await check(['--only', 'plex.tv']);
      expect(report.endpoints[0]).toMatchObject({ direct: { outcome: 'no-reply' } });
      expect(report).toMatchObject({ scan: { condition: 'would-occur' }, summary: { exitCode: 1 } });
      // Root itself is not held up there.
      lab.scan({}, [CURL], 0);
      expect((await check(['--only', 'plex.tv'])).endpoints[0]).toMatchObject({ direct: { outcome: 'ok' } });
    } finally {
      inNetwork(['nft', 'delete', 'table', 'inet', 'users']);
    }
  });

  it.skipIf(groups === null)('is not in the control group of PMS, for which rules of the firewall hold', async () => {
    const group = join(groups ?? '', lab.namespace('pms'));
    inNetwork(
      ['nft', '-f', '-'],
      'table inet groups {\nchain out {\ntype filter hook output priority 0;\nmeta cgroup 7 drop\n}\n}\n',
    );
    lab.scan({}, [CURL], USER);
    mkdirSync(group);
    writeFileSync(join(group, 'cgroup.procs'), String(pmsPid()));
    try {
      const report = await check(['--only', 'plex.tv']);
      expect(findingOf(report, 'probed-elsewhere')).toMatchObject({ verdict: 'warn', message: 'group' });
      expect(report).toMatchObject({ scan: { condition: 'unknown' }, summary: { exitCode: 3 } });
    } finally {
      inNetwork(['nft', 'delete', 'table', 'inet', 'groups']);
      lab.stopPms();
      await until(() => readFileSync(join(group, 'cgroup.procs'), 'utf8') === '');
      rmdirSync(group);
    }
  });

  it('is the user of PMS: it may not read resolv.conf', async () => {
    const file = `/etc/netns/${lab.namespace('pms')}/resolv.conf`;
    lab.scan({}, [CURL], USER);
    chmodSync(file, 0o600);
    try {
      const report = await check(['--only', 'plex.tv']);
      expect(report.endpoints[0]).toMatchObject({ direct: { outcome: 'unresolved' } });
      expect(report).toMatchObject({ scan: { condition: 'would-occur' }, summary: { exitCode: 1 } });
    } finally {
      chmodSync(file, 0o644);
    }
  });

  it('cannot be there as another user: nothing is said of PMS', async () => {
    lab.scan(PROXIED, [CURL], USER);
    const report = await check(['--proxy', PROXIED.https_proxy, '--only', 'plex.tv'], 65_533);
    expect(findingOf(report, 'probed-elsewhere')).toMatchObject({
      verdict: 'warn',
      args: { reason: expect.stringContaining('root') },
    });
    expect(report).toMatchObject({ scan: { condition: 'unknown' }, summary: { exitCode: 3 } });
    const certain = report.scan.causes.filter(({ state }) => state === 'confirmed' || state === 'likely');
    expect(certain).toEqual([]);
  });

  it('resolves by the hosts file of PMS', async () => {
    const file = `/etc/netns/${lab.namespace('pms')}/hosts`;
    const before = readFileSync(file, 'utf8');
    lab.scan({}, [CURL], USER);
    writeFileSync(file, `${before}10.77.2.2 plex.tv\n`);
    try {
      const attempts = (await check(['--only', 'plex.tv', '--raw'])).endpoints[0]?.direct.attempts ?? [];
      expect(attempts.find(({ family }) => family === 4)?.address).toBe('10.77.2.2');
    } finally {
      writeFileSync(file, before);
    }
  });

  it('says what other programs of the host resolve differently', async () => {
    const file = `${lab.directory}/nsswitch.conf`;
    writeFileSync(file, 'hosts: files\n');
    lab.scan({}, [CURL], USER);
    // Only the PMS host of the lab has this mount.
    await lab.onPmsHost(['mount', '--bind', file, '/etc/nsswitch.conf']);
    try {
      const ran = await lab.onPmsHost([
        'node',
        BUILT,
        'check',
        '--only',
        'plex.tv',
        '--ca',
        lab.ca,
        '--format',
        'json',
      ]);
      const report = reportSchema.parse(JSON.parse(ran.stdout));
      expect(findingOf(report, 'names-differ')).toMatchObject({ verdict: 'warn', message: 'pms-only' });
    } finally {
      await lab.onPmsHost(['umount', '/etc/nsswitch.conf']);
    }
  });

  it('says which of several servers was judged', async () => {
    lab.scan({}, [CURL], USER);
    const second = lab.onPmsHost([`${lab.directory}/usr/lib/plexmediaserver/Plex Media Server`, '30']);
    await until(() => serverPids().length === 2);
    const command = ['node', BUILT, 'check', '--only', 'plex.tv', '--ca', lab.ca, '--format', 'json'];
    const report = reportSchema.parse(JSON.parse((await lab.onPmsHost(command)).stdout));
    expect(report).toMatchObject({ scan: { condition: 'not-found' }, summary: { exitCode: 3 } });
    expect(report.pms?.others).toMatchObject({ pids: [expect.any(Number)], isChosen: false });
    const asked = await lab.onPmsHost([...command, '--env-from', `pid:${report.pms?.others?.pids[0]}`]);
    expect(asked.exitCode).not.toBe(3);
    lab.stopPms();
    await second;
  });

  it('is gone when the tool is killed', async () => {
    lab.policy({ pms4: 'drop', pms6: 'drop' });
    lab.scan({}, [CURL], USER);
    const child = spawn(process.execPath, [BUILT, ...commandLine([])], { stdio: 'ignore' });
    await until(() => probers().length > 0);
    child.kill('SIGKILL');
    await until(() => probers().length === 0);
    expect(probers()).toEqual([]);
    lab.policy({});
  });
});

function mayMakeGroups(mount: string): boolean {
  try {
    accessSync(join(mount, 'cgroup.procs'), constants.W_OK);
    accessSync(join(mount, 'cgroup.controllers'));
    return true;
  } catch {
    return false;
  }
}

function findingOf(report: Report, id: string): Report['findings'][number] | undefined {
  return report.findings.find((finding) => finding.check === id);
}

/** The ids of the lab's servers, as this machine counts. */
function serverPids(): readonly number[] {
  const pids = execFileSync('ip', ['netns', 'pids', lab.namespace('pms')], { encoding: 'utf8' }).split('\n');
  return pids
    .filter(Boolean)
    .map(Number)
    .filter((pid) => programOf(pid).endsWith('/Plex Media Server'));
}

function pmsPid(): number {
  const [pid] = serverPids();
  if (pid === undefined) throw new Error('PMS does not run');
  return pid;
}

function programOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return '';
  }
}

function commandLine(options: readonly string[]): readonly string[] {
  return ['check', '--env-from', `pid:${pmsPid()}`, '--ca', lab.ca, '--timeout', '2s', '--format', 'json', ...options];
}

/** The tool, on this machine. */
async function check(options: readonly string[] = [], user = 0): Promise<Report> {
  const child = spawn(process.execPath, [BUILT, ...commandLine(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(user === 0 ? {} : { uid: user, gid: user }),
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  await new Promise((settle) => child.once('close', settle));
  return reportSchema.parse(JSON.parse(stdout));
}

function inNetwork(command: readonly string[], input = ''): void {
  execFileSync('ip', ['netns', 'exec', lab.namespace('pms'), ...command], { input });
}

/** Probers in the network of the lab's PMS. */
function probers(): readonly string[] {
  const network = readlinkSync(`/proc/${pmsPid()}/ns/net`);
  return readdirSync('/proc').filter((pid) => {
    try {
      const isProber = readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('prober-inside');
      return isProber && readlinkSync(`/proc/${pid}/ns/net`) === network;
    } catch {
      return false;
    }
  });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

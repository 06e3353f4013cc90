import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { pmsSchema, valueOf, type Pms } from '../../../src/core/model/evidence.ts';
import { locatePms, type LocateOptions } from '../../../src/gather/pms/locate.ts';
import { makeTree, type FakeProcess, type Files, type Tree } from '../../support/system/pms-tree.ts';

const DIRECTORY = '/usr/lib/plexmediaserver';
const PROGRAM = `${DIRECTORY}/Plex Media Server`;
const SERVICE = '/system.slice/plexmediaserver.service';
const ID = '0123456789abcdef'.repeat(4);
const DOCKER = `/system.slice/docker-${ID}.scope`;
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const INSTALLED: Files = {
  [PROGRAM]: 'program',
  [`${DIRECTORY}/lib/libcurl.so.4`]: 'xx\0libcurl/8.11.1\0xx',
  [`${DIRECTORY}/Resources/cacert.pem`]: CERTIFICATE.repeat(3),
  '/var/lib/dpkg/status': 'Package: plexmediaserver\nStatus: install ok installed\nVersion: 1.41.3.9314-a0bfb8370\n',
};

const server = (more: Partial<FakeProcess> = {}): FakeProcess => ({
  pid: 812,
  comm: 'Plex Media Server',
  exe: PROGRAM,
  cgroup: SERVICE,
  ...more,
});
const scanner: FakeProcess = {
  pid: 931,
  ppid: 812,
  comm: 'Plex Media Scanner',
  exe: `${DIRECTORY}/Plex Media Scanner`,
  cgroup: SERVICE,
};

const trees: Tree[] = [];
afterEach(async () => {
  await Promise.all(trees.splice(0).map((tree) => tree.remove()));
});

async function locate(processes: readonly FakeProcess[], files: Files = {}, options: LocateOptions = {}) {
  const tree = await makeTree(processes, files);
  trees.push(tree);
  return locatePms({ platform: 'linux', procRoot: tree.procRoot, fsRoot: tree.fsRoot, ...options });
}

interface Row {
  readonly name: string;
  readonly processes: readonly FakeProcess[];
  readonly files?: Files;
  readonly options?: LocateOptions;
  readonly expected: Partial<Pms>;
}

const rows: readonly Row[] = [
  {
    name: 'by its program file, as a service',
    processes: [server()],
    files: INSTALLED,
    expected: {
      found: true,
      foundBy: 'exe',
      pid: 812,
      unit: 'plexmediaserver.service',
      container: null,
      exe: PROGRAM,
      version: '1.41.3.9314-a0bfb8370',
      libcurl: { state: 'ok', value: { version: '8.11.1', file: `${DIRECTORY}/lib/libcurl.so.4` } },
      caBundle: { state: 'ok', value: { file: `${DIRECTORY}/Resources/cacert.pem`, roots: 3 } },
    },
  },
  {
    name: 'after an upgrade that did not restart it',
    processes: [server({ exe: `${PROGRAM} (deleted)` })],
    files: INSTALLED,
    expected: {
      foundBy: 'exe',
      exe: PROGRAM,
      version: null,
      libcurl: {
        state: 'failed',
        reason: { code: 'REPLACED', message: 'PMS was replaced on disk while it ran; restart it' },
      },
    },
  },
  {
    name: 'with the FreeBSD spelling',
    processes: [server({ exe: '/usr/local/share/plexmediaserver/Plex_Media_Server', cgroup: '/' })],
    expected: { foundBy: 'exe', pid: 812, exe: '/usr/local/share/plexmediaserver/Plex_Media_Server' },
  },
  {
    name: 'by its control group where the program file may not be read',
    processes: [server({ exe: null, argv: [PROGRAM] })],
    expected: { found: true, foundBy: 'cgroup', pid: 812, unit: 'plexmediaserver.service', exe: PROGRAM },
  },
  {
    name: 'by the unit that was named, whatever its program is called',
    processes: [{ pid: 700, comm: 'wrapper', exe: '/opt/wrapper', cgroup: '/system.slice/my-plex.service' }],
    options: { hint: { kind: 'unit', name: 'my-plex.service' } },
    expected: { found: true, foundBy: 'unit', pid: 700, unit: 'my-plex.service' },
  },
  {
    name: 'by its cut name alone',
    processes: [server({ exe: null, argv: ['rewritten'], cgroup: '/user.slice/session-1.scope' })],
    expected: { found: true, foundBy: 'argv', unit: null },
  },
  {
    name: 'under an emulator, by its arguments',
    processes: [server({ exe: '/usr/bin/qemu-x86_64', comm: 'qemu-x86_64', argv: [PROGRAM], cgroup: '/' })],
    expected: { found: true, foundBy: 'argv', pid: 812, exe: PROGRAM },
  },
  {
    name: 'not a program that only mentions it',
    processes: [{ pid: 50, comm: 'grep', exe: '/bin/grep', argv: ['grep', 'Plex Media Server'] }],
    expected: { found: false, foundBy: null, pid: null },
  },
  {
    name: 'not its own copy between fork and exec',
    processes: [server(), server({ pid: 813, ppid: 812 })],
    expected: {
      pid: 812,
      processes: [
        { pid: 812, ppid: 1, name: 'Plex Media Server' },
        { pid: 813, ppid: 812, name: 'Plex Media Server' },
      ],
    },
  },
  {
    name: 'its children: descendants, orphans of its unit, rewritten arguments; nothing else',
    processes: [
      server(),
      scanner,
      {
        pid: 940,
        ppid: 812,
        comm: 'Plex Script Host',
        argv: ['Plex Plug-in [com.plexapp.system] /usr/x'],
        cgroup: SERVICE,
      },
      { pid: 941, ppid: 931, comm: 'sh', exe: '/bin/sh', cgroup: SERVICE },
      { pid: 950, ppid: 1, comm: 'Plex Tuner Service', exe: `${DIRECTORY}/Plex Tuner Service`, cgroup: SERVICE },
      { pid: 951, ppid: 1, comm: 'sh', exe: '/bin/sh', cgroup: SERVICE },
      {
        pid: 960,
        ppid: 1,
        comm: 'Plex Media Scanner',
        exe: `${DIRECTORY}/Plex Media Scanner`,
        cgroup: '/user.slice/session-1.scope',
      },
    ],
    expected: {
      processes: [
        { pid: 812, ppid: 1, name: 'Plex Media Server' },
        { pid: 931, ppid: 812, name: 'Plex Media Scanner' },
        { pid: 940, ppid: 812, name: 'Plex Script Host' },
        { pid: 941, ppid: 931, name: 'sh' },
        { pid: 950, ppid: 1, name: 'Plex Tuner Service' },
      ],
    },
  },
  {
    name: 'in a Docker container, seen from the host',
    processes: [server({ cgroup: DOCKER, mountNamespace: 'mnt:[2]', files: INSTALLED })],
    files: {
      [`/var/lib/docker/containers/${ID}/config.v2.json`]: JSON.stringify({ ID, Name: '/plex', Config: { Env: [] } }),
      [`${DIRECTORY}/lib/libcurl.so.4`]: 'libcurl/7.0.0\0 of the host',
    },
    expected: {
      container: 'plex',
      unit: null,
      version: '1.41.3.9314-a0bfb8370',
      libcurl: { state: 'ok', value: { version: '8.11.1', file: `${DIRECTORY}/lib/libcurl.so.4` } },
    },
  },
  {
    name: 'in a container of which only the id is known',
    processes: [server({ cgroup: DOCKER })],
    expected: { container: ID.slice(0, 12) },
  },
  {
    name: 'in a container that says its host name',
    processes: [server({ cgroup: DOCKER, environ: { HOSTNAME: 'plexbox' } })],
    expected: { container: 'plexbox' },
  },
  {
    name: 'in an LXC container with a service manager of its own',
    processes: [server({ cgroup: '/lxc.payload.media/system.slice/plexmediaserver.service' })],
    expected: { container: 'media', unit: 'plexmediaserver.service' },
  },
  {
    name: 'from inside a container',
    processes: [server({ cgroup: '/' })],
    files: { '/.dockerenv': '', '/etc/hostname': 'plexbox\n' },
    expected: { foundBy: 'exe', container: 'plexbox', unit: null },
  },
  {
    name: 'links inside a container lead to the container’s files',
    processes: [
      server({
        cgroup: DOCKER,
        files: {
          [`${DIRECTORY}/lib/libcurl.so.4`]: { link: '/app/libcurl.so.4.8.0' },
          '/app/libcurl.so.4.8.0': 'libcurl/8.4.0\0',
        },
      }),
    ],
    expected: { libcurl: { state: 'ok', value: { version: '8.4.0', file: `${DIRECTORY}/lib/libcurl.so.4` } } },
  },
  {
    name: 'a service with a private mount namespace',
    processes: [server({ mountNamespace: 'mnt:[3]' })],
    files: INSTALLED,
    expected: { libcurl: { state: 'ok', value: { version: '8.11.1', file: `${DIRECTORY}/lib/libcurl.so.4` } } },
  },
  {
    name: 'installed, not running',
    processes: [],
    files: INSTALLED,
    expected: {
      found: true,
      foundBy: 'installation',
      pid: null,
      exe: PROGRAM,
      version: '1.41.3.9314-a0bfb8370',
      processes: [],
    },
  },
  {
    name: 'not there at all',
    processes: [],
    expected: { found: false, foundBy: null, pid: null, exe: null, version: null },
  },
  {
    name: 'two instances: the lower pid',
    processes: [server({ pid: 900 }), server({ pid: 812, cgroup: '/x.service' })],
    expected: { pid: 812 },
  },
  {
    name: 'two instances: the one outside of a container',
    processes: [server({ pid: 400, cgroup: DOCKER }), server({ pid: 812 })],
    expected: { pid: 812 },
  },
  {
    name: 'two instances: the one whose child was named',
    processes: [server(), server({ pid: 900, cgroup: '/y.service' }), { ...scanner, pid: 931, ppid: 900 }],
    options: { hint: { kind: 'pid', pid: 931 } },
    expected: { pid: 900 },
  },
  {
    name: 'two instances: the one that was named, though its program file says less',
    processes: [server(), server({ pid: 900, exe: null, argv: [PROGRAM], cgroup: '/y.service' })],
    options: { hint: { kind: 'pid', pid: 900 } },
    expected: { pid: 900, foundBy: 'argv' },
  },
  {
    name: 'two instances: the one whose container was named by the beginning of its id',
    processes: [server(), server({ pid: 900, cgroup: DOCKER })],
    options: { hint: { kind: 'container', name: ID.slice(0, 12) } },
    expected: { pid: 900 },
  },
];

describe('locatePms on Linux', () => {
  it.each(rows)('$name', async ({ processes, files, options, expected }) => {
    const { pms } = await locate(processes, files, options);
    expect(valueOf(pms)).toMatchObject(expected);
    expect(pmsSchema.parse(valueOf(pms))).toEqual(valueOf(pms));
  });

  it.each([
    ['an unreadable program file', [server({ exe: null })], /taken for PMS by its cgroup/],
    ['a program that was replaced', [server({ exe: `${PROGRAM} (deleted)` })], /replaced on disk/],
  ])('says so about %s', async (_, processes, note) => {
    expect((await locate(processes)).notes.join(' ')).toMatch(note);
  });

  it('names the other instances', async () => {
    const { pms } = await locate([server(), server({ pid: 900, cgroup: '/y.service' })]);
    expect(valueOf(pms)).toMatchObject({ pid: 812, others: { pids: [900], isChosen: false } });
    expect(valueOf((await locate([server()])).pms)).not.toHaveProperty('others');
  });

  it('says so when the processes of others are hidden', async () => {
    const tree = await makeTree([{ pid: 50, comm: 'sh', exe: '/bin/sh' }]);
    trees.push(tree);
    await rm(join(tree.procRoot, '1'), { recursive: true });
    const { pms, notes } = await locatePms({ platform: 'linux', procRoot: tree.procRoot, fsRoot: tree.fsRoot });
    expect(valueOf(pms)?.found).toBe(false);
    expect(notes.join(' ')).toContain('hidden');
  });

  it('gives the text of the roots', async () => {
    expect((await locate([server()], INSTALLED)).caBundlePem).toBe(CERTIFICATE.repeat(3));
    expect((await locate([server()])).caBundlePem).toBeNull();
  });

  it('fails when there is neither procfs nor an installation', async () => {
    const located = await locate([], {}, { procRoot: '/nonexistent' });
    expect(located.pms).toMatchObject({ state: 'failed', reason: { code: 'ENOENT' } });
  });

  it('finds an installation without procfs', async () => {
    const located = await locate([], INSTALLED, { procRoot: '/nonexistent' });
    expect(valueOf(located.pms)).toMatchObject({ found: true, foundBy: 'installation' });
    expect(located.notes.join(' ')).toContain('not known');
  });
});

const MAC = '/Applications/Plex Media Server.app/Contents/MacOS';
const MAC_PS = `    1     0 /sbin/launchd\n  812     1 ${MAC}/Plex Media Server\n  931   812 ${MAC}/Plex Script Host\n   99     1 /bin/zsh\n`;
const TASKS =
  '"System","4","Services","0","1 K"\r\n"Plex Media Server.exe","812","Console","1","1 K"\r\n"Plex Media Scanner.exe","931","Console","1","1 K"\r\n';

describe('locatePms elsewhere', () => {
  it.each([
    [
      'darwin' as const,
      MAC_PS,
      {
        [`${MAC}/Plex Media Server`]: 'x',
        [`${MAC}/../Frameworks/libcurl.4.dylib`]: 'libcurl/8.6.0\0',
        [`${MAC}/../Resources/cacert.pem`]: CERTIFICATE,
      },
      {
        foundBy: 'exe',
        pid: 812,
        exe: `${MAC}/Plex Media Server`,
        libcurl: { state: 'ok', value: { version: '8.6.0' } },
        caBundle: { state: 'ok' },
      },
    ],
    [
      'freebsd' as const,
      '  812  1 Plex_Media_Server\n  931  812 Plex_Script_Host\n',
      {
        '/usr/local/share/plexmediaserver/Plex_Media_Server': 'x',
        '/usr/local/share/plexmediaserver/lib/libcurl.so.4': 'libcurl/8.6.0\0',
      },
      {
        foundBy: 'argv',
        pid: 812,
        exe: '/usr/local/share/plexmediaserver/Plex_Media_Server',
        libcurl: { state: 'ok', value: { version: '8.6.0' } },
      },
    ],
    [
      'win32' as const,
      TASKS,
      { '/Program Files/Plex/Plex Media Server/Plex Media Server.exe': 'CLIENT libcurl 8.6.0\r\n' },
      { foundBy: 'argv', pid: 812, libcurl: { state: 'ok', value: { version: '8.6.0' } } },
    ],
  ])('%s', async (platform, listing, files, expected) => {
    const { pms, processes } = await locate([], files, { platform, run: () => Promise.resolve(listing) });
    expect(valueOf(pms)).toMatchObject({ found: true, ...expected });
    expect(processes.map(({ pid, role }) => [pid, role])).toEqual([
      [812, 'pms'],
      [931, 'child'],
    ]);
  });

  it.each(['darwin', 'freebsd', 'win32', 'aix'] as const)('%s: nothing there', async (platform) => {
    const { pms } = await locate([], {}, { platform, run: () => Promise.resolve('') });
    expect(valueOf(pms)).toMatchObject({ found: false, pid: null });
  });

  it.each([
    ['the program is not there', Object.assign(new Error('x'), { code: 'ENOENT' }), 'ENOENT'],
    ['it ends with an error', Object.assign(new Error('x'), { code: 1 }), 'EXIT'],
    ['it takes too long', Object.assign(new Error('x'), { code: null, killed: true }), 'TIMEOUT'],
  ])('no list of processes: %s', async (_, error, code) => {
    const { pms } = await locate([], {}, { platform: 'darwin', run: () => Promise.reject(error) });
    expect(pms).toMatchObject({ state: 'failed', reason: { code } });
  });

  it('lets a bug through', async () => {
    const bug = locate([], {}, { platform: 'darwin', run: () => Promise.reject(new TypeError('bug')) });
    await expect(bug).rejects.toThrow('bug');
  });
});

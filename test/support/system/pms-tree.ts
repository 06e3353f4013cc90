import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A process as a fake procfs shows it. */
export interface FakeProcess {
  readonly pid: number;
  readonly ppid?: number;
  readonly comm: string;
  /** null: the link is not there, as for a process that may not be looked at. */
  readonly exe?: string | null;
  readonly argv?: readonly string[];
  readonly cgroup?: string;
  readonly environ?: Readonly<Record<string, string>> | string;
  readonly mountNamespace?: string;
  readonly networkNamespace?: string;
  /** Files below `/proc/PID/root`. */
  readonly files?: Files;
}

/** Path → content; a content of `{ link }` is a symbolic link. */
export type Files = Readonly<Record<string, string | { readonly link: string }>>;

export interface Tree {
  readonly procRoot: string;
  readonly fsRoot: string;
  remove(): Promise<void>;
}

/** Makes a procfs and a file system of their own in a temporary directory. Process 1 is always there. */
export async function makeTree(processes: readonly FakeProcess[], files: Files = {}): Promise<Tree> {
  const root = await mkdtemp(join(tmpdir(), 'pms-tree-'));
  const [procRoot, fsRoot] = [join(root, 'proc'), join(root, 'fs')];
  await mkdir(join(procRoot, 'self/ns'), { recursive: true });
  await symlink('mnt:[1]', join(procRoot, 'self/ns/mnt'));
  await symlink('net:[1]', join(procRoot, 'self/ns/net'));
  await mkdir(fsRoot, { recursive: true });
  await writeFiles(fsRoot, files);
  const init: FakeProcess = { pid: 1, ppid: 0, comm: 'init', exe: '/sbin/init', argv: ['/sbin/init'], environ: {} };
  for (const process of [...(processes.some((p) => p.pid === 1) ? [] : [init]), ...processes]) {
    await writeProcess(procRoot, process);
  }
  return { procRoot, fsRoot, remove: () => rm(root, { recursive: true, force: true }) };
}

async function writeProcess(procRoot: string, process: FakeProcess): Promise<void> {
  const { pid, ppid = 1, comm, exe = null, argv = [exe ?? comm], cgroup = '/', environ = {} } = process;
  const directory = join(procRoot, String(pid));
  await writeFiles(directory, {
    stat: `${pid} (${comm.slice(0, 15)}) S ${ppid} ${pid} ${pid} 0 -1`,
    cmdline: argv.map((argument) => `${argument}\0`).join(''),
    cgroup: `0::${cgroup}\n`,
    environ:
      typeof environ === 'string'
        ? environ
        : Object.entries(environ)
            .map(([name, value]) => `${name}=${value}\0`)
            .join(''),
    'ns/mnt': { link: process.mountNamespace ?? 'mnt:[1]' },
    'ns/net': { link: process.networkNamespace ?? 'net:[1]' },
    ...(exe === null ? {} : { exe: { link: exe } }),
  });
  await writeFiles(join(directory, 'root'), process.files ?? {});
}

async function writeFiles(root: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    if (typeof content === 'string') await writeFile(file, content);
    else await symlink(content.link, file);
  }
}

import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, constants, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { valueOf } from '../../core/model/evidence.ts';
import { readText } from '../system/files.ts';

const SYSTEM_PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
const HOSTS = '/etc/hosts';
const START_MS = 4_000;
const STOP_MS = 8_000;
/** statfs(2): TMPFS_MAGIC. Its files are in memory. */
const TMPFS = 0x01021994;
/** Folders for the file that is bound; it is unlinked at once. */
const FOLDERS = ['/dev/shm', '/run', '/tmp', '/var/tmp'] as const;
const NAME = /\/pms-proxy-doctor-(\d+)-[0-9a-f]+\.hosts/;

/**
 * Takes a mount away in the namespaces that are open as 3 (mounts) and 4 (processes). umount(8) looks it up in /proc, which in a container shows
 * processes of the container alone: it has to be one of them.
 */
const UMOUNT = 'nsenter --pid=/proc/self/fd/4 umount -l -N /proc/self/fd/3';

/**
 * Binds a file over /etc/hosts of a mount namespace, and takes it away when our end of the pipe is closed, as it is by our death too. $1: /proc
 * of a process there; $2: the folder of the file, seen from there; $3: its name; $4: what it is bound over. Signals of a terminal or a service
 * manager must not end it before us. The namespaces are held open: PMS may end meanwhile.
 */
const BIND_AND_UNDO = `
trap '' HUP INT TERM
target=$4
away() {
  tries=0
  until ${UMOUNT} "$target"; do
    tries=$((tries + 1))
    [ $tries -lt 50 ] || return 1
    sleep 0.1
  done
}
exec 3<"$1/ns/mnt" 4<"$1/ns/pid" || exit 1
# Nothing is bound that could not be taken away.
if ! nsenter --pid=/proc/self/fd/4 test -e "$1/root/proc/self/mountinfo"; then
  echo 'no usable /proc is mounted there' >&2
  exit 1
fi
cd "$1/root$2" || exit 1
umask 022
set -C
whole=
while IFS= read -r line; do
  case $line in
    =end) whole=yes; break ;;
    -*) printf '%s\\n' "\${line#-}" ;;
  esac
done >"$3" || exit 1
if [ -z "$whole" ] || ! mount -N /proc/self/fd/3 --bind "$2/$3" "$target"; then
  rm -f "$3"
  exit 1
fi
rm -f "$3"
echo bound
read -r _
away && echo away
`;

/** Takes away a mount that an earlier run had no time to. */
const UNDO = `exec 3<"$1/ns/mnt" 4<"$1/ns/pid" && ${UMOUNT} "$2"`;

export type MountTrouble = { readonly kind: 'no-folder' } | { readonly kind: 'refused'; readonly detail: string };

/** Lines for /etc/hosts of a process and all that share its mount namespace. */
export class HostsMount {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #pid: number;

  private constructor(child: ChildProcess, ended: Promise<void>, pid: number) {
    this.#child = child;
    this.#ended = ended;
    this.#pid = pid;
  }

  /** `text`: the whole file as the process shall see it. */
  static async start(pid: number, text: string): Promise<HostsMount | MountTrouble> {
    const folder = await folderIn(`/proc/${pid}/root`);
    if (folder === null) return { kind: 'no-folder' };
    const name = `pms-proxy-doctor-${process.pid}-${randomBytes(4).toString('hex')}.hosts`;
    const args = [`/proc/${pid}`, folder, name, HOSTS];
    const child = spawn('/bin/sh', ['-c', BIND_AND_UNDO, 'pms-proxy-doctor', ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      env: { PATH: SYSTEM_PATH },
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (more: string) => (said += more));
    child.stdin.on('error', () => undefined);
    const ended = endOf(child, (problem) => (said += problem));
    const bound = new Promise<'bound'>((settle) => child.stdout.once('data', () => settle('bound')));
    const lines = text.endsWith('\n') ? text.slice(0, -1) : text;
    child.stdin.write(
      `${lines
        .split('\n')
        .map((line) => `-${line}`)
        .join('\n')}\n=end\n`,
    );
    const first = await Promise.race([bound, ended, later(START_MS)]);
    if (first === 'bound') return new HostsMount(child, ended, pid);
    child.stdin.end();
    await Promise.race([ended, later(STOP_MS)]);
    return { kind: 'refused', detail: said.trim().split('\n').at(-1) ?? '' };
  }

  /** Takes the lines away; true: the file is seen to be as it was. */
  async undo(original: string): Promise<boolean> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.stdin?.end();
      await Promise.race([this.#ended, later(STOP_MS)]);
    }
    // The guard was killed, and has removed nothing.
    await sweepHosts(this.#pid, process.pid);
    return (await readHosts(this.#pid)) === original;
  }
}

export async function readHosts(pid: number): Promise<string | null> {
  return valueOf(await readText(`/proc/${pid}/root`, HOSTS));
}

/** Removes what runs that were killed together with their guards have left there; `own`: also that of this process. */
export async function sweepHosts(pid: number, own: number | null = null): Promise<number> {
  let swept = 0;
  for (let tries = 0; tries < 4; tries += 1) {
    const mounts = (valueOf(await readText('/', `/proc/${pid}/mountinfo`)) ?? '').split('\n');
    // proc(5): the fourth field is the path of what is mounted, the fifth where.
    const last = mounts.map((line) => line.split(' ')).findLast((fields) => fields[4] === HOSTS);
    const owner = Number(NAME.exec(last?.[3] ?? '')?.[1] ?? 0);
    if (owner === 0 || (owner !== own && (await isAlive(owner)))) return swept;
    const child = spawn('/bin/sh', ['-c', UNDO, 'pms-proxy-doctor', `/proc/${pid}`, HOSTS], {
      stdio: 'ignore',
      env: { PATH: SYSTEM_PATH },
    });
    await Promise.race([endOf(child, () => undefined), later(STOP_MS)]);
    swept += 1;
  }
  return swept;
}

async function isAlive(pid: number): Promise<boolean> {
  return (await readText('/', `/proc/${pid}/stat`)).state === 'ok';
}

/** A folder there that this user may write to, in memory where there is one. */
async function folderIn(root: string): Promise<string | null> {
  const usable: { readonly folder: string; readonly isMemory: boolean }[] = [];
  for (const folder of FOLDERS) {
    try {
      await access(join(root, folder), constants.W_OK);
      usable.push({ folder, isMemory: (await statfs(join(root, folder))).type === TMPFS });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
    }
  }
  return (usable.find(({ isMemory }) => isMemory) ?? usable[0])?.folder ?? null;
}

function endOf(child: ChildProcess, tell: (problem: string) => void): Promise<void> {
  return new Promise((settle) => {
    child
      .once('close', () => settle())
      .once('error', (error) => {
        tell(error.message);
        settle();
      });
  });
}

function later(ms: number): Promise<void> {
  return new Promise((settle) => {
    setTimeout(settle, ms).unref();
  });
}

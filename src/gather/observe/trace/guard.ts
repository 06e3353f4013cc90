import { spawn, type ChildProcess } from 'node:child_process';
import { failed, ok, type Gathered } from '../../../core/model/evidence.ts';

/** The kernel makes this folder for tracefs, whether or not it is mounted. */
const MOUNT_POINT = '/sys/kernel/tracing';
const START_BUDGET_MS = 4_000;
/** Removing an instance waits until no processor is inside of an event: tenths of a second each. */
const STOP_BUDGET_MS = 15_000;
const SYSTEM_PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Waits until our end of the pipe is closed, as it is by our death too, and removes the instances. $1: tracefs's folder, mounted or to be
 * mounted; $2: `mount` for the latter; the rest are the names. Signals of a terminal or a service manager must not end it before us.
 */
const WAIT_AND_REMOVE = `
trap '' HUP INT TERM
tracing=$1
[ "$2" != mount ] || mount -t tracefs nodev "$tracing" || exit 1
shift 2
echo ready
read -r _
for name; do
  instance=$tracing/instances/$name
  [ -d "$instance" ] || continue
  echo 0 >"$instance/tracing_on"
  tries=0
  until rmdir "$instance" 2>/dev/null || [ $tries -ge 100 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
done
`;

/** The child that removes our instances of tracefs, however we end. */
export interface Guard {
  /** Folder in which tracefs can be reached. */
  readonly directory: string;
  /** Removes the instances. */
  release(): Promise<void>;
}

/**
 * Starts the guard before any instance exists. `mounted` null: it mounts tracefs in a mount namespace of its own. No other process sees
 * that mount, which ends with the guard; we reach it through the guard's root.
 */
export async function startGuard(mounted: string | null, instances: readonly string[]): Promise<Gathered<Guard>> {
  const script = ['/bin/sh', '-c', WAIT_AND_REMOVE, 'pms-proxy-doctor'];
  const command =
    mounted === null
      ? ['unshare', '--mount', ...script, MOUNT_POINT, 'mount', ...instances]
      : [...script, mounted, 'mounted', ...instances];
  const [file = '', ...rest] = command;
  const child = spawn(file, rest, {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: { PATH: SYSTEM_PATH },
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // Writing to a guard that was killed fails; that is no trouble of ours.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<void>((settle) => {
    child
      .once('close', () => settle())
      .once('error', (error) => {
        stderr += error.message;
        settle();
      });
  });
  const ready = new Promise<'ready'>((settle) => child.stdout.once('data', () => settle('ready')));
  const first = await Promise.race([ready, ended, later(START_BUDGET_MS)]);
  if (first !== 'ready') {
    child.stdin.end();
    const said = stderr.trim().split('\n').at(-1);
    return failed('TRACEFS_MISSING', `tracefs could not be mounted: ${said || 'the attempt gave no reason'}`);
  }
  const directory = mounted ?? `/proc/${child.pid}/root${MOUNT_POINT}`;
  const release = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) return letGo(child, ended);
    // It was killed, and has removed nothing.
    const other = await startGuard(mounted, instances);
    if (other.state === 'ok') await other.value.release();
  };
  return ok({ directory, release });
}

async function letGo(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.stdin?.end();
  await Promise.race([ended, later(STOP_BUDGET_MS)]);
}

function later(ms: number): Promise<void> {
  return new Promise((settle) => {
    setTimeout(settle, ms).unref();
  });
}

import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Reason } from '../../../core/model/reason.ts';

/** include/uapi/linux/nsfs.h: the numbers of the namespaces that a machine starts with never change. */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]';
const FIRST_USER_NAMESPACE = 'user:[4026531837]';

/** Facts that decide whether a machine can be traced. */
export interface Machine {
  readonly uid: number | null;
  /** Namespaces of this process, by the names of their files. */
  readonly namespaces: Readonly<Record<'pid' | 'user', string | null>>;
  readonly mounts: string | null;
  readonly lockdown: string | null;
}

export function thisMachine(procRoot: string): Machine {
  const namespace = (kind: string): string | null => orNull(() => readlinkSync(join(procRoot, 'self/ns', kind)));
  return {
    uid: process.getuid?.() ?? null,
    namespaces: { pid: namespace('pid'), user: namespace('user') },
    mounts: orNull(() => readFileSync(join(procRoot, 'self/mounts'), 'latin1')),
    lockdown: orNull(() => readFileSync('/sys/kernel/security/lockdown', 'latin1')),
  };
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** Reason why the kernel cannot be asked to trace here; null: none. The code is the step that is missing. */
export function traceRefusal({ uid, namespaces, lockdown }: Machine): Reason | null {
  if (uid !== 0) return { code: 'NEEDS_ROOT', message: 'only root may have the kernel trace connections' };
  if (namespaces.user !== FIRST_USER_NAMESPACE) {
    return {
      code: 'USER_NAMESPACE',
      message:
        'root of a user namespace (an unprivileged container) may not have the kernel trace: run this on the host',
    };
  }
  if (namespaces.pid !== FIRST_PID_NAMESPACE) {
    return {
      code: 'PID_NAMESPACE',
      message: "the kernel's trace counts processes as the host does, and this runs in a container: run it on the host",
    };
  }
  if (lockdown?.includes('[confidentiality]') === true) {
    return { code: 'LOCKDOWN', message: 'the kernel is locked down (confidentiality), which forbids tracing' };
  }
  return null;
}

/** Folder at which tracefs is mounted already; null: none. */
export function mountedTracefs({ mounts }: Machine): string | null {
  const lines = (mounts ?? '').split('\n').map((line) => line.split(' '));
  const found = lines.find(([, , kind]) => kind === 'tracefs')?.[1];
  // proc_pid_mounts(5): white space in names is written in octal.
  return found?.replace(/\\(\d{3})/g, (_all, octal: string) => String.fromCodePoint(Number.parseInt(octal, 8))) ?? null;
}

import { describe, expect, it } from 'vitest';
import { mountedTracefs, traceRefusal, type Machine } from '../../../../src/gather/observe/trace/tracefs.ts';

const HOST: Machine = {
  uid: 0,
  namespaces: { pid: 'pid:[4026531836]', user: 'user:[4026531837]' },
  mounts: null,
  lockdown: null,
};

describe('traceRefusal', () => {
  it.each<[string, Partial<Machine>, string | null]>([
    ['root of a host', {}, null],
    ['another user', { uid: 972 }, 'NEEDS_ROOT'],
    ['a system without users', { uid: null }, 'NEEDS_ROOT'],
    ['an unprivileged container', { namespaces: { pid: 'pid:[1]', user: 'user:[2]' } }, 'USER_NAMESPACE'],
    ['a privileged container', { namespaces: { ...HOST.namespaces, pid: 'pid:[1]' } }, 'PID_NAMESPACE'],
    ['where that is not known', { namespaces: { pid: null, user: null } }, 'USER_NAMESPACE'],
    ['lockdown of integrity, which allows it', { lockdown: 'none [integrity] confidentiality\n' }, null],
    ['lockdown of confidentiality', { lockdown: 'none integrity [confidentiality]\n' }, 'LOCKDOWN'],
  ])('%s', (_name, more, expected) => {
    expect(traceRefusal({ ...HOST, ...more })?.code ?? null).toBe(expected);
  });
});

describe('mountedTracefs', () => {
  it.each<[string, string | null, string | null]>([
    ['where systemd mounts it', 'tracefs /sys/kernel/tracing tracefs rw 0 0\n', '/sys/kernel/tracing'],
    ['a name with a blank', 'nodev /mnt/my\\040trace tracefs rw 0 0\n', '/mnt/my trace'],
    ['nowhere', 'proc /proc proc rw 0 0\n', null],
    ['unreadable', null, null],
  ])('%s', (_name, mounts, expected) => {
    expect(mountedTracefs({ ...HOST, mounts })).toBe(expected);
  });
});

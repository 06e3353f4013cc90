import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findSealing } from '../../src/demo/sealing.ts';

const isLinux = process.platform === 'linux';
if (!isLinux) console.warn('skipped: programs in shell are put in place of those of util-linux');

let folder = '';
const path = process.env['PATH'];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sealing-'));
  process.env['PATH'] = `${folder}:${path}`;
});
afterEach(() => {
  process.env['PATH'] = path;
  rmSync(folder, { recursive: true, force: true });
});

/** Programs that stand before the real ones. */
function put(programs: Readonly<Record<string, string>>): void {
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
}

const GENUINE = {
  unshare: '[ "$1" = --version ] && echo "unshare from util-linux 2.40"; true',
  mount: 'echo "mount from util-linux 2.40"',
  ip: 'echo "ip utility, iproute2-6.9"',
};
/** Refuses every command line that has this option. */
const refusing = (option: string): string =>
  `${GENUINE.unshare.replace('; true', ' && exit')}; case " $* " in *" ${option} "*) echo "unshare: $* no" >&2; exit 1;; esac`;

describe.skipIf(!isLinux)('findSealing', () => {
  it.each<[string, Readonly<Record<string, string>>, boolean, string]>([
    ['takes a user namespace where it may', GENUINE, false, '--user --map-root-user --net'],
    ['takes one as root too', GENUINE, true, '--user --map-root-user --net'],
    ['does without as root where it may not', { ...GENUINE, unshare: refusing('--user') }, true, '--net --mount'],
  ])('%s', async (_, programs, isRoot, expected) => {
    put(programs);
    const sealing = await findSealing(isRoot);
    expect(sealing.ok && sealing.unshareArguments.join(' ')).toMatch(new RegExp(`^${expected}`));
  });

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['a user namespace', { ...GENUINE, unshare: refusing('--user') }, /does not allow a user namespace/],
    ['a network namespace', { ...GENUINE, unshare: refusing('--net') }, /does not allow a network namespace/],
    ['its own /proc', { ...GENUINE, unshare: refusing('--mount-proc') }, /does not allow a \/proc of its own/],
    ['BusyBox', { ...GENUINE, ip: 'echo "BusyBox v1.36"' }, /`ip` is not the one of iproute2/],
    ['another unshare', { ...GENUINE, unshare: 'echo "BusyBox v1.36"' }, /`unshare` is not the one of util-linux/],
  ])('names what stops it: %s', async (_, programs, expected) => {
    put(programs);
    const sealing = await findSealing(false);
    expect(sealing.ok ? '' : sealing.because.join('\n')).toMatch(expected);
  });
});

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { findSealing } from '../../src/demo/sealing.ts';
import { runCommand, type Ran } from './sealed/built.ts';

const entry = fileURLToPath(new URL('../../dist/pms-proxy-doctor.js', import.meta.url));
const sealing = process.platform === 'linux' ? await findSealing(process.geteuid?.() === 0) : null;
if (sealing?.ok !== true) {
  console.warn(`skipped: no sealed network here: ${sealing === null ? 'not Linux' : sealing.because.join(' ')}`);
}

/** Those of check, of reproduce, and of bridge. */
function reportsOf(stdout: string): readonly string[] {
  return stdout.split(/^(?=\S .* {3,}pms-proxy-doctor \S+ (?:check|reproduce|bridge) · )/m);
}

/** Covers the programs that a fresh machine may lack, for what runs behind it. */
const BARE = [
  'unshare',
  '--user',
  '--map-root-user',
  '--mount',
  'sh',
  '-c',
  `for name in curl tcpdump dumpcap; do
    file=$(PATH=$PATH:/usr/sbin command -v $name) && mount --bind /dev/null "$(readlink -f "$file")"
  done; exec "$@"`,
  'sh',
];

const MACHINES: readonly (readonly [string, readonly string[]])[] = [
  ['the demo of the built file', []],
  ['the demo on a machine without curl and capture tools', BARE],
];
const played = new Map<string, Ran>();

// Both at the same time: a demo mostly waits.
beforeAll(async () => {
  if (sealing?.ok !== true) return;
  const env = { https_proxy: 'http://u:hunter2@elsewhere:1' };
  const plays = MACHINES.map(async ([name, machine]) => {
    played.set(name, await runCommand([...machine, process.execPath, entry, 'demo'], { env }));
  });
  await Promise.all(plays);
});

describe.skipIf(sealing?.ok !== true).each(MACHINES)('%s', (name) => {
  let ran: Ran;
  beforeAll(() => {
    const found = played.get(name);
    if (found === undefined) throw new Error('not played');
    ran = found;
  });

  it('is played as it was meant', () => {
    expect(ran.stderr).not.toMatch(/did not go as it was meant/);
    expect(ran.code).toBe(0);
  });

  it('finds that everything answers through the proxy, and decides no more than that', () => {
    const [checked = ''] = reportsOf(ran.stdout);
    expect(checked).toMatch(/^\? UNDECIDED/);
    expect(checked).toMatch(/needed to scan +2 work for PMS/);
    expect(checked).toMatch(/optional +\d+ work for PMS · \d+ blocked, not needed/);
    expect(checked).toMatch(/^ +node \S*pms-proxy-doctor\.js reproduce$/m);
  });

  it('finds the settings of the process that stands in for PMS', () => {
    expect(ran.stdout).toMatch(/environment of pid \d+/);
  });

  it('reproduces the refusal, and names who goes around the proxy', () => {
    const [, refused = ''] = reportsOf(ran.stdout);
    expect(refused).toMatch(/^✗ SCAN REFUSED, reproduced/);
    expect(refused).toMatch(
      /goes around the proxy \[scanner-bypasses-proxy\]\n +Plex Media Scanner \(pid \d+\) connects to/,
    );
    expect(refused).toMatch(/the proxy was never asked for metadata\.provider\.plex\.tv/);
    expect(refused).toMatch(/✗ Music \(1\) +refused: 503/);
  });

  it('proves that a way through the proxy makes PMS scan', () => {
    const [, , proved = ''] = reportsOf(ran.stdout);
    expect(proved).toMatch(/^✓ BRIDGE PROVED/);
    expect(proved).toMatch(/✗ Without +\S+ music 1: refused 503/);
    expect(proved).toMatch(/✓ With bridge +\S+ music 1: scanned/);
    expect(proved).toMatch(/✗ Without again +\S+ music 1: refused 503/);
  });

  it('uses nothing of the shell it was started from', () => {
    expect(ran.stdout + ran.stderr).not.toMatch(/hunter2|elsewhere/);
  });

  it('leaves no folder behind', () => {
    expect(existsSync('/run/pms-proxy-doctor-demo')).toBe(false);
  });
});

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

/** The rows of the endpoint table, by host. */
function rowOf(report: string, host: string): string {
  return report.split('\n').find((line) => line.trim().split(/\s+/)[1] === host) ?? `no row for ${host}`;
}

/** Those of check, of reproduce, and of reproduce once more. */
function reportsOf(stdout: string): readonly string[] {
  return stdout.split(/^(?=pms-proxy-doctor \S+ · )/m);
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

describe.skipIf(sealing?.ok !== true).each<[string, readonly string[], RegExp]>([
  ['the demo of the built file', [], /What was watched/],
  ['the demo on a machine without curl and capture tools', BARE, /TCPDUMP_MISSING/],
])('%s', (_, machine, watched) => {
  let ran: Ran;
  beforeAll(async () => {
    ran = await runCommand([...machine, process.execPath, entry, 'demo'], {
      env: { https_proxy: 'http://u:hunter2@elsewhere:1' },
    });
  }, 60_000);

  it('is played as it was meant, within its time', () => {
    expect(ran.stderr).not.toMatch(/did not go as it was meant/);
    expect(ran.code).toBe(0);
    expect(ran.durationMs).toBeLessThan(40_000);
  });

  it.each([
    ['plex.tv', /no reply.* 200 .*proxy only/],
    ['metadata.provider.plex.tv', /no reply.* 200 .*proxy only/],
    ['metrics.plex.tv', /no reply.* 403 .*not needed/],
  ])('shows %s as the sealed network has it', (host, expected) => {
    expect(rowOf(ran.stdout, host)).toMatch(expected);
  });

  it('finds the settings of the process that stands in for PMS', () => {
    expect(ran.stdout).toMatch(/environment of pid \d+/);
  });

  it('reproduces the refusal, and names who goes around the proxy', () => {
    const [, refused = ''] = reportsOf(ran.stdout);
    expect(refused).toMatch(/REPRODUCED on section 1 /);
    expect(refused).toMatch(/confirmed +scanner-bypasses-proxy +Plex Media Scanner \(pid \d+\)/);
    expect(refused).toMatch(/never asked of the proxy/);
    expect(refused).toMatch(watched);
  });

  it('scans once the one host is open', () => {
    const [, , opened = ''] = reportsOf(ran.stdout);
    expect(opened).toMatch(/to scan library files" +NOT FOUND/);
    expect(opened).toMatch(/library 1 \(music[^✓✗]* scanned in /);
    expect(opened).toMatch(/metadata\.provider\.plex\.tv .*both routes/);
  });

  it('uses nothing of the shell it was started from', () => {
    expect(ran.stdout + ran.stderr).not.toMatch(/hunter2|elsewhere/);
  });

  it('leaves no folder behind', () => {
    expect(existsSync('/run/pms-proxy-doctor-demo')).toBe(false);
  });
});

import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportSchema } from '../../src/core/model/report.ts';
import { Workshop } from '../support/system/workshop.ts';
import { Lab, labMissing, proxyUrl } from './lab.ts';

const BUILT = resolve('dist/pms-proxy-doctor.js');
const METADATA = 'metadata.provider.plex.tv';
const work = new Workshop();
afterAll(() => work.remove());
const keeper = join(work.path, 'keeper');
const compiled = spawnSync('gcc', ['-o', keeper, 'test/lab/servers/keeper.c', '-lcurl'], { encoding: 'utf8' });
const missing = labMissing() ?? (compiled.status === 0 ? null : 'gcc or the headers of libcurl are not installed');
if (missing !== null) console.warn(`a scanner that remembers addresses is not tried: ${missing}`);

describe.skipIf(missing !== null)('a scanner that keeps its libcurl handle', () => {
  const lab = new Lab('rem');

  beforeAll(() => {
    lab.up();
    lab.policy({ pms4: 'reject', pms6: 'reject' });
    const url = proxyUrl('allowed');
    lab.startStandIn(
      { http_proxy: url, https_proxy: url, no_proxy: 'localhost,127.0.0.1', KEEPER: join(work.path, 'socket') },
      {
        matcher: 'ignores-proxy',
        connectTimeoutSeconds: 2,
        signIn: 'ok',
        provider: 'online',
        libraries: [{ id: '1', type: 'artist', agent: 'tv.plex.agents.music', newContent: 'always' }],
      },
    );
    rmSync(lab.standIn.scanner);
    copyFileSync(keeper, lab.standIn.scanner);
    chmodSync(lab.standIn.scanner, 0o755);
  }, 90_000);
  afterAll(() => lab.down(), 30_000);

  it('is waited for: the old address is out of its cache after a minute', { timeout: 180_000 }, async () => {
    const args = ['--yes', '--section', '1', '--for', METADATA, '--timeout', '2s', '--only', `plex.tv,${METADATA}`];
    const { stdout, stderr, ms } = await lab.onPmsHost(
      [process.execPath, BUILT, 'bridge', '--prove', ...args, '--ca', lab.ca, '--format', 'json'],
      170_000,
    );
    expect(stderr).toMatch(/PMS may remember an address: it is repeated in \d+ s/);
    const { bridge } = reportSchema.parse(JSON.parse(stdout));
    expect(bridge?.steps.map(({ name, scans }) => [name, scans[0]?.status])).toEqual([
      ['before', 503],
      ['with', 200],
      ['after', 503],
    ]);
    expect(bridge).toMatchObject({ state: 'proved', restored: true });
    expect(bridge?.remarks.map(({ message }) => message)).toContain('waited');
    expect(ms).toBeGreaterThan(60_000);
  });
});

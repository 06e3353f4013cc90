import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { allCauses, cause, reportFixture, REPORTS } from '../support/fixtures/report.ts';
import { runAlone } from '../support/system/built.ts';
import { Workshop } from '../support/system/workshop.ts';

const work = new Workshop();
afterAll(() => work.remove());

/** A host without a proxy: an own file stands for the settings of PMS. */
const NO_PROXY = ['--env-from', `file:${work.file('empty.env', '')}`];
const REPORT = work.file(
  'report.json',
  JSON.stringify(
    reportFixture({
      endpoints: REPORTS.denied.endpoints,
      bypasses: [
        {
          host: 'metadata.provider.plex.tv',
          address: null,
          port: 443,
          process: 'Plex Media Scanner',
          pid: 1,
          pids: [1],
          outcome: 'no-reply',
          count: 1,
          kind: 'observed',
          dialects: [],
          evidence: ['socket'],
        },
      ],
      scan: {
        condition: 'reproduced',
        sections: [],
        causes: allCauses([
          cause('scanner-bypasses-proxy', 'confirmed', ['seen']),
          cause('dns-fails-locally', 'confirmed', ['seen']),
        ]),
      },
    }),
  ),
);
let count = 0;
const folder = (): string => join(work.path, `fixes-${(count += 1)}`);

describe('fix of several causes', () => {
  it('writes the files of the others where a bridge cannot be planned, and says why', async () => {
    const output = folder();
    const { code, stderr } = await runAlone(['fix', '--from-report', REPORT, '-o', output, ...NO_PROXY]);
    expect(stderr).toMatch(/fix: scanner-bypasses-proxy: bridge: no proxy is configured for https/);
    expect(readdirSync(output)).toEqual(['dns-fails-locally']);
    expect(code).toBe(0);
  });

  it('writes the bridge where the proxy is named', async () => {
    const output = folder();
    const more = [...NO_PROXY, '--proxy', 'http://192.0.2.9:3128'];
    const { code } = await runAlone(['fix', '--from-report', REPORT, '-o', output, ...more]);
    expect(readdirSync(output).toSorted()).toEqual(['dns-fails-locally', 'scanner-bypasses-proxy']);
    expect(readdirSync(join(output, 'scanner-bypasses-proxy'))).toContain('README.md');
    expect(code).toBe(0);
  });

  it('is undecided where nothing could be written', async () => {
    const only = ['fix', 'scanner-bypasses-proxy', '--from-report', REPORT, '-o', folder(), ...NO_PROXY];
    expect((await runAlone(only)).code).toBe(3);
  });

  it('refuses a file in the place of the folder, in one line', async () => {
    const file = join(work.path, 'file');
    writeFileSync(file, '');
    const { code, stderr } = await runAlone(['fix', '--from-report', REPORT, '-o', file, ...NO_PROXY]);
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('is not a folder');
  });
});

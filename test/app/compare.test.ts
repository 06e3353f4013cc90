import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { judge } from '../../src/app/judge.ts';
import { seedsFrom, NO_LOCAL_NAMES } from '../../src/sanitize/seeds-of-evidence.ts';
import { sanitizeEvidence, sanitizeReport } from '../../src/sanitize/documents.ts';
import { comparisonSchema } from '../../src/core/model/comparison.ts';
import type { Evidence } from '../../src/core/model/evidence.ts';
import { FORMATS } from '../../src/report/index.ts';
import { evidenceFixture } from '../support/fixtures/evidence.ts';
import { commandsIn } from '../support/formats/workflow.ts';
import { runHere, type RanHere } from '../support/system/in-process.ts';
import { Workshop } from '../support/system/workshop.ts';

const work = new Workshop();
afterAll(() => work.remove());

const DOMAIN = 'acmewidgets.test';
const variables = (proxy: string): Record<string, string> => ({
  https_proxy: `http://${proxy}.${DOMAIN}:3128`,
  http_proxy: `http://${proxy}.${DOMAIN}:3128`,
  no_proxy: `localhost,.${DOMAIN},nas.${DOMAIN}`,
});
const GOOD = evidenceFixture({ variables: variables('proxy7') });
const BAD = evidenceFixture({ variables: variables('proxy7'), viaProxy: 'denied' });
const MOVED = evidenceFixture({ variables: variables('proxy8') });

/** The four forms of one situation. */
function forms(name: string, evidence: Evidence): Readonly<Record<string, string>> {
  const seeds = seedsFrom(evidence, NO_LOCAL_NAMES);
  const report = judge(evidence, null);
  return {
    'raw evidence': work.file(`${name}-1.json`, JSON.stringify(evidence)),
    'raw report': work.file(`${name}-2.json`, JSON.stringify(report)),
    'sanitized evidence': work.file(`${name}-3.json`, JSON.stringify(sanitizeEvidence(evidence, seeds).document)),
    'sanitized report': work.file(`${name}-4.json`, JSON.stringify(sanitizeReport(report, seeds).document)),
  };
}

const [good, bad, moved] = [forms('good', GOOD), forms('bad', BAD), forms('moved', MOVED)];
const KINDS = Object.keys(good);
/** Each kind with the next. */
const NEIGHBOURS = KINDS.map((kind, i) => [kind, KINDS[(i + 1) % KINDS.length] ?? kind] as const);
const MIXES = KINDS.flatMap((before) => KINDS.map((after) => [before, after] as const));

async function compare(
  before: string | undefined,
  after: string | undefined,
  ...more: readonly string[]
): Promise<RanHere> {
  return runHere(['compare', before ?? '', after ?? '', ...more]);
}

it.each(MIXES)('%s and %s show the same change', async (before, after) => {
  const { code, stdout } = await compare(good[before], bad[after], '--format', 'json');
  expect(code).toBe(1);
  const { because } = comparisonSchema.parse(JSON.parse(stdout)).summary;
  expect(because.map(({ message }) => message)).toEqual(['hosts-denied', 'condition-not-shown']);
});

it.each(NEIGHBOURS)('%s and %s: nothing, and the way back', async (before, after) => {
  const [same, better] = await Promise.all([
    compare(good[before], good[after], '--format', 'json'),
    compare(bad[before], good[after], '--format', 'json'),
  ]);
  expect(comparisonSchema.parse(JSON.parse(same.stdout)).summary).toMatchObject({ verdict: 'same', exitCode: 0 });
  const { because } = comparisonSchema.parse(JSON.parse(better.stdout)).summary;
  // Plain checks do not show whether the condition is gone.
  expect(because.map(({ message }) => message)).toEqual(['hosts-allowed', 'condition-not-shown']);
  expect([same.code, better.code]).toEqual([0, 3]);
});

describe('private names', () => {
  it.each(Object.keys(FORMATS))('are in no output: %s', async (format) => {
    const outputs = await Promise.all(
      NEIGHBOURS.slice(0, 2).map(([before, after]) =>
        compare(good[before], moved[after], '--format', format, '--verbose'),
      ),
    );
    expect(outputs.filter(({ stdout, stderr }) => /acmewidgets/.test(stdout + stderr))).toEqual([]);
  });

  it('are compared where both documents are raw, although they are not shown', async () => {
    const { stdout } = await compare(good['raw report'], moved['raw evidence'], '--format', 'json');
    expect(comparisonSchema.parse(JSON.parse(stdout)).settings).toMatchObject([
      { setting: 'proxy', before: 'http://<proxy-1>:3128', after: 'http://<proxy-2>:3128' },
    ]);
  });

  it('are no change where they may only be numbered anew', async () => {
    const { stdout } = await compare(good['sanitized report'], moved['raw evidence'], '--format', 'json');
    const { settings, limits } = comparisonSchema.parse(JSON.parse(stdout));
    expect(settings).toEqual([]);
    expect(limits.map(({ message }) => message)).toContain('names-hidden');
  });

  it('stay with --raw', async () => {
    const { stdout } = await compare(good['raw report'], moved['raw report'], '--raw');
    expect(stdout).toContain(`http://proxy8.${DOMAIN}:3128`);
  });
});

describe('files', () => {
  it('one may be standard input', async () => {
    const input = readFileSync(bad['raw report'] ?? '', 'utf8');
    expect(await runHere(['compare', good['raw report'] ?? '', '-'], { input })).toMatchObject({ code: 1 });
    expect(await runHere(['compare', '-', good['raw report'] ?? ''], { input })).toMatchObject({ code: 3 });
  });

  it('the output is for its owner only', async () => {
    const file = join(work.path, 'out.md');
    expect(await compare(good['raw report'], bad['raw report'], '--format', 'markdown', '-o', file)).toMatchObject({
      code: 1,
      stdout: '',
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('a workflow gets annotations', async () => {
    const args = ['compare', good['raw report'] ?? '', bad['raw report'] ?? ''];
    const { stderr } = await runHere(args, { environment: { GITHUB_ACTIONS: 'true' } });
    expect(commandsIn(stderr)[0]).toMatchObject({ name: 'error', properties: { title: 'run: verdict' } });
  });

  const report = good['raw report'] ?? '';
  it.each<[string, readonly string[], RegExp]>([
    ['one', [report], /compare/],
    ['three', [report, report, report], /nknown/],
    ['standard input twice', ['-', '-'], /standard input/],
    ['that is missing', [report, '/nonexistent.json'], /compare AFTER: .*<file-\d>\.json: no such file/],
    ['that is a directory', [work.path, report], /compare BEFORE: .*directory/],
    [
      'that is no JSON',
      [work.file('text.json', '{"a":'), report],
      /compare BEFORE: .*<file-\d>\.json:1:\d+: this is not JSON/,
    ],
    [
      'that is another document',
      [report, work.file('other.json', '{"a":1}')],
      /compare AFTER: .*neither a report nor evidence/,
    ],
    ['that is empty', [report, work.file('empty.json', '')], /compare AFTER: .*not JSON/],
    [
      'of an older schema',
      [work.file('old.json', readFileSync(report, 'utf8').replace('"schemaVersion":2', '"schemaVersion":1')), report],
      /compare BEFORE: .*schemaVersion/,
    ],
    ['that shall be published raw', [report, report, '--raw', '--format', 'markdown'], /--raw with --format markdown/],
    ['with an option of another command', [report, report, '--timeout', '5s'], /timeout/],
  ])('%s: one line and exit code 2', async (_, args, message) => {
    const { code, stdout, stderr } = await runHere(['compare', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

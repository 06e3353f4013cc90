import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { createAuthority } from '../../src/demo/outside/certificates.ts';
import { run, shell } from '../support/system/built.ts';
import { Workshop } from '../support/system/workshop.ts';

const work = new Workshop();
afterAll(() => work.remove());

/** One endpoint that no server answers for, judged by an empty environment: over in a moment, and no PMS of this machine has a say. */
const QUICK = [
  '--env-from',
  'shell',
  '--endpoints',
  work.file('one.yaml', onlyEndpoint(1)),
  '--only',
  'one',
  '--timeout',
  '5s',
];

function onlyEndpoint(port: number): string {
  return `add:\n  - { host: 127.0.0.1, id: one, port: ${port}, scheme: http }\n`;
}

describe('a mistake', () => {
  it('is one line on standard error and exit code 2', async () => {
    const ran = await run(['--timeuot', '5s']);
    expect(ran).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^[^\n]+--timeout[^\n]+\n$/) });
  });

  it('--ca with a broken certificate beside a good one uses the good one', async () => {
    const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    const { code, stderr } = await run([
      ...QUICK,
      '--ca',
      work.file('mixed.pem', `${broken}${createAuthority('Root').certificatePem}`),
    ]);
    expect(code).not.toBe(70);
    expect(stderr).not.toMatch(/bug/);
  });
});

describe.concurrent('what needs no run', () => {
  it('--version is the version and nothing else', async () => {
    expect(await run(['--version'])).toMatchObject({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' });
  });

  it.each([['--help'], ['-h'], ['check', '--help'], ['endpoints', '--help']])('%s %s', async (...args) => {
    const ran = await run(args);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(/--format/);
    expect(Math.max(...ran.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it.each(['text', 'json', 'markdown', 'csv'])('endpoints --format %s', async (format) => {
    const ran = await run(['endpoints', '--format', format]);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(/plex\.tv/);
  });

  it('explain', async () => {
    expect(await run(['explain', 'proxy-silent'])).toMatchObject({ code: 0, stderr: '' });
  });
});

it('allow learns from standard input', async () => {
  const line = '1764000000.000 12 10.0.0.5 TCP_DENIED/403 900 CONNECT metadata.provider.plex.tv:443 - HIER_NONE/- -';
  const ran = await shell(`echo '${line}' | $TOOL allow --from -`);
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringMatching(/metadata\.provider\.plex\.tv.*denied 1/s) });
});

describe.concurrent('output files', () => {
  it('are whole, private, and alone', async () => {
    const directory = join(work.path, 'out');
    mkdirSync(directory);
    const report = join(directory, 'report.json');
    const ran = await run([
      ...QUICK,
      '--format',
      'json',
      '-o',
      report,
      '--save-evidence',
      join(directory, 'evidence.json'),
    ]);
    expect(ran.stdout).toBe('');
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({
      schemaVersion: 2,
      summary: { exitCode: ran.code },
    });
    expect(readdirSync(directory).sort()).toEqual(['evidence.json', 'report.json']);
    for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
  });

  it('that are no regular files are written to, not replaced', async () => {
    const ran = await shell(
      `mkfifo ${work.path}/pipe && { cat ${work.path}/pipe & $TOOL endpoints --format csv >/dev/null; $TOOL ${QUICK.join(' ')} --format json -o ${work.path}/pipe; echo "code $?" >&2; wait; }`,
    );
    expect(ran.stdout).toMatch(/"schemaVersion": 2/);
    expect(statSync(join(work.path, 'pipe')).isFIFO()).toBe(true);
  });
});

describe.concurrent('standard streams', () => {
  const quick = QUICK.join(' ');

  it.each<[string, string, number]>([
    ['--help to a reader that leaves', '$TOOL --help | true', 0],
    ['--version to a reader that leaves', '$TOOL --version | true', 0],
    ['endpoints to head', '$TOOL endpoints | head -1', 0],
    ['--help with standard output closed', '$TOOL --help >&-', 0],
    ['--help to a full disk', '$TOOL --help >/dev/full', 74],
    ['endpoints to a full disk', '$TOOL endpoints >/dev/full', 74],
    ['a report to a full disk', `$TOOL ${quick} >/dev/full`, 74],
    ['a report in a file on a full disk', `$TOOL ${quick} -o /dev/full`, 74],
    ['evidence on a full disk', `$TOOL ${quick} --save-evidence /dev/full`, 74],
    ['a mistake with standard error closed', '$TOOL --bogus 2>&-', 2],
    ['a mistake with standard error full', '$TOOL --bogus 2>/dev/full', 2],
  ])('%s', async (_, line, code) => {
    const ran = await shell(line);
    expect(ran.code).toBe(code);
    expect(ran.stderr).not.toMatch(/    at /);
  });

  it('evidence that cannot be written does not cost the report', async () => {
    const ran = await shell(`$TOOL ${quick} --format json --save-evidence /dev/full`);
    expect(ran.code).toBe(74);
    expect(JSON.parse(ran.stdout)).toMatchObject({ schemaVersion: 2 });
    expect(ran.stderr).toMatch(/--save-evidence: cannot write [^\n]*: no space left[^\n]*\n$/);
  });

  it('a working directory that is gone is one line', async () => {
    const ran = await shell(`cd "$(mktemp -d)" && rmdir "$PWD" && $TOOL endpoints`);
    expect(ran).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^[^\n]+working directory[^\n]+\n$/),
    });
  });

  it('a report keeps its exit code, whoever listens', async () => {
    const { code } = await shell(`$TOOL ${quick}`);
    const lines = ['| head -1', '--format json | true', '>&-', '2>&-', '>&- 2>&-', '| cat'];
    const ran = await Promise.all(lines.map((rest) => shell(`$TOOL ${quick} ${rest}`)));
    expect(ran.map((each) => each.code)).toEqual(lines.map(() => code));
    for (const { stderr } of ran) expect(stderr).not.toMatch(/    at /);
  });

  it('colour is for terminals', async () => {
    const { stdout } = await run(QUICK, { env: { FORCE_COLOR: '1' } });
    expect(stdout).not.toContain('\u001B');
  });

  it('ASCII where the locale has no UTF-8', async () => {
    const { stdout } = await run(QUICK, { env: { LANG: 'C' } });
    expect(stdout).toMatch(/^\p{ASCII}+$/u);
  });
});

it('leaves nothing in the directory that it runs in', async () => {
  const directory = join(work.path, 'empty');
  mkdirSync(directory);
  await run(QUICK, { cwd: directory });
  expect(existsSync(directory) && readdirSync(directory)).toEqual([]);
});

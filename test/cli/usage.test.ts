import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { createAuthority } from '../../src/demo/certificates.ts';
import { run, shell, Workshop } from './built.ts';

const work = new Workshop();
afterAll(() => work.remove());

const SECRET = 'Hunter2Canary';
/** One endpoint that nobody serves, judged by an empty environment: over in a moment, and no PMS of this machine has a say. */
const QUICK = [
  '--env-from',
  'shell',
  '--endpoints',
  work.file('one.yaml', onlyEndpoint(1)),
  '--only',
  'one',
  '--timeout',
  '500ms',
];

function onlyEndpoint(port: number): string {
  return `add:\n  - { host: 127.0.0.1, id: one, port: ${port}, scheme: http }\n`;
}

describe('a mistake is one line on standard error and exit code 2', () => {
  const directory = join(work.path, 'directory');
  mkdirSync(directory);
  const binary = work.file(
    'binary',
    new Uint8Array(4_096).map((_, i) => (i * 31) & 255),
  );
  const huge = work.file('huge', 'x'.repeat(9_000_000));
  const root = createAuthority('Root').certificatePem;

  it.concurrent.each<[string, readonly string[], RegExp]>([
    ['an unknown option', ['--bogus'], /bogus/],
    ['a misspelt option', ['--timeuot', '5s'], /--timeout/],
    ['a misspelt command', ['chekc'], /\bcheck\b/],
    ['an unknown command', ['frobnicate'], /frobnicate/],
    ['a password behind a misspelt option', ['--porxy', `http://alice:${SECRET}@proxy`], /--proxy/],
    ['a password as an argument', [`http://alice:${SECRET}@proxy`], /nknown/],
    ['an unknown format', ['--format', 'xml'], /markdown/],
    ['an option without its value', ['--proxy'], /proxy/],
    ['an option given twice', ['--timeout', '1s', '--timeout', '2s'], /--timeout/],
    ['--timeout that is no duration', ['--timeout', '5 parsecs'], /--timeout/],
    ['--timeout 0', ['--timeout', '0'], /--timeout/],
    ['--timeout below 0', ['--timeout=-1s'], /--timeout/],
    ['--timeout of a day', ['--timeout', '1440m'], /--timeout/],
    ['--budget without a number', ['--budget', 's'], /--budget/],
    ['--family 5', ['--family', '5'], /family/],
    ['--proxy with an unknown scheme', ['--proxy', `ftp://alice:${SECRET}@proxy`], /--proxy.*ftp/],
    ['--proxy with a bad port', ['--proxy', `http://alice:${SECRET}@proxy:99999`], /--proxy/],
    ['--proxy with a slash in the password', ['--proxy', `http://alice:1/${SECRET}@proxy`], /--proxy/],
    ['--proxy that is empty', ['--proxy='], /--proxy/],
    ['--env-from of an unknown kind', ['--env-from', 'moon:1'], /--env-from/],
    ['--env-from pid:x', ['--env-from', 'pid:x'], /--env-from/],
    ['--env-from of a process that is not there', ['--env-from', 'pid:4194304'], /--env-from/],
    ['--env-from of a file that is not there', ['--env-from', 'file:/nonexistent'], /--env-from/],
    ['--only of nobody', ['--only', 'plex.tx'], /plex\.tv/],
    ['--raw for publishing', ['--raw', '--format', 'markdown'], /--raw/],
    ['explain of nothing', ['explain', 'tls-untrustd'], /tls-untrusted/],
    ...['endpoints', 'expect', 'ca', 'from-evidence'].flatMap((option): [string, readonly string[], RegExp][] => [
      [`--${option} that is missing`, [`--${option}`, '/nonexistent'], new RegExp(`--${option}.*/nonexistent`)],
      [`--${option} that is a directory`, [`--${option}`, directory], new RegExp(`--${option}.*directory`)],
      [`--${option} that is binary`, [`--${option}`, binary], /binary/],
    ]),
    ...['endpoints', 'expect', 'ca'].map((option): [string, readonly string[], RegExp] => [
      `--${option} that is huge`,
      [`--${option}`, huge],
      /9000000/,
    ]),
    [
      '--endpoints with broken YAML',
      ['--endpoints', work.file('e1.yaml', 'add:\n  - host: [\n')],
      /e1\.yaml:\d+:\d+: /,
    ],
    [
      '--endpoints with an unknown key',
      ['--endpoints', work.file('e2.yaml', 'add:\n  - host: a.b\n    prot: 1\n')],
      /e2\.yaml:3:5: /,
    ],
    ['--expect with broken YAML', ['--expect', work.file('p1.yaml', 'default: {\n')], /p1\.yaml:\d+:\d+: /],
    [
      '--expect of an unknown value',
      ['--expect', work.file('p2.yaml', 'default: { direct: maybe }\n')],
      /p2\.yaml:1:\d+: /,
    ],
    [
      '--from-evidence with broken JSON',
      ['--from-evidence', work.file('v1.json', '{\n  "kind": oops\n}\n')],
      /v1\.json:2:11: /,
    ],
    ['--from-evidence that is cut', ['--from-evidence', work.file('v2.json', '{\n  "kind": "x')], /v2\.json:2:13: /],
    ['--from-evidence that is empty', ['--from-evidence', work.file('v3.json', '')], /v3\.json:1:1: /],
    ['--from-evidence of another kind', ['--from-evidence', work.file('v4.json', '{"kind":"x"}')], /v4\.json: kind/],
    ['--ca with something else', ['--ca', work.file('ca.pem', 'hello')], /ca\.pem/],
    ['--output into nowhere', ['--output', '/nonexistent/report'], /--output/],
    ['--output onto a directory', ['--output', directory], /--output.*directory/],
    ['--save-evidence into nowhere', ['--save-evidence', '/nonexistent/evidence'], /--save-evidence/],
  ])('%s', async (_, args, says) => {
    const ran = await run(args);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^[^\n]+\n$/);
    expect(ran.stderr).toMatch(says);
    expect(ran.stderr).not.toMatch(new RegExp(`${SECRET}|alice|    at `));
    expect(ran.ms, 'nothing was probed before').toBeLessThan(5_000);
  });

  it('--ca with a broken certificate beside a good one uses the good one', async () => {
    const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    const { code, stderr } = await run([...QUICK, '--ca', work.file('mixed.pem', `${broken}${root}`)]);
    expect(code).not.toBe(70);
    expect(stderr).not.toMatch(/bug/);
  });
});

describe('what needs no run', () => {
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

describe('output files', () => {
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
      schemaVersion: 1,
      summary: { exitCode: ran.code },
    });
    expect(readdirSync(directory).sort()).toEqual(['evidence.json', 'report.json']);
    for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
  });

  it('that are no regular files are written to, not replaced', async () => {
    const ran = await shell(
      `mkfifo ${work.path}/pipe && { cat ${work.path}/pipe & $TOOL endpoints --format csv >/dev/null; $TOOL ${QUICK.join(' ')} --format json -o ${work.path}/pipe; echo "code $?" >&2; wait; }`,
    );
    expect(ran.stdout).toMatch(/"schemaVersion": 1/);
    expect(statSync(join(work.path, 'pipe')).isFIFO()).toBe(true);
  });
});

describe('standard streams', () => {
  const quick = QUICK.join(' ');

  it.concurrent.each<[string, string, number]>([
    ['--help to a reader that leaves', '$TOOL --help | true', 0],
    ['--version to a reader that leaves', '$TOOL --version | true', 0],
    ['endpoints to head', '$TOOL endpoints | head -1', 0],
    ['--help with standard output closed', '$TOOL --help >&-', 0],
    ['--help to a full disk', '$TOOL --help >/dev/full', 2],
    ['endpoints to a full disk', '$TOOL endpoints >/dev/full', 2],
    ['a report to a full disk', `$TOOL ${quick} >/dev/full`, 2],
    ['a mistake with standard error closed', '$TOOL --bogus 2>&-', 2],
    ['a mistake with standard error full', '$TOOL --bogus 2>/dev/full', 2],
  ])('%s', async (_, line, code) => {
    const ran = await shell(line);
    expect(ran.code).toBe(code);
    expect(ran.stderr).not.toMatch(/    at /);
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

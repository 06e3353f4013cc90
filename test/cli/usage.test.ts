import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runHere } from '../support/system/in-process.ts';
import { Workshop } from '../support/system/workshop.ts';

const work = new Workshop();
afterAll(() => work.remove());

const SECRET = 'Hunter2Canary';
const TOKEN = 'LocalTokenCanary0001';

// No probe is made before, for which this project has no sockets.
describe('a mistake is one line on standard error and exit code 2', () => {
  const directory = join(work.path, 'directory');
  mkdirSync(directory);
  const binary = work.file(
    'binary',
    new Uint8Array(4_096).map((_, i) => (i * 31) & 255),
  );
  const huge = work.file('huge', 'x'.repeat(9_000_000));

  it.each<[string, readonly string[], RegExp]>([
    ['an unknown option', ['--bogus'], /bogus/],
    ['a misspelt option', ['--timeuot', '5s'], /--timeout/],
    ['a misspelt command', ['chekc'], /\bcheck\b/],
    ['an unknown command', ['frobnicate'], /nknown argument/],
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
    ['--raw in the results of a build', ['--raw', '--format', 'junit'], /--raw with --format junit/],
    ['--raw in the log of a build', ['--raw', '--format', 'tap'], /--raw with --format tap/],
    ['explain of nothing', ['explain', 'tls-untrustd'], /tls-untrusted/],
    ...['endpoints', 'expect', 'ca', 'from-evidence'].flatMap((option): [string, readonly string[], RegExp][] => [
      [`--${option} that is missing`, [`--${option}`, '/nonexistent'], new RegExp(`--${option}: .*no such file`)],
      [`--${option} that is a directory`, [`--${option}`, directory], new RegExp(`--${option}.*directory`)],
      [`--${option} that is binary`, [`--${option}`, binary], /<file-\d>/],
    ]),
    ...['endpoints', 'expect', 'ca'].map((option): [string, readonly string[], RegExp] => [
      `--${option} that is huge`,
      [`--${option}`, huge],
      /9000000/,
    ]),
    [
      '--endpoints with broken YAML',
      ['--endpoints', work.file('e1.yaml', 'add:\n  - host: [\n')],
      /<file-\d>\.yaml:\d+:\d+: /,
    ],
    [
      '--endpoints with an unknown key',
      ['--endpoints', work.file('e2.yaml', 'add:\n  - host: a.b\n    prot: 1\n')],
      /<file-\d>\.yaml:3:5: /,
    ],
    ['--expect with broken YAML', ['--expect', work.file('p1.yaml', 'default: {\n')], /<file-\d>\.yaml:\d+:\d+: /],
    [
      '--expect of an unknown value',
      ['--expect', work.file('p2.yaml', 'default: { direct: maybe }\n')],
      /<file-\d>\.yaml:1:\d+: /,
    ],
    [
      '--from-evidence with broken JSON',
      ['--from-evidence', work.file('v1.json', '{\n  "kind": oops\n}\n')],
      /<file-\d>\.json:2:11: /,
    ],
    [
      '--from-evidence that is cut',
      ['--from-evidence', work.file('v2.json', '{\n  "kind": "x')],
      /<file-\d>\.json:2:13: /,
    ],
    ['--from-evidence that is empty', ['--from-evidence', work.file('v3.json', '')], /<file-\d>\.json:1:1: /],
    [
      '--from-evidence of another kind',
      ['--from-evidence', work.file('v4.json', '{"kind":"x"}')],
      /<file-\d>\.json: "\/kind"/,
    ],
    ['--ca with something else', ['--ca', work.file('ca.pem', 'hello')], /<file-\d>\.pem/],
    ['--output into nowhere', ['--output', '/nonexistent/report'], /--output/],
    ['--output onto a directory', ['--output', directory], /--output.*directory/],
    ['--save-evidence into nowhere', ['--save-evidence', '/nonexistent/evidence'], /--save-evidence/],
  ])('%s', async (_, args, says) => {
    const ran = await runHere(args);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^[^\n]+\n$/);
    expect(ran.stderr).toMatch(says);
    expect(ran.stderr).not.toMatch(new RegExp(`${SECRET}|alice|    at `));
  });
});

describe('a token or its file', () => {
  it.each([
    ['a token in --pms', ['--pms', `http://127.0.0.1:32400/?X-Plex-Token=${TOKEN}`]],
    ['a password in --pms', ['--pms', `http://user:${TOKEN}@127.0.0.1:32400`]],
    ['the token in place of its file', ['--token-file', TOKEN.repeat(2)]],
    ['a file with two lines', ['--token-file', work.file('two', `${TOKEN}\n${TOKEN}\n`)]],
    ['an empty file', ['--token-file', work.file('empty', '')]],
    ['a directory', ['--token-file', work.path]],
  ])('%s', async (_, args) => {
    const ran = await runHere(args);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/--(?:pms|token-file): /);
    expect(ran.stderr).not.toContain(TOKEN);
  });
});

describe('nothing private in an error', () => {
  const url = `http://alice:${SECRET}@proxy.lan:3128`;

  it.each<[string, readonly string[]]>([
    ['a proxy in --env-from', ['--env-from', url]],
    ['a proxy in --format', ['--proxy', url, '--format', url]],
    ['a proxy as a host', ['--endpoints', work.file('private-e1.yaml', `add:\n  - host: ${url}\n`)]],
    ['a proxy as a key', ['--endpoints', work.file('private-e2.yaml', `add:\n  - host: a.b\n    "${url}": 1\n`)]],
    ['a proxy in a policy', ['--expect', work.file('private-p1.yaml', `default: { direct: "${url}" }\n`)]],
    ['a proxy in --only', ['--only', url]],
    ['a proxy in --timeout', ['--timeout', url]],
    ['a proxy in evidence', ['--from-evidence', work.file('private-v1.json', `{ "kind": "${url}" }`)]],
    ['a proxy in broken evidence', ['--from-evidence', work.file('private-v2.json', `{ "kind": "x" ${url} }`)]],
    ['a proxy in explain', ['explain', url]],
  ])('%s', async (_, args) => {
    const ran = await runHere(args);
    expect(ran.code).toBe(2);
    expect(ran.stdout + ran.stderr).not.toContain(SECRET);
  });
});

describe('a typed word in a mistake', () => {
  it.each<[string, readonly string[], string, string]>([
    [
      'a file',
      ['read', '/zqfolder/zqlog.log'],
      '/zqfolder/zqlog.log: there is no such file',
      '<file-1>.log: there is no such file',
    ],
    [
      'a file to sanitize',
      ['sanitize', 'zqlog.log'],
      'zqlog.log: there is no such file',
      '<file-1>.log: there is no such file',
    ],
    ['the file of an option', ['--endpoints', 'zq.yaml'], 'cannot read zq.yaml:', 'cannot read <file-1>.yaml:'],
    ['a command', ['zqcommand'], 'Unknown argument: zqcommand', 'Unknown argument: <name-1>'],
    ['a topic', ['explain', 'zqtopic'], '"zqtopic"', '"<name-1>"'],
    ['a token', ['read', 'zqAb1Cd2Ef3Gh4Ij5Kl6Zz'], '<file-1>: ', '<file-1>: '],
    ['a password', ['read', `http://zquser:${SECRET}@zqgate/x`], ' there is no such file', ' there is no such file'],
  ])('%s is shown to the person who typed it, and to no other', async (_, args, shown, hidden) => {
    const personal = await runHere(args, { isPersonal: true });
    const other = await runHere(args);
    expect(personal.stderr).toContain(shown);
    expect(other.stderr).toContain(hidden);
    expect(other.stderr).not.toContain('zq');
    expect(personal.stderr + other.stderr).not.toMatch(new RegExp(`${SECRET}|zqAb1Cd2|zquser`));
  });
});

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { reportSchema, type Report } from '../../../src/core/model/report.ts';
import { ANSWERS, SECTIONS, smallPms, type PmsPlan, type SmallPms } from '../../support/servers/pms-server.ts';
import { BUILT, run, runAlone, SEALED, type Ran } from '../../support/system/built.ts';
import { Workshop } from '../../support/system/workshop.ts';

const canSeal = spawnSync(SEALED[0] ?? '', [...SEALED.slice(1), 'true']).status === 0;
const NEEDS = 'needs a process namespace of its own: unshare --user --pid --mount-proc';

const TOKEN = 'LocalTokenCanary0001';
const work = new Workshop();
const open: SmallPms[] = [];
afterAll(async () => {
  await Promise.all(open.map((server) => server.close()));
  work.remove();
});

const TOKEN_FILE = work.file('token', `${TOKEN}\n`);
chmodSync(TOKEN_FILE, 0o600);
const QUICK = ['reproduce', '--env-from', 'shell', '--only', 'plex.tv', '--timeout', '5s'];
const NOWHERE = ['--pms', 'http://127.0.0.1:1'];

/** One library of music that is refused, one of movies that needs no endpoint. */
const REFUSING: PmsPlan = {
  token: TOKEN,
  answers: {
    ...ANSWERS,
    '/activities': { MediaContainer: { size: 0 } },
    [SECTIONS]: {
      MediaContainer: {
        Directory: [
          { key: '5', type: 'artist', title: 'Jdoecanary Music', agent: 'tv.plex.agents.music', scanner: 'Plex Music' },
        ],
      },
    },
  },
};

async function pms(plan: PmsPlan): Promise<{ readonly server: SmallPms; readonly args: readonly string[] }> {
  const server = await smallPms(plan);
  open.push(server);
  return { server, args: [...QUICK, '--pms', server.base, '--token-file', TOKEN_FILE] };
}

const changes = ({ asked }: SmallPms): readonly string[] =>
  asked
    .filter(({ method, url }) => method !== 'GET' || url.includes('/refresh'))
    .map(({ method, url }) => `${method} ${url}`);

const reportOf = ({ stdout }: Pick<Ran, 'stdout'>): Report => reportSchema.parse(JSON.parse(stdout));

describe('a mistake is one line on standard error and exit code 2', () => {
  it.concurrent.each<[string, readonly string[], RegExp]>([
    ['nobody can be asked', [...QUICK, ...NOWHERE], /--yes/],
    ['standard input is the log', [...QUICK, ...NOWHERE, '--access-log', '-'], /--yes/],
    ['--access-log that is missing', [...QUICK, ...NOWHERE, '--yes', '--access-log', '/nonexistent'], /ENOENT/],
    ['--access-log that is a folder', [...QUICK, ...NOWHERE, '--yes', '--access-log', work.path], /NOT_A_FILE/],
    ['--scan-timeout that is no duration', ['reproduce', '--yes', '--scan-timeout', 'long'], /--scan-timeout/],
    ['--scan-timeout 0', ['reproduce', '--yes', '--scan-timeout', '0'], /--scan-timeout/],
    ['--section without its value', ['reproduce', '--yes', '--section'], /section/],
    ['--force, which there is not', ['reproduce', '--yes', '--forced'], /nknown/],
  ])('%s', async (_, args, words) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(words);
  });

  it.concurrent('a library that PMS does not have, with those that it has', async () => {
    const { server, args } = await pms(REFUSING);
    const { code, stderr } = await run([...args, '--yes', '--section', '5', '--section', '77']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/--section: PMS has no library 77; it has 5 \(artist\)/);
    expect(changes(server)).toEqual([]);
  });
});

it('its help names every option of its own, and that nothing is forced', async () => {
  const { code, stdout } = await run(['reproduce', '--help']);
  expect(code).toBe(0);
  for (const option of ['section', 'yes', 'scan-timeout', 'access-log', 'try-provider-refresh', 'pms', 'token-file'])
    expect(stdout).toContain(`--${option}`);
  expect(stdout.replace(/\s+/g, ' ')).toContain('never a forced scan');
});

describe.skipIf(!canSeal)(`asking PMS to scan (${NEEDS})`, () => {
  it.concurrent('a refusal is the condition: exit code 1, and every step is in the report', async () => {
    const { server, args } = await pms(REFUSING);
    const { code, stdout, stderr } = await runAlone([...args, '--yes']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✗ SCAN REFUSED, reproduced/);
    expect(stdout).toMatch(/PMS is not signed in \[not-signed-in\]$/m);
    expect(stdout).toMatch(/^ {2}✗ Music \(5\) {2}refused: 503 "Server cannot/m);
    expect(stderr).toMatch(/asking PMS to look for updates[^]*asking PMS to scan library 5/);
    expect(changes(server).map((request) => request.replace(/\?.*/, ''))).toEqual([
      'PUT /log',
      'PUT /updater/check',
      'POST /library/sections/5/refresh',
      'PUT /log',
    ]);
    expect(stdout + stderr).not.toMatch(/TokenCanary|jdoecanary/i);
  });

  it.concurrent('the providers are asked again only when that is wanted', async () => {
    const { server, args } = await pms(REFUSING);
    const ran = await runAlone([...args, '--yes', '--try-provider-refresh', '--format', 'json']);
    expect(reportOf(ran).experiment?.scans).toHaveLength(2);
    expect(changes(server)).toContain('POST /media/providers/refresh');
  });

  it.concurrent('saved evidence is judged alike, without asking anybody', async () => {
    const { server, args } = await pms(REFUSING);
    const evidence = join(work.path, 'evidence.json');
    const live = reportOf(await runAlone([...args, '--yes', '--format', 'json', '--save-evidence', evidence]));
    const before = server.asked.length;
    const again = reportOf(await runAlone(['reproduce', '--format', 'json', '--from-evidence', evidence]));
    expect(again.experiment).toEqual(live.experiment);
    expect(again.scan.condition).toBe('reproduced');
    expect(server.asked).toHaveLength(before);
  });

  it.concurrent.each<[string, () => Promise<readonly string[]>, string, RegExp]>([
    ['is not there', () => Promise.resolve([...QUICK, ...NOWHERE]), 'PMS_NOT_LISTENING', /--pms URL/],
    [
      'wants a token',
      async () => [...QUICK, '--pms', (await pms(REFUSING)).server.base],
      'UNAUTHORIZED',
      /--token-file/,
    ],
    [
      'has no library',
      async () => (await pms({ token: TOKEN, answers: { ...ANSWERS, [SECTIONS]: { MediaContainer: {} } } })).args,
      'NO_LIBRARY',
      /Add a library/,
    ],
  ])('a PMS that %s is asked for nothing, and the report says why', async (_, argsOf, code, advice) => {
    const args = [...(await argsOf()), '--yes', '--all'];
    const ran = await runAlone(args);
    const { stdout } = ran;
    expect([1, 3]).toContain(ran.code);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(new RegExp(`! nothing: [^!]*\\(${code}\\)`));
    expect(stdout.slice(stdout.indexOf('Do this')).replace(/\s+/g, ' ')).toMatch(advice);
  });
});

it('Ctrl-C takes the scan back, and what was gathered is reported', async () => {
  // Its activity never ends.
  const { server, args } = await pms({ token: TOKEN });
  const child = spawn(process.execPath, [BUILT, ...args, '--yes', '--section', '4', '--format', 'json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  const ended = once(child, 'close');
  await expect.poll(() => changes(server)).toContain('POST /library/sections/4/refresh');
  child.kill('SIGINT');
  const [code] = await ended;
  expect(code).toBe(130);
  expect(reportOf({ stdout }).experiment?.scans.map(({ end }) => end)).toEqual(['cancelled']);
  expect(
    changes(server)
      .slice(-2)
      .map((request) => request.replace(/\?.*/, '')),
  ).toEqual(['DELETE /library/sections/4/refresh', 'PUT /log']);
});

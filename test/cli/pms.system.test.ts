import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { reportSchema, type Report } from '../../src/core/model/report.ts';
import { createAuthority } from '../../src/demo/outside/certificates.ts';
import type { Listening } from '../../src/demo/system/listening.ts';
import { httpEndpoint } from '../support/servers/endpoint.ts';
import {
  MISBEHAVIOURS,
  PLEX_DIRECT_ID,
  securePms,
  smallPms,
  thousandSections,
  type SmallPms,
} from '../support/servers/pms-server.ts';
import { BUILT, runAlone, SEALED, shell, type Ran } from '../support/system/built.ts';
import { Workshop } from '../support/system/workshop.ts';

const canSeal = spawnSync(SEALED[0] ?? '', [...SEALED.slice(1), 'true']).status === 0;
const NEEDS = 'needs a process namespace of its own: unshare --user --pid --mount-proc';

const TOKEN = 'LocalTokenCanary0001';
/** Secrets of the small PMS, which only it may tell. */
const PRIVATE = /jdoecanary|acmewidgets|TokenCanary|f{40}|93\.184\.216\.34|192\.168\.77\.31|srv\/more/i;

const work = new Workshop();
const open: Listening[] = [];
afterAll(async () => {
  await Promise.all(open.map((server) => server.close()));
  work.remove();
});
async function serve<S extends Listening>(starting: Promise<S>): Promise<S> {
  const server = await starting;
  open.push(server);
  return server;
}

const TOKEN_FILE = work.file('token', `${TOKEN}\n`);
chmodSync(TOKEN_FILE, 0o600);
const QUICK = ['--env-from', 'shell', '--only', 'plex.tv', '--timeout', '5s', '--verbose'];

const reportOf = ({ stdout }: Ran): Report => reportSchema.parse(JSON.parse(stdout));
const verdictOf = (ran: Ran, check: string): string => {
  const found = reportOf(ran).findings.find((finding) => finding.check === check);
  return `${found?.verdict} ${found?.message}`;
};

describe.skipIf(!canSeal)(`asking PMS (${NEEDS})`, { concurrent: true }, () => {
  it('its state stands in the text report', async () => {
    const pms = await serve(smallPms({ token: TOKEN }));
    const { stdout } = await runAlone([...QUICK, '--pms', pms.base, '--token-file', TOKEN_FILE, '--all']);
    expect(stdout).toMatch(
      /^ {2,4}Plex Media Server {2}1\.41\.8\.9834-aaaabbbbc · asked at http:\/\/127\.0\.0\.1:\d+ ·\s+signed in ·\s+mapping:\s+failed$/m,
    );
    expect(stdout).toMatch(/^ {2,4}Libraries {10}music \(tv\.plex\.agents\.music\): needs the metadata provider$/m);
    expect(stdout).toMatch(/^ {21,23}movies \(com\.plexapp\.agents\.none\): needs nothing$/m);
  });

  it('observe asks, too', async () => {
    const pms = await serve(smallPms({ token: TOKEN }));
    const ran = await runAlone([
      'observe',
      '--for',
      '200ms',
      '--pms',
      pms.base,
      '--token-file',
      TOKEN_FILE,
      '--format',
      'json',
    ]);
    expect(reportOf(ran).pms).toMatchObject({ signIn: 'ok', version: '1.41.8.9834-aaaabbbbc' });
  });

  it('saved evidence is judged alike', async () => {
    const pms = await serve(smallPms({ token: TOKEN }));
    const evidence = join(work.path, 'evidence.json');
    const json = ['--format', 'json', '--verbose'];
    const live = await runAlone([
      ...QUICK,
      ...json.slice(0, 2),
      '--pms',
      pms.base,
      '--token-file',
      TOKEN_FILE,
      '--save-evidence',
      evidence,
    ]);
    const again = await runAlone([...json, '--from-evidence', evidence]);
    expect(reportOf(again).pms).toEqual(reportOf(live).pms);
    expect(reportOf(again).findings.map(({ check, message }) => `${check} ${message}`)).toEqual(
      reportOf(live).findings.map(({ check, message }) => `${check} ${message}`),
    );
  });

  it.each<[string, () => Promise<SmallPms>, string]>([
    ['hangs', MISBEHAVIOURS.hangs, 'warn silent'],
    ['is another server', MISBEHAVIOURS.anotherServer, 'warn not-pms'],
    ['speaks no HTTP', MISBEHAVIOURS.speaksNoHttp, 'warn not-pms'],
    ['redirects', () => MISBEHAVIOURS.redirects('http://127.0.0.1:1/identity'), 'warn failed'],
    ['dies midway', MISBEHAVIOURS.diesMidway, 'pass answers'],
    ['hangs after its identity', MISBEHAVIOURS.hangsLater, 'pass answers'],
    ['has a thousand libraries', () => smallPms({ answers: thousandSections() }), 'pass answers'],
  ])('a PMS that %s: a whole report within the budget', async (_, start, expected) => {
    const pms = await serve(start());
    const ran = await runAlone([...QUICK, '--pms', pms.base, '--token-file', TOKEN_FILE, '--format', 'json']);
    expect(ran.code).not.toBe(70);
    expect(verdictOf(ran, 'pms-api-unreachable')).toBe(expected);
    expect(ran.stdout + ran.stderr).not.toContain(TOKEN);
  });

  it('a PMS that is down', async () => {
    const pms = await smallPms();
    await pms.close();
    const ran = await runAlone([...QUICK, '--pms', pms.base, '--format', 'json']);
    expect(verdictOf(ran, 'pms-api-unreachable')).toBe('warn not-listening');
  });

  it('without a token, what can be said is said', async () => {
    const pms = await serve(smallPms({ token: TOKEN }));
    const ran = await runAlone([...QUICK, '--pms', pms.base, '--format', 'json']);
    expect(reportOf(ran).pms).toMatchObject({
      version: '1.41.8.9834-aaaabbbbc',
      signIn: null,
      status: { claimed: true },
    });
    expect(verdictOf(ran, 'token-missing')).toBe('warn missing');
    expect(verdictOf(ran, 'not-signed-in')).toBe('not-applicable untold');
  });

  it('over TLS, with the certificate that PMS has', async () => {
    const authority = createAuthority('Roots of a test');
    const pms = await serve(securePms(authority, [`*.${PLEX_DIRECT_ID}.plex.direct`], { token: TOKEN }));
    const ca = work.file('ca.pem', authority.certificatePem);
    const args = [...QUICK, '--pms', pms.base, '--token-file', TOKEN_FILE, '--format', 'json'];
    expect(reportOf(await runAlone([...args, '--ca', ca])).pms).toMatchObject({ signIn: 'ok' });
    for (const env of [{}, { NODE_TLS_REJECT_UNAUTHORIZED: '0' }, { NODE_EXTRA_CA_CERTS: ca }])
      expect(verdictOf(await runAlone(args, { env }), 'pms-api-unreachable')).toBe('warn untrusted');
  });

  it('proxy variables of our own mean nothing to it', async () => {
    const pms = await serve(smallPms({ token: TOKEN }));
    const proxy = await serve(httpEndpoint());
    const url = `http://127.0.0.1:${proxy.port}`;
    const ran = await runAlone([...QUICK, '--pms', pms.base, '--token-file', TOKEN_FILE, '--format', 'json'], {
      env: { http_proxy: url, HTTP_PROXY: url, ALL_PROXY: url, NODE_USE_ENV_PROXY: '1' },
    });
    expect(reportOf(ran).pms).toMatchObject({ signIn: 'ok' });
  });
});

describe.skipIf(!canSeal)(`the file of the token (${NEEDS})`, () => {
  it('a file that everybody may read gets a note', async () => {
    const pms = await serve(smallPms({ token: TOKEN }));
    const file = work.file('open-token', TOKEN);
    chmodSync(file, 0o644);
    const ran = await runAlone([...QUICK, '--pms', pms.base, '--token-file', file]);
    expect(ran.stderr).toContain('chmod 600');
    expect(ran.code).not.toBe(2);
  });
});

describe.skipIf(!canSeal)(`the token is in no output (${NEEDS})`, { concurrent: true }, () => {
  const FORMATS = ['text', 'json', 'markdown'] as const;

  it.each([
    ['the option', { args: ['--token-file', TOKEN_FILE], env: {} }],
    ['the environment', { args: [], env: { PLEX_TOKEN: TOKEN } }],
  ])('from %s', async (from, { args, env }) => {
    const pms = await serve(smallPms({ token: TOKEN }));
    const ways = FORMATS.flatMap((format) => [[], ['--raw', '--force']].map((raw) => ({ format, raw })));
    await Promise.all(
      ways.map(async ({ format, raw }) => {
        const evidence = join(work.path, `evidence-${from}-${format}-${raw.length}.json`);
        const ran = await runAlone(
          [...QUICK, ...args, ...raw, '--pms', pms.base, '--format', format, '--save-evidence', evidence],
          { env: { ...env, DEBUG: '*' } },
        );
        const written = [ran.stdout, ran.stderr, readFileSync(evidence, 'utf8')].join('\n');
        expect(written).not.toMatch(PRIVATE);
        expect(written).toContain('tv.plex.agents.music');
      }),
    );
    expect(pms.asked.filter(({ token }) => token === TOKEN).length).toBeGreaterThan(0);
    expect(pms.asked.filter(({ url, method }) => url.includes(TOKEN) || method !== 'GET')).toEqual([]);
  });
});

describe.skipIf(!canSeal)(`PMS's own files (${NEEDS})`, { concurrent: true }, () => {
  it.each([
    ['.LocalAdminToken', `${TOKEN}\n`, 'local-admin-token'],
    [
      'Preferences.xml',
      `<Preferences PlexOnlineToken="${TOKEN}" PlexOnlineMail="jdoecanary@acmewidgets.example"/>`,
      'preferences',
    ],
  ])('the token of %s is used for PMS on this machine, and told to nobody', async (name, content, from) => {
    const support = join(work.path, `support-${from}`);
    mkdirSync(join(support, 'Plex Media Server'), { recursive: true });
    work.file(`support-${from}/Plex Media Server/${name}`, content);
    const program = join(support, 'Plex Media Server', 'Plex Media Server');
    copyFileSync(execFileSync('bash', ['-c', 'command -v sleep']).toString().trim(), program);
    const pms = await serve(smallPms({ token: TOKEN }));
    const evidence = join(support, 'own.json');
    const inside = [
      `PLEX_MEDIA_SERVER_APPLICATION_SUPPORT_DIR='${support}' '${program}' 20 &`,
      `$TOOL --only plex.tv --timeout 5s --verbose --format json --save-evidence '${evidence}' --pms ${pms.base}`,
    ].join(' ');
    const ran = await shell(`export TOOL; ${SEALED.join(' ')} bash -c "${inside.replaceAll('"', '\\"')}"`);
    expect(reportOf(ran).pms).toMatchObject({ found: true, signIn: 'ok', status: { tokenFrom: from } });
    expect([ran.stdout, ran.stderr, readFileSync(evidence, 'utf8')].join('\n')).not.toMatch(PRIVATE);
  });
});

const hasStrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

describe.skipIf(!hasStrace)('system calls (needs strace)', () => {
  it('the token goes to PMS and nowhere else', async () => {
    const pms = await serve(smallPms({ token: TOKEN }));
    const proxy = await serve(httpEndpoint());
    const trace = join(work.path, 'trace');
    const strace = `strace -f -yy -s 100000 -o '${trace}' -e trace=network,read,write,writev,readv,pread64,pwrite64,execve`;
    const args = `--env-from shell --only plex.tv --timeout 5s --verbose --proxy http://127.0.0.1:${proxy.port} --pms ${pms.base} --token-file '${TOKEN_FILE}'`;
    const ran = await shell(`${strace} $TOOL ${args}`);
    expect(ran.stdout).toContain('signed in');
    const lines = readFileSync(trace, 'utf8').split('\n');
    const telling = lines.filter((line) => line.includes(TOKEN)).map((line) => line.replace(/^\d+ +/, ''));
    const isReadOfFile = (line: string): boolean => /^(?:read|pread64)\(/.test(line) && line.includes(TOKEN_FILE);
    const isToPms = (line: string): boolean => line.startsWith('write') && line.includes(`->127.0.0.1:${pms.port}]`);
    expect(telling.filter(isToPms).length).toBeGreaterThan(0);
    expect(telling.filter((line) => !isReadOfFile(line) && !isToPms(line)).map((line) => line.slice(0, 200))).toEqual(
      [],
    );
    expect(lines.some((line) => line.includes(BUILT))).toBe(true);
  });
});

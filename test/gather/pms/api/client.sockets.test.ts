import { afterEach, describe, expect, it } from 'vitest';
import { Deadline } from '../../../../src/core/values/deadline.ts';
import { Token } from '../../../../src/core/values/secret.ts';
import { createAuthority } from '../../../../src/demo/outside/certificates.ts';
import { parseBase } from '../../../../src/gather/pms/api/base.ts';
import { PmsClient, type PmsClientOptions } from '../../../../src/gather/pms/api/client.ts';
import {
  MISBEHAVIOURS,
  PLEX_DIRECT_ID,
  pmsThen,
  SECTIONS,
  securePms,
  smallPms,
  thousandSections,
  type PmsPlan,
  type SmallPms,
} from '../../../support/servers/pms-server.ts';

/** More than a busy machine needs for an answer. */
const PATIENCE_MS = 30_000;
/** The limit of what never comes: longer than what comes before it takes on a busy machine. */
const HANG_MS = 1_500;
const TOKEN = 'LocalTokenCanary0001';
const open: SmallPms[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function serve(starting: Promise<SmallPms>): Promise<SmallPms> {
  const server = await starting;
  open.push(server);
  return server;
}

function clientFor(base: string, more: Partial<PmsClientOptions> = {}): PmsClient {
  const parsed = parseBase(base);
  if (!parsed.ok) throw new Error(parsed.problem);
  return new PmsClient({
    base: parsed.base,
    token: Token.parse(TOKEN),
    timeoutMs: PATIENCE_MS,
    signal: new AbortController().signal,
    ...more,
  });
}

describe.each([
  ['JSON', false],
  ['XML alone', true],
])('a PMS that answers in %s', (_, xmlOnly) => {
  it('is understood', async () => {
    const pms = await serve(smallPms({ token: TOKEN, xmlOnly }));
    const client = clientFor(pms.base);
    const values = await Promise.all([
      client.identity(),
      client.root(),
      client.account(),
      client.providers(),
      client.sections(),
      client.activities(),
    ]);
    expect(values.map((called) => (called.ok ? called.value : called.trouble))).toEqual([
      { version: '1.41.8.9834-aaaabbbbc', claimed: true },
      { version: '1.41.8.9834-aaaabbbbc', signIn: 'ok', mapping: 'mapped' },
      { signIn: 'ok', mapping: 'failed', mappingError: 'unreachable' },
      [
        { identifier: 'com.plexapp.plugins.library', online: null, place: null },
        { identifier: 'tv.plex.provider.metadata', online: false, place: null },
      ],
      {
        unread: 0,
        sections: [
          {
            id: '4',
            type: 'artist',
            agent: 'tv.plex.agents.music',
            scanner: 'Plex Music',
            refreshing: false,
            locations: ['/srv/jdoecanary/music', '/srv/more'],
          },
          {
            id: '1',
            type: 'movie',
            agent: 'com.plexapp.agents.none',
            scanner: 'Plex Video Files Scanner',
            refreshing: null,
            locations: [],
          },
        ],
      },
      [
        {
          id: '0b8ef6b4-28d0-4a2c-a1ae-2e1b6c1d8c3f',
          type: 'library.update.section',
          progress: 40,
          cancellable: true,
          section: '4',
        },
      ],
    ]);
  });
});

it('a thousand libraries are read', async () => {
  const pms = await serve(smallPms({ answers: thousandSections() }));
  const called = await clientFor(pms.base).sections();
  expect(called.ok && called.value.sections.length).toBe(1_000);
});

describe('calls that do something', () => {
  it('go out with their parameters, the token in the header alone', async () => {
    const pms = await serve(smallPms({ token: TOKEN }));
    const client = clientFor(pms.base);
    expect(await client.refresh('4')).toMatchObject({
      ok: true,
      value: { status: 200, activity: '0b8ef6b4-28d0-4a2c-a1ae-2e1b6c1d8c3f', body: null },
    });
    await client.refresh('4', { path: '/srv/a b&force=1' });
    await client.cancelRefresh('4');
    await client.logMarker('marker 1 & more', 'pms-proxy-doctor');
    await client.updaterCheck();
    await client.providersRefresh();
    expect(pms.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /identity',
      'POST /library/sections/4/refresh',
      'POST /library/sections/4/refresh?path=%2Fsrv%2Fa+b%26force%3D1',
      'DELETE /library/sections/4/refresh',
      'PUT /log?level=2&message=marker+1+%26+more&source=pms-proxy-doctor',
      'PUT /updater/check?download=0',
      'POST /media/providers/refresh',
    ]);
    expect(pms.asked.map(({ token }) => token)).toEqual([null, ...Array.from({ length: 6 }, () => TOKEN)]);
    expect(pms.asked.map(({ url }) => url).join()).not.toContain(TOKEN);
  });

  it('a refusal keeps its status and its words', async () => {
    const pms = await serve(smallPms());
    const called = await clientFor(pms.base).refresh('5');
    expect(called).toMatchObject({ ok: true, value: { status: 503, activity: null } });
    expect(called.ok && called.value.body).toContain('Server cannot refresh a music library when not signed in');
  });
});

describe('of two generations of a call, the documented one is tried first', () => {
  it.each<[string, PmsPlan, readonly string[]]>([
    ['documented', {}, ['/identity', SECTIONS]],
    ['older', { calls: 'older' }, ['/identity', SECTIONS, '/library/sections']],
  ])('the list of libraries of a PMS with the %s call', async (_, plan, asked) => {
    const pms = await serve(smallPms(plan));
    const called = await clientFor(pms.base).sections();
    expect(called.ok && called.value.sections.map(({ id }) => id)).toEqual(['4', '1']);
    expect(pms.asked.map(({ url }) => url)).toEqual(asked);
  });

  it.each<[string, PmsPlan, readonly string[]]>([
    ['documented', {}, ['POST']],
    ['older', { calls: 'older' }, ['POST', 'GET']],
  ])('a scan by a PMS with the %s call', async (_, plan, methods) => {
    const pms = await serve(smallPms(plan));
    const called = await clientFor(pms.base).refresh('4', { path: '/srv/x' });
    expect(called).toMatchObject({
      ok: true,
      value: { status: 200, call: `${methods.at(-1)} /library/sections/4/refresh` },
    });
    expect(pms.asked.slice(1).map(({ method, url }) => `${method} ${url}`)).toEqual(
      methods.map((method) => `${method} /library/sections/4/refresh?path=%2Fsrv%2Fx`),
    );
  });

  it.each([401, 403, 500, 503])('%i is an answer, and no reason to ask another way', async (status) => {
    const pms = await serve(pmsThen((_request, response) => void response.writeHead(status).end()));
    const client = clientFor(pms.base);
    expect(await client.sections()).toMatchObject({
      ok: false,
      trouble: { message: `PMS answered ${status} to GET ${SECTIONS}` },
    });
    expect(await client.refresh('4')).toMatchObject({ ok: true, value: { status } });
    expect(pms.asked).toHaveLength(3);
  });

  it.each([404, 405])('%i to both: both are named', async (status) => {
    const pms = await serve(pmsThen((_request, response) => void response.writeHead(status).end()));
    expect(await clientFor(pms.base).sections()).toMatchObject({
      ok: false,
      status,
      trouble: {
        call: SECTIONS,
        code: `HTTP_${status}`,
        message: `PMS answered ${status} to GET ${SECTIONS}; PMS answered ${status} to GET /library/sections`,
      },
    });
  });

  it('what goes wrong with the older call is told with it', async () => {
    const pms = await serve(
      pmsThen((request, response) => {
        if (request.url === SECTIONS) response.writeHead(404).end();
        else response.destroy();
      }),
    );
    const called = await clientFor(pms.base).sections();
    expect(called).toMatchObject({ ok: false, trouble: { code: 'CUT' } });
    expect(called.ok || called.trouble.message).toMatch(
      /404 to GET \/library\/sections\/all; .*\(GET \/library\/sections\)$/,
    );
  });
});

it('names itself alike in each call and each run, and no machine', async () => {
  const pms = await serve(smallPms());
  await clientFor(pms.base).sections();
  await clientFor(pms.base).updaterCheck();
  expect(new Set(pms.asked.map(({ client }) => client))).toEqual(new Set(['pms-proxy-doctor']));
});

it('a failed call that changes something is named, too', async () => {
  const pms = await serve(pmsThen((_request, response) => void response.writeHead(500).end()));
  const client = clientFor(pms.base);
  const messages = [await client.cancelRefresh('4'), await client.updaterCheck(), await client.logMarker('m', 's')].map(
    (called) => called.ok || called.trouble.message,
  );
  expect(messages).toEqual([
    'PMS answered 500 to DELETE /library/sections/4/refresh',
    'PMS answered 500 to PUT /updater/check',
    'PMS answered 500 to PUT /log',
  ]);
});

describe('what is not a PMS, or not well, gives a code and never gets a token', () => {
  it.each([
    ['hangs', MISBEHAVIOURS.hangs, 'TIMEOUT'],
    ['speaks no HTTP', MISBEHAVIOURS.speaksNoHttp, 'NOT_PMS'],
    ['closes at once', MISBEHAVIOURS.closesAtOnce, 'CUT'],
    ['another server', MISBEHAVIOURS.anotherServer, 'NOT_PMS'],
    ['another API', MISBEHAVIOURS.anotherApi, 'NOT_PMS'],
    ['asks for a password', MISBEHAVIOURS.asksForPassword, 'NOT_PMS'],
    ['is starting up', MISBEHAVIOURS.startingUp, 'HTTP_503'],
  ])('%s', async (_, start, code) => {
    const server = await serve(start());
    const client = clientFor(server.base, { timeoutMs: code === 'TIMEOUT' ? HANG_MS : PATIENCE_MS });
    expect(await client.sections()).toMatchObject({ ok: false, trouble: { call: SECTIONS, code } });
    expect(server.asked.filter(({ token }) => token !== null)).toEqual([]);
  });

  it('a redirect is not followed', async () => {
    const other = await serve(smallPms());
    const server = await serve(MISBEHAVIOURS.redirects(`${other.base}/identity`));
    expect(await clientFor(server.base).root()).toMatchObject({ ok: false, trouble: { code: 'REDIRECT' } });
    expect(other.asked).toEqual([]);
    expect(server.asked.map(({ url, token }) => [url, token])).toEqual([['/identity', null]]);
  });

  it('nothing listens', async () => {
    const server = await smallPms();
    await server.close();
    expect(await clientFor(server.base).identity()).toMatchObject({
      ok: false,
      trouble: { call: '/identity', code: 'PMS_NOT_LISTENING' },
    });
  });
});

describe('a PMS that goes wrong later', () => {
  it.each([
    ['dies midway', MISBEHAVIOURS.diesMidway, 'CUT'],
    ['says garbage', MISBEHAVIOURS.saysGarbage, 'NOT_UNDERSTOOD'],
    ['hangs', MISBEHAVIOURS.hangsLater, 'TIMEOUT'],
    ['pours', MISBEHAVIOURS.pours, 'TOO_LARGE'],
    ['answers with a gzip bomb that nobody asked for', MISBEHAVIOURS.gzipBomb, 'NOT_UNDERSTOOD'],
  ])('%s', async (_, start, code) => {
    const server = await serve(start());
    const client = clientFor(server.base, { timeoutMs: code === 'TIMEOUT' ? HANG_MS : PATIENCE_MS });
    expect(await client.sections()).toMatchObject({ ok: false, trouble: { call: SECTIONS, code } });
  });

  it('a wrong token', async () => {
    const server = await serve(smallPms({ token: 'another' }));
    expect(await clientFor(server.base).root()).toMatchObject({
      ok: false,
      status: 401,
      trouble: { call: '/', code: 'UNAUTHORIZED', message: 'PMS answered 401 to GET / (Unauthorized)' },
    });
  });

  it('an interruption ends a call, and a spent deadline does not begin one', async () => {
    const server = await serve(MISBEHAVIOURS.hangs());
    const abort = new AbortController();
    const called = clientFor(server.base, { signal: abort.signal }).identity();
    abort.abort();
    expect(await called).toMatchObject({ ok: false, trouble: { code: 'INTERRUPTED' } });
    expect(await clientFor(server.base, { signal: abort.signal }).identity()).toMatchObject({ ok: false });
    const late = clientFor(server.base, { deadline: Deadline.after(0) });
    expect(await late.identity()).toMatchObject({ ok: false, trouble: { code: 'TIMEOUT' } });
  });

  it('a PMS that was not there is asked again', async () => {
    const server = await smallPms();
    const client = clientFor(server.base);
    await server.close();
    expect(await client.root()).toMatchObject({ ok: false });
    const again = await serve(smallPms({}, server.port));
    expect(await client.root()).toMatchObject({ ok: true });
    expect(again.asked.map(({ url }) => url)).toEqual(['/identity', '/']);
  });
});

describe('over TLS', () => {
  const authority = createAuthority('Roots of a test');
  const stranger = createAuthority('Roots of somebody else');
  const wildcard = `*.${PLEX_DIRECT_ID}.plex.direct`;
  const trusting = { extraRootsPem: authority.certificatePem };

  it('the plex.direct certificate of PMS is good for a bare address', async () => {
    const pms = await serve(securePms(authority, [wildcard], { token: TOKEN }));
    expect(await clientFor(pms.base, trusting).root()).toMatchObject({ ok: true });
    const known = { ...trusting, certificateId: PLEX_DIRECT_ID.toUpperCase() };
    expect(await clientFor(pms.base, known).root()).toMatchObject({ ok: true });
  });

  it('a certificate for the address itself is, too', async () => {
    const pms = await serve(securePms(authority, ['127.0.0.1'], { token: TOKEN }));
    expect(await clientFor(pms.base, trusting).root()).toMatchObject({ ok: true });
  });

  it.each<[string, () => Promise<SmallPms>, Partial<PmsClientOptions>]>([
    ['a root that nobody knows', () => securePms(stranger, [wildcard]), trusting],
    ['no plex.direct name', () => securePms(authority, ['plex.example.net']), trusting],
    [
      'a name that only looks like it',
      () => securePms(authority, [`*.${PLEX_DIRECT_ID}.plex.direct.example`]),
      trusting,
    ],
    ['a hash that is none', () => securePms(authority, ['*.abc.plex.direct']), trusting],
    [
      'the certificate of another PMS',
      () => securePms(authority, [wildcard]),
      { ...trusting, certificateId: 'a'.repeat(32) },
    ],
  ])('%s is refused', async (_, start, options) => {
    const pms = await serve(start());
    expect(await clientFor(pms.base, options).root()).toMatchObject({ ok: false, trouble: { code: 'TLS_UNTRUSTED' } });
    expect(pms.asked).toEqual([]);
  });

  it('a plex.direct certificate is not good for another name', async () => {
    const pms = await serve(securePms(authority, [wildcard]));
    const base = `https://localhost:${pms.port}`;
    expect(await clientFor(base, trusting).root()).toMatchObject({ ok: false, trouble: { code: 'TLS_UNTRUSTED' } });
  });

  it('a PMS without TLS is told apart', async () => {
    const pms = await serve(smallPms());
    const base = pms.base.replace('http:', 'https:');
    expect(await clientFor(base).identity()).toMatchObject({ ok: false, trouble: { code: 'TLS_FAILED' } });
  });
});

describe('the address of a PMS', () => {
  it.each([
    ['http://127.0.0.1:32400', 'http://127.0.0.1:32400', '127.0.0.1'],
    ['https://[2001:db8::5]:32400/', 'https://[2001:db8::5]:32400', '2001:db8::5'],
    [' http://NAS:32400 ', 'http://nas:32400', 'nas'],
  ])('%s', (text, origin, host) => {
    expect(parseBase(text)).toMatchObject({ ok: true, base: { origin, host } });
  });

  it.each([
    'nas',
    'ftp://nas',
    `http://user:${TOKEN}@nas:32400`,
    `http://nas:32400/?X-Plex-Token=${TOKEN}`,
    `http://nas:32400/web/${TOKEN}`,
    `http://nas:32400/#${TOKEN}`,
    '',
  ])('%s is refused, and not repeated', (text) => {
    const result = parseBase(text);
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toContain(TOKEN);
  });
});

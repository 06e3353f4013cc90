import { readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../../../src/demo/outside/certificates.ts';
import { listen, type Listening } from '../../../src/demo/system/listening.ts';
import type { PmsStandInSettings } from '../../../src/demo/pms/config.ts';
import type { PmsStandIn } from '../../../src/demo/pms/start.ts';
import { serveAsProxy } from '../../../src/demo/outside/proxy.ts';
import { PmsLogReader } from '../../../src/parse/pms-log/index.ts';
import { httpsEndpoint } from '../../support/servers/endpoint.ts';
import { connectThenSilent } from '../../support/servers/misbehaving-proxy.ts';
import { PmsWorkshop } from '../../support/servers/pms-stand-in.ts';
import { interceptor, workingProxy, type ListeningProxy } from '../../support/servers/proxy.ts';

const METADATA = 'metadata.provider.plex.tv';
const NAMES = ['plex.tv', METADATA];
const NOT_SIGNED_IN = 'Server cannot refresh a music library when not signed in';

const workshop = new PmsWorkshop();
const cacert = join(workshop.path, 'ca.pem');
const authority = createAuthority('test root');
let endpoint: Listening;
let proxy: ListeningProxy;
/** Knows plex.tv only: its administrator forgot to allow the provider. */
let strictProxy: ListeningProxy;
const others: Listening[] = [];

beforeAll(async () => {
  writeFileSync(cacert, authority.certificatePem);
  endpoint = await httpsEndpoint(authority, NAMES);
  const map = Object.fromEntries(NAMES.map((name) => [name, endpoint]));
  proxy = await workingProxy({ map });
  strictProxy = await workingProxy({ map, allows: ({ host }) => host !== METADATA });
});

afterAll(async () => {
  await workshop.remove();
  await Promise.all([endpoint, proxy, strictProxy, ...others].map((server) => server.close()));
});

/** Without a proxy, both names lead to closed ports: each answer went through it, and no test leaves this machine. */
const NOWHERE = NAMES.map((name) => `${name}:443:127.0.0.66`);

const variables = ({ port }: { readonly port: number }, noProxy = 'localhost,127.0.0.1'): Record<string, string> => ({
  http_proxy: `http://127.0.0.1:${port}`,
  https_proxy: `http://127.0.0.1:${port}`,
  ...(noProxy === '' ? {} : { no_proxy: noProxy }),
});

function start(config: PmsStandInSettings, environment: Readonly<Record<string, string>> = {}): Promise<PmsStandIn> {
  return workshop.start({ cacert, resolve: NOWHERE, scanSeconds: 0, connectTimeoutSeconds: 3, ...config }, environment);
}

function call(pms: PmsStandIn, path: string, method = 'GET', accept = 'application/json'): Promise<Response> {
  return fetch(`http://127.0.0.1:${pms.port}${path}`, {
    method,
    headers: { 'X-Plex-Token': pms.token, Accept: accept },
  });
}

const scan = (pms: PmsStandIn, id = '1'): Promise<Response> => call(pms, `/library/sections/${id}/refresh`);

async function signInState(pms: PmsStandIn): Promise<string | undefined> {
  return / signInState="(\w*)"/.exec(await (await call(pms, '/myplex/account', 'GET', 'text/xml')).text())?.[1];
}

function readLog(pms: PmsStandIn, name = 'Plex Media Server.log') {
  const bytes = readFileSync(join(pms.logDirectory, name));
  const reader = new PmsLogReader({ name });
  reader.push(bytes);
  const summary = reader.end();
  return {
    text: bytes.toString(),
    summary,
    requests: reader.requests(),
    states: reader.states(),
    scans: reader.scans(),
  };
}

/** The URLs that PMS itself has asked for. Not the proxy's log: others on this machine may find it in the stand-in's environment. */
function asked(pms: PmsStandIn): readonly string[] {
  return [...readLog(pms).text.matchAll(/ HTTP requesting GET (\S+)/g)].map(([, url = '']) => url);
}

/** The ends of the requests to each host, by a log. */
function ends(pms: PmsStandIn, name?: string): readonly string[] {
  return readLog(pms, name).requests.map(({ host, ended }) =>
    ended.kind === 'answered'
      ? `${host} ${ended.status}`
      : `${host} ${ended.kind}${ended.kind === 'failed' ? ` ${ended.curl}` : ''}`,
  );
}

describe('with a proxy that works', () => {
  let pms: PmsStandIn;
  beforeAll(async () => {
    pms = await start({}, variables(proxy));
  });

  it('signs in and finds the provider through it', async () => {
    expect(await signInState(pms)).toBe('ok');
    expect(ends(pms).toSorted()).toEqual([`${METADATA} 200`, 'plex.tv 200']);
  });

  it('writes a log that is read without a remainder', () => {
    const { summary, states } = readLog(pms);
    expect(summary).toMatchObject({ version: '1.41.8.9834-000000000', zoneFrom: 'start-line', unread: { count: 0 } });
    expect(states.map(({ kind, value }) => `${kind} ${value}`).toSorted()).toEqual([
      'mapping Mapped - Publishing',
      'mapping Unknown',
      'provider Metadata online',
      'provider-map tv.plex.agents.movie added',
      'provider-map tv.plex.agents.music added',
      'provider-map tv.plex.agents.series added',
      'providers 1',
    ]);
  });

  it('scans new music by a Plex Media Scanner that goes through it', async () => {
    const answer = await scan(pms);
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    expect(answer.headers.get('x-plex-activity')).toMatch(/^[\da-f-]{36}$/);
    expect(proxy.log).toContainEqual({ method: 'CONNECT', host: METADATA, port: 443, status: 200 });
    expect(ends(pms, 'Plex Media Scanner Matcher.log')).toEqual(['127.0.0.1 200', `${METADATA} 200`]);
    await expect
      .poll(() => readLog(pms).scans.map(({ kind, section, status, command }) => ({ kind, section, status, command })))
      .toEqual([
        { kind: 'activity', section: '1', status: null, command: null },
        {
          kind: 'child',
          section: null,
          status: null,
          command: 'Plex Media Scanner --match --type 8 --log-file-suffix Matcher --files',
        },
        { kind: 'finished', section: null, status: 0, command: 'Plex Media Scanner' },
        { kind: 'started', section: '1', status: 200, command: null },
        { kind: 'finished', section: '1', status: null, command: null },
      ]);
  });

  it('asks nobody when there is nothing new', async () => {
    const before = asked(pms);
    expect((await scan(pms)).status).toBe(200);
    expect((await scan(pms, '2')).status).toBe(200);
    expect((await scan(pms, '4')).status).toBe(200);
    expect(asked(pms)).toEqual(before);
  });

  it('matches films by its own client', async () => {
    pms.configure({
      cacert,
      scanSeconds: 0,
      libraries: [{ id: '5', type: 'movie', agent: 'tv.plex.agents.movie', newContent: true }],
    });
    const before = asked(pms).length;
    expect((await scan(pms, '5')).status).toBe(200);
    await expect.poll(() => asked(pms).slice(before)).toEqual([`https://${METADATA}/`]);
    expect(ends(pms, 'Plex Media Scanner Matcher.log')).toHaveLength(2);
  });

  it('sends one light request to plex.tv when it is told to look for updates', async () => {
    const before = asked(pms).length;
    expect((await call(pms, '/updater/check?download=0', 'PUT')).status).toBe(200);
    await expect.poll(() => asked(pms).slice(before)).toEqual(['https://plex.tv/updater/products/5/check.json']);
    await expect.poll(() => ends(pms)).not.toContain('plex.tv open');
  });

  it('skips a path that no library has', async () => {
    pms.configure({ cacert });
    expect((await call(pms, '/library/sections/1/refresh?path=/home/somebody')).status).toBe(200);
    expect(readLog(pms).scans.at(-2)).toMatchObject({ kind: 'skipped-path' });
  });
});

describe('a scan of new music', () => {
  it.each([
    ['ignores the proxy', 'ignores-proxy', 'localhost,127.0.0.1', [`127.0.0.1 200`, `${METADATA} failed 7`]],
    ['has no environment', 'no-environment', 'localhost,127.0.0.1', [`127.0.0.1 200`, `${METADATA} failed 7`]],
    [
      'is told to go direct',
      'obeys',
      'localhost,127.0.0.1,.provider.plex.tv',
      [`127.0.0.1 200`, `${METADATA} failed 7`],
    ],
    ['sends calls to itself to the proxy', 'obeys', '', ['127.0.0.1 503']],
  ] as const)('is refused when the scanner %s', async (_name, matcher, noProxy, expected) => {
    const pms = await start({ matcher, provider: 'online' }, variables(proxy, noProxy));
    const answer = await scan(pms);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('content-type')).toBe('text/html');
    expect(await answer.text()).toBe(
      '<html><head><title>Service Unavailable</title></head><body><h1>503 Service Unavailable</h1></body></html>',
    );
    expect(ends(pms, 'Plex Media Scanner Matcher.log')).toEqual(expected);
    expect(readLog(pms).scans).toContainEqual(
      expect.objectContaining({ kind: 'refused', section: '1', status: 503, client: 'loopback' }),
    );
    expect((await scan(pms, '4')).status).toBe(200);
  });

  it.each([
    ['denies the provider', () => Promise.resolve(strictProxy), 56],
    ['inspects TLS', () => interceptor(createAuthority('inspection')), 60],
    ['is silent', connectThenSilent, 28],
  ] as const)('is refused when the proxy %s', async (_name, serve, code) => {
    const server = await serve();
    others.push(server);
    const pms = await start({ signIn: 'ok', provider: 'online', connectTimeoutSeconds: 0.3 }, variables(server));
    expect((await scan(pms)).status).toBe(503);
    expect(ends(pms, 'Plex Media Scanner Matcher.log')).toEqual(['127.0.0.1 200', `${METADATA} failed ${code}`]);
  });

  it('is not refused where a failed scanner is no reason, and stays new', async () => {
    const pms = await start({ signIn: 'ok', provider: 'online', refuse: [], matcher: 'ignores-proxy' });
    expect((await scan(pms)).status).toBe(200);
    await expect.poll(() => readLog(pms).scans.filter(({ kind }) => kind === 'finished')).toHaveLength(2);
    expect((await scan(pms)).status).toBe(200);
    await expect.poll(() => readLog(pms).scans.filter(({ kind }) => kind === 'child')).toHaveLength(2);
  });

  it('is refused for want of a sign-in, in the words that Plex has published', async () => {
    const pms = await start({ signIn: 'none', provider: 'offline' });
    const answer = await scan(pms);
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain(`<p>${NOT_SIGNED_IN}</p>`);
    expect((await call(pms, '/library/sections/refresh', 'POST')).status).toBe(503);
    expect((await scan(pms, '2')).status).toBe(200);
  });

  it('is refused when there is no scanner to run', async () => {
    const pms = await start({ signIn: 'ok', provider: 'online' });
    rmSync(join(readlinkSync(`/proc/${pms.pid}/exe`), '../Plex Media Scanner'));
    expect((await scan(pms)).status).toBe(503);
    expect(readLog(pms, 'Plex Media Scanner Matcher.log').text).toContain('ENOENT');
  });

  it('runs a program called Plex Media Scanner, shown with the arguments of a match', async () => {
    const silent = await connectThenSilent();
    others.push(silent);
    const pms = await start({ signIn: 'ok', provider: 'online' }, variables(silent));
    const answer = scan(pms);
    // A child of the stand-in may be over by the next look.
    const seen: ReturnType<typeof childOf>[] = [];
    const look = (): ReturnType<typeof childOf> => {
      const child = childOf(pms.pid);
      seen.push(child);
      return child;
    };
    await expect.poll(look).toMatchObject({ program: 'Plex Media Scanner' });
    expect(seen.at(-1)?.commandLine).toContain('/Plex Media Scanner --match --type 8 --log-file-suffix Matcher');
    expect((await call(pms, '/library/sections/1/refresh', 'DELETE')).status).toBe(200);
    expect((await answer).status).toBe(200);
    await expect.poll(() => childOf(pms.pid)).toBeNull();
  });
});

it.each([
  ['Asia/Kolkata', 330],
  ['America/Bogota', -300],
  ['UTC', 0],
])('writes its log in the time of %s', async (zone, minutes) => {
  const before = Date.now();
  const { summary } = readLog(await start({ signIn: 'none', provider: 'offline' }, { TZ: zone }));
  expect(summary.zoneOffsetMinutes).toBe(minutes);
  expect(summary.firstAt?.utcMs).toBeGreaterThanOrEqual(before);
  expect(summary.lastAt?.utcMs).toBeLessThanOrEqual(Date.now());
});

describe('what PMS decided when it started', () => {
  it('outlasts the trouble that made it so', async () => {
    // The proxy that it finds at its start is not there yet.
    const place = await workingProxy();
    await place.close();
    const pms = await start({ refuse: ['not-signed-in', 'provider-offline'] }, variables(place));
    expect(await signInState(pms)).toBe('none');
    expect(readLog(pms).text).toMatch(/ERROR - MyPlex: Error -7 requesting JSON from: https:\/\/plex\.tv\//);
    expect(ends(pms).toSorted()).toEqual([`${METADATA} failed 7`, 'plex.tv failed 7']);

    await mend(place.port);
    const before = asked(pms).length;
    expect(await (await scan(pms)).text()).toContain(NOT_SIGNED_IN);
    expect(asked(pms)).toHaveLength(before);
    expect((await call(pms, '/media/providers/refresh', 'POST')).status).toBe(200);
    expect(readLog(pms).states).toContainEqual(expect.objectContaining({ kind: 'providers', value: '1' }));
    expect(await signInState(pms)).toBe('none');
  });

  it('is what a scan is refused for, until the providers are asked again', async () => {
    const pms = await start(
      { signIn: 'ok', provider: 'offline', refuse: ['provider-offline'], libraries: [MUSIC] },
      variables(proxy),
    );
    expect((await scan(pms)).status).toBe(503);
    pms.configure({ cacert, signIn: 'ok', refuse: ['provider-offline'], libraries: [MUSIC] });
    expect((await scan(pms)).status).toBe(503);
    await call(pms, '/media/providers/refresh', 'POST');
    expect((await scan(pms)).status).toBe(200);
  });
});

const MUSIC = { id: '1', type: 'artist', agent: 'tv.plex.agents.music' } as const;

/** A proxy in the place of one that was not there. */
async function mend(port: number): Promise<void> {
  const server = createServer();
  serveAsProxy(server, { resolve: () => endpoint });
  others.push(await listen(server, '127.0.0.1', port));
}

/** The first child of a process, null when there is none. */
function childOf(pid: number): { readonly program: string; readonly commandLine: string } | null {
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const parent = /^\d+ \(.*\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1];
      if (Number(parent) !== pid) continue;
      return {
        program: basename(readlinkSync(`/proc/${name}/exe`)),
        commandLine: readFileSync(`/proc/${name}/cmdline`, 'utf8'),
      };
    } catch {
      // It ended meanwhile.
    }
  }
  return null;
}

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PmsStandInConfig, PmsStandInSettings } from '../../../src/demo/pms/config.ts';
import type { PmsStandIn } from '../../../src/demo/pms/start.ts';
import { locatePms } from '../../../src/gather/pms/locate.ts';
import { PmsWorkshop } from '../../support/servers/pms-stand-in.ts';

const workshop = new PmsWorkshop();
afterAll(() => workshop.remove());

/** Nothing of these is asked of the network. */
const OFFLINE: PmsStandInSettings = { signIn: 'ok', provider: 'online', refuse: [], scanSeconds: 0 };

describe('a stand-in that is signed in', () => {
  let pms: PmsStandIn;
  beforeAll(async () => {
    pms = await workshop.start({ ...OFFLINE, scanSeconds: 0.2 }, { http_proxy: 'http://192.0.2.1:3128' });
  });

  const call = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${pms.port}${path}`, {
      headers: { 'X-Plex-Token': pms.token, Accept: 'application/json' },
      ...init,
    });

  it('is found under the names of PMS, with the environment that it was given', async () => {
    const located = await locatePms({ hint: { kind: 'pid', pid: pms.pid } });
    expect(located.processes).toMatchObject([{ pid: pms.pid, name: 'Plex Media Server', role: 'pms' }]);
    expect(located.pms).toMatchObject({ state: 'ok', value: { found: true, libcurl: { state: 'ok' } } });
    expect(readFileSync(`/proc/${pms.pid}/environ`, 'utf8')).toContain('http_proxy=http://192.0.2.1:3128');
  });

  it('says in each answer that it is a stand-in', async () => {
    const answer = await call('/identity');
    expect(answer.headers.get('server')).toBe('stand-in of pms-proxy-doctor, not Plex');
    expect(answer.headers.get('x-plex-protocol')).toBe('1.0');
  });

  it('keeps its files in the shape of PMS, and its tokens to itself', () => {
    const preferences = readFileSync(join(pms.dataDirectory, 'Preferences.xml'), 'utf8');
    expect(preferences).toMatch(/ ProcessedMachineIdentifier="[\da-f]{40}"/);
    expect(preferences).toMatch(/ PlexOnlineToken="[\w-]{20}"/);
    const token = join(pms.dataDirectory, '.LocalAdminToken');
    expect(readFileSync(token, 'utf8')).toBe(pms.token);
    expect(statSync(token).mode & 0o777).toBe(0o600);
    expect(readFileSync(`/proc/${pms.pid}/cmdline`, 'utf8')).not.toContain(pms.token);
  });

  it.each([
    ['/identity', { MediaContainer: { claimed: true, version: expect.any(String) } }],
    ['/', { MediaContainer: { myPlexSigninState: 'ok', myPlexMappingState: 'mapped' } }],
    ['/myplex/account', { MyPlex: { signInState: 'ok', mappingState: 'mapped', mappingError: '' } }],
    ['/activities', { MediaContainer: { size: 0 } }],
    [
      '/media/providers',
      {
        MediaContainer: {
          MediaProvider: [{ identifier: 'com.plexapp.plugins.library' }, { identifier: 'tv.plex.provider.metadata' }],
        },
      },
    ],
    [
      '/library/sections',
      {
        MediaContainer: {
          size: 4,
          Directory: [
            { key: '1', type: 'artist', agent: 'tv.plex.agents.music', Location: [{ id: 1, path: '/srv/media' }] },
            { key: '2', type: 'movie', agent: 'tv.plex.agents.movie' },
            { key: '3', type: 'show', agent: 'tv.plex.agents.series' },
            { key: '4', type: 'movie', agent: 'tv.plex.agents.none' },
          ],
        },
      },
    ],
  ])('GET %s', async (path, expected) => {
    expect(await (await call(path)).json()).toMatchObject(expected);
  });

  it('answers in XML unless JSON is asked for', async () => {
    const answer = await call('/library/sections', { headers: { 'X-Plex-Token': pms.token } });
    expect(answer.headers.get('content-type')).toBe('text/xml;charset=utf-8');
    const text = await answer.text();
    expect(text).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n<MediaContainer size="4" allowSync="0"/);
    expect(text).toContain('agent="tv.plex.agents.music"');
    expect(text).toContain('<Location id="1" path="/srv/media"/>');
  });

  it.each([
    ['a token in the address', (token: string) => `/?X-Plex-Token=${token}`, 200],
    ['a wrong token', () => '/?X-Plex-Token=wrong', 401],
    ['no token', () => '/', 401],
    ['no token for the identity', () => '/identity', 200],
  ])('%s', async (_name, path, status) => {
    const answer = await fetch(`http://127.0.0.1:${pms.port}${path(pms.token)}`);
    expect(answer.status).toBe(status);
  });

  it('says 401 with a small page', async () => {
    const answer = await fetch(`http://127.0.0.1:${pms.port}/`);
    expect(await answer.text()).toBe(
      '<html><head><title>Unauthorized</title></head><body><h1>401 Unauthorized</h1></body></html>',
    );
  });

  it.each([
    ['GET', '/nothing', 404],
    ['GET', '/library/sections/99/refresh', 404],
    ['PUT', '/log?level=7&message=x', 400],
    ['PUT', '/log', 400],
    ['DELETE', '/activities/00000000-0000-4000-8000-000000000000', 404],
  ])('%s %s: %i', async (method, path, status) => {
    expect((await call(path, { method })).status).toBe(status);
  });

  it('writes marker lines into its log, and no token', async () => {
    await call(`/log?level=2&source=doctor&message=${encodeURIComponent('one\nline')}&X-Plex-Token=${pms.token}`, {
      method: 'PUT',
    });
    await call('/log', {
      method: 'POST',
      body: 'level=0&source=doctor&message=first\nlevel=3&source=doctor&message=second\n',
    });
    const log = readFileSync(join(pms.logDirectory, 'Plex Media Server.log'), 'utf8');
    expect(log).toMatch(/ INFO - \[doctor\] one line\n/);
    expect(log).toMatch(/ ERROR - \[doctor\] first\n/);
    expect(log).toMatch(/ DEBUG - \[doctor\] second\n/);
    expect(log).not.toContain(pms.token);
    expect(log.split('\n')[0]).toContain('stand-in of pms-proxy-doctor, not Plex');
  });

  it('lists a scan as an activity until it is cancelled', async () => {
    pms.configure({ ...OFFLINE, scanSeconds: 60 });
    const started = await call('/library/sections/4/refresh');
    const uuid = started.headers.get('x-plex-activity');
    expect(await started.text()).toBe('');
    expect(await (await call('/activities')).json()).toMatchObject({
      MediaContainer: {
        Activity: [{ uuid, type: 'library.update.section', cancellable: true, Context: { librarySectionID: '4' } }],
      },
    });
    expect((await call('/library/sections/4/refresh', { method: 'DELETE' })).status).toBe(200);
    await expect.poll(async () => (await call('/activities')).json()).toEqual({ MediaContainer: { size: 0 } });
  });

  it.each([
    ['GET', '/library/sections/4/refresh?force=1'],
    ['POST', '/library/sections/4/refresh'],
    ['POST', '/library/sections/refresh'],
    ['GET', '/library/sections/all/refresh'],
  ])('%s %s is one scan of a library at a time, and in the log', async (method, path) => {
    pms.configure({ ...OFFLINE, scanSeconds: 60 });
    const first = await call('/library/sections/4/refresh');
    const uuid = first.headers.get('x-plex-activity');
    const second = await call(path, { method });
    expect(second.status).toBe(200);
    expect(second.headers.get('x-plex-activity') ?? uuid).toBe(uuid);
    const log = readFileSync(join(pms.logDirectory, 'Plex Media Server.log'), 'utf8');
    expect(log).toContain(`] 200 ${method} ${path} (`);
    const running = JSON.stringify(await (await call('/activities')).json());
    const cancelled = [...running.matchAll(/"uuid":"([^"]*)"/g)].map(([, each]) =>
      call(`/activities/${each}`, { method: 'DELETE' }),
    );
    expect((await Promise.all(cancelled)).map(({ status }) => status)).not.toContain(404);
    await expect.poll(async () => (await call('/activities')).json()).toEqual({ MediaContainer: { size: 0 } });
  });

  it.each<[PmsStandInConfig['calls'], readonly number[]]>([
    ['both', [200, 200, 200, 200]],
    ['documented', [200, 404, 200, 404]],
    ['older', [404, 200, 404, 200]],
  ])('knows the calls of %s', async (calls, statuses) => {
    pms.configure({ ...OFFLINE, calls });
    const asked = [
      ['GET', '/library/sections/all'],
      ['GET', '/library/sections'],
      ['POST', '/library/sections/4/refresh'],
      ['GET', '/library/sections/4/refresh'],
    ] as const;
    const answers = [];
    for (const [method, path] of asked) answers.push((await call(path, { method })).status);
    expect(answers).toEqual(statuses);
    expect((await call('/library/sections/4/refresh', { method: 'DELETE' })).status).toBe(200);
  });

  it('lists custom metadata providers, where its version knows them', async () => {
    pms.configure(OFFLINE);
    expect((await call('/media/providers/metadata')).status).toBe(404);
    const provider = { identifier: 'tv.plex.agents.custom.x', uri: 'http://10.0.0.9:5000/x' };
    pms.configure({ ...OFFLINE, customProviders: [provider] });
    expect(await (await call('/media/providers/metadata')).json()).toMatchObject({
      MediaContainer: { MetadataAgentProvider: [{ ...provider, online: true }] },
    });
  });

  it.each([
    ['hangs', /aborted/],
    ['garbage', /fetch failed/],
  ] as const)('%s', async (misbehaviour, message) => {
    pms.configure({ ...OFFLINE, misbehaviour });
    await expect(call('/identity', { signal: AbortSignal.timeout(200) })).rejects.toThrow(message);
  });

  it('answers 401 to everything', async () => {
    pms.configure({ ...OFFLINE, misbehaviour: 'unauthorized' });
    expect((await call('/identity')).status).toBe(401);
  });

  it('answers as some other product', async () => {
    pms.configure({ ...OFFLINE, misbehaviour: 'other-server' });
    const answer = await call('/identity');
    expect(answer.headers.get('x-plex-protocol')).toBeNull();
    expect(await answer.json()).toEqual({ ProductName: 'Example Media', Version: '10.0.0' });
  });

  it('has a thousand libraries', async () => {
    pms.configure({ ...OFFLINE, sections: 1_000 });
    expect(await (await call('/library/sections')).json()).toMatchObject({ MediaContainer: { size: 1_000 } });
  });

  it('dies during a scan', async () => {
    pms.configure({ ...OFFLINE, scanSeconds: 30, misbehaviour: 'dies-during-scan' });
    expect((await call('/library/sections/4/refresh')).status).toBe(200);
    await pms.ended;
    await expect(call('/identity')).rejects.toThrow('fetch failed');
  });
});

it('trusts its own machine while it belongs to nobody, and is not signed in', async () => {
  const pms = await workshop.start({ claimed: false, provider: 'offline' });
  const answer = await fetch(`http://127.0.0.1:${pms.port}/`, { headers: { Accept: 'application/json' } });
  expect(await answer.json()).toMatchObject({ MediaContainer: { myPlex: false, myPlexSigninState: 'none' } });
  expect(readFileSync(join(pms.dataDirectory, 'Preferences.xml'), 'utf8')).not.toContain('PlexOnlineToken');
});

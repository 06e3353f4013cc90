import { afterAll, expect, it } from 'vitest';
import { Deadline } from '../../../../src/core/values/deadline.ts';
import { pmsStatusSchema, type PmsStatus, type TokenSource } from '../../../../src/core/model/pms-status.ts';
import { Token } from '../../../../src/core/values/secret.ts';
import { parseBase } from '../../../../src/gather/pms/api/base.ts';
import { PmsClient } from '../../../../src/gather/pms/api/client.ts';
import { gatherPmsStatus } from '../../../../src/gather/pms/api/status.ts';
import {
  ANSWERS,
  MISBEHAVIOURS,
  SECTIONS,
  smallPms,
  thousandSections,
  type PmsAnswers,
  type SmallPms,
} from '../../../support/servers/pms-server.ts';

/** More than a busy machine needs for all answers. */
const PATIENCE_MS = 30_000;
/** The limit of what never comes: longer than what comes before it takes on a busy machine. */
const HANG_MS = 3_000;
const TOKEN = 'LocalTokenCanary0001';
const open: SmallPms[] = [];
afterAll(async () => {
  await Promise.all(open.map((server) => server.close()));
});

async function statusOf(
  starting: Promise<SmallPms>,
  token: string | null = TOKEN,
  from: TokenSource | null = token === null ? null : 'local-admin-token',
  budgetMs = PATIENCE_MS,
): Promise<{ readonly status: PmsStatus; readonly server: SmallPms }> {
  const server = await starting;
  open.push(server);
  const parsed = parseBase(server.base);
  if (!parsed.ok) throw new Error(parsed.problem);
  const client = new PmsClient({
    base: parsed.base,
    token: token === null ? null : Token.parse(token),
    timeoutMs: 2 * PATIENCE_MS,
    deadline: Deadline.after(budgetMs),
    signal: new AbortController().signal,
  });
  return { status: await gatherPmsStatus(client, from), server };
}

const CUSTOM = 'tv.plex.agents.custom.x';
const provided = (element: string, attributes: object): PmsAnswers[string] => ({
  MediaContainer: { [element]: [{ identifier: CUSTOM, ...attributes }] },
});

it('a PMS that is well: states, kinds and counts, and nothing private', async () => {
  const { status, server } = await statusOf(smallPms({ token: TOKEN }));
  expect(status).toEqual({
    base: server.base,
    tokenFrom: 'local-admin-token',
    version: '1.41.8.9834-aaaabbbbc',
    claimed: true,
    signIn: 'ok',
    mapping: 'failed',
    mappingError: 'unreachable',
    providers: [
      { identifier: 'com.plexapp.plugins.library', online: null },
      { identifier: 'tv.plex.provider.metadata', online: false },
    ],
    sections: [
      {
        id: '4',
        type: 'artist',
        agent: 'tv.plex.agents.music',
        scanner: 'Plex Music',
        needs: 'provider',
        locations: 2,
      },
      {
        id: '1',
        type: 'movie',
        agent: 'com.plexapp.agents.none',
        scanner: 'Plex Video Files Scanner',
        needs: 'nothing',
        locations: 0,
      },
    ],
    customProviders: [],
    troubles: [],
  });
  expect(pmsStatusSchema.parse(status)).toEqual(status);
  expect(JSON.stringify(status)).not.toMatch(/canary|acmewidgets|ffffffff|93\.184|192\.168|srv/i);
  expect(server.asked.every(({ method }) => method === 'GET')).toBe(true);
});

it('without a token: the version, whether it is claimed, and why there is no more', async () => {
  const { status } = await statusOf(smallPms({ token: TOKEN }), null);
  expect(status).toMatchObject({ version: '1.41.8.9834-aaaabbbbc', claimed: true, signIn: null, sections: null });
  expect(status.troubles.map(({ call, code }) => `${call} ${code}`)).toEqual([
    '/ UNAUTHORIZED',
    '/myplex/account UNAUTHORIZED',
    '/media/providers UNAUTHORIZED',
    '/library/sections/all UNAUTHORIZED',
    '/media/providers/metadata UNAUTHORIZED',
  ]);
});

it('a call that is not there costs its own answer only', async () => {
  const answers = { ...thousandSections(), '/myplex/account': undefined, '/media/providers': undefined };
  const { status } = await statusOf(smallPms({ answers }));
  expect(status).toMatchObject({ signIn: 'ok', mapping: 'mapped', providers: null });
  expect(status.sections).toHaveLength(1_000);
  expect(status.troubles.map(({ code }) => code)).toEqual(['HTTP_404', 'HTTP_404']);
});

it.each<[string, readonly string[], readonly string[] | null, readonly string[]]>([
  ['numbers only', ['1', '22'], ['1', '22'], []],
  [
    'one id that is no number',
    ['1', 'string'],
    ['1'],
    ['PMS lists 1 library without a number as its id (GET /library/sections/all)'],
  ],
  [
    'none that is a number',
    ['a', '1/../2', ''],
    null,
    ['PMS lists 3 libraries without a number as its id (GET /library/sections/all)'],
  ],
  ['none at all', [], [], []],
])('libraries with %s', async (_, keys, ids, messages) => {
  const Directory = keys.map((key) => ({ key, type: 'movie', agent: 'tv.plex.agents.none' }));
  const { status } = await statusOf(
    smallPms({ answers: { ...ANSWERS, [SECTIONS]: { MediaContainer: { Directory } } } }),
  );
  expect(status.sections?.map(({ id }) => id) ?? null).toEqual(ids);
  expect(status.troubles.map(({ message }) => message)).toEqual(messages);
});

it.each<[string, PmsAnswers, PmsStatus['customProviders']]>([
  ['a PMS that does not know the call', {}, []],
  ['none', { '/media/providers/metadata': { MediaContainer: {} } }, []],
  [
    'one, by its place alone',
    {
      '/media/providers/metadata': provided('MetadataAgentProvider', {
        uri: 'http://10.0.0.9:5000/canary',
        online: false,
      }),
    },
    [{ identifier: CUSTOM, place: { scheme: 'http', host: '10.0.0.9', port: 5_000 }, online: false }],
  ],
  [
    'one in the list of all providers',
    { '/media/providers': provided('MediaProvider', { baseURL: 'https://provider.example/x' }) },
    [{ identifier: CUSTOM, place: { scheme: 'https', host: 'provider.example', port: 443 }, online: null }],
  ],
  ['an answer that is not understood', { '/media/providers/metadata': { Other: {} } }, null],
])('custom metadata providers: %s', async (_, more, expected) => {
  const { status } = await statusOf(smallPms({ answers: { ...ANSWERS, ...more } }));
  expect(status.customProviders).toEqual(expected);
  expect(JSON.stringify(status)).not.toContain('canary');
});

it.concurrent.each([
  ['hangs', MISBEHAVIOURS.hangs, ['/identity TIMEOUT'], 1],
  ['is another server', MISBEHAVIOURS.anotherServer, ['/identity NOT_PMS'], 1],
  ['hangs later', MISBEHAVIOURS.hangsLater, ['TIMEOUT', 'TIMEOUT', 'TIMEOUT', 'TIMEOUT', 'TIMEOUT'], 6],
  ['dies midway', MISBEHAVIOURS.diesMidway, ['CUT', 'CUT', 'CUT', 'CUT', 'CUT'], 6],
])('one that %s: all questions together are bounded', async (_, start, troubles, asked) => {
  const { status, server } = await statusOf(start(), TOKEN, 'local-admin-token', HANG_MS);
  expect(status.troubles.map(({ call, code }) => `${call} ${code}`)).toEqual(
    troubles.map((each, i) =>
      each.includes(' ')
        ? each
        : `${['/', '/myplex/account', '/media/providers', SECTIONS, '/media/providers/metadata'][i]} ${each}`,
    ),
  );
  expect(server.asked).toHaveLength(asked);
});

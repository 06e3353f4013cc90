import { afterEach, expect, it } from 'vitest';
import { Deadline } from '../../../../src/core/deadline.ts';
import { pmsStatusSchema, type PmsStatus, type TokenSource } from '../../../../src/core/pms-status.ts';
import { Token } from '../../../../src/core/secret.ts';
import { parseBase } from '../../../../src/gather/pms/api/base.ts';
import { PmsClient } from '../../../../src/gather/pms/api/client.ts';
import { gatherPmsStatus } from '../../../../src/gather/pms/api/status.ts';
import { MISBEHAVIOURS, smallPms, thousandSections, type SmallPms } from '../../../support/pms-server.ts';

const TOKEN = 'LocalTokenCanary0001';
const open: SmallPms[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function statusOf(
  starting: Promise<SmallPms>,
  token: string | null = TOKEN,
  from: TokenSource | null = token === null ? null : 'local-admin-token',
): Promise<{ readonly status: PmsStatus; readonly server: SmallPms }> {
  const server = await starting;
  open.push(server);
  const parsed = parseBase(server.base);
  if (!parsed.ok) throw new Error(parsed.problem);
  const client = new PmsClient({
    base: parsed.base,
    token: token === null ? null : Token.parse(token),
    timeoutMs: 5_000,
    deadline: Deadline.after(700),
    signal: new AbortController().signal,
  });
  return { status: await gatherPmsStatus(client, from), server };
}

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
    '/library/sections UNAUTHORIZED',
  ]);
});

it('a call that is not there costs its own answer only', async () => {
  const answers = { ...thousandSections(), '/myplex/account': undefined, '/media/providers': undefined };
  const { status } = await statusOf(smallPms({ answers }));
  expect(status).toMatchObject({ signIn: 'ok', mapping: 'mapped', providers: null });
  expect(status.sections).toHaveLength(1_000);
  expect(status.troubles.map(({ code }) => code)).toEqual(['HTTP_404', 'HTTP_404']);
});

it.each([
  ['hangs', MISBEHAVIOURS.hangs, ['/identity TIMEOUT'], 1],
  ['is another server', MISBEHAVIOURS.anotherServer, ['/identity NOT_PMS'], 1],
  ['hangs later', MISBEHAVIOURS.hangsLater, ['TIMEOUT', 'TIMEOUT', 'TIMEOUT', 'TIMEOUT'], 5],
  ['dies midway', MISBEHAVIOURS.diesMidway, ['CUT', 'CUT', 'CUT', 'CUT'], 5],
])('one that %s: all questions together are bounded', async (_, start, troubles, asked) => {
  const { status, server } = await statusOf(start());
  expect(status.troubles.map(({ call, code }) => `${call} ${code}`)).toEqual(
    troubles.map((each, i) =>
      each.includes(' ') ? each : `${['/', '/myplex/account', '/media/providers', '/library/sections'][i]} ${each}`,
    ),
  );
  expect(server.asked).toHaveLength(asked);
});

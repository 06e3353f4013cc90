import { describe, expect, it } from 'vitest';
import { CAUSES } from '../../../src/causes/index.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import { rootsFirst } from '../../../src/core/judge/roots-first.ts';
import type { CauseId } from '../../../src/core/model/cause-ids.ts';
import { factsFixture, library, type FixtureOptions } from '../../support/fixtures/facts.ts';

const MUSIC = library('4', 'artist', 'tv.plex.agents.music');
const SIGNED_OUT = { signIn: 'none', sections: [MUSIC] };
const OFFLINE = { sections: [MUSIC], providers: [{ identifier: 'tv.plex.provider.metadata', online: false }] };
const NEEDED = 'metadata.provider.plex.tv';

describe('a state of PMS', () => {
  interface Row {
    readonly name: string;
    readonly options: FixtureOptions;
    /** The first causes of the diagnosis, each with what it follows from. */
    readonly expected: readonly (readonly [id: CauseId, follows: CauseId | null])[];
  }

  it.each<Row>([
    {
      name: 'follows from a denial of the host that it was asked of',
      options: { pmsStatus: SIGNED_OUT, viaProxy: { 'plex.tv': 'denied', '*': 'ok' } },
      expected: [
        ['proxy-denies', null],
        ['not-signed-in', 'proxy-denies'],
      ],
    },
    {
      name: 'follows from nothing where another host is denied',
      options: { pmsStatus: SIGNED_OUT, viaProxy: { [NEEDED]: 'denied', '*': 'ok' } },
      expected: [
        ['proxy-denies', null],
        ['not-signed-in', null],
      ],
    },
    {
      name: 'follows from the want of a proxy where nothing gets out and no place names one',
      options: { variables: {}, pmsStatus: SIGNED_OUT, direct: 'no-reply' },
      expected: [
        ['proxy-not-in-process', null],
        ['not-signed-in', 'proxy-not-in-process'],
      ],
    },
    {
      name: 'follows from nothing where the way works by now',
      options: { pmsStatus: SIGNED_OUT },
      expected: [['not-signed-in', null]],
    },
    {
      name: 'follows from a proxy that cannot be reached',
      options: { pmsStatus: { ...SIGNED_OUT, ...OFFLINE, signIn: 'none' }, viaProxy: 'proxy-unreachable' },
      expected: [
        ['proxy-unreachable', null],
        ['not-signed-in', 'proxy-unreachable'],
        ['provider-offline', 'proxy-unreachable'],
      ],
    },
    {
      name: 'stands behind a root that is less sure',
      options: { basis: 'assumed', pmsStatus: SIGNED_OUT, viaProxy: { 'plex.tv': 'denied', '*': 'ok' } },
      expected: [
        ['proxy-denies', null],
        ['not-signed-in', 'proxy-denies'],
      ],
    },
    {
      name: 'of the providers follows from interception',
      options: { pmsStatus: OFFLINE, viaProxy: 'intercepted' },
      expected: [
        ['tls-intercepted', null],
        ['provider-offline', 'tls-intercepted'],
      ],
    },
  ])('$name', ({ options, expected }) => {
    const { causes } = diagnose(CAUSES, factsFixture(options), []);
    expect(causes.slice(0, expected.length).map(({ id, follows = null }) => [id, follows])).toEqual(expected);
  });
});

it('each root comes before its consequences, and nothing is lost', () => {
  const causes = [
    { id: 'not-signed-in', follows: 'proxy-denies' },
    { id: 'ipv6-differs' },
    { id: 'proxy-denies' },
    { id: 'provider-offline', follows: 'endpoint-down' },
  ] as const;
  expect(rootsFirst(causes).map(({ id }) => id)).toEqual([
    'proxy-denies',
    'not-signed-in',
    'ipv6-differs',
    'provider-offline',
  ]);
});

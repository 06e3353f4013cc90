import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/catalog/index.ts';
import {
  libraryNeed,
  needFor,
  needsNoEndpoint,
  withNeeds,
  type LibraryNeed,
} from '../../../src/core/model/pms-status.ts';
import { evidenceSchema } from '../../../src/core/model/evidence.ts';
import { evidenceFixture } from '../../support/fixtures/evidence.ts';
import { library } from '../../support/fixtures/facts.ts';

const MUSIC = library('4', 'artist', 'tv.plex.agents.music');
const OLD_MUSIC = library('5', 'artist', 'com.plexapp.agents.lastfm');
const OLD_FILMS = library('6', 'movie', 'com.plexapp.agents.imdb');
const HOME_VIDEOS = library('2', 'movie', 'com.plexapp.agents.none');

it.each<[string, string, LibraryNeed]>([
  ['tv.plex.agents.movie', 'movie', 'provider'],
  ['tv.plex.agents.series', 'show', 'provider'],
  ['tv.plex.agents.music', 'artist', 'provider'],
  ['tv.plex.agents.none', 'artist', 'nothing'],
  ['com.plexapp.agents.none', 'photo', 'nothing'],
  ['com.plexapp.agents.hama', 'show', 'plug-ins'],
  ['tv.plex.agents.custom.somebody', 'movie', 'custom-provider'],
  ['constructor', 'movie', 'unknown'],
  ['other', 'movie', 'unknown'],
])('the agent %s of a library of %s', (agent, type, need) => {
  expect(libraryNeed({ agent, type })).toBe(need);
});

function scanHosts(sections: Parameters<typeof withNeeds>[1]): readonly string[] {
  return withNeeds(CATALOGUE, sections)
    .filter(({ need }) => need === 'scan')
    .map(({ id }) => id)
    .toSorted();
}

describe('the catalogue for the libraries that are there', () => {
  const usual = scanHosts(null);

  it.each([
    ['modern music', [MUSIC], usual],
    ['no libraries', [], usual],
    ['an agent that nobody knows', [library('9', 'movie', 'somebody.else')], usual],
    ['the agent "none" alone', [HOME_VIDEOS], []],
    ['modern music beside it', [HOME_VIDEOS, MUSIC], usual],
  ])('%s', (_, sections, hosts) => {
    expect(scanHosts(sections)).toEqual(hosts);
  });

  it('legacy agents need the hosts of their plug-ins, and not the provider', () => {
    const hosts = scanHosts([OLD_FILMS]);
    expect(hosts).not.toEqual(usual);
    expect(hosts.some((id) => !usual.includes(id))).toBe(true);
    expect(hosts).not.toContain(CATALOGUE.find(({ host }) => host === 'metadata.provider.plex.tv')?.id);
    expect(scanHosts([OLD_MUSIC, MUSIC])).toEqual([...new Set([...scanHosts([OLD_MUSIC]), ...usual])].toSorted());
  });

  it('what one kind needs stays known beside the others, and doing it twice changes nothing', () => {
    const once = withNeeds(CATALOGUE, [OLD_FILMS, MUSIC]);
    expect(withNeeds(once, [OLD_FILMS, MUSIC])).toEqual(once);
    for (const [at, endpoint] of CATALOGUE.entries()) {
      const here = once[at] ?? endpoint;
      expect(needFor(here, [MUSIC])).toBe(needFor(endpoint, [MUSIC]));
      expect(needFor(here, [HOME_VIDEOS])).toBe(needFor(endpoint, [HOME_VIDEOS]));
    }
  });
});

it('evidence that was saved before there was such an item says that PMS was not asked', () => {
  const { items, ...rest } = evidenceFixture();
  const { pmsStatus: _, ...older } = items;
  expect(evidenceSchema.parse({ ...rest, items: older }).items.pmsStatus).toMatchObject({
    state: 'not-run',
    reason: { code: 'PMS_NOT_ASKED' },
  });
});

it.each([
  ['libraries that need nobody', [HOME_VIDEOS], true],
  ['one that does', [HOME_VIDEOS, MUSIC], false],
  ['none at all', [], false],
  ['not told', null, false],
])('%s', (_, sections, expected) => {
  expect(needsNoEndpoint(sections)).toBe(expected);
});

import check from '../../checks/library-needs.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { ENDPOINTS, endpoint, factsFixture, library } from '../support/fixtures/facts.ts';

const MUSIC = library('4', 'artist', 'tv.plex.agents.music');
const FILMS = library('1', 'movie', 'tv.plex.agents.movie');
const OLD_FILMS = library('2', 'movie', 'com.plexapp.agents.imdb');
const HOME_VIDEOS = library('3', 'movie', 'com.plexapp.agents.none');
const METADATA = 'metadata.provider.plex.tv';

/** As in the catalogue: legacy agents need another host than modern ones, and "none" needs no endpoint. */
const BY_AGENT = ENDPOINTS.map((each) => {
  if (each.host === METADATA)
    return endpoint(METADATA, { need: 'scan', needByAgent: { legacy: 'optional', none: 'optional' } });
  return each.need === 'scan' ? { ...each, needByAgent: { none: 'optional' as const } } : each;
});
const CDN = endpoint('resources-cdn.plexapp.com', {
  need: 'optional',
  needByAgent: { legacy: 'scan' },
  port: 80,
  scheme: 'http',
});
const endpoints = [...BY_AGENT.filter(({ host }) => host !== CDN.host), CDN];

checkRows(check, [
  {
    name: 'the provider is denied: each kind of library that needs it, once',
    facts: factsFixture({
      endpoints,
      viaProxy: { [METADATA]: 'denied', '*': 'ok' },
      pmsStatus: { sections: [MUSIC, { ...MUSIC, id: '5' }, HOME_VIDEOS, FILMS] },
    }),
    expected: [
      {
        verdict: 'warn',
        message: 'unusable',
        args: { id: '5', type: 'artist', agent: 'tv.plex.agents.music', hosts: METADATA },
      },
      {
        verdict: 'warn',
        message: 'unusable',
        args: { id: '1', type: 'movie', agent: 'tv.plex.agents.movie', hosts: METADATA },
      },
    ],
  },
  {
    name: 'a host that only plug-ins need is denied',
    facts: factsFixture({
      endpoints,
      viaProxy: { [CDN.id]: 'denied', '*': 'ok' },
      pmsStatus: { sections: [MUSIC, OLD_FILMS] },
    }),
    expected: {
      verdict: 'warn',
      message: 'unusable',
      args: { id: '2', type: 'movie', agent: 'com.plexapp.agents.imdb', hosts: CDN.host },
    },
  },
  {
    name: 'everything needed works, what is not needed does not',
    facts: factsFixture({ endpoints, viaProxy: { [CDN.id]: 'denied', '*': 'ok' }, pmsStatus: { sections: [MUSIC] } }),
    expected: { verdict: 'pass', message: 'usable', args: { hosts: `plex.tv, ${METADATA}` } },
  },
  {
    name: 'every agent is "none"',
    facts: factsFixture({ endpoints, viaProxy: 'denied', pmsStatus: { sections: [HOME_VIDEOS] } }),
    expected: { verdict: 'pass', message: 'nobody' },
  },
  {
    name: 'what is needed was not tried',
    facts: factsFixture({
      endpoints,
      viaProxy: { [METADATA]: 'not-run', '*': 'ok' },
      pmsStatus: { sections: [MUSIC] },
    }),
    expected: { verdict: 'not-applicable', message: 'undecided', args: { hosts: METADATA } },
  },
  {
    name: 'no libraries',
    facts: factsFixture({ pmsStatus: { sections: [] } }),
    expected: { verdict: 'not-applicable', message: 'empty' },
  },
  {
    name: 'libraries not told',
    facts: factsFixture({ pmsStatus: { sections: null } }),
    expected: { verdict: 'not-applicable', message: 'untold' },
  },
]);

import check from '../../checks/not-signed-in.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture, library } from '../support/fixtures/facts.ts';

const MUSIC = library('4', 'artist', 'tv.plex.agents.music');
const FILMS = library('1', 'movie', 'tv.plex.agents.movie');
const HOME_VIDEOS = library('2', 'movie', 'com.plexapp.agents.none');

checkRows(check, [
  {
    name: 'not signed in, with music',
    facts: factsFixture({ pmsStatus: { signIn: 'none', sections: [FILMS, MUSIC] } }),
    expected: { verdict: 'fail', message: 'music', args: { state: 'none', count: 1 } },
  },
  {
    name: 'not claimed, asked without a token',
    facts: factsFixture({ pmsStatus: { signIn: null, claimed: false } }),
    expected: { verdict: 'warn', message: 'no-music', args: { state: 'not claimed' } },
  },
  {
    name: 'not signed in, with films only',
    facts: factsFixture({ pmsStatus: { signIn: 'none', sections: [FILMS] } }),
    expected: { verdict: 'warn', message: 'no-music' },
  },
  {
    name: 'not signed in, and nobody needs it',
    facts: factsFixture({ pmsStatus: { signIn: 'none', sections: [HOME_VIDEOS] } }),
    expected: { verdict: 'not-applicable', message: 'not-needed' },
  },
  {
    name: 'claimed, but what became of the sign-in is not said',
    facts: factsFixture({ pmsStatus: { signIn: null, claimed: true } }),
    expected: { verdict: 'not-applicable', message: 'untold' },
  },
  {
    name: 'signed in',
    facts: factsFixture({ pmsStatus: {} }),
    expected: { verdict: 'pass', message: 'signed-in' },
  },
  {
    name: 'not asked',
    facts: factsFixture(),
    expected: { verdict: 'not-applicable', message: 'PMS_NOT_ASKED' },
  },
]);

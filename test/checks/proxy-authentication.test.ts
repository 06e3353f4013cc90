import check from '../../checks/proxy-authentication.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';

const CHALLENGE = { outcome: 'proxy-auth', authSchemes: ['Negotiate', 'Basic'] } as const;
const CREDENTIALS = 'http://***@forward-proxy.example.net:3128';

checkRows(check, [
  {
    name: 'everything is challenged',
    facts: factsFixture({ viaProxy: CHALLENGE, proxy: { outcome: 'proxy-auth', authSchemes: ['Basic'] } }),
    expected: {
      verdict: 'fail',
      message: 'wanted',
      args: {
        schemes: 'Basic, Negotiate',
        hosts:
          'plex.tv, metadata.provider.plex.tv, downloads.plex.tv, v4.plex.tv, resources-cdn.plexapp.com, metrics.plex.tv',
      },
    },
  },
  {
    name: 'only a feature is challenged, by no named scheme',
    facts: factsFixture({ viaProxy: { 'downloads.plex.tv': 'proxy-auth', '*': 'ok' } }),
    expected: {
      verdict: 'warn',
      message: 'wanted',
      args: { schemes: 'a scheme that it does not name', hosts: 'downloads.plex.tv' },
    },
  },
  {
    name: 'credentials are refused',
    facts: factsFixture({ viaProxy: { ...CHALLENGE, via: CREDENTIALS } }),
    expected: { verdict: 'fail', message: 'rejected' },
  },
  { name: 'nobody is challenged', facts: factsFixture(), expected: { verdict: 'pass', message: 'none' } },
  {
    name: 'the proxy is silent',
    facts: factsFixture({ viaProxy: 'proxy-silent' }),
    expected: { verdict: 'not-applicable', message: 'unanswered' },
  },
]);

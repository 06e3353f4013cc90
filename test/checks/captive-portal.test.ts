import check from '../../checks/captive-portal.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { ENDPOINTS, factsFixture } from '../support/fixtures/facts.ts';

const PORTAL = { outcome: 'captive', code: 'FOREIGN_REDIRECT', http: { redirectHost: 'portal.example.net' } } as const;

checkRows(check, [
  {
    name: 'a portal on the way of PMS',
    facts: factsFixture({ variables: {}, direct: { 'resources-cdn.plexapp.com': PORTAL, '*': 'ok' } }),
    expected: {
      verdict: 'warn',
      message: 'captured',
      args: {
        host: 'resources-cdn.plexapp.com',
        route: 'direct',
        code: 'FOREIGN_REDIRECT',
        redirect: 'redirect to portal.example.net',
      },
      endpoint: 'resources-cdn.plexapp.com',
    },
  },
  {
    name: 'a block page of the proxy for what a scan needs',
    facts: factsFixture({ viaProxy: { 'plex.tv': { outcome: 'captive', code: 'UNEXPECTED_PAGE' }, '*': 'ok' } }),
    expected: { verdict: 'fail', message: 'captured' },
  },
  {
    name: 'a portal on the route that PMS does not take',
    facts: factsFixture({ endpoints: ENDPOINTS.slice(0, 1), direct: PORTAL }),
    expected: { verdict: 'pass', message: 'other-route', args: { host: 'plex.tv', route: 'direct' } },
  },
  { name: 'none', facts: factsFixture(), expected: { verdict: 'pass', message: 'none' } },
  {
    name: 'nothing answers',
    facts: factsFixture({ viaProxy: 'denied' }),
    expected: { verdict: 'not-applicable', message: 'unanswered' },
  },
]);

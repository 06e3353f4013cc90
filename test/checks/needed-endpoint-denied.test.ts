import check from '../../checks/needed-endpoint-denied.ts';
import { checkRows } from '../support/check-rows.ts';
import { factsFixture } from '../support/facts-fixture.ts';

checkRows(check, [
  {
    name: 'an endpoint of a scan and a feature',
    facts: factsFixture({
      viaProxy: { 'metadata.provider.plex.tv': 'denied', 'downloads.plex.tv': 'denied', '*': 'ok' },
    }),
    expected: [
      {
        verdict: 'fail',
        message: 'denied',
        args: { host: 'metadata.provider.plex.tv', port: 443, code: 'ERR_ACCESS_DENIED', purpose: 'matching' },
        endpoint: 'metadata.provider.plex.tv',
      },
      { verdict: 'warn', message: 'denied', endpoint: 'downloads.plex.tv' },
    ],
  },
  {
    name: 'an endpoint of a scan that PMS does not ask the proxy for',
    facts: factsFixture({ variables: {}, viaProxy: { 'plex.tv': 'denied', '*': 'ok' } }),
    expected: { verdict: 'warn', message: 'denied' },
  },
  {
    name: 'everything',
    facts: factsFixture({ viaProxy: 'denied' }),
    expected: {
      verdict: 'fail',
      message: 'everything',
      args: { count: 6, host: 'plex.tv', port: 443 },
      endpoint: null,
    },
  },
  {
    name: 'what nobody needs',
    facts: factsFixture({ viaProxy: { 'metrics.plex.tv': 'denied', '*': 'ok' } }),
    expected: { verdict: 'pass', message: 'none' },
  },
  {
    name: 'no proxy',
    facts: factsFixture({ viaProxy: null }),
    expected: { verdict: 'not-applicable', message: 'unanswered' },
  },
  {
    name: 'the proxy cannot be reached',
    facts: factsFixture({ viaProxy: 'proxy-unreachable' }),
    expected: { verdict: 'not-applicable', message: 'unanswered' },
  },
]);

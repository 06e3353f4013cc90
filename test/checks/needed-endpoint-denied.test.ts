import check from '../../checks/needed-endpoint-denied.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';
import { FAR, FAR_ID, OWN, OWN_ID, providing } from '../support/fixtures/providers.ts';

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
    name: 'a block page for one endpoint, with a certificate of the proxy',
    facts: factsFixture({ viaProxy: { 'plex.tv': 'intercepted', '*': 'ok' } }),
    expected: {
      verdict: 'fail',
      message: 'denied',
      args: { host: 'plex.tv', port: 443, code: 'BLOCK_PAGE', purpose: 'sign-in' },
    },
  },
  {
    name: 'limits of the proxy',
    facts: factsFixture({ viaProxy: 'rate-limited' }),
    expected: { verdict: 'not-applicable', message: 'unanswered' },
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
    name: 'a custom provider in the own network: no matter of an allow-list',
    facts: factsFixture(providing([OWN], { viaProxy: { [OWN_ID]: 'denied', '*': 'ok' } })),
    expected: { verdict: 'pass', message: 'none' },
  },
  {
    name: 'a custom provider on the internet',
    facts: factsFixture(providing([FAR], { viaProxy: { [FAR_ID]: 'denied', '*': 'ok' } })),
    expected: { verdict: 'warn', message: 'denied', endpoint: FAR_ID },
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

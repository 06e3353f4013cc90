import check from '../../checks/certificate-swapped.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';

checkRows(check, [
  {
    name: 'the proxy inspects an endpoint that a scan needs',
    facts: factsFixture({ viaProxy: { 'plex.tv': 'intercepted', 'v4.plex.tv': 'intercepted', '*': 'ok' } }),
    expected: [
      {
        verdict: 'fail',
        message: 'swapped',
        args: { host: 'plex.tv', route: 'proxy', issuer: 'CN=Inspection CA' },
        endpoint: 'plex.tv',
      },
      { verdict: 'warn', message: 'swapped' },
    ],
  },
  {
    name: 'the proxy denies one endpoint with a block page',
    facts: factsFixture({ viaProxy: { 'plex.tv': 'intercepted', '*': 'ok' } }),
    expected: { verdict: 'pass', message: 'none' },
  },
  {
    name: 'the proxy inspects an endpoint that a scan does without',
    facts: factsFixture({
      viaProxy: { 'downloads.plex.tv': 'intercepted', 'metrics.plex.tv': 'intercepted', '*': 'ok' },
    }),
    expected: {
      verdict: 'warn',
      message: 'swapped',
      args: { host: 'downloads.plex.tv, metrics.plex.tv', route: 'proxy', issuer: 'CN=Inspection CA' },
    },
  },
  {
    name: 'the direct route is inspected, which PMS does not take',
    facts: factsFixture({ direct: { 'plex.tv': 'intercepted', '*': 'no-reply' } }),
    expected: {
      verdict: 'pass',
      message: 'other-route',
      args: { host: 'plex.tv', route: 'direct', issuer: 'CN=Inspection CA' },
    },
  },
  {
    name: 'every certificate is the endpoint’s own',
    facts: factsFixture(),
    expected: { verdict: 'pass', message: 'none', args: {} },
  },
  {
    name: 'no handshake took place',
    facts: factsFixture({ viaProxy: 'proxy-unreachable' }),
    expected: { verdict: 'not-applicable', message: 'unseen' },
  },
  {
    name: 'the proxy inspects everything',
    facts: factsFixture({ viaProxy: { 'resources-cdn.plexapp.com': 'ok', '*': 'intercepted' } }),
    expected: [
      { verdict: 'fail', message: 'swapped', endpoint: 'plex.tv' },
      { verdict: 'fail', message: 'swapped', endpoint: 'metadata.provider.plex.tv' },
      {
        verdict: 'warn',
        message: 'swapped',
        args: { host: 'downloads.plex.tv, v4.plex.tv, metrics.plex.tv', route: 'proxy', issuer: 'CN=Inspection CA' },
      },
    ],
  },
  {
    name: 'a proxy that PMS does not use yet inspects',
    facts: factsFixture({ variables: {}, direct: 'ok', viaProxy: 'intercepted' }),
    expected: { verdict: 'warn', message: 'other-route' },
  },
]);

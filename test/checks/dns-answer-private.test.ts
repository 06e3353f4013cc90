import check from '../../checks/dns-answer-private.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { endpoint, factsFixture, lookup } from '../support/fixtures/facts.ts';

const sinkhole = (host: string) =>
  lookup(host, 4, { addresses: [{ address: '0.0.0.0', scope: 'unspecified' }], source: 'dns' });

checkRows(check, [
  {
    name: 'a sinkhole for what a scan needs, and PMS goes direct',
    facts: factsFixture({ variables: {}, direct: 'refused', resolver: { lookups: [sinkhole('plex.tv')] } }),
    expected: {
      verdict: 'fail',
      message: 'private',
      args: { host: 'plex.tv', address: '0.0.0.0', scope: 'unspecified', origin: 'the name server' },
      endpoint: 'plex.tv',
    },
  },
  {
    name: 'an own way to the endpoint that works',
    facts: factsFixture({ variables: {}, direct: 'ok', resolver: { lookups: [sinkhole('plex.tv')] } }),
    expected: { verdict: 'pass', message: 'works' },
  },
  {
    name: 'PMS leaves names to the proxy',
    facts: factsFixture({ resolver: { lookups: [sinkhole('plex.tv'), sinkhole('metrics.plex.tv')] } }),
    expected: { verdict: 'pass', message: 'harmless', args: { hosts: 'plex.tv, metrics.plex.tv' } },
  },
  {
    name: 'telemetry is blocked by DNS',
    facts: factsFixture({ variables: {}, direct: 'ok', resolver: { lookups: [sinkhole('metrics.plex.tv')] } }),
    expected: { verdict: 'pass', message: 'harmless' },
  },
  {
    name: 'an internal name of the user’s own file',
    facts: factsFixture({
      endpoints: [endpoint('nas.example.net', { custom: true })],
      resolver: { lookups: [sinkhole('nas.example.net')] },
    }),
    expected: { verdict: 'pass', message: 'none' },
  },
  {
    name: 'local DNS knows nothing',
    facts: factsFixture({ resolver: { lookups: [lookup('plex.tv', 4, { addresses: [], code: 'ENOTFOUND' })] } }),
    expected: { verdict: 'not-applicable', message: 'unanswered' },
  },
  {
    name: 'every answer is public',
    facts: factsFixture(),
    expected: { verdict: 'pass', message: 'none' },
  },
]);

import check from '../../checks/proxy-silent.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { PROXY, factsFixture } from '../support/fixtures/facts.ts';

checkRows(check, [
  {
    name: 'silent for everything',
    facts: factsFixture({ viaProxy: 'proxy-silent', proxy: { outcome: 'proxy-silent' } }),
    expected: { verdict: 'fail', message: 'silent', args: { proxy: PROXY } },
  },
  {
    name: 'silent for one time limit: perhaps slow',
    facts: factsFixture({
      viaProxy: { outcome: 'proxy-silent', code: 'ASKED_ONCE' },
      proxy: { outcome: 'proxy-silent', code: 'ASKED_ONCE' },
    }),
    expected: { verdict: 'warn', message: 'asked-once', args: { proxy: PROXY } },
  },
  {
    name: 'silent, but PMS does not use it',
    facts: factsFixture({ variables: {}, viaProxy: 'proxy-silent', proxy: { outcome: 'proxy-silent' } }),
    expected: { verdict: 'warn', message: 'silent' },
  },
  {
    name: 'silent for an endpoint of a scan',
    facts: factsFixture({ viaProxy: { 'plex.tv': 'proxy-silent', '*': 'ok' } }),
    expected: { verdict: 'fail', message: 'for-endpoints', args: { proxy: PROXY, count: 1 } },
  },
  {
    name: 'silent for a feature',
    facts: factsFixture({ viaProxy: { 'downloads.plex.tv': 'proxy-silent', '*': 'ok' } }),
    expected: { verdict: 'warn', message: 'for-endpoints' },
  },
  {
    name: 'not reached at all',
    facts: factsFixture({ viaProxy: 'proxy-unreachable', proxy: { outcome: 'proxy-unreachable' } }),
    expected: { verdict: 'not-applicable', message: 'unreached' },
  },
  { name: 'answers', facts: factsFixture(), expected: { verdict: 'pass', message: 'answers' } },
]);

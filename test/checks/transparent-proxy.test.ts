import check from '../../checks/transparent-proxy.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { endpoint, factsFixture, type AttemptPlan } from '../support/fixtures/facts.ts';

const plain = (host: string) => endpoint(host, { port: 80, scheme: 'http' });
const answering = (proxyHeaders: Readonly<Record<string, string>>): AttemptPlan => ({
  outcome: 'ok',
  http: { proxyHeaders },
});
const UNRELATED = [plain('resources-cdn.plexapp.com'), plain('r3.o.lencr.org')];

checkRows(check, [
  {
    name: 'Squid refuses on the direct route',
    facts: factsFixture({
      direct: { 'resources-cdn.plexapp.com': answering({ 'x-squid-error': 'ERR_ACCESS_DENIED 0' }), '*': 'ok' },
    }),
    expected: {
      verdict: 'warn',
      message: 'headers',
      args: { host: 'resources-cdn.plexapp.com', header: 'x-squid-error' },
    },
  },
  {
    name: 'unrelated endpoints come by the same node',
    facts: factsFixture({ endpoints: UNRELATED, direct: answering({ via: '1.1 gateway (squid/5.7)' }) }),
    expected: {
      verdict: 'warn',
      message: 'via',
      args: { hosts: 'resources-cdn.plexapp.com, r3.o.lencr.org', via: '1.1 gateway (squid/5.7)' },
    },
  },
  {
    name: 'a content network calls all of its nodes alike',
    facts: factsFixture({ endpoints: UNRELATED, direct: answering({ via: '1.1 varnish' }) }),
    expected: { verdict: 'pass', message: 'none' },
  },
  {
    name: 'one endpoint has its own content network',
    facts: factsFixture({ direct: answering({ via: '1.1 node7.cdn.example (Cache)' }) }),
    expected: { verdict: 'pass', message: 'none' },
  },
  {
    name: 'direct TLS is decrypted',
    facts: factsFixture({ direct: { 'plex.tv': 'intercepted', '*': 'no-reply' } }),
    expected: { verdict: 'warn', message: 'decrypted', args: { hosts: 'plex.tv' } },
  },
  {
    name: 'nothing answers directly',
    facts: factsFixture(),
    expected: { verdict: 'not-applicable', message: 'unanswered' },
  },
]);

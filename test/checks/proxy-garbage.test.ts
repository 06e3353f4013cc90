import check from '../../checks/proxy-garbage.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { PROXY, factsFixture } from '../support/fixtures/facts.ts';

const NOT_HTTP = { outcome: 'proxy-error', code: 'NOT_HTTP', status: null } as const;
const WEB_SERVER = { outcome: 'proxy-error', code: 'HTTP_405', status: 405 } as const;

checkRows(check, [
  {
    name: 'a reply that is not HTTP',
    facts: factsFixture({ viaProxy: NOT_HTTP, proxy: { outcome: 'proxy-error', code: 'NOT_HTTP', invalidName: null } }),
    expected: {
      verdict: 'fail',
      message: 'not-http',
      args: { proxy: PROXY, from: 'https_proxy of pid:812', code: 'NOT_HTTP' },
    },
  },
  {
    name: 'the same where PMS does not use it',
    facts: factsFixture({ variables: {}, viaProxy: NOT_HTTP, proxy: { outcome: 'cut', code: 'ECONNRESET' } }),
    expected: { verdict: 'warn', message: 'not-http' },
  },
  {
    name: 'a web server on the port',
    facts: factsFixture({
      viaProxy: { 'resources-cdn.plexapp.com': 'ok', '*': WEB_SERVER },
      proxy: { invalidName: { status: 405, error: null } },
    }),
    expected: { verdict: 'fail', message: 'refuses-all' },
  },
  {
    name: 'one endpoint is refused strangely',
    facts: factsFixture({ viaProxy: { 'plex.tv': WEB_SERVER, '*': 'ok' } }),
    expected: { verdict: 'pass', message: 'speaks' },
  },
  {
    name: 'a proxy that cannot connect anywhere is a proxy',
    facts: factsFixture({ viaProxy: 'proxy-error' }),
    expected: { verdict: 'pass', message: 'speaks' },
  },
  {
    name: 'not reached',
    facts: factsFixture({ viaProxy: 'proxy-unreachable', proxy: { outcome: 'proxy-unreachable' } }),
    expected: { verdict: 'not-applicable', message: 'unreached' },
  },
]);

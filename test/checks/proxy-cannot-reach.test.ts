import check from '../../checks/proxy-cannot-reach.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture, type AttemptPlan } from '../support/fixtures/facts.ts';
import { OWN, OWN_ID, providing } from '../support/fixtures/providers.ts';

const squid = (code: string): AttemptPlan => ({ outcome: 'proxy-error', code, status: 503 });
const forPlexTv = (plan: AttemptPlan) => ({ viaProxy: { 'plex.tv': plan, '*': 'ok' } as const });

checkRows(check, [
  {
    name: 'its resolver fails for everything',
    facts: factsFixture({ viaProxy: squid('ERR_DNS_FAIL') }),
    expected: {
      verdict: 'fail',
      message: 'resolver',
      args: {
        host: 'plex.tv, metadata.provider.plex.tv, downloads.plex.tv, resources-cdn.plexapp.com',
        code: 'ERR_DNS_FAIL',
      },
      endpoint: null,
    },
  },
  {
    name: 'it cannot resolve one',
    facts: factsFixture(forPlexTv(squid('ERR_DNS_FAIL'))),
    expected: { verdict: 'fail', message: 'dns', args: { host: 'plex.tv', code: 'ERR_DNS_FAIL' }, endpoint: 'plex.tv' },
  },
  {
    name: 'it cannot connect to one',
    facts: factsFixture(forPlexTv(squid('ERR_CONNECT_FAIL'))),
    expected: { verdict: 'fail', message: 'connect' },
  },
  {
    name: 'it takes CONNECT alone',
    facts: factsFixture({
      viaProxy: {
        'resources-cdn.plexapp.com': { outcome: 'proxy-error', code: 'PLAIN_HTTP_REFUSED', status: 501 },
        '*': 'ok',
      },
    }),
    expected: {
      verdict: 'warn',
      message: 'plain-http',
      args: { host: 'resources-cdn.plexapp.com', code: 'PLAIN_HTTP_REFUSED' },
    },
  },
  {
    name: 'an answer that may be its own or the endpoint’s',
    facts: factsFixture({ viaProxy: { 'resources-cdn.plexapp.com': 'unclear-answer', '*': 'ok' } }),
    expected: { verdict: 'pass', message: 'none' },
  },
  {
    name: 'a SOCKS server cannot connect to one',
    facts: factsFixture(forPlexTv({ outcome: 'proxy-error', code: 'SOCKS_HOST_UNREACHABLE', status: null })),
    expected: { verdict: 'fail', message: 'connect' },
  },
  {
    name: 'it says what it says for a name that cannot exist',
    facts: factsFixture({
      ...forPlexTv({ outcome: 'proxy-error', code: 'HTTP_500', status: 500 }),
      proxy: { invalidName: { status: 500, error: null } },
    }),
    expected: { verdict: 'fail', message: 'unknown-name' },
  },
  {
    name: 'it fails in a way of its own',
    facts: factsFixture(forPlexTv({ outcome: 'proxy-error', code: 'HTTP_502', status: 502 })),
    expected: { verdict: 'fail', message: 'other', args: { host: 'plex.tv', code: 'HTTP_502' } },
  },
  {
    name: 'it cannot reach a feature',
    facts: factsFixture({ viaProxy: { 'downloads.plex.tv': squid('ERR_CONNECT_FAIL'), '*': 'ok' } }),
    expected: { verdict: 'warn', message: 'connect' },
  },
  {
    name: 'it cannot reach what nobody needs',
    facts: factsFixture({ viaProxy: { 'metrics.plex.tv': squid('ERR_CONNECT_FAIL'), '*': 'ok' } }),
    expected: { verdict: 'pass', message: 'none' },
  },
  {
    name: 'it cannot reach a custom provider in the own network, which is not its business',
    facts: factsFixture(providing([OWN], { viaProxy: { [OWN_ID]: squid('ERR_CONNECT_FAIL'), '*': 'ok' } })),
    expected: { verdict: 'pass', message: 'none' },
  },
  {
    name: 'the proxy is silent',
    facts: factsFixture({ viaProxy: 'proxy-silent' }),
    expected: { verdict: 'not-applicable', message: 'unanswered' },
  },
]);

import check from '../../checks/endpoint-down.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';

const CONNECT_FAIL = { outcome: 'proxy-error', code: 'ERR_CONNECT_FAIL', status: 503 } as const;
const DNS_FAIL = { outcome: 'proxy-error', code: 'ERR_DNS_FAIL', status: 503 } as const;

checkRows(check, [
  {
    name: 'neither route connects, others do',
    facts: factsFixture({
      direct: { 'plex.tv': 'refused', '*': 'ok' },
      viaProxy: { 'plex.tv': CONNECT_FAIL, '*': 'ok' },
    }),
    expected: {
      verdict: 'fail',
      message: 'down',
      args: { host: 'plex.tv', direct: 'refused, ECONNREFUSED', proxied: 'proxy error, ERR_CONNECT_FAIL' },
      endpoint: 'plex.tv',
    },
  },
  {
    name: 'a feature whose handshake fails on both routes',
    facts: factsFixture({
      direct: { 'downloads.plex.tv': 'tls-failed', '*': 'ok' },
      viaProxy: { 'downloads.plex.tv': 'tls-failed', '*': 'ok' },
    }),
    expected: { verdict: 'warn', message: 'down' },
  },
  {
    name: 'the name does not exist, says either resolver',
    facts: factsFixture({
      direct: { 'plex.tv': 'unresolved', '*': 'ok' },
      viaProxy: { 'plex.tv': DNS_FAIL, '*': 'ok' },
    }),
    expected: { verdict: 'fail', message: 'down' },
  },
  {
    name: 'local DNS is silent, which is no word about the name',
    facts: factsFixture({
      direct: { 'plex.tv': { outcome: 'unresolved', code: 'ETIMEOUT' }, '*': 'ok' },
      viaProxy: { 'plex.tv': DNS_FAIL, '*': 'ok' },
    }),
    expected: { verdict: 'pass', message: 'none' },
  },
  {
    name: 'nothing gets out directly',
    facts: factsFixture({ viaProxy: { 'plex.tv': CONNECT_FAIL, '*': 'ok' } }),
    expected: { verdict: 'warn', message: 'unclear' },
  },
  {
    name: 'denied by the proxy, dropped by the router: two different things',
    facts: factsFixture({ viaProxy: 'denied' }),
    expected: { verdict: 'pass', message: 'none' },
  },
  {
    name: 'one route only',
    facts: factsFixture({ direct: 'not-run' }),
    expected: { verdict: 'not-applicable', message: 'one-route' },
  },
  {
    name: 'the proxy cannot be reached',
    facts: factsFixture({ viaProxy: 'proxy-unreachable' }),
    expected: { verdict: 'not-applicable', message: 'one-route' },
  },
]);

import { expect, it } from 'vitest';
import type { HttpRecord } from '../../../src/core/model/probe-records.ts';
import type { Outcome } from '../../../src/core/model/outcome.ts';
import { verdictOn } from '../../../src/gather/probe/verdict.ts';
import { endpoint } from '../../support/fixtures/facts.ts';

type Row = readonly [what: string, answer: Partial<HttpRecord>, outcome: Outcome, code: string | null];

const VIA = { proxyHeaders: { via: '1.1 proxy' } };

function judged(answer: Partial<HttpRecord>, isForwarded: boolean, accepts: readonly number[] | null = null): unknown {
  const target = endpoint('resources-cdn.plexapp.com', { port: 80, scheme: 'http', accepts });
  const value: HttpRecord = {
    status: 200,
    date: null,
    receivedAt: '2026-01-01T00:00:00.000Z',
    redirectHost: null,
    server: null,
    html: false,
    proxyHeaders: {},
    callerAddress: null,
    ...answer,
  };
  const job = { endpoint: target, host: target.host, route: isForwarded ? 'proxy' : 'direct', family: null } as const;
  const result = verdictOn({ ok: true, value }, job, isForwarded);
  return result.ok ? ['ok', null] : [result.outcome, result.code];
}

it.each<Row>([
  ['content', {}, 'ok', null],
  ['an error that was passed on', { status: 404, html: true, ...VIA }, 'ok', null],
  ['a page that was passed on', { html: true, ...VIA }, 'ok', null],
  ['an error without a mark', { status: 404 }, 'unclear-answer', 'ORIGIN_UNPROVEN'],
  ['a refusal of the method', { status: 405 }, 'unclear-answer', 'ORIGIN_UNPROVEN'],
  ['a page without a mark', { html: true }, 'unclear-answer', 'ORIGIN_UNPROVEN'],
  ['a redirect to its own path', { status: 302 }, 'unclear-answer', 'ORIGIN_UNPROVEN'],
  ['a redirect of Plex to Plex', { status: 301, redirectHost: 'plex.tv' }, 'ok', null],
  ['a redirect within the site', { status: 301, redirectHost: 'www.plexapp.com' }, 'ok', null],
  ['a redirect to a block page', { status: 302, redirectHost: 'block.corp.example' }, 'denied', 'POLICY_REDIRECT'],
  [
    'the same, by a child of that proxy',
    { status: 307, redirectHost: 'a.example', ...VIA },
    'denied',
    'POLICY_REDIRECT',
  ],
  ['403', { status: 403 }, 'denied', 'HTTP_403'],
  ['403 that was passed on', { status: 403, ...VIA }, 'unclear-answer', 'ORIGIN_UNPROVEN'],
  ['429', { status: 429 }, 'rate-limited', 'HTTP_429'],
  ['429 that was passed on', { status: 429, ...VIA }, 'unclear-answer', 'ORIGIN_UNPROVEN'],
  ['503', { status: 503 }, 'proxy-error', 'HTTP_503'],
  ['503 and a time', { status: 503, proxyHeaders: { 'retry-after': '3' } }, 'rate-limited', 'HTTP_503'],
  [
    '503 of Squid and a time',
    { status: 503, proxyHeaders: { 'retry-after': '3', 'x-squid-error': 'ERR_DNS_FAIL 0' } },
    'proxy-error',
    'ERR_DNS_FAIL',
  ],
  [
    '400 of Squid',
    { status: 400, proxyHeaders: { via: '1.1 squid', 'x-squid-error': 'ERR_INVALID_URL 0' } },
    'proxy-error',
    'ERR_INVALID_URL',
  ],
  ['501 by name', { status: 501, proxyHeaders: { 'proxy-agent': 'own/1' } }, 'proxy-error', 'PLAIN_HTTP_REFUSED'],
  [
    '405 by status',
    { status: 405, proxyHeaders: { 'proxy-status': 'p.example; error=http_protocol_error' } },
    'proxy-error',
    'PLAIN_HTTP_REFUSED',
  ],
  ['511', { status: 511, ...VIA }, 'captive', 'HTTP_511'],
])('in absolute form, %s', (_, answer, outcome, code) => {
  expect(judged(answer, true)).toEqual([outcome, code]);
});

it('takes a status that the endpoint is known to give for its own', () => {
  expect(judged({ status: 405 }, true, [405])).toEqual(['ok', null]);
  expect(judged({ status: 405, proxyHeaders: { 'proxy-agent': 'own/1' } }, true, [405])).toEqual([
    'proxy-error',
    'PLAIN_HTTP_REFUSED',
  ]);
});

it.each<Row>([
  ['an error', { status: 404 }, 'ok', null],
  ['a refusal', { status: 403 }, 'ok', null],
  ['a limit', { status: 429 }, 'ok', null],
  ['a redirect elsewhere', { status: 302, redirectHost: 'portal.example' }, 'captive', 'FOREIGN_REDIRECT'],
])('directly, %s', (_, answer, outcome, code) => {
  expect(judged(answer, false)).toEqual([outcome, code]);
});

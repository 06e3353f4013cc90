import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/core/model/outcome.ts';
import { outcomeOf } from '../../../src/parse/access-log/outcome.ts';
import { parseResultTag } from '../../../src/parse/access-log/squid/format/tags.ts';

describe('outcomeOf', () => {
  it.each<[Outcome | null, string, string, number | null, string | null, string]>([
    ['ok', 'CONNECT', 'TCP_TUNNEL', 200, null, 'HIER_DIRECT'],
    ['ok', 'CONNECT', 'TCP_TUNNEL_ABORTED', 200, null, 'HIER_DIRECT'],
    ['ok', 'CONNECT', 'TCP_TUNNEL', null, null, 'HIER_DIRECT'],
    ['denied', 'CONNECT', 'TCP_DENIED', 403, 'ERR_ACCESS_DENIED', 'HIER_NONE'],
    ['denied', 'CONNECT', 'TCP_DENIED', null, null, 'HIER_NONE'],
    ['denied', 'CONNECT', 'TCP_TUNNEL', 403, null, 'FIRSTUP_PARENT'],
    ['denied', 'GET', 'TCP_DENIED_REPLY', 403, null, 'HIER_DIRECT'],
    ['denied', 'GET', 'TCP_DENIED', 302, null, 'HIER_NONE'],
    ['proxy-auth', 'CONNECT', 'TCP_DENIED', 407, null, 'HIER_NONE'],
    ['proxy-auth', 'CONNECT', 'TCP_TUNNEL', 407, null, 'FIRSTUP_PARENT'],
    ['denied', 'CONNECT', 'TCP_TUNNEL', 302, null, 'FIRSTUP_PARENT'],
    ['rate-limited', 'CONNECT', 'TCP_TUNNEL', 429, null, 'FIRSTUP_PARENT'],
    ['denied', 'CONNECT', 'TCP_TUNNEL', 451, null, 'FIRSTUP_PARENT'],
    ['proxy-auth', 'CONNECT', 'TCP_TUNNEL', 511, null, 'FIRSTUP_PARENT'],
    ['rate-limited', 'GET', 'NONE_NONE', 429, null, 'HIER_NONE'],
    ['ok', 'GET', 'TCP_MISS', 429, null, 'HIER_DIRECT'],
    ['proxy-error', 'CONNECT', 'NONE_NONE', 503, 'ERR_DNS_FAIL', 'HIER_NONE'],
    ['proxy-error', 'CONNECT', 'NONE_NONE', 500, 'ERR_CANNOT_FORWARD', 'HIER_NONE'],
    ['proxy-error', 'CONNECT', 'TCP_TUNNEL', 503, null, 'HIER_DIRECT'],
    ['proxy-error', 'CONNECT', 'NONE', 400, null, 'HIER_NONE'],
    ['proxy-error', 'GET', 'TCP_MISS', 503, null, 'HIER_DIRECT'],
    ['proxy-error', 'GET', 'TCP_MISS', 500, 'ERR_CANNOT_FORWARD', 'HIER_NONE'],
    ['proxy-error', 'GET', 'NONE_NONE', 400, null, 'HIER_NONE'],
    ['proxy-error', 'GET', 'TCP_MISS', 500, null, 'HIER_NONE'],
    ['proxy-silent', 'CONNECT', 'NONE_NONE_ABORTED', 0, 'ERR_CLIENT_GONE', 'HIER_NONE'],
    ['proxy-silent', 'GET', 'TCP_MISS_ABORTED', 0, null, 'HIER_NONE'],
    ['ok', 'GET', 'TCP_MISS', 200, null, 'HIER_DIRECT'],
    ['ok', 'GET', 'TCP_MISS_ABORTED', 200, null, 'HIER_DIRECT'],
    ['ok', 'GET', 'TCP_MISS', 404, null, 'HIER_DIRECT'],
    ['ok', 'GET', 'TCP_MISS', 501, null, 'HIER_DIRECT'],
    ['ok', 'GET', 'TCP_MEM_HIT', 404, null, 'HIER_NONE'],
    [null, 'GET', 'TCP_MISS', null, null, 'HIER_DIRECT'],
    [null, '-', 'UDP_HIT', 0, null, 'HIER_NONE'],
    [null, '-', 'ICP_QUERY', 0, null, 'HIER_NONE'],
  ])('is %s for %s %s/%s %s %s', (outcome, method, tag, status, error, hierarchy) => {
    const result = parseResultTag(tag);
    expect(result).not.toBeNull();
    expect(outcomeOf({ method, result, status, error, hierarchy, pseudo: null })).toBe(outcome);
  });

  it.each<[Outcome, string, number]>([
    ['cut', 'error:transaction-end-before-headers', 0],
    ['proxy-error', 'error:invalid-request', 400],
    ['proxy-error', 'error:method-not-allowed', 405],
  ])('is %s for %s', (outcome, pseudo, status) => {
    const result = parseResultTag('NONE_NONE');
    expect(outcomeOf({ method: '-', result, status, error: null, hierarchy: 'HIER_NONE', pseudo })).toBe(outcome);
  });

  it('knows nothing where the log says nothing', () => {
    const nothing = { result: null, status: null, error: null, hierarchy: null, pseudo: null };
    expect(outcomeOf({ method: 'GET', ...nothing })).toBeNull();
  });
});

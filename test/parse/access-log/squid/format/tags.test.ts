import { describe, expect, it } from 'vitest';
import { parseHierarchy, parseResultTag } from '../../../../../src/parse/access-log/squid/format/tags.ts';

describe('parseResultTag', () => {
  it.each<[string, string, string, readonly string[]]>([
    ['TCP_TUNNEL', 'TCP', 'TUNNEL', []],
    ['TCP_TUNNEL_ABORTED', 'TCP', 'TUNNEL', ['ABORTED']],
    ['TCP_DENIED', 'TCP', 'DENIED', []],
    ['TCP_DENIED_REPLY', 'TCP', 'DENIED_REPLY', []],
    ['TCP_HIT', 'TCP', 'HIT', []],
    ['TCP_MEM_HIT', 'TCP', 'MEM_HIT', []],
    ['TCP_IMS_HIT', 'TCP', 'IMS_HIT', []],
    ['TCP_NEGATIVE_HIT', 'TCP', 'NEGATIVE_HIT', []],
    ['TCP_OFFLINE_HIT', 'TCP', 'OFFLINE_HIT', []],
    ['TCP_MISS', 'TCP', 'MISS', []],
    ['TCP_CLIENT_REFRESH_MISS', 'TCP', 'CLIENT_REFRESH_MISS', []],
    ['TCP_SWAPFAIL_MISS', 'TCP', 'SWAPFAIL_MISS', []],
    ['TCP_REFRESH_UNMODIFIED', 'TCP', 'REFRESH_UNMODIFIED', []],
    ['TCP_REFRESH_FAIL_OLD', 'TCP', 'REFRESH_FAIL_OLD', []],
    ['TCP_REDIRECT', 'TCP', 'REDIRECT', []],
    ['TCP_CF_MISS', 'TCP', 'MISS', ['CF']],
    [
      'TCP_CF_REFRESH_MODIFIED_IGNORED_TIMEDOUT_ABORTED',
      'TCP',
      'REFRESH_MODIFIED',
      ['CF', 'IGNORED', 'TIMEDOUT', 'ABORTED'],
    ],
    ['NONE_NONE', 'NONE', 'NONE', []],
    ['NONE_NONE_ABORTED', 'NONE', 'NONE', ['ABORTED']],
    ['TAG_NONE', 'NONE', 'NONE', []],
    ['TAG_NONE_ABORTED', 'NONE', 'NONE', ['ABORTED']],
    ['NONE', 'NONE', 'NONE', []],
    ['NONE_ABORTED', 'NONE', 'NONE', ['ABORTED']],
    ['UDP_MISS_NOFETCH', 'UDP', 'MISS_NOFETCH', []],
    ['ICP_QUERY', 'ICP', 'QUERY', []],
    ['TCP_OF_A_LATER_SQUID', 'TCP', 'OF_A_LATER_SQUID', []],
  ])('reads %s', (text, protocol, tag, flags) => {
    expect(parseResultTag(text)).toEqual({ protocol, tag, flags });
  });

  it.each([
    '',
    'TCP',
    'TCP_',
    'tcp_miss',
    'HTTP_MISS',
    'TCP_MISS/200',
    'TCP_MISS ',
    `TCP_${'A'.repeat(80)}`,
    'HIER_DIRECT',
  ])('refuses %j', (text) => {
    expect(parseResultTag(text)).toBeNull();
  });
});

describe('parseHierarchy', () => {
  it.each([
    ['HIER_DIRECT', 'HIER_DIRECT'],
    ['HIER_NONE', 'HIER_NONE'],
    ['DIRECT', 'HIER_DIRECT'],
    ['NONE', 'HIER_NONE'],
    ['TIMEOUT_DIRECT', 'HIER_DIRECT'],
    ['TIMEOUT_HIER_DIRECT', 'HIER_DIRECT'],
    ['FIRSTUP_PARENT', 'FIRSTUP_PARENT'],
    ['ROUNDROBIN_PARENT', 'ROUNDROBIN_PARENT'],
    ['CARP', 'CARP'],
    ['PINNED', 'PINNED'],
    ['ORIGINAL_DST', 'ORIGINAL_DST'],
    ['hier_direct', null],
    ['', null],
    ['-', null],
  ])('reads %j as %j', (text, kind) => {
    expect(parseHierarchy(text)).toBe(kind);
  });
});

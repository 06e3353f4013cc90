import { describe, expect, it } from 'vitest';
import { candidatesOf } from '../../../../src/gather/probe/wire/resolve.ts';

const SEARCH = ['int.example.com', '.example.com.'];

describe('the names that are asked for', () => {
  it.each<[name: string, host: string, ndots: number, expected: readonly string[]]>([
    ['a name with a dot', 'plex.tv', 1, ['plex.tv']],
    ['a short name', 'proxy', 1, ['proxy.int.example.com', 'proxy.example.com', 'proxy']],
    ['in a cluster', 'plex.tv', 5, ['plex.tv.int.example.com', 'plex.tv.example.com', 'plex.tv']],
    ['the root behind it', 'proxy.', 1, ['proxy.']],
    ['no dots asked for', 'proxy', 0, ['proxy']],
  ])('%s', (_, host, ndots, expected) => {
    expect(candidatesOf(host, SEARCH, ndots)).toEqual(expected);
  });

  it('is the name itself where no domain is given', () => {
    expect(candidatesOf('proxy', [], 1)).toEqual(['proxy']);
  });
});

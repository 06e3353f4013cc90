import { describe, expect, it } from 'vitest';
import { nearest } from '../../../src/core/values/nearest.ts';

describe('nearest', () => {
  it.each([
    ['prot', ['host', 'port', 'path'], 'port'],
    ['HOST', ['host', 'port'], 'host'],
    ['plex-tw', ['plex-tv', 'www'], 'plex-tv'],
    ['metadata.provder.plex.tv', ['metadata.provider.plex.tv', 'plex.tv'], 'metadata.provider.plex.tv'],
    ['zzz', ['host', 'port'], null],
    ['', ['host'], null],
    ['x'.repeat(81), ['x'.repeat(80)], null],
    ['host', [], null],
  ])('%j among %j is %j', (word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  });
});

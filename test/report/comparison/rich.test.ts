import { describe, expect, it } from 'vitest';
import { plainText } from '../../../src/report/blocks/blocks.ts';
import { rich } from '../../../src/report/comparison/rich.ts';

function valuesIn(text: string, args: Readonly<Record<string, string | number>>): readonly string[] {
  const pieces = rich({ message: 'm', args, text });
  expect(plainText(pieces)).toBe(text);
  return pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.value]));
}

describe('the values of a statement', () => {
  it.each<[string, string, Readonly<Record<string, string | number>>, readonly string[]]>([
    ['a host', 'plex.tv works', { host: 'plex.tv' }, ['plex.tv']],
    ['a pseudonym', 'to <host-1>:443 now', { target: '<host-1>:443' }, ['<host-1>:443']],
    ['a URL', 'proxy: http://a:1 before', { before: 'http://a:1' }, ['http://a:1']],
    ['several', 'a.b, c.d and 2 more fail', { hosts: 'a.b, c.d and 2 more', count: 4 }, ['a.b', 'c.d']],
    [
      'one that stands in another',
      'app.plex.tv and plex.tv',
      { a: 'plex.tv', b: 'app.plex.tv' },
      ['app.plex.tv', 'plex.tv'],
    ],
    ['none within a word', 'app.plex.tv', { a: 'plex.tv' }, []],
    ['no words', 'directly: no reply before', { before: 'directly: no reply' }, []],
    ['no number', '41 ms', { after: 41 }, []],
    ['nothing but dots', '… ...', { a: '...' }, []],
  ])('%s', (_, text, args, expected) => {
    expect(valuesIn(text, args)).toEqual(expected);
  });
});

import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { refusalWords } from '../../../src/parse/pms/refusal.ts';
import { anyCharacter } from '../../support/fuzz.ts';

it.each<[string, string, string | null]>([
  [
    'a page, without its status and title',
    '<html><head><title>Service Unavailable</title></head><body><h1>503 Service Unavailable</h1></body></html>',
    'Service Unavailable',
  ],
  [
    'a page with nothing but a title',
    '<html><head><title>Server cannot refresh a music library when not signed in</title></head><body></body></html>',
    'Server cannot refresh a music library when not signed in',
  ],
  ['plain words', 'not signed in', 'not signed in'],
  ['XML', '<?xml version="1.0"?><Response code="503" status="Service is down"/>', 'Service is down'],
  ['JSON', '{"errors":[{"code":1001,"message":"Not \\"now\\", please","status":503}]}', 'Not <title>, please'],
  ['titles that it quotes', '<h1>503 Library &quot;Jdoe Tapes&quot; is busy</h1>', 'Library <title> is busy'],
  ['titles in other quotes', 'Library ‘Jdoe Tapes’ and “Jdoe Films” are busy', 'Library <title> and <title> are busy'],
  ['paths', 'cannot read /srv/jdoe/music/new', 'cannot read <path>'],
  ['hosts and addresses', 'no way to nas.jdoe.example or 192.168.7.31', 'no way to <other> or <other>'],
  ['URLs', 'see https://jdoe.example/?X-Plex-Token=abc', 'see <url>'],
  ['mail addresses', 'ask jdoe@acme.example', 'ask <value>'],
  ['styles', '<style>body { color: red }</style><p>Try later</p>', 'Try later'],
  ['nothing but tags', '<html><body></body></html>', null],
  ['nothing', '', null],
])('%s', (_, body, expected) => {
  expect(refusalWords(body)).toBe(expected);
});

it('keeps an apostrophe inside of a word', () => {
  expect(refusalWords("can't scan what isn't there")).toMatch(/scan what/);
  expect(refusalWords("can't scan what isn't there")).not.toContain('<title>');
});

it('never throws, is short, and is plain ASCII without tags of its own', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ maxLength: 4_000 }), fc.string({ unit: anyCharacter })), (body) => {
      const words = refusalWords(body);
      expect(words === null || /^[ -~]{1,200}$/.test(words)).toBe(true);
    }),
  );
});

it('what stands in quotes or in a path is never kept', () => {
  const secret = fc.stringMatching(/^zq[a-z]{6}$/);
  const place = fc.constantFrom<(secret: string) => string>(
    (s) => `<h1>503 Section "${s} music" cannot be refreshed</h1>`,
    (s) => `<p>&quot;${s}&quot; is offline</p>`,
    (s) => `{"message":"Section \\"${s}\\" is offline"}`,
    (s) => `cannot open /srv/${s}/music`,
    (s) => `cannot open C:\\Users\\${s}\\Music`,
    (s) => `cannot reach ${s}.example:443`,
  );
  fc.assert(fc.property(secret, place, (value, put) => !(refusalWords(put(value)) ?? '').includes(value)));
});

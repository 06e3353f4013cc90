import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseResolvConf, type ResolvConf } from '../../../src/parse/settings/resolv-conf.ts';

const EMPTY: ResolvConf = { servers: [], search: [], ndots: 1 };

describe('resolv.conf', () => {
  it.each<[name: string, text: string, expected: Partial<ResolvConf>]>([
    ['nothing', '', {}],
    ['one server', 'nameserver 10.0.0.1\n', { servers: ['10.0.0.1'] }],
    ['a zone', 'nameserver fe80::1%eth0\n', { servers: ['fe80::1%eth0'] }],
    ['no more than three servers', 'nameserver ::1\n'.repeat(5), { servers: ['::1', '::1', '::1'] }],
    ['domains', 'search int.example.com example.com\n', { search: ['int.example.com', 'example.com'] }],
    ['the last search line counts', 'search a.example\nsearch b.example\n', { search: ['b.example'] }],
    ['a domain', 'domain a.example ignored\n', { search: ['a.example'] }],
    ['a later search replaces a domain', 'domain a.example\nsearch b.example\n', { search: ['b.example'] }],
    ['an empty list', 'search a.example\nsearch\n', {}],
    ['the root as domain adds nothing', 'search .\n', {}],
    ['dots', 'options edns0 ndots:5 timeout:1\n', { ndots: 5 }],
    ['too many dots', 'options ndots:99\n', { ndots: 15 }],
    ['no number of dots', 'options ndots:x\n', {}],
    ['comments', '# nameserver 1.1.1.1\n; nameserver 1.1.1.1\n', {}],
    ['a keyword begins its line', ' nameserver 1.1.1.1\n', {}],
    ['tabs and a carriage return', 'nameserver\t1.1.1.1\r\n', { servers: ['1.1.1.1'] }],
  ])('%s', (_, text, expected) => {
    expect(parseResolvConf(text)).toEqual({ ...EMPTY, ...expected });
  });

  it('takes any text', () => {
    const word = fc.constantFrom(
      'nameserver',
      'search',
      'domain',
      'options',
      'ndots:3',
      '.',
      'a.example',
      '\n',
      '\t',
      '#',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string())), (words) => {
        const { servers, search, ndots } = parseResolvConf(words.join(' '));
        expect(servers.length).toBeLessThanOrEqual(3);
        expect(ndots).toBeLessThanOrEqual(15);
        for (const value of [...servers, ...search]) expect(value).toMatch(/^\S+$/);
      }),
    );
  });
});

import * as fc from 'fast-check';
import { isIPv6, SocketAddress } from 'node:net';
import { describe, expect, it } from 'vitest';
import { parseLooseIPv4, shortIPv6 } from '../../../src/core/dialects/inet.ts';
import { formatIPv4 } from '../../../src/core/values/address.ts';
import { runs } from '../../support/fuzz.ts';

describe('IPv6 as inet_ntop writes it', () => {
  const groups = fc.array(fc.constantFrom('0', '0', '0', '1', 'ffff', 'a00', '5'), { minLength: 8, maxLength: 8 });
  it('is what libuv writes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV6(),
          groups.map((list) => list.join(':')),
        ),
        (text) => {
          fc.pre(isIPv6(text));
          expect(shortIPv6(text)).toBe(new SocketAddress({ address: text, family: 'ipv6' }).address);
        },
      ),
      runs(200),
    );
  });

  it.each([
    ['::ffff:a00:5', '::ffff:10.0.0.5'],
    ['::a00:5', '::10.0.0.5'],
    ['::5', '::5'],
    ['::1:a00:5', '::1:a00:5'],
    ['10.0.0.5', null],
    ['[::1]', null],
  ])('%s is written %s', (long, short) => {
    expect(shortIPv6(long)).toBe(short);
  });
});

describe('loose IPv4, as inet_aton reads it', () => {
  it.each([
    ['127.1', 0x7f000001],
    ['2130706433', 0x7f000001],
    ['0x7f.1', 0x7f000001],
    ['0177.0.0.1', 0x7f000001],
    ['1.2.3', 0x01020003],
    ['256.1', null],
    ['08', null],
    ['1.2.3.4.5', null],
    ['1..2', null],
    ['', null],
    ['4294967296', null],
  ])('%s', (text, value) => {
    expect(parseLooseIPv4(text)).toBe(value);
  });

  it('reads the strict form', () => {
    fc.assert(
      fc.property(fc.nat({ max: 0xffff_ffff }), (value) => {
        expect(parseLooseIPv4(formatIPv4(value))).toBe(value);
      }),
    );
  });
});

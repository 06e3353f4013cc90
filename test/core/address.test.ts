import { isIPv4, isIPv6 } from 'node:net';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { familyOf, parseIPv4, parseIPv6, scopeOf } from '../../src/core/address.ts';

/** Text that is an address, or nearly one. */
const addressLike = fc.oneof(
  fc.ipV4(),
  fc.ipV4Extended(),
  fc.ipV6(),
  fc.ipV6().map((text) => text.toUpperCase()),
  fc.stringMatching(/^[0-9a-f:.%]{0,20}$/),
  fc
    .array(fc.constantFrom(':', '::', '1', 'ffff', 'fffff', '0', '1.2.3.4', '01', '256', '.', 'g'), { maxLength: 12 })
    .map((p) => p.join('')),
);

describe('addresses', () => {
  it('IPv4 is what node:net says', () => {
    fc.assert(
      fc.property(addressLike, (text) => {
        expect(parseIPv4(text) !== null).toBe(isIPv4(text));
      }),
      { numRuns: 1_000 },
    );
  });

  it('IPv6 is what node:net says', () => {
    fc.assert(
      fc.property(addressLike, (text) => {
        expect(parseIPv6(text) !== null).toBe(isIPv6(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect([null, 4, 6]).toContain(familyOf(text));
        expect(scopeOf(text) === null).toBe(familyOf(text) === null);
      }),
    );
  });

  it('every IPv4 address is the number that it stands for', () => {
    fc.assert(
      fc.property(fc.nat({ max: 0xffff_ffff }), (n) => {
        expect(parseIPv4([n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join('.'))).toBe(n);
      }),
    );
  });

  it.each<[string, readonly number[] | null]>([
    ['::', [0, 0, 0, 0, 0, 0, 0, 0]],
    ['::1', [0, 0, 0, 0, 0, 0, 0, 1]],
    ['2001:db8::', [0x2001, 0xdb8, 0, 0, 0, 0, 0, 0]],
    ['1:2:3:4:5:6:7:8', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['1:2:3:4:5:6:7::', [1, 2, 3, 4, 5, 6, 7, 0]],
    ['::ffff:192.0.2.1', [0, 0, 0, 0, 0, 0xffff, 0xc000, 0x201]],
    ['fe80::1%eth0', [0xfe80, 0, 0, 0, 0, 0, 0, 1]],
    ['1:2:3:4:5:6:7:8::', null],
    ['1::2::3', null],
    ['::1%', null],
    [':', null],
    ['', null],
  ])('parseIPv6(%j)', (text, groups) => {
    expect(parseIPv6(text)).toEqual(groups);
  });

  it.each<[string, ReturnType<typeof scopeOf>]>([
    ['0.0.0.0', 'unspecified'],
    ['10.255.255.255', 'private'],
    ['100.64.0.1', 'private'],
    ['100.128.0.1', 'public'],
    ['127.8.8.8', 'loopback'],
    ['169.254.1.1', 'link-local'],
    ['172.15.255.255', 'public'],
    ['172.16.0.0', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.0', 'public'],
    ['192.168.0.1', 'private'],
    ['192.0.2.1', 'reserved'],
    ['198.18.0.1', 'reserved'],
    ['203.0.113.9', 'reserved'],
    ['224.0.0.1', 'reserved'],
    ['255.255.255.255', 'reserved'],
    ['8.8.8.8', 'public'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['::2', 'public'],
    ['fd00::1', 'private'],
    ['fe80::1%eth0', 'link-local'],
    ['ff02::1', 'reserved'],
    ['2001:db8::1', 'reserved'],
    ['2606:4700::1', 'public'],
    ['::ffff:192.168.0.1', 'private'],
    ['::ffff:8.8.8.8', 'public'],
    ['64:ff9b::10.0.0.1', 'private'],
    ['plex.tv', null],
    ['1.2.3.04', null],
  ])('scopeOf(%j) is %s', (text, scope) => {
    expect(scopeOf(text)).toBe(scope);
  });
});

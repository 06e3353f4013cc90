import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressBytes,
  familyOf,
  formatAddress,
  formatIPv4,
  parseIPv4,
  parseIPv6,
  samePrefix,
  unmapped,
} from '../../../src/core/values/address.ts';
import { randomAddress, textOfBytes } from '../../support/addresses.ts';
import { runs } from '../../support/fuzz.ts';

/** Text that is an address, or nearly one. */
const addressLike = fc.oneof(
  fc.ipV4(),
  fc.ipV4Extended(),
  fc.ipV6(),
  fc.ipV6().map((text) => text.toUpperCase()),
  fc.tuple(fc.ipV6(), fc.stringMatching(/^%[\w.:-]{0,6}$/)).map((parts) => parts.join('')),
  fc.stringMatching(/^[0-9a-f:.%]{0,20}$/),
  fc
    .array(fc.constantFrom(':', '::', '1', 'ffff', 'fffff', '0', '1.2.3.4', '01', '256', '.', 'g'), { maxLength: 12 })
    .map((parts) => parts.join('')),
);

describe('reading an address', () => {
  it('accepts what node:net accepts', () => {
    fc.assert(
      fc.property(fc.oneof(addressLike, fc.string()), (text) => {
        expect(parseIPv4(text) !== null).toBe(isIPv4(text));
        expect(parseIPv6(text) !== null).toBe(isIPv6(text) && !text.includes('%'));
        expect(addressBytes(text) !== null).toBe(isIP(text) !== 0 && !text.includes('%'));
        expect(familyOf(text) ?? 0).toBe(isIP(text));
      }),
      runs(500),
    );
  });

  it.each([
    ['127.0.0.1', 0x7f000001],
    ['255.255.255.255', 0xffffffff],
    ['0.0.0.0', 0],
    ['127.1', null],
    ['127.0.0.01', null],
    ['127.0.0.256', null],
    ['127.0.0.1.', null],
    ['.127.0.0.1', null],
    ['127.0.0.1 ', null],
    ['', null],
  ])('parseIPv4(%j)', (text, value) => {
    expect(parseIPv4(text)).toBe(value);
  });

  it.each<[string, readonly number[] | null]>([
    ['::', [0, 0, 0, 0, 0, 0, 0, 0]],
    ['::1', [0, 0, 0, 0, 0, 0, 0, 1]],
    ['2001:DB8::', [0x2001, 0xdb8, 0, 0, 0, 0, 0, 0]],
    ['1:2:3:4:5:6:7:8', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['1:2:3:4:5:6:7::', [1, 2, 3, 4, 5, 6, 7, 0]],
    ['::2:3:4:5:6:7:8', [0, 2, 3, 4, 5, 6, 7, 8]],
    ['::ffff:192.0.2.1', [0, 0, 0, 0, 0, 0xffff, 0xc000, 0x201]],
    ['1:2:3:4:5:6:192.0.2.1', [1, 2, 3, 4, 5, 6, 0xc000, 0x201]],
    ['1:2:3:4:5:6:7:192.0.2.1', null],
    ['1:2:3:4:5:6:7', null],
    ['1:2:3:4:5:6:7:8::', null],
    ['1:2:3:4:5:6:7:8:9', null],
    ['10.0.0.5::', null],
    ['1::2::3', null],
    [':::', null],
    [':1', null],
    ['1:', null],
    ['[::1]', null],
    ['fe80::1%eth0', null],
    [':', null],
    ['', null],
  ])('parseIPv6(%j)', (text, groups) => {
    const bytes = groups && Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
    expect(parseIPv6(text)).toEqual(bytes);
  });
});

describe('writing an address', () => {
  it('comes back as the same bytes', () => {
    fc.assert(
      fc.property(randomAddress, (bytes) => {
        expect(addressBytes(formatAddress(bytes) ?? '')).toEqual(bytes);
      }),
    );
  });

  it('is the canonical form, whatever was read', () => {
    fc.assert(
      fc.property(randomAddress, fc.boolean(), (bytes, upper) => {
        const long = textOfBytes(bytes);
        const canonical = formatAddress(addressBytes(upper ? long.toUpperCase() : long) ?? new Uint8Array());
        // URLs are written as RFC 5952 says but for section 5.
        const isMapped = bytes.length === 16 && unmapped(bytes).length === 4;
        const expected = bytes.length === 4 ? long : new URL(`http://[${long}]`).hostname.slice(1, -1);
        expect(canonical).toBe(isMapped ? `::ffff:${bytes.subarray(12).join('.')}` : expected);
      }),
      runs(200),
    );
  });

  it.each([
    ['0:0:0:0:0:0:0:1', '::1'],
    ['1:0:0:0:0:0:0:0', '1::'],
    ['2001:0DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['1:0:2:0:3:0:4:0', '1:0:2:0:3:0:4:0'],
    ['0:0:1:0:0:0:1:0', '0:0:1::1:0'],
    ['::ffff:c000:201', '::ffff:192.0.2.1'],
    ['::a00:5', '::a00:5'],
  ])('%s is written %s', (long, short) => {
    expect(formatAddress(addressBytes(long) ?? new Uint8Array())).toBe(short);
  });

  it('every IPv4 address is the number that it stands for', () => {
    fc.assert(
      fc.property(fc.nat({ max: 0xffff_ffff }), (n) => {
        expect(parseIPv4(formatIPv4(n))).toBe(n);
      }),
    );
  });

  it('refuses other lengths', () => {
    for (const length of [0, 3, 5, 15, 17]) expect(formatAddress(new Uint8Array(length))).toBeNull();
  });
});

describe('prefixes', () => {
  it('agree with net.BlockList', () => {
    fc.assert(
      fc.property(randomAddress, fc.nat(128), fc.nat(129), (network, length, changed) => {
        const bits = length % (8 * network.length + 1);
        // One bit differs, or none.
        const other = network.slice();
        if (changed < 8 * network.length) other[changed >> 3] = (other[changed >> 3] ?? 0) ^ (0x80 >> (changed & 7));
        const family = network.length === 4 ? 'ipv4' : 'ipv6';
        const list = new BlockList();
        list.addSubnet(textOfBytes(network), bits, family);
        expect(samePrefix(network, other, bits)).toBe(list.check(textOfBytes(other), family));
      }),
      runs(200),
    );
  });

  it('never hold across families', () => {
    expect(samePrefix(new Uint8Array(4), new Uint8Array(16), 0)).toBe(false);
  });
});

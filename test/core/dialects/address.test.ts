import * as fc from 'fast-check';
import { isIPv4, isIPv6 } from 'node:net';
import { describe, expect, it } from 'vitest';
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6, parseLooseIpv4 } from '../../../src/core/dialects/address.ts';

describe('strict addresses, as inet_pton reads them', () => {
  it.each([
    ['127.0.0.1', 0x7f000001],
    ['255.255.255.255', 0xffffffff],
    ['0.0.0.0', 0],
    ['127.1', null],
    ['127.0.0.01', null],
    ['127.0.0.256', null],
    ['127.0.0.1.', null],
    ['', null],
  ])('%s', (text, value) => {
    expect(parseIpv4(text)).toBe(value);
  });

  it.each([
    ['::', 0n],
    ['::1', 1n],
    ['1::', 1n << 112n],
    ['::ffff:10.0.0.5', 0xffff_0a00_0005n],
    ['2001:DB8::1', (0x2001_0db8n << 96n) + 1n],
    ['1:2:3:4:5:6:7:8', 0x0001_0002_0003_0004_0005_0006_0007_0008n],
    ['1:2:3:4:5:6:7', null],
    ['1:2:3:4:5:6:7:8::', null],
    ['::1::', null],
    [':1', null],
    ['[::1]', null],
    ['fe80::1%eth0', null],
    ['10.0.0.5::', null],
    ['', null],
  ])('%s', (text, value) => {
    expect(parseIpv6(text)).toBe(value);
  });

  const text = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcf:.')), maxLength: 24 }),
  );
  it('agree with the platform on what is an address', () => {
    fc.assert(
      fc.property(text, (candidate) => {
        expect(parseIpv4(candidate) !== null).toBe(isIPv4(candidate));
        expect(parseIpv6(candidate) !== null).toBe(isIPv6(candidate));
      }),
      { numRuns: 2000 },
    );
  });

  it('come back from their shortest spelling', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), (value) => {
        expect(parseIpv6(formatIpv6(value))).toBe(value);
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (value) => {
        expect(parseIpv4(formatIpv4(value))).toBe(value);
        expect(parseLooseIpv4(formatIpv4(value))).toBe(value);
      }),
    );
  });

  it.each([
    ['0:0:0:0:0:0:0:1', '::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['::ffff:a00:5', '::ffff:10.0.0.5'],
    ['::a00:5', '::10.0.0.5'],
    ['1:0:2:0:3:0:4:0', '1:0:2:0:3:0:4:0'],
  ])('%s is written %s', (long, short) => {
    expect(formatIpv6(parseIpv6(long) ?? 0n)).toBe(short);
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
    expect(parseLooseIpv4(text)).toBe(value);
  });
});

import { isIP } from 'node:net';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesToIp, ipToBytes } from '../../src/parse/ip-bytes.ts';

describe('ipToBytes and bytesToIp', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:0DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
  ])('read %s as %s', (text, canonical) => {
    expect(bytesToIp(ipToBytes(text) ?? new Uint8Array())).toBe(canonical);
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.256',
    '01.2.3.4',
    '1:2:3',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7::8',
    '12345::',
    '1.2.3.4::',
    '1:',
  ])('refuse %j', (text) => {
    expect(ipToBytes(text)).toBeNull();
  });

  it('refuse other lengths', () => {
    expect(bytesToIp(new Uint8Array(5))).toBeNull();
  });

  it('give back the bytes of every address', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.array(fc.constantFrom(0, 0, 7, 255), { minLength: 16, maxLength: 16 }).map((list) => Uint8Array.from(list)),
    );
    fc.assert(
      fc.property(bytes, (some) => {
        expect(ipToBytes(bytesToIp(some) ?? '')).toEqual(some);
      }),
    );
  });

  it('agree with Node about what is an address', () => {
    const texts = fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[0-9a-f:.]{0,20}$/));
    fc.assert(
      fc.property(texts, (text) => {
        expect(ipToBytes(text) !== null).toBe(isIP(text) !== 0);
      }),
    );
  });
});

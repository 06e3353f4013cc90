import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bitString,
  boolean,
  integer,
  octetString,
  oid,
  sequence,
  set,
  tagged,
  time,
  utf8String,
} from '../../../src/demo/outside/der.ts';

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

describe('DER', () => {
  // Encodings worked out from X.690 8 to 11.
  it.each<[string, Uint8Array, string]>([
    ['true', boolean(true), '0101ff'],
    ['false', boolean(false), '010100'],
    ['zero', integer(bytes(0, 0)), '020100'],
    ['a number without its leading zeros', integer(bytes(0, 0, 5)), '020105'],
    ['a number that would look negative', integer(bytes(0x80)), '02020080'],
    ['an object identifier', oid('1.2.840.10045.4.3.2'), '06082a8648ce3d040302'],
    ['an object identifier below 2.5', oid('2.5.29.17'), '0603551d11'],
    ['bits that do not fill a byte', bitString(bytes(0b1000_0000), 7), '03020780'],
    ['text', utf8String('é'), '0c02c3a9'],
    ['a time before 2050', time(new Date('2049-12-31T23:59:59.999Z')), '170d3439313233313233353935395a'],
    ['a time from 2050 on', time(new Date('2050-01-01T00:00:00Z')), '180f32303530303130313030303030305a'],
    ['a sequence', sequence(boolean(true), boolean(false)), '30060101ff010100'],
    ['a set', set(boolean(true)), '31030101ff'],
    ['an explicit tag', tagged(3, boolean(true), 'constructed'), 'a3030101ff'],
    ['an implicit tag', tagged(7, bytes(127, 0, 0, 1), 'primitive'), '87047f000001'],
  ])('writes %s', (_, written, expected) => {
    expect(Buffer.from(written).toString('hex')).toBe(expected);
  });

  it('writes the length of any content in the shortest form', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 70_000 }), (size) => {
        const written = octetString(new Uint8Array(size));
        const first = written[1] ?? 0;
        const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
        const length = lengthBytes === 0 ? first : written.readUIntBE(2, lengthBytes);
        expect(length).toBe(size);
        expect(written.length).toBe(2 + lengthBytes + size);
        expect(lengthBytes === 0 ? size < 0x80 : size >= Math.max(0x80, 256 ** (lengthBytes - 1))).toBe(true);
      }),
    );
  });
});

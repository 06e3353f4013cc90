import * as fc from 'fast-check';

/** The bytes of an address of either family, with runs of zeros and addresses of IPv4 inside of IPv6 more often than by chance. */
export const randomAddress: fc.Arbitrary<Uint8Array> = fc
  .oneof(
    fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }),
    fc.array(fc.nat(255), { minLength: 16, maxLength: 16 }),
    fc
      .array(fc.constantFrom(0, 0, 0, 1, 0xff00, 0xffff), { minLength: 8, maxLength: 8 })
      .map((groups) => groups.flatMap((group) => [group >> 8, group & 0xff])),
    fc
      .array(fc.nat(255), { minLength: 4, maxLength: 4 })
      .map((four) => [...Array.from({ length: 10 }, () => 0), 255, 255, ...four]),
  )
  .map((bytes) => Uint8Array.from(bytes));

/** The plainest text: nothing is shortened. */
export function textOfBytes(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  return Array.from({ length: 8 }, (_, i) => (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16)).join(
    ':',
  );
}

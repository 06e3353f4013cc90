import * as fc from 'fast-check';
import { browserHello, extension, sslv2Hello, tlsHello, type HelloOptions } from './hello-builder.ts';

/** Options of hellos that keep to the rules. */
export const hellos: fc.Arbitrary<HelloOptions> = fc.oneof(
  fc.constantFrom('plex.tv', 'app.plex.tv').map(browserHello),
  fc.record(
    {
      name: fc.constantFrom('plex.tv', '192.0.2.1', '2001:db8::1', 'not a name', null),
      alpn: fc.array(fc.uint8Array({ minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 3 }),
      supportedVersions: fc.array(fc.constantFrom(0x0304, 0x0303, 0x1a1a), { minLength: 1, maxLength: 3 }),
      sessionId: fc.uint8Array({ maxLength: 32 }),
      extensions: fc
        .uint8Array({ maxLength: 600 })
        .map((data) => [extension(23), extension(21, data), extension(0x5a5a), extension(0xfe0d, data)]),
    },
    { requiredKeys: [] },
  ),
);

/** How many bytes there are in each record, or segment. */
export const sizes: fc.Arbitrary<number[]> = fc.array(fc.integer({ min: 1, max: 700 }), {
  minLength: 1,
  maxLength: 12,
});

/** A hello as it goes over TCP. */
export const helloBytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(hellos, sizes).map(([options, recordSizes]) => tlsHello(options, recordSizes)) },
  { weight: 1, arbitrary: fc.integer({ min: 0x0300, max: 0x0303 }).map((version) => sslv2Hello(version)) },
);

/** Bytes with a few of them changed, and perhaps the end cut off. */
export function mutated(bytes: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 6 });
  return fc.tuple(bytes, changes, fc.option(fc.nat())).map(([whole, edits, cut]) => {
    const copy = whole.slice(0, cut === null ? whole.length : cut % (whole.length + 1));
    for (const [at, value] of edits) if (copy.length > 0) copy[at % copy.length] = value;
    return copy;
  });
}

/** Cuts bytes into segments of these sizes, the last size for all that follow. */
export function segmentsOf(bytes: Uint8Array, segmentSizes: readonly number[]): Uint8Array[] {
  const segments: Uint8Array[] = [];
  for (let at = 0, size = 1; at < bytes.length; at += size) {
    size = segmentSizes[segments.length] ?? size;
    segments.push(bytes.subarray(at, at + size));
  }
  return segments;
}

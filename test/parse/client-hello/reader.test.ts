import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ClientHelloReader,
  HELLO_LIMIT_BYTES,
  parseClientHello,
  type HelloResult,
} from '../../../src/parse/client-hello/index.ts';
import { helloBytes, mutated, segmentsOf, sizes } from '../../support/packets/hello-arbitraries.ts';
import { concat, record, sslv2Hello, tlsHello } from '../../support/packets/hello-builder.ts';

const CHANGE_CIPHER_SPEC = record(20, Uint8Array.of(1));
const first = tlsHello({ name: 'first.example' });
const second = tlsHello({ name: 'second.example' }, [100]);

/** Pushes segments that are overwritten afterwards, as a reader of files does with its one buffer. */
function pushAll(reader: ClientHelloReader, segments: readonly Uint8Array[]): HelloResult {
  let result: HelloResult = { kind: 'need-more' };
  for (const segment of segments) {
    const lent = segment.slice();
    result = reader.push(lent);
    if (result.kind === 'complete') return result;
    lent.fill(0xff);
  }
  return result;
}

describe('ClientHelloReader', () => {
  it('finds what parseClientHello finds, however the bytes are cut', () => {
    fc.assert(
      fc.property(mutated(helloBytes), sizes, (bytes, segmentSizes) => {
        const whole = parseClientHello(bytes);
        expect(pushAll(new ClientHelloReader(), segmentsOf(bytes, segmentSizes))).toEqual(whole);
      }),
    );
  });

  it('takes bytes one by one', () => {
    const bytes = tlsHello({ name: 'plex.tv' }, [1]);
    expect(pushAll(new ClientHelloReader(), segmentsOf(bytes, [1]))).toEqual(parseClientHello(bytes));
  });

  it('keeps its result', () => {
    const reader = new ClientHelloReader();
    const result = reader.push(first);
    expect(result.kind).toBe('complete');
    expect(reader.push(second)).toBe(result);
  });

  it('gives up at the limit', () => {
    const reader = new ClientHelloReader();
    const endless = Array.from({ length: HELLO_LIMIT_BYTES / 1024 }, (_, i) =>
      record(22, new Uint8Array(1024).fill(i === 0 ? 1 : 0)),
    );
    endless[0]?.set([1, 0, 0xff, 0xff], 5);
    expect(pushAll(reader, endless)).toMatchObject({ kind: 'malformed', rule: expect.stringContaining('65536') });
  });

  it.each<[string, readonly Uint8Array[]]>([
    ['at once', []],
    ['behind change_cipher_spec', [CHANGE_CIPHER_SPEC]],
    ['behind early data', [CHANGE_CIPHER_SPEC, record(23, new Uint8Array(9000)), record(23, new Uint8Array(7000))]],
  ])('finds the second hello %s, however the bytes are cut', (_, between) => {
    const bytes = concat(first, ...between, second);
    for (const size of [1, 7, 300, 5000, bytes.length]) {
      const reader = new ClientHelloReader();
      const segments = segmentsOf(bytes, [size]);
      const results: HelloResult[] = [];
      for (const segment of segments) {
        const result = reader.push(segment);
        if (result.kind === 'complete' && results.length === 0) results.push(result, reader.next());
        else if (results.length > 0) results[1] = result;
      }
      expect(results).toMatchObject([
        { kind: 'complete', hello: { serverName: { name: 'first.example' } }, end: first.length },
        { kind: 'complete', hello: { serverName: { name: 'second.example' } }, end: bytes.length },
      ]);
    }
  });

  it.each<[string, Uint8Array, HelloResult]>([
    ['nothing', new Uint8Array(), { kind: 'need-more' }],
    ['half a record header', Uint8Array.of(20, 3), { kind: 'need-more' }],
    ['half a record', Uint8Array.of(23, 3, 3, 1, 0, 0), { kind: 'need-more' }],
    ['a ClientKeyExchange', record(22, Uint8Array.of(16, 0, 0, 0)), { kind: 'not-tls', protocol: null }],
    ['an alert', record(21, Uint8Array.of(1, 0)), { kind: 'not-tls', protocol: null }],
    [
      'more application data than a client may send early',
      concat(...Array.from({ length: 5 }, () => record(23, new Uint8Array(2 ** 14)))),
      { kind: 'not-tls', protocol: null },
    ],
    [
      'a malformed hello',
      concat(CHANGE_CIPHER_SPEC, [22, 3, 1, 0, 0]),
      { kind: 'malformed', offset: first.length + 6 + 3, rule: 'RFC 8446 5.1: a handshake record is not empty' },
    ],
  ])('says of %s behind the hello what it is', (_, behind, expected) => {
    const reader = new ClientHelloReader();
    reader.push(concat(first, behind));
    expect(reader.next()).toEqual(expected);
  });

  it('has no next hello before there is one', () => {
    const reader = new ClientHelloReader();
    reader.push(first.subarray(0, 9));
    expect(reader.next()).toEqual({ kind: 'need-more' });
    expect(reader.push(first.subarray(9))).toMatchObject({ kind: 'complete', end: first.length });
  });

  it('reads what there is of a hello that will not end', () => {
    const reader = new ClientHelloReader();
    expect(reader.partial()).toBeNull();
    pushAll(reader, segmentsOf(tlsHello({ name: 'first.example', alpn: ['h2'] }).subarray(0, -1), [11]));
    expect(reader.partial()?.serverName).toEqual({ kind: 'name', name: 'first.example' });
    const old = new ClientHelloReader();
    old.push(sslv2Hello(0x0300).subarray(0, 9));
    expect(old.partial()).toMatchObject({ framing: 'sslv2', legacyVersion: 0x0300 });
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DNS_RCODE,
  DNS_TYPE,
  dnsQuery,
  dnsReply,
  encodeDns,
  parseDns,
  type DnsData,
  type DnsMessage,
  type DnsRecord,
} from '../../src/parse/dns.ts';
import { formatAddress } from '../../src/core/values/address.ts';

const HEADER_BYTES = 12;

/** A message from its header's counts and the bytes after it. */
function bytesOf(counts: readonly number[], ...rest: readonly (number | string)[]): Uint8Array {
  const header = [0x12, 0x34, 0x81, 0x80, ...counts.flatMap((count) => [0, count])];
  const tail = rest.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part, 'latin1')] : [part]));
  return Uint8Array.from([...header, ...tail]);
}

const QUESTION = [4, 'plex', 2, 'tv', 0, 0, 1, 0, 1] as const;

describe('parseDns', () => {
  it('reads a compressed answer', () => {
    const cname = [0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 5, 2, 'v4', 0xc0, 12] as const;
    const address = [0xc0, 37, 0, 1, 0, 1, 0, 0, 1, 0, 0, 4, 192, 0, 2, 1] as const;
    const result = parseDns(bytesOf([1, 2, 0, 0], ...QUESTION, ...cname, ...address));
    expect(result).toMatchObject({
      kind: 'complete',
      message: {
        id: 0x1234,
        response: true,
        recursionAvailable: true,
        questions: [{ name: 'plex.tv', type: 1, class: 1 }],
        answers: [
          { name: 'plex.tv', type: 5, ttlSeconds: 60, data: { kind: 'name', name: 'v4.plex.tv' } },
          { name: 'v4.plex.tv', type: 1, ttlSeconds: 256, data: { kind: 'address', address: '192.0.2.1' } },
        ],
      },
    });
  });

  it.each<[string, Uint8Array, number, string]>([
    ['nothing', new Uint8Array(), 0, '4.1:'],
    ['half a header', new Uint8Array(7), 7, '4.1:'],
    ['a missing question', bytesOf([1, 0, 0, 0]), HEADER_BYTES, '4.1:'],
    ['a label that runs out', bytesOf([1, 0, 0, 0], 9, 'plex'), HEADER_BYTES + 5, '4.1:'],
    ['a pointer to itself', bytesOf([1, 0, 0, 0], 0xc0, 12, 0, 1, 0, 1), HEADER_BYTES, '4.1.4'],
    ['a pointer forward', bytesOf([1, 0, 0, 0], 0xc0, 14, 0, 0, 1, 0, 1), HEADER_BYTES, '4.1.4'],
    [
      'a pointer back into the name it ends',
      bytesOf([1, 0, 0, 0], 1, 'a', 0xc0, 12, 0, 1, 0, 1),
      HEADER_BYTES + 2,
      '4.1.4',
    ],
    ['a reserved label type', bytesOf([1, 0, 0, 0], 0x40, 0, 0, 1, 0, 1), HEADER_BYTES, '4.1.4'],
    [
      'a name of 256 bytes',
      bytesOf([1, 0, 0, 0], ...Array<string>(85).fill('\x02ab'), 0, 0, 1, 0, 1),
      HEADER_BYTES + 252,
      '2.3.4',
    ],
    [
      'an address of five bytes',
      bytesOf([0, 1, 0, 0], 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 5, '12345'),
      HEADER_BYTES + 11,
      '3.4.1',
    ],
    [
      'an IPv6 address as an A record',
      bytesOf([0, 1, 0, 0], 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 16, 'x'.repeat(16)),
      HEADER_BYTES + 11,
      '3.4.1',
    ],
    [
      'a name longer than its data',
      bytesOf([0, 1, 0, 0], 0, 0, 5, 0, 1, 0, 0, 0, 0, 0, 1, 1, 'a', 0),
      HEADER_BYTES + 14,
      '4.1.3',
    ],
  ])('refuses %s', (_, bytes, offset, rule) => {
    const result = parseDns(bytes);
    expect(result).toMatchObject({ kind: 'malformed', offset });
    expect(result).toHaveProperty('rule', expect.stringContaining(rule));
  });

  it('has a result for any bytes', () => {
    const likely = fc.uint8Array({ maxLength: 80 }).map((tail) => bytesOf([1, 1, 0, 0], ...tail));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), likely), (bytes) => {
        expect(parseDns(bytes).kind).toMatch(/^(complete|malformed)$/);
      }),
    );
  });

  it('finds every truncation of a message malformed', () => {
    const whole = encodeDns(dnsReply(dnsQuery(7, 'plex.tv', DNS_TYPE.A), DNS_RCODE.noError, ['192.0.2.1']));
    const kinds = Array.from(whole, (_, length) => parseDns(whole.subarray(0, length)).kind);
    expect(new Set(kinds)).toEqual(new Set(['malformed']));
  });
});

const label = fc.oneof(
  fc.stringMatching(/^[a-z0-9_-]{1,20}$/),
  fc.constantFrom('a\\.b', '\\\\', '\\000', 'x\\255y', '\\032', '*'),
);
const name = fc.array(label, { maxLength: 6 }).map((labels) => labels.join('.'));
const uint = (bits: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: 2 ** bits - 1 });
const addressOf = (length: number): fc.Arbitrary<DnsData> =>
  fc
    .uint8Array({ minLength: length, maxLength: length })
    .map((bytes) => ({ kind: 'address', address: formatAddress(bytes) ?? '' }));
const typed: fc.Arbitrary<readonly [number, DnsData]> = fc.oneof(
  fc.tuple(fc.constant(DNS_TYPE.A), addressOf(4)),
  fc.tuple(fc.constant(DNS_TYPE.AAAA), addressOf(16)),
  fc.tuple(
    fc.constant(DNS_TYPE.CNAME),
    name.map((target): DnsData => ({ kind: 'name', name: target })),
  ),
  fc.tuple(
    fc.constantFrom(2, 16, 41, 65),
    fc.uint8Array({ maxLength: 30 }).map((bytes): DnsData => ({ kind: 'bytes', bytes })),
  ),
);
const record: fc.Arbitrary<DnsRecord> = fc
  .tuple(name, typed, uint(16), uint(32))
  .map(([owner, [type, data], dnsClass, ttlSeconds]) => ({ name: owner, type, class: dnsClass, ttlSeconds, data }));
const message: fc.Arbitrary<DnsMessage> = fc.record({
  id: uint(16),
  response: fc.boolean(),
  opcode: uint(4),
  authoritative: fc.boolean(),
  truncated: fc.boolean(),
  recursionDesired: fc.boolean(),
  recursionAvailable: fc.boolean(),
  rcode: uint(4),
  questions: fc.array(fc.record({ name, type: uint(16), class: uint(16) }), { maxLength: 2 }),
  answers: fc.array(record, { maxLength: 3 }),
  authorities: fc.array(record, { maxLength: 2 }),
  additionals: fc.array(record, { maxLength: 2 }),
});

describe('encodeDns', () => {
  it('writes what parseDns reads', () => {
    fc.assert(
      fc.property(message, (some) => {
        expect(parseDns(encodeDns(some))).toEqual({ kind: 'complete', message: some });
      }),
    );
  });

  it.each<[string, string]>([
    ['an empty label', 'plex..tv'],
    ['a label of 64 bytes', `${'a'.repeat(64)}.tv`],
    ['a name of 256 bytes', Array<string>(64).fill('abc').join('.')],
  ])('refuses %s', (_, bad) => {
    expect(() => encodeDns(dnsQuery(1, bad, DNS_TYPE.A))).toThrow(RangeError);
  });
});

describe('dnsReply', () => {
  const both = ['192.0.2.1', '2001:db8::1'];
  it.each<[string, number, number, readonly string[], readonly string[]]>([
    ['gives A the IPv4 addresses', DNS_TYPE.A, DNS_RCODE.noError, both, ['192.0.2.1']],
    ['gives AAAA the IPv6 addresses', DNS_TYPE.AAAA, DNS_RCODE.noError, both, ['2001:db8::1']],
    ['gives other types nothing', 65, DNS_RCODE.noError, both, []],
    ['carries a code', DNS_TYPE.A, DNS_RCODE.nxDomain, [], []],
  ])('%s', (_, type, rcode, addresses, expected) => {
    const reply = dnsReply(dnsQuery(9, 'plex.tv', type), rcode, addresses);
    const answered = reply.answers.map(({ data }) => (data.kind === 'address' ? data.address : data.kind));
    expect({ id: reply.id, response: reply.response, rcode: reply.rcode, answered }).toEqual({
      id: 9,
      response: true,
      rcode,
      answered: expected,
    });
  });
});

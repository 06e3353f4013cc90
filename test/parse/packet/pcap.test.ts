import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PcapReader, sniffCapture } from '../../../src/parse/packet/pcap.ts';
import { PACKET_LIMIT_BYTES, type PcapProblem } from '../../../src/parse/packet/pcap-sink.ts';
import { concat } from '../../support/packets/hello-builder.ts';
import { FIRST_MS, LINK, pcap, pcapngSection, type PcapNgPacket } from '../../support/packets/pcap-builder.ts';
import { runs } from '../../support/fuzz.ts';

interface Seen {
  readonly packets: {
    readonly text: string;
    readonly linkType: number;
    readonly timeMs: number;
    readonly wireBytes: number;
  }[];
  readonly problems: PcapProblem[];
}

function read(file: Uint8Array, chunkBytes = Math.max(1, file.length)): Seen {
  const seen: Seen = { packets: [], problems: [] };
  const reader = new PcapReader({
    packet: (bytes, start, end, linkType, timeMs, wireBytes) => {
      seen.packets.push({ text: Buffer.from(bytes.slice(start, end)).toString('latin1'), linkType, timeMs, wireBytes });
    },
    problem: (problem) => seen.problems.push(problem),
  });
  for (let at = 0; at < file.length; at += chunkBytes) reader.push(file.slice(at, at + chunkBytes));
  reader.end();
  return seen;
}

function packet(text: string, more: Partial<PcapNgPacket> = {}): PcapNgPacket {
  return { bytes: Buffer.from(text), ...more };
}

const TWO = [packet('first', { timeMs: FIRST_MS + 1.5 }), packet('second', { timeMs: FIRST_MS + 2000.25 })];

describe('the limits of a capture', () => {
  it.each<[string, Uint8Array, number | null, readonly string[]]>([
    ['pcap', pcap(TWO, { snap: 96 }), 96, []],
    ['pcap, big-endian', pcap(TWO, { snap: 96, littleEndian: false }), 96, []],
    ['pcap without a length', pcap(TWO, { snap: 0 }), null, []],
    ['pcapng', pcapngSection(TWO), null, []],
    ['pcapng with a filter', pcapngSection(TWO, [{ snap: 128, filter: 'tcp port 443' }]), 128, ['tcp port 443']],
    [
      'pcapng with several interfaces',
      pcapngSection(TWO, [{ filter: 'udp' }, { snap: 200, filter: 'udp' }, { snap: 64, filter: 'port 53' }]),
      64,
      ['udp', 'port 53'],
    ],
    ['pcapng, big-endian', pcapngSection(TWO, [{ snap: 64, filter: 'arp' }], false), 64, ['arp']],
    ['a compiled filter', pcapngSection(TWO, [{ filter: Uint8Array.of(1, 2, 3, 4) }]), null, ['a compiled filter']],
    ['unprintable words', pcapngSection(TWO, [{ filter: 'ho\u0000st\n a' }]), null, ['host a']],
    ['no capture', Buffer.from('hello hello hello'), null, []],
  ])('%s', (_, file, snapBytes, filters) => {
    const reader = new PcapReader({ packet: () => {}, problem: () => {} });
    reader.push(file);
    expect({ ...reader.limits, filters: [...reader.limits.filters] }).toEqual({ snapBytes, filters });
  });
});

describe('PcapReader', () => {
  it.each<[string, Uint8Array]>([
    ['pcap, little-endian', pcap(TWO)],
    ['pcap, big-endian', pcap(TWO, { littleEndian: false })],
    ['pcap with nanoseconds', pcap(TWO, { unit: 'ns' })],
    ['pcap with nanoseconds, big-endian', pcap(TWO, { unit: 'ns', littleEndian: false })],
    ['modified pcap', pcap(TWO, { modified: true })],
    ['modified pcap, big-endian', pcap(TWO, { modified: true, littleEndian: false })],
    ['pcapng, little-endian', pcapngSection(TWO)],
    ['pcapng, big-endian', pcapngSection(TWO, [{}], false)],
    ['pcapng in nanoseconds', pcapngSection(TWO, [{ resolution: 9 }])],
    ['pcapng in parts of a power of 2', pcapngSection(TWO, [{ resolution: 0x8a + 10 }])],
    ['pcapng with an offset', pcapngSection(TWO, [{ offsetS: 1_699_999_000 }])],
    ['pcapng with a negative offset', pcapngSection(TWO, [{ offsetS: -3600 }])],
    ['pcapng with a negative offset, big-endian', pcapngSection(TWO, [{ offsetS: -3600 }], false)],
    ['obsolete packet blocks', pcapngSection(TWO.map((one) => ({ ...one, block: 'obsolete' as const })))],
    [
      'two sections of different byte order',
      concat(pcapngSection(TWO.slice(0, 1)), pcapngSection(TWO.slice(1), [{}], false)),
    ],
  ])('reads %s', (_, file) => {
    const { packets, problems } = read(file);
    expect(problems).toEqual([]);
    expect(packets.map(({ text, wireBytes }) => [text, wireBytes])).toEqual([
      ['first', 5],
      ['second', 6],
    ]);
    expect(packets[0]?.timeMs).toBeCloseTo(FIRST_MS + 1.5, 2);
    expect(packets[1]?.timeMs).toBeCloseTo(FIRST_MS + 2000.25, 2);
  });

  it('keeps the interfaces of a section apart', () => {
    const packets = [packet('a'), packet('b', { interface: 1 })];
    const both = concat(
      pcapngSection(packets, [{ linkType: LINK.raw }, { linkType: LINK.sll }]),
      pcapngSection([packet('c')], [{ linkType: LINK.null }]),
    );
    expect(read(both).packets.map(({ text, linkType }) => [text, linkType])).toEqual([
      ['a', LINK.raw],
      ['b', LINK.sll],
      ['c', LINK.null],
    ]);
  });

  it('cuts simple packets at the snap length of the first interface', () => {
    const file = pcapngSection(
      [packet('abc', { block: 'simple' }), packet('defghi', { block: 'simple', snap: 4 })],
      [{ snap: 4 }],
    );
    const { packets } = read(file);
    expect(packets.map(({ text, wireBytes }) => [text, wireBytes])).toEqual([
      ['abc', 3],
      ['defg', 6],
    ]);
    expect(packets[0]?.timeMs).toBeNaN();
  });

  const whole = pcap(TWO);
  const ng = pcapngSection(TWO);
  it.each<[string, Uint8Array, number, string | null]>([
    ['an empty file', new Uint8Array(), 0, 'the file is empty'],
    ['three bytes', whole.subarray(0, 3), 0, 'the file is too short for a capture'],
    ['text', Buffer.from('not a capture'), 0, 'the file does not begin as pcap or pcapng files do'],
    ['half a header', whole.subarray(0, 20), 0, 'the file ends inside its header'],
    ['a header alone', whole.subarray(0, 24), 0, null],
    ['a cut first packet', whole.subarray(0, 43), 0, 'the file ends inside packet 1'],
    ['a cut second packet', whole.subarray(0, whole.length - 1), 1, 'the file ends inside packet 2'],
    ['a cut block', ng.subarray(0, ng.length - 2), 1, 'the file ends inside a block behind packet 1'],
    [
      'a packet that is too long',
      changed(whole, 32, [0xff, 0xff, 0xff, 0x0f]),
      0,
      'a packet of 268435455 bytes is damage; the rest was not read',
    ],
    [
      'no byte order',
      changed(ng, 8, [0, 0]),
      0,
      'draft-ietf-opsawg-pcapng section 3.1: the section has no byte order; the rest was not read',
    ],
    [
      'a block without room for its own length',
      changed(ng, 4, [8]),
      0,
      'draft-ietf-opsawg-pcapng section 3.1: a block of 8 bytes; the rest was not read',
    ],
    [
      'two lengths that differ',
      changed(ng, 24, [29]),
      2,
      "draft-ietf-opsawg-pcapng section 3.1: a block's two lengths differ",
    ],
    [
      'an interface that is missing',
      pcapngSection(TWO, []),
      2,
      'the file does not describe interface 0: its packets were not read',
    ],
  ])('tells of %s', (_, file, count, rule) => {
    const { packets, problems } = read(file);
    expect(packets).toHaveLength(count);
    expect(problems.map((problem) => problem.rule)).toEqual(rule === null ? [] : [rule]);
  });

  it('skips a block of any length', () => {
    const unknown = concat([0, 0, 0, 77, 0, 0x20, 0, 0], new Uint8Array(0x200000 - 12), [0, 0x20, 0, 0]);
    const file = concat(pcapngSection(TWO.slice(0, 1), [{}], false), unknown, pcapngSection(TWO.slice(1)));
    expect(read(file).packets).toHaveLength(2);
    expect(read(file, 1000)).toEqual(read(file));
  });

  it('skips a packet block that is too long', () => {
    const long = packet('x'.repeat(2 * PACKET_LIMIT_BYTES));
    const { packets, problems } = read(pcapngSection([long, packet('short')]), 4096);
    expect(packets.map(({ text }) => text)).toEqual(['short']);
    expect(problems).toHaveLength(1);
  });

  const packets = fc.array(
    fc.record({ bytes: fc.uint8Array({ maxLength: 300 }), block: fc.constantFrom('enhanced', 'simple', 'obsolete') }),
    { maxLength: 12 },
  );
  const files = fc.oneof(
    fc.tuple(packets, fc.boolean()).map(([list, littleEndian]) => pcap(list, { littleEndian })),
    fc.tuple(packets, fc.boolean()).map(([list, littleEndian]) => pcapngSection(list, [{}], littleEndian)),
  );
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 });

  it('reads the same whatever the chunks, also from mutated files', () => {
    fc.assert(
      fc.property(files, edits, fc.nat(), fc.integer({ min: 1, max: 400 }), (file, changes, cut, chunkBytes) => {
        const copy = file.slice(0, cut % 3 === 0 ? cut % (file.length + 1) : file.length);
        for (const [at, value] of changes) copy[at % Math.max(1, copy.length)] = value;
        expect(read(copy, chunkBytes)).toEqual(read(copy));
      }),
      runs(50),
    );
  });
});

function changed(file: Uint8Array, at: number, bytes: readonly number[]): Uint8Array {
  const copy = file.slice();
  copy.set(bytes, at);
  return copy;
}

describe('sniffCapture', () => {
  it.each<[string, Uint8Array, ReturnType<typeof sniffCapture>]>([
    ['pcap', pcap([]), 'pcap'],
    ['big-endian pcap', pcap([], { littleEndian: false, unit: 'ns' }), 'pcap'],
    ['pcapng', pcapngSection([]), 'pcapng'],
    ['text', Buffer.from('time'), null],
    ['blank lines', Buffer.from('\n\r\r\nand a text'), null],
    ['too little', pcap([]).subarray(0, 3), null],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0), null],
  ])('%s', (_, bytes, format) => {
    expect(sniffCapture(bytes)).toBe(format);
  });
});

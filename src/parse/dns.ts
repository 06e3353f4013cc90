import { formatAddress, addressBytes } from '../core/values/address.ts';

/** Record types that are read and written as values; all others are kept as bytes (IANA "DNS Parameters"). */
export const DNS_TYPE = { A: 1, CNAME: 5, AAAA: 28 } as const;

/** Response codes (RFC 1035 4.1.1). */
export const DNS_RCODE = { noError: 0, formErr: 1, servFail: 2, nxDomain: 3, notImp: 4, refused: 5 } as const;

const CLASS_IN = 1;
/** RFC 1035 2.3.4. */
const LABEL_MAX_BYTES = 63;
const NAME_MAX_BYTES = 255;

/**
 * Names are in presentation form without the final dot: `.` inside a label is `\.`, a backslash `\\`, and bytes that are not
 * printable ASCII are `\DDD` (RFC 1035 5.1). The root is ''.
 */
export interface DnsQuestion {
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

export type DnsData =
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array };

export interface DnsRecord extends DnsQuestion {
  readonly ttlSeconds: number;
  readonly data: DnsData;
}

export interface DnsMessage {
  readonly id: number;
  readonly response: boolean;
  readonly opcode: number;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionDesired: boolean;
  readonly recursionAvailable: boolean;
  readonly rcode: number;
  readonly questions: readonly DnsQuestion[];
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
}

export type DnsResult =
  | { readonly kind: 'complete'; readonly message: DnsMessage }
  | { readonly kind: 'malformed'; readonly offset: number; readonly rule: string };

/** Reads one message as a UDP datagram carries it. Over TCP the two length bytes are taken off first (RFC 1035 4.2.2). */
export function parseDns(bytes: Uint8Array): DnsResult {
  try {
    return { kind: 'complete', message: readMessage(new Reader(bytes)) };
  } catch (error) {
    if (error instanceof Malformed) return { kind: 'malformed', offset: error.offset, rule: error.rule };
    throw error;
  }
}

/** Leaves the parser from any depth; never leaves this file. */
class Malformed extends Error {
  readonly offset: number;
  readonly rule: string;

  constructor(offset: number, rule: string) {
    super(rule);
    this.offset = offset;
    this.rule = rule;
  }
}

class Reader {
  readonly #view: DataView;
  offset = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  byteAt(offset: number): number {
    if (offset >= this.#view.byteLength) throw new Malformed(offset, 'RFC 1035 4.1: the message ends too early');
    return this.#view.getUint8(offset);
  }

  uint16(): number {
    return this.#number(2);
  }

  uint32(): number {
    return this.#number(4);
  }

  bytes(count: number): Uint8Array {
    this.byteAt(this.offset + Math.max(0, count - 1));
    const start = this.#view.byteOffset + this.offset;
    this.offset += count;
    return new Uint8Array(this.#view.buffer.slice(start, start + count));
  }

  #number(bytes: number): number {
    let value = 0;
    for (let i = 0; i < bytes; i += 1) value = value * 256 + this.byteAt(this.offset + i);
    this.offset += bytes;
    return value;
  }
}

function readMessage(reader: Reader): DnsMessage {
  const id = reader.uint16();
  const flags = reader.uint16();
  const counts = [reader.uint16(), reader.uint16(), reader.uint16(), reader.uint16()] as const;
  return {
    id,
    response: (flags & 0x8000) !== 0,
    opcode: (flags >> 11) & 0xf,
    authoritative: (flags & 0x0400) !== 0,
    truncated: (flags & 0x0200) !== 0,
    recursionDesired: (flags & 0x0100) !== 0,
    recursionAvailable: (flags & 0x0080) !== 0,
    rcode: flags & 0xf,
    questions: times(counts[0], () => readQuestion(reader)),
    answers: times(counts[1], () => readRecord(reader)),
    authorities: times(counts[2], () => readRecord(reader)),
    additionals: times(counts[3], () => readRecord(reader)),
  };
}

/** Counts come from the sender: reading stops at the first missing byte, so nothing is allocated ahead of the data. */
function times<T>(count: number, read: () => T): T[] {
  const items: T[] = [];
  while (items.length < count) items.push(read());
  return items;
}

function readQuestion(reader: Reader): DnsQuestion {
  return { name: readName(reader), type: reader.uint16(), class: reader.uint16() };
}

function readRecord(reader: Reader): DnsRecord {
  const question = readQuestion(reader);
  const ttlSeconds = reader.uint32();
  const length = reader.uint16();
  const end = reader.offset + length;
  const data = readData(reader, question.type, length);
  if (reader.offset !== end) throw new Malformed(reader.offset, 'RFC 1035 4.1.3: RDLENGTH does not match the data');
  return { ...question, ttlSeconds, data };
}

function readData(reader: Reader, type: number, length: number): DnsData {
  if (type === DNS_TYPE.CNAME) return { kind: 'name', name: readName(reader) };
  const at = reader.offset;
  const bytes = length === 0 ? new Uint8Array() : reader.bytes(length);
  if (type !== DNS_TYPE.A && type !== DNS_TYPE.AAAA) return { kind: 'bytes', bytes };
  const address = formatAddress(bytes);
  if (address === null || address.includes(':') !== (type === DNS_TYPE.AAAA)) {
    throw new Malformed(at, 'RFC 1035 3.4.1, RFC 3596 2.2: an address has 4 or 16 bytes');
  }
  return { kind: 'address', address };
}

/**
 * RFC 1035 4.1.4: labels, ended by a zero byte or by a pointer to an earlier name. A pointer that does not lead backwards
 * is refused, which also rules out loops.
 */
function readName(reader: Reader): string {
  const labels: string[] = [];
  let offset = reader.offset;
  let earliest = offset;
  let resumeAt: number | null = null;
  let nameBytes = 1;
  for (;;) {
    const length = reader.byteAt(offset);
    if (length === 0) break;
    if ((length & 0xc0) === 0xc0) {
      const target = ((length & 0x3f) << 8) | reader.byteAt(offset + 1);
      if (target >= earliest) throw new Malformed(offset, 'RFC 1035 4.1.4: a pointer leads to a prior occurrence');
      resumeAt ??= offset + 2;
      offset = target;
      earliest = target;
      continue;
    }
    if (length > LABEL_MAX_BYTES) throw new Malformed(offset, 'RFC 1035 4.1.4: label types 01 and 10 are reserved');
    nameBytes += length + 1;
    if (nameBytes > NAME_MAX_BYTES) throw new Malformed(offset, 'RFC 1035 2.3.4: a name has at most 255 bytes');
    labels.push(presentLabel(reader, offset + 1, length));
    offset += length + 1;
  }
  reader.offset = resumeAt ?? offset + 1;
  return labels.join('.');
}

function presentLabel(reader: Reader, start: number, length: number): string {
  let label = '';
  for (let i = 0; i < length; i += 1) {
    const byte = reader.byteAt(start + i);
    const character = String.fromCharCode(byte);
    if (byte <= 0x20 || byte >= 0x7f) label += `\\${String(byte).padStart(3, '0')}`;
    else label += character === '.' || character === '\\' ? `\\${character}` : character;
  }
  return label;
}

/** Writes a message, names uncompressed. Throws a RangeError for a name or a value that the format cannot hold. */
export function encodeDns(message: DnsMessage): Uint8Array {
  const records = [...message.answers, ...message.authorities, ...message.additionals];
  const parts = [encodeHeader(message), ...message.questions.map(encodeQuestion), ...records.map(encodeRecord)];
  return Uint8Array.from(parts.flat());
}

function encodeHeader(message: DnsMessage): number[] {
  const flags =
    (message.response ? 0x8000 : 0) |
    (message.opcode << 11) |
    (message.authoritative ? 0x0400 : 0) |
    (message.truncated ? 0x0200 : 0) |
    (message.recursionDesired ? 0x0100 : 0) |
    (message.recursionAvailable ? 0x0080 : 0) |
    message.rcode;
  const sections = [message.questions, message.answers, message.authorities, message.additionals];
  return [message.id, flags, ...sections.map((section) => section.length)].flatMap(uint16);
}

function uint16(value: number): number[] {
  return [(value >> 8) & 0xff, value & 0xff];
}

function encodeQuestion({ name, type, class: dnsClass }: DnsQuestion): number[] {
  return [...encodeName(name), ...uint16(type), ...uint16(dnsClass)];
}

function encodeRecord(record: DnsRecord): number[] {
  const data = encodeData(record.data);
  const ttl = [...uint16(Math.floor(record.ttlSeconds / 0x1_0000)), ...uint16(record.ttlSeconds)];
  return [...encodeQuestion(record), ...ttl, ...uint16(data.length), ...data];
}

function encodeData(data: DnsData): number[] {
  if (data.kind === 'name') return encodeName(data.name);
  if (data.kind === 'bytes') return [...data.bytes];
  const bytes = addressBytes(data.address);
  if (!bytes) throw new RangeError('a record of type A or AAAA needs an IP address');
  return [...bytes];
}

function encodeName(name: string): number[] {
  const labels = name === '' ? [] : splitLabels(name);
  const bytes = labels.flatMap((label) => {
    if (label.length < 1 || label.length > LABEL_MAX_BYTES) throw new RangeError('a label has 1 to 63 bytes');
    return [label.length, ...label];
  });
  if (bytes.length + 1 > NAME_MAX_BYTES) throw new RangeError('a name has at most 255 bytes');
  return [...bytes, 0];
}

function splitLabels(name: string): number[][] {
  const labels: number[][] = [[]];
  for (const [token, escaped] of name.matchAll(/\\(\d{3}|.)|[^\\]/gs)) {
    if (token === '.') labels.push([]);
    else labels.at(-1)?.push(escaped?.length === 3 ? Number(escaped) & 0xff : (escaped ?? token).charCodeAt(0) & 0xff);
  }
  return labels;
}

/** A query for the addresses of one name, as a stub resolver sends it. */
export function dnsQuery(id: number, name: string, type: number): DnsMessage {
  return {
    id,
    response: false,
    opcode: 0,
    authoritative: false,
    truncated: false,
    recursionDesired: true,
    recursionAvailable: false,
    rcode: DNS_RCODE.noError,
    questions: [{ name, type, class: CLASS_IN }],
    answers: [],
    authorities: [],
    additionals: [],
  };
}

/** The reply of a recursive server to `query`. `addresses` of the family that was not asked for are left out. */
export function dnsReply(
  query: DnsMessage,
  rcode: number,
  addresses: readonly string[] = [],
  ttlSeconds = 60,
): DnsMessage {
  const [question] = query.questions;
  const answers = addresses.flatMap((address): DnsRecord[] => {
    const type = address.includes(':') ? DNS_TYPE.AAAA : DNS_TYPE.A;
    if (question?.type !== type) return [];
    return [{ name: question.name, type, class: CLASS_IN, ttlSeconds, data: { kind: 'address', address } }];
  });
  return { ...query, response: true, recursionAvailable: true, rcode, answers, authorities: [], additionals: [] };
}

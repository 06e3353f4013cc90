import { createCipheriv } from 'node:crypto';
import { headerMask, initialKeys, nonceOf, SAMPLE_BYTES } from '../../../src/parse/quic/keys.ts';
import { quicVersion } from '../../../src/parse/quic/versions.ts';
import { concat, uint16 } from './hello-builder.ts';

/** Builds QUIC packets as a client protects them (RFC 9001 section 5). */

export const QUIC_V1 = 1;
export const QUIC_V2 = 0x6b33_43cf;

/** The connection id of the examples in RFC 9001 appendix A. */
export const EXAMPLE_ID = Uint8Array.from(Buffer.from('8394c8f03e515708', 'hex'));

const NUMBER_MAX_BYTES = 4;

export interface InitialOptions {
  readonly version?: number;
  readonly destinationId?: Uint8Array;
  readonly sourceId?: Uint8Array;
  /** The source of the keys, when it is not the destination id: the id of the client's first packet. */
  readonly keysOf?: Uint8Array;
  readonly token?: Uint8Array;
  readonly number?: number;
  readonly numberBytes?: 1 | 2 | 3 | 4;
  readonly frames: Uint8Array;
  /** The payload is filled up with PADDING frames to this length. A client fills its datagram to 1,200 bytes. */
  readonly payloadBytes?: number;
}

/** RFC 9000 section 16, in the shortest form or the given number of bytes. */
export function varint(value: number, bytes?: 1 | 2 | 4 | 8): Uint8Array {
  const size = bytes ?? (value < 64 ? 1 : value < 16_384 ? 2 : value < 2 ** 30 ? 4 : 8);
  const data = new Uint8Array(size);
  for (let i = size - 1, left = value; i >= 0; i -= 1, left = Math.floor(left / 256)) data[i] = left % 256;
  data[0] = (data[0] ?? 0) | (Math.log2(size) << 6);
  return data;
}

export function cryptoFrame(streamOffset: number, data: Uint8Array, version = QUIC_V1): Uint8Array {
  return concat([quicVersion(version)?.cryptoFrame ?? 0x06], varint(streamOffset), varint(data.length), data);
}

export function initialPacket(options: InitialOptions): Uint8Array {
  const {
    version = QUIC_V1,
    destinationId = EXAMPLE_ID,
    sourceId = new Uint8Array(),
    number = 0,
    numberBytes = 1,
  } = options;
  const rules = quicVersion(version);
  if (rules === null) throw new RangeError(`no QUIC version ${version}`);
  const payload = new Uint8Array(Math.max(options.frames.length, options.payloadBytes ?? NUMBER_MAX_BYTES));
  payload.set(options.frames);
  const token = options.token ?? new Uint8Array();
  const header = concat(
    longHeaderStart(0xc0 | (rules.types.initial << 4) | (numberBytes - 1), version, destinationId, sourceId),
    varint(token.length),
    token,
    varint(numberBytes + payload.length + SAMPLE_BYTES, 2),
    Array.from({ length: numberBytes }, (_, i) => Math.floor(number / 256 ** (numberBytes - 1 - i)) % 256),
  );
  const keys = initialKeys(rules, options.keysOf ?? destinationId);
  const cipher = createCipheriv('aes-128-gcm', keys.key, nonceOf(keys, number));
  cipher.setAAD(header);
  const sealed = Buffer.concat([cipher.update(payload), cipher.final(), cipher.getAuthTag()]);
  const sampleAt = NUMBER_MAX_BYTES - numberBytes;
  const [firstMask = 0, ...numberMask] = headerMask(keys, sealed.subarray(sampleAt, sampleAt + SAMPLE_BYTES));
  header[0] = (header[0] ?? 0) ^ (firstMask & 0x0f);
  const numberAt = header.length - numberBytes;
  for (let i = 0; i < numberBytes; i += 1) header[numberAt + i] = (header[numberAt + i] ?? 0) ^ (numberMask[i] ?? 0);
  return concat(header, sealed);
}

function longHeaderStart(first: number, version: number, destinationId: Uint8Array, sourceId: Uint8Array): Uint8Array {
  return concat(
    [first],
    uint16(version >>> 16),
    uint16(version & 0xffff),
    [destinationId.length],
    destinationId,
    [sourceId.length],
    sourceId,
  );
}

/** A 0-RTT or Handshake packet with a payload that means nothing. */
export function otherPacket(type: 'zero-rtt' | 'handshake', version = QUIC_V1, payloadBytes = 40): Uint8Array {
  const initial = quicVersion(version)?.types.initial ?? 0;
  const bits = initial + (type === 'zero-rtt' ? 1 : 2);
  return concat(
    longHeaderStart(0xc0 | (bits << 4), version, EXAMPLE_ID, new Uint8Array()),
    varint(payloadBytes),
    new Uint8Array(payloadBytes).fill(0xee),
  );
}

/** A client's first datagrams: the hello in CRYPTO frames of `frameBytes`, so many of them in a packet, one packet in a datagram. */
export function helloDatagrams(
  message: Uint8Array,
  {
    frameBytes = 1100,
    framesInPacket = 1,
    ...packet
  }: Partial<InitialOptions> & { frameBytes?: number; framesInPacket?: number } = {},
): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < message.length; at += frameBytes) {
    frames.push(cryptoFrame(at, message.subarray(at, at + frameBytes), packet.version));
  }
  const datagrams: Uint8Array[] = [];
  for (let at = 0; at < frames.length; at += framesInPacket) {
    const payload = concat(...frames.slice(at, at + framesInPacket));
    datagrams.push(initialPacket({ payloadBytes: 1150, ...packet, number: datagrams.length, frames: payload }));
  }
  return datagrams;
}

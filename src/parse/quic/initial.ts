import { malformed, NEED_MORE, NOT_TLS, type ClientHello, type HelloResult } from '../client-hello/hello.ts';
import { parseMessage, readPartialMessage } from '../client-hello/message.ts';
import { CryptoStream, readFrames } from './crypto.ts';
import { initialKeys, type InitialKeys } from './keys.ts';
import { openInitial, readLongHeader, type InitialPacket, type OpenedPacket } from './packet.ts';

/** A client repeats its hello a few times within a minute; after this many packets without a whole one, none will come. */
const PACKETS_MAX = 256;

/** The connection ids that keys were derived from: the client's first, and the one it takes from a Retry, in some versions. */
const KEYS_MAX = 8;

/**
 * Reads the ClientHello from the datagrams that a client sends to a server, as every observer on the path can (RFC 9001 section 5.2):
 * QUIC 1 and 2 and the drafts from 22 on. Packets may be coalesced, and CRYPTO frames may come in any order, twice, and in several
 * packets. Nothing is held of a datagram but the hello's bytes.
 *
 * `not-tls`: no packet of such a version has come yet; it is the only result that a later datagram can make better. Offsets
 * count in the CRYPTO stream where the hello is meant; where a rule of RFC 9000 is broken, in the datagram pushed last.
 */
export class QuicInitialReader {
  #result: HelloResult = NOT_TLS;
  #stream = new CryptoStream();
  #packets = 0;
  #expectedNumber = 0;
  /** Ids whose keys have opened a packet, the latest first. */
  #ids: readonly Uint8Array[] = [];
  readonly #keys = new Map<string, InitialKeys>();

  push(datagram: Uint8Array, start = 0, end = datagram.length): HelloResult {
    for (let at = start; at < end && !this.#settled();) {
      const packet = readLongHeader(datagram, at, end);
      if (packet === null) break;
      this.#packets += 1;
      this.#result =
        this.#packets > PACKETS_MAX
          ? malformed(at, `no whole hello in ${PACKETS_MAX} packets`)
          : packet.kind === 'initial'
            ? this.#readInitial(datagram, packet)
            : NEED_MORE;
      at = packet.end;
    }
    return this.#result;
  }

  /** As readPartialHello, from the CRYPTO bytes up to the first that is missing. */
  partial(): ClientHello | null {
    const { ready } = this.#stream;
    return readPartialMessage(ready, 0, ready.length, 'quic');
  }

  #settled(): boolean {
    return this.#result.kind === 'complete' || this.#result.kind === 'malformed';
  }

  #readInitial(datagram: Uint8Array, packet: InitialPacket): HelloResult {
    const opened = this.#open(datagram, packet);
    if (opened === null) return NEED_MORE;
    this.#expectedNumber = Math.max(this.#expectedNumber, opened.number + 1);
    const fault = readFrames(opened.payload, packet.version.cryptoFrame, this.#stream);
    if (fault !== null) return malformed(fault.offset + opened.payloadAt, fault.rule);
    const { ready } = this.#stream;
    return parseMessage(ready, 0, ready.length, 'quic');
  }

  /**
   * A server's choice of another id leaves the keys as they are, a Retry changes them to those of the new id (RFC 9001 section
   * 5.2); the client begins its hello anew then. Version 2 may follow on version 1 with the same id (RFC 9369 section 4.1).
   */
  #open(datagram: Uint8Array, packet: InitialPacket): OpenedPacket | null {
    for (const id of this.#ids) {
      const opened = openInitial(datagram, packet, this.#keysOf(packet, id), this.#expectedNumber);
      if (opened !== null) return opened;
    }
    const id = packet.destinationId.slice();
    const opened = openInitial(datagram, packet, this.#keysOf(packet, id), this.#expectedNumber);
    if (opened === null) return null;
    this.#ids = [id, ...this.#ids].slice(0, KEYS_MAX);
    this.#stream = new CryptoStream();
    return opened;
  }

  #keysOf({ versionNumber, version }: InitialPacket, id: Uint8Array): InitialKeys {
    const name = `${versionNumber}/${Buffer.from(id).toString('hex')}`;
    const keys = this.#keys.get(name) ?? initialKeys(version, id);
    if (this.#keys.size >= KEYS_MAX) this.#keys.clear();
    this.#keys.set(name, keys);
    return keys;
  }
}

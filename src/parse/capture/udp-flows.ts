import { u16, u32 } from '../packet/bytes.ts';
import { IP_PROTOCOL, type PacketDecoder } from '../packet/packet.ts';
import { STATE } from './flow-table.ts';
import type { Flows } from './flows.ts';
import { isLongHeader, OTHER_DATAGRAMS_LIMIT, quicId, UdpInspection } from './inspection.ts';

const HEADER_BYTES = 8;
/** RFC 9000 14.1: clients fill the first datagrams to this length. */
const QUIC_FIRST_BYTES = 1200;
const DNS_PORT = 53;
const MDNS_PORT = 5353;

/** Follows UDP conversations, datagram by datagram. */
export class UdpFlows {
  readonly #flows: Flows;

  constructor(flows: Flows) {
    this.#flows = flows;
  }

  /** Takes the datagram that the decoder found. Returns whether it can be read. */
  add(decoder: PacketDecoder, timeMs: number): boolean {
    const { bytes, start, end, addresses } = decoder;
    if (end - start < HEADER_BYTES) return false;
    const { table } = this.#flows;
    const kind = IP_PROTOCOL.udp | (decoder.family << 8);
    const ports = u32(bytes, start);
    const payload = start + HEADER_BYTES;
    const found = table.find(addresses, ports, kind);
    const index = found >= 0 ? found : this.#flows.add(addresses, ports, kind, timeMs);
    if (index < 0) {
      this.#flows.countNotKept(decoder, payload);
      return true;
    }
    const { direction } = table;
    const length = u16(bytes, start + 4);
    // Zero in jumbograms (RFC 2675 4) and with segmentation offload.
    const wireBytes = length >= HEADER_BYTES ? length - HEADER_BYTES : end - payload;
    this.#flows.count(index, direction, wireBytes, timeMs);
    if (found < 0) this.#flows.tell(index);
    const payloadEnd = Math.min(end, payload + wireBytes);
    const isDone = table.has(index, direction === 0 ? STATE.doneFirst : STATE.doneSecond);
    if (!isDone || this.#mayOpen(index, direction, bytes, payload, payloadEnd)) {
      this.#inspect(index, direction, bytes, payload, payloadEnd, timeMs);
    }
    return true;
  }

  /**
   * Whether this datagram may open a connection although earlier ones had no hello or already completed one: a server may
   * name other versions, and several connections may share a socket.
   */
  #mayOpen(index: number, direction: 0 | 1, bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < QUIC_FIRST_BYTES || !isLongHeader(bytes, start)) return false;
    const findings = this.#flows.findingsOf(index);
    if ((findings.clientDirection ?? direction) !== direction) return false;
    return !findings.knowsQuicId(quicId(bytes, start, end));
  }

  #inspect(index: number, direction: 0 | 1, bytes: Uint8Array, start: number, end: number, timeMs: number): void {
    const flows = this.#flows;
    const isDnsPort = flows.hasPort(index, DNS_PORT) || flows.hasPort(index, MDNS_PORT);
    if (isDnsPort && flows.dns.add(bytes.subarray(start, end), flows.endsOf(index, direction), timeMs)) return;
    const known = flows.inspections.of(index);
    if (!known && !UdpInspection.mayConcern(bytes, start, end)) {
      const seen = flows.table.packets[2 * index + direction] ?? 0;
      const isOther = seen >= OTHER_DATAGRAMS_LIMIT && !isDnsPort;
      if (isOther) flows.table.set(index, direction === 0 ? STATE.doneFirst : STATE.doneSecond);
      return;
    }
    const inspection = known instanceof UdpInspection ? known : new UdpInspection(flows.findingsOf(index));
    if (!known) flows.inspections.add(index, inspection);
    inspection.push(direction, bytes, start, end);
    flows.settle(index, inspection, inspection.heldBytes);
  }
}

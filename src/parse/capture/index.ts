import type { CaptureConnection } from './connection.ts';
import type { CaptureDns } from './dns-log.ts';
import { CONNECTIONS_LIMIT, STATE } from './flow-table.ts';
import { Flows } from './flows.ts';
import { readIcmpError } from './icmp.ts';
import { TcpFlows } from './tcp-flows.ts';
import { UdpFlows } from './udp-flows.ts';
import { isReadLink } from '../packet/link.ts';
import { IP_PROTOCOL, PacketDecoder } from '../packet/packet.ts';
import { LINK_UNKNOWN, type PcapSink } from '../packet/pcap-sink.ts';
import { PcapReader, type PcapProblem } from '../packet/pcap.ts';

export type { CaptureConnection, CaptureOutcome } from './connection.ts';
export type { CaptureDns } from './dns-log.ts';
export type { CaptureRequest } from './findings.ts';
export { sniffCapture } from '../packet/pcap.ts';

export type CaptureProblem = PcapProblem;

export interface CaptureSummary {
  readonly format: 'pcap' | 'pcapng' | null;
  readonly packets: number;
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  readonly problems: readonly CaptureProblem[];
  /** Packets that the snap length cut. */
  readonly snapped: number;
  /** Bytes of a packet that the capture keeps at most, by its own word; of several lengths the smallest. null: it does not say. */
  readonly snapBytes: number | null;
  /** Filters that left out packets, by its own word; pcap has no place for it. */
  readonly filters: readonly string[];
  /** Packets without a TCP segment, UDP datagram or ICMP message that could be read: ARP, encrypted radio frames, unknown links. */
  readonly notRead: number;
  readonly connectionsNotKept: number;
  /** Hellos of connections that were not kept, as far as they came in one segment. */
  readonly hellosNotKept: number;
  /** DNS questions that were not kept. */
  readonly dnsNotKept: number;
}

export interface CaptureOptions {
  /** Called with a snapshot when a connection begins, and when its outcome, a hello or a request is learnt. */
  readonly onConnection?: (connection: CaptureConnection) => void;
  /** Connections that are kept; more are counted only. */
  readonly maxConnections?: number;
}

const PROBLEMS_LIMIT = 100;
/**
 * Reads a capture file or a live capture's output in chunks of any size. Never throws, whatever the bytes; memory is bounded by the
 * constants of flow-table.ts, inspections.ts, findings.ts, dns-log.ts, tcp-stream.ts and fragments.ts. Connections can be asked
 * for at any time.
 */
export class CaptureReader implements PcapSink {
  readonly #pcap = new PcapReader(this);
  readonly #decoder = new PacketDecoder();
  readonly #flows: Flows;
  readonly #tcp: TcpFlows;
  readonly #udp: UdpFlows;
  readonly #problems: CaptureProblem[] = [];
  readonly #unreadLinks = new Set<number>();
  #packets = 0;
  #snapped = 0;
  #notRead = 0;
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(options: CaptureOptions = {}) {
    this.#flows = new Flows(options.maxConnections ?? CONNECTIONS_LIMIT, options.onConnection ?? null);
    this.#tcp = new TcpFlows(this.#flows);
    this.#udp = new UdpFlows(this.#flows);
  }

  push(chunk: Uint8Array): void {
    this.#pcap.push(chunk);
  }

  /** Ends the capture: what was waiting for missing bytes is read as far as it is there. */
  end(): CaptureSummary {
    this.#pcap.end();
    while (this.#decoder.leftover()) this.#transport(this.#lastMs);
    this.#flows.inspections.closeAll();
    const seen = this.#packets > 0;
    return {
      format: this.#pcap.format,
      packets: this.#packets,
      firstMs: seen ? this.#firstMs : null,
      lastMs: seen ? this.#lastMs : null,
      problems: this.#problems,
      snapped: this.#snapped,
      snapBytes: this.#pcap.limits.snapBytes,
      filters: [...this.#pcap.limits.filters],
      notRead: this.#notRead,
      connectionsNotKept: this.#flows.notKept.connections,
      hellosNotKept: this.#flows.notKept.hellos,
      dnsNotKept: this.#flows.dns.notKept,
    };
  }

  *connections(): Iterable<CaptureConnection> {
    for (let index = 0; index < this.#flows.table.size; index += 1) yield this.#flows.snapshot(index);
  }

  dns(): Iterable<CaptureDns> {
    return this.#flows.dns.entries();
  }

  /** The names that DNS answers gave this address up to that time; without regard to their TTL, since clients keep them longer. */
  namesOf(address: string, atMs: number): readonly string[] {
    return this.#flows.dns.namesOf(address, atMs);
  }

  problem(problem: CaptureProblem): void {
    if (this.#problems.length < PROBLEMS_LIMIT) this.#problems.push(problem);
  }

  packet(bytes: Uint8Array, start: number, end: number, linkType: number, fileMs: number, wireBytes: number): void {
    this.#packets += 1;
    // Simple packet blocks have no time.
    const timeMs = fileMs >= 0 ? fileMs : Math.max(0, this.#lastMs);
    if (timeMs < this.#firstMs) this.#firstMs = timeMs;
    if (timeMs > this.#lastMs) this.#lastMs = timeMs;
    const cut = wireBytes - (end - start);
    if (cut > 0) this.#snapped += 1;
    if (!this.#decoder.decode(bytes, start, end, linkType, cut > 0 ? cut : 0)) return this.#leave(linkType);
    do this.#transport(timeMs);
    while (this.#decoder.next());
  }

  #leave(linkType: number): void {
    this.#notRead += 1;
    if (linkType === LINK_UNKNOWN || isReadLink(linkType) || this.#unreadLinks.has(linkType)) return;
    this.#unreadLinks.add(linkType);
    this.problem({ offset: 0, rule: `packets of link type ${linkType} cannot be read` });
  }

  #transport(timeMs: number): void {
    const { protocol } = this.#decoder;
    let isRead = true;
    if (protocol === IP_PROTOCOL.tcp) isRead = this.#tcp.add(this.#decoder, timeMs);
    else if (protocol === IP_PROTOCOL.udp) isRead = this.#udp.add(this.#decoder, timeMs);
    else this.#icmp();
    if (!isRead) this.#notRead += 1;
  }

  #icmp(): void {
    const { bytes, start, end, family, addresses } = this.#decoder;
    const expected = family === 4 ? IP_PROTOCOL.icmp : IP_PROTOCOL.icmpv6;
    const error = this.#decoder.protocol === expected ? readIcmpError(bytes, start, end, family) : null;
    if (!error) return;
    const { table } = this.#flows;
    const index = table.find(error.addresses, error.ports, error.protocol | (family << 8));
    // Only errors about the client's packets tell the outcome of its attempt.
    if (index < 0 || !table.isFromClient(index, table.direction) || table.icmp[index] !== 0) return;
    table.icmp[index] = (family << 16) | (error.type << 8) | error.code;
    const isFromServer = addresses.subarray(0, 4).every((word, i) => word === error.addresses[4 + i]);
    if (isFromServer && error.protocol === IP_PROTOCOL.udp) table.set(index, STATE.rstFromServer);
    this.#flows.tell(index);
  }
}

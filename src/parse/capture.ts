import { addressText, snapshotOf, type CaptureConnection } from './capture/connection.ts';
import { DnsLog, type CaptureDns } from './capture/dns-log.ts';
import { Findings, HelloPool } from './capture/findings.ts';
import { CONNECTIONS_LIMIT, FlowTable, STATE } from './capture/flow-table.ts';
import { readIcmpError } from './capture/icmp.ts';
import { OTHER_DATAGRAMS_LIMIT, TcpInspection, UdpInspection, type Inspection } from './capture/inspection.ts';
import { u16, u32, u8 } from './packet-bytes.ts';
import { isReadLink } from './packet-link.ts';
import { IP_PROTOCOL, PacketDecoder } from './packet.ts';
import { PcapReader, type PcapProblem } from './pcap.ts';
import { LINK_UNKNOWN, type PcapSink } from './pcap-sink.ts';

export type { CaptureConnection, CaptureEnd, CaptureOutcome } from './capture/connection.ts';
export type { CaptureDns } from './capture/dns-log.ts';
export type { CaptureProtocol, CaptureRequest } from './capture/findings.ts';
export { sniffCapture } from './pcap.ts';

export type CaptureProblem = PcapProblem;

export interface CaptureSummary {
  readonly format: 'pcap' | 'pcapng' | null;
  readonly packets: number;
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  readonly problems: readonly CaptureProblem[];
  /** Packets that the snap length cut. */
  readonly snapped: number;
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

/** Connections whose names are being looked for at the same time, and all bytes held for that. The oldest make room. */
export const INSPECTIONS_LIMIT = 16_384;
export const HELD_LIMIT_BYTES = 32 * 1024 * 1024;
const PROBLEMS_LIMIT = 100;
/** Connections that are not kept are told apart by their hash in a bit map: too few by one in fifty at 300,000 of them. */
const NOT_KEPT_BITS = 1 << 23;
/** Packets may be captured out of order: a SYN that follows its connection's first packet by less than this is its own. */
const LATE_SYN_MS = 1000;

const TCP = { fin: 1, syn: 2, rst: 4, ack: 16 } as const;
const DNS_PORT = 53;
const MDNS_PORT = 5353;

/**
 * Reads a capture file or a live capture's output in chunks of any size. Never throws, whatever the bytes; memory is bounded by the
 * constants of this file, flow-table.ts, findings.ts, dns-log.ts, tcp-stream.ts and packet-fragments.ts. Connections can be asked for
 * at any time.
 */
export class CaptureReader implements PcapSink {
  readonly #options: CaptureOptions;
  readonly #pcap = new PcapReader(this);
  readonly #decoder = new PacketDecoder();
  readonly #table: FlowTable;
  readonly #findings: (Findings | null)[] = [];
  readonly #inspections: (Inspection | null)[] = [];
  /** Indices of all connections that ever had an inspection, in order; those before `#oldest` have none any more. */
  readonly #inspected: number[] = [];
  #oldest = 0;
  #inspectionCount = 0;
  readonly #dns = new DnsLog();
  readonly #pool = new HelloPool();
  readonly #problems: CaptureProblem[] = [];
  readonly #unreadLinks = new Set<number>();
  #notKept: Uint8Array | null = null;
  #connectionsNotKept = 0;
  #hellosNotKept = 0;
  #heldBytes = 0;
  /** Time of the packet that is being read. */
  #nowMs = 0;
  #packets = 0;
  #snapped = 0;
  #notRead = 0;
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(options: CaptureOptions = {}) {
    this.#options = options;
    this.#table = new FlowTable(options.maxConnections ?? CONNECTIONS_LIMIT);
  }

  push(chunk: Uint8Array): void {
    this.#pcap.push(chunk);
  }

  /** Ends the capture: what was waiting for missing bytes is read as far as it is there. */
  end(): CaptureSummary {
    this.#pcap.end();
    while (this.#decoder.leftover()) this.#transport(this.#lastMs);
    while (this.#inspectionCount > 0) this.#closeOldest();
    const seen = this.#packets > 0;
    return {
      format: this.#pcap.format,
      packets: this.#packets,
      firstMs: seen ? this.#firstMs : null,
      lastMs: seen ? this.#lastMs : null,
      problems: this.#problems,
      snapped: this.#snapped,
      notRead: this.#notRead,
      connectionsNotKept: this.#connectionsNotKept,
      hellosNotKept: this.#hellosNotKept,
      dnsNotKept: this.#dns.notKept,
    };
  }

  *connections(): Iterable<CaptureConnection> {
    for (let index = 0; index < this.#table.size; index += 1) yield this.#snapshot(index);
  }

  dns(): Iterable<CaptureDns> {
    return this.#dns.entries();
  }

  /** The names that DNS answers gave this address up to that time; without regard to their TTL, since clients keep them longer. */
  namesOf(address: string, atMs: number): readonly string[] {
    return this.#dns.namesOf(address, atMs);
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
    if (this.#decoder.decode(bytes, start, end, linkType, cut > 0 ? cut : 0)) this.#transport(timeMs);
    else this.#leave(linkType);
  }

  #leave(linkType: number): void {
    this.#notRead += 1;
    if (linkType === LINK_UNKNOWN || isReadLink(linkType) || this.#unreadLinks.has(linkType)) return;
    this.#unreadLinks.add(linkType);
    this.problem({ offset: 0, rule: `packets of link type ${linkType} cannot be read` });
  }

  #transport(timeMs: number): void {
    const { protocol } = this.#decoder;
    if (protocol === IP_PROTOCOL.tcp) this.#tcp(timeMs);
    else if (protocol === IP_PROTOCOL.udp) this.#udp(timeMs);
    else this.#icmp();
  }

  #tcp(timeMs: number): void {
    const { bytes, start, end, missing, addresses } = this.#decoder;
    if (end - start < 14) {
      this.#notRead += 1;
      return;
    }
    const table = this.#table;
    const kind = IP_PROTOCOL.tcp | (this.#decoder.family << 8);
    const ports = u32(bytes, start);
    const flags = u8(bytes, start + 13);
    let index = table.find(addresses, ports, kind);
    if ((flags & TCP.syn) !== 0) index = this.#syn(index, ports, kind, flags, timeMs);
    else if (index < 0) index = this.#add(ports, kind, timeMs);
    const payload = start + (u8(bytes, start + 12) >> 4) * 4;
    if (index < 0) {
      this.#countNotKept(payload);
      return;
    }
    const { direction } = table;
    const wireBytes = Math.max(0, end + missing - payload);
    this.#count(index, direction, wireBytes, timeMs);
    if ((flags & (TCP.rst | TCP.fin)) !== 0) this.#finish(index, direction, (flags & TCP.rst) !== 0);
    if (wireBytes === 0 || table.has(index, direction === 0 ? STATE.doneFirst : STATE.doneSecond)) return;
    const sequence = u32(bytes, start + 4) + ((flags & TCP.syn) === 0 ? 0 : 1);
    // Of a segment whose header was cut, all payload is missing.
    const from = Math.min(payload, end);
    this.#inspectTcp(index, direction, sequence, bytes, from, end, wireBytes - (end - from), timeMs);
  }

  #add(ports: number, kind: number, timeMs: number): number {
    const index = this.#table.add(this.#decoder.addresses, ports, kind, timeMs);
    if (index < 0) return index;
    this.#findings.push(null);
    this.#inspections.push(null);
    return index;
  }

  /** RFC 9293 3.5: who opens the connection, and where both directions begin. Returns the connection's index. */
  #syn(found: number, ports: number, kind: number, flags: number, timeMs: number): number {
    const table = this.#table;
    const { bytes, start } = this.#decoder;
    const sequence = u32(bytes, start + 4);
    const isAnswer = (flags & TCP.ack) !== 0;
    let index = found;
    if (index >= 0 && !isAnswer && this.#isReuse(index, sequence, timeMs)) {
      this.#close(index);
      index = -1;
    }
    if (index < 0) index = this.#add(ports, kind, timeMs);
    if (index < 0) return index;
    const { direction } = table;
    if (!table.has(index, STATE.rolesKnown)) {
      table.set(index, STATE.rolesKnown | ((direction === 1) === isAnswer ? 0 : STATE.clientIsSecond));
    }
    const isClient = (direction === 1) === table.has(index, STATE.clientIsSecond);
    if (isAnswer === isClient) return index;
    if (isAnswer) {
      table.set(index, STATE.synAck);
      this.#startAt(index, direction === 0 ? 1 : 0, u32(bytes, start + 8));
    } else {
      table.set(index, STATE.syn);
      table.syns[index] = Math.min(0xffff, (table.syns[index] ?? 0) + 1);
      table.isn[index] = sequence;
    }
    this.#startAt(index, direction, sequence + 1);
    if (isAnswer || table.syns[index] === 1) this.#tell(index);
    return index;
  }

  /** Whether a SYN begins another connection between the same ends. */
  #isReuse(index: number, sequence: number, timeMs: number): boolean {
    const table = this.#table;
    if (!table.has(index, STATE.syn)) return timeMs - (table.firstMs[index] ?? 0) > LATE_SYN_MS;
    const isClient = (table.direction === 1) === table.has(index, STATE.clientIsSecond);
    const isOver = table.has(index, STATE.synAck) && table.has(index, STATE.ended);
    if (isClient) return table.isn[index] !== sequence || isOver;
    // Both ends may open at the same time (RFC 9293 3.5, figure 7).
    return table.has(index, STATE.synAck);
  }

  /** Prepares the place of a direction's first byte: the inspection that needs it comes with the first payload. */
  #startAt(index: number, direction: 0 | 1, sequence: number): void {
    this.#table.startAt(index, direction, sequence);
    const inspection = this.#inspections[index];
    if (inspection instanceof TcpInspection) inspection.halves[direction].startAt(sequence);
  }

  #finish(index: number, direction: 0 | 1, isReset: boolean): void {
    const table = this.#table;
    table.set(index, STATE.ended);
    if (!isReset || !table.has(index, STATE.rolesKnown)) return;
    const isClient = (direction === 1) === table.has(index, STATE.clientIsSecond);
    if (isClient) return;
    const isFirst = !table.has(index, STATE.rstFromServer);
    table.set(index, STATE.rstFromServer | ((table.bytes[2 * index + direction] ?? 0) === 0 ? STATE.rstEarly : 0));
    if (isFirst) this.#tell(index);
  }

  #count(index: number, direction: 0 | 1, payloadBytes: number, timeMs: number): void {
    const table = this.#table;
    const at = 2 * index + direction;
    table.packets[at] = (table.packets[at] ?? 0) + 1;
    table.bytes[at] = (table.bytes[at] ?? 0) + payloadBytes;
    if (timeMs > (table.lastMs[index] ?? 0)) table.lastMs[index] = timeMs;
    else if (timeMs < (table.firstMs[index] ?? 0)) table.firstMs[index] = timeMs;
  }

  #inspectTcp(
    index: number,
    direction: 0 | 1,
    sequence: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    missing: number,
    timeMs: number,
  ): void {
    const known = this.#inspections[index];
    const inspection = known instanceof TcpInspection ? known : this.#newTcpInspection(index);
    if (!known) this.#track(index, inspection);
    this.#nowMs = timeMs;
    const heldBefore = inspection.heldBytes;
    inspection.halves[direction].push(sequence, bytes, start, end, missing);
    this.#heldBytes += inspection.heldBytes - heldBefore;
    this.#afterPush(index, inspection);
  }

  #newTcpInspection(index: number): TcpInspection {
    const table = this.#table;
    const isDns = table.portOf(index, 0) === DNS_PORT || table.portOf(index, 1) === DNS_PORT;
    const inspection = isDns
      ? TcpInspection.forDns((message, direction) =>
          this.#dns.add(message, this.#endsOf(index, direction), this.#nowMs),
        )
      : TcpInspection.forNames(this.#findingsOf(index));
    for (const direction of [0, 1] as const) {
      const sequence = table.startOf(index, direction);
      if (sequence !== null) inspection.halves[direction].startAt(sequence);
    }
    return inspection;
  }

  #findingsOf(index: number): Findings {
    return (this.#findings[index] ??= new Findings(this.#pool));
  }

  #endsOf(index: number, direction: 0 | 1) {
    const table = this.#table;
    const receiver = direction === 0 ? 1 : 0;
    const family = table.kindOf(index) >> 8;
    return {
      sender: addressText(table.addressWords(index, direction), family),
      senderPort: table.portOf(index, direction),
      receiver: addressText(table.addressWords(index, receiver), family),
      receiverPort: table.portOf(index, receiver),
    };
  }

  #track(index: number, inspection: Inspection): void {
    this.#inspections[index] = inspection;
    this.#inspected.push(index);
    this.#inspectionCount += 1;
    if (this.#inspectionCount > INSPECTIONS_LIMIT) this.#closeOldest();
  }

  /** Ends the inspection when all is known, and tells what is new. */
  #afterPush(index: number, inspection: Inspection): void {
    const table = this.#table;
    const findings = this.#findings[index];
    if (inspection.isDone(0)) table.set(index, STATE.doneFirst);
    if (inspection.isDone(1)) table.set(index, STATE.doneSecond);
    const isSettled = findings?.settled === true && findings.hellos.length > 0;
    if (isSettled || (inspection.isDone(0) && inspection.isDone(1))) this.#close(index);
    while (this.#heldBytes > HELD_LIMIT_BYTES && this.#inspectionCount > 0) this.#closeOldest();
    if (findings?.takeNews() === true) this.#tell(index);
  }

  #closeOldest(): void {
    const before = this.#inspectionCount;
    while (this.#inspectionCount === before && this.#oldest < this.#inspected.length) {
      this.#close(this.#inspected[this.#oldest] ?? 0);
      this.#oldest += 1;
    }
  }

  #close(index: number): void {
    const inspection = this.#inspections[index];
    this.#table.set(index, STATE.doneFirst | STATE.doneSecond);
    if (!inspection) return;
    this.#heldBytes -= inspection.heldBytes;
    this.#inspections[index] = null;
    this.#inspectionCount -= 1;
    inspection.end();
    if (this.#findings[index]?.takeNews() === true) this.#tell(index);
  }

  #udp(timeMs: number): void {
    const { bytes, start, end, addresses } = this.#decoder;
    if (end - start < 8) {
      this.#notRead += 1;
      return;
    }
    const table = this.#table;
    const kind = IP_PROTOCOL.udp | (this.#decoder.family << 8);
    const ports = u32(bytes, start);
    let index = table.find(addresses, ports, kind);
    const isNew = index < 0;
    if (isNew) index = this.#add(ports, kind, timeMs);
    const payload = start + 8;
    if (index < 0) {
      this.#countNotKept(payload);
      return;
    }
    const { direction } = table;
    const length = u16(bytes, start + 4);
    const payloadEnd = length >= 8 ? Math.min(end, start + length) : end;
    this.#count(index, direction, length >= 8 ? length - 8 : end - payload, timeMs);
    if (isNew) this.#tell(index);
    this.#inspectUdp(index, direction, bytes, payload, payloadEnd, timeMs);
  }

  #inspectUdp(index: number, direction: 0 | 1, bytes: Uint8Array, start: number, end: number, timeMs: number): void {
    const table = this.#table;
    if (table.has(index, direction === 0 ? STATE.doneFirst : STATE.doneSecond)) return;
    if (hasPort(table, index, DNS_PORT) || hasPort(table, index, MDNS_PORT)) {
      this.#dns.add(bytes.subarray(start, end), this.#endsOf(index, direction), timeMs);
      return;
    }
    const known = this.#inspections[index];
    if (!known && !UdpInspection.mayConcern(bytes, start, end)) {
      const seen = table.packets[2 * index + direction] ?? 0;
      if (seen >= OTHER_DATAGRAMS_LIMIT) table.set(index, direction === 0 ? STATE.doneFirst : STATE.doneSecond);
      return;
    }
    const inspection = known instanceof UdpInspection ? known : new UdpInspection(this.#findingsOf(index));
    if (!known) this.#track(index, inspection);
    inspection.push(direction, bytes, start, end);
    this.#afterPush(index, inspection);
  }

  #icmp(): void {
    const { bytes, start, end, family, addresses } = this.#decoder;
    const expected = family === 4 ? IP_PROTOCOL.icmp : IP_PROTOCOL.icmpv6;
    if (this.#decoder.protocol !== expected) return;
    const error = readIcmpError(bytes, start, end, family);
    if (!error) return;
    const table = this.#table;
    const index = table.find(error.addresses, error.ports, error.protocol | (family << 8));
    if (index < 0) return;
    // Only errors about packets of the client say what became of its attempt.
    const isOfClient = (table.direction === 1) === table.has(index, STATE.clientIsSecond);
    if (!isOfClient || (table.icmp[index] ?? 0) !== 0) return;
    table.icmp[index] = (family << 16) | (error.type << 8) | error.code;
    const isFromServer = addresses.subarray(0, 4).every((word, i) => word === error.addresses[4 + i]);
    if (isFromServer && error.protocol === IP_PROTOCOL.udp) table.set(index, STATE.rstFromServer);
    this.#tell(index);
  }

  /** Beyond the limit: counted, once for each pair of ends. */
  #countNotKept(payload: number): void {
    this.#notKept ??= new Uint8Array(NOT_KEPT_BITS / 8);
    const bit = this.#table.hash & (NOT_KEPT_BITS - 1);
    const byte = this.#notKept[bit >> 3] ?? 0;
    if ((byte & (1 << (bit & 7))) === 0) this.#connectionsNotKept += 1;
    this.#notKept[bit >> 3] = byte | (1 << (bit & 7));
    const { bytes, end } = this.#decoder;
    const isHello = u8(bytes, payload) === 22 && u8(bytes, payload + 1) === 3 && u8(bytes, payload + 5) === 1;
    if (isHello && payload + 6 <= end) this.#hellosNotKept += 1;
  }

  #snapshot(index: number): CaptureConnection {
    return snapshotOf(this.#table, index, this.#findings[index] ?? null);
  }

  #tell(index: number): void {
    this.#options.onConnection?.(this.#snapshot(index));
  }
}

function hasPort(table: FlowTable, index: number, port: number): boolean {
  return table.portOf(index, 0) === port || table.portOf(index, 1) === port;
}

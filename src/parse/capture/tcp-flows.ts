import { u32, u8 } from '../packet/bytes.ts';
import { IP_PROTOCOL, type PacketDecoder } from '../packet/packet.ts';
import { STATE } from './flow-table.ts';
import type { Flows } from './flows.ts';
import { TcpInspection } from './inspection.ts';
import { looksLikeHello } from './stream-reader.ts';

/** Packets may be captured out of order: a SYN that follows its connection's first packet by less than this is its own. */
const LATE_SYN_MS = 1000;
/** Up to the flags: of a segment that the snap length cut, this much tells what it is. */
const READ_HEADER_BYTES = 14;
const HEADER_BYTES = 20;
const FLAG = { fin: 1, syn: 2, rst: 4, ack: 16 } as const;
const DNS_PORT = 53;

/** Follows TCP connections, segment by segment. */
export class TcpFlows {
  readonly #flows: Flows;
  /** Time of the segment that is being read. */
  #nowMs = 0;

  constructor(flows: Flows) {
    this.#flows = flows;
  }

  /** Takes the segment that the decoder found. Returns whether it can be read. */
  add(decoder: PacketDecoder, timeMs: number): boolean {
    const { bytes, start, end, missing, addresses } = decoder;
    if (end - start < READ_HEADER_BYTES) return false;
    const { table } = this.#flows;
    const kind = IP_PROTOCOL.tcp | (decoder.family << 8);
    const ports = u32(bytes, start);
    const flags = u8(bytes, start + 13);
    const headerBytes = (u8(bytes, start + 12) >> 4) * 4;
    if (headerBytes < HEADER_BYTES) return false;
    const payload = start + headerBytes;
    let index = table.find(addresses, ports, kind);
    if ((flags & FLAG.syn) !== 0) index = this.#open(index, decoder, ports, kind, timeMs);
    else if (index < 0) index = this.#flows.add(addresses, ports, kind, timeMs);
    if (index < 0) {
      this.#flows.countNotKept(decoder, payload);
      return true;
    }
    const { direction } = table;
    const wireBytes = Math.max(0, end + missing - payload);
    this.#flows.count(index, direction, wireBytes, timeMs);
    if ((flags & (FLAG.rst | FLAG.fin)) !== 0) this.#finish(index, direction, (flags & FLAG.rst) !== 0);
    if (wireBytes > 0 && (!this.#isDone(index, direction) || this.#resumes(index, bytes, payload, end))) {
      const sequence = u32(bytes, start + 4) + ((flags & FLAG.syn) === 0 ? 0 : 1);
      // Of a segment whose header was cut, all payload is missing.
      const from = Math.min(payload, end);
      this.#nowMs = timeMs;
      this.#inspect(index, direction, sequence, bytes, from, end, wireBytes - (end - from));
    }
    return true;
  }

  #isDone(index: number, direction: 0 | 1): boolean {
    return this.#flows.table.has(index, direction === 0 ? STATE.doneFirst : STATE.doneSecond);
  }

  /** Takes the search up again when a segment begins with a hello: some protocols have much to say before they turn to TLS. */
  #resumes(index: number, bytes: Uint8Array, payload: number, end: number): boolean {
    const isHello = u8(bytes, payload) === 22 && looksLikeHello(bytes, payload, end);
    if (!isHello || !this.#flows.findingsOf(index).resume()) return false;
    this.#flows.inspections.close(index);
    this.#flows.table.clear(index, STATE.doneFirst | STATE.doneSecond | STATE.startFirst | STATE.startSecond);
    return true;
  }

  /** RFC 9293 3.5: who opens the connection, and where both directions begin. Returns the connection's index. */
  #open(
    found: number,
    { bytes, start, addresses }: PacketDecoder,
    ports: number,
    kind: number,
    timeMs: number,
  ): number {
    const { table } = this.#flows;
    const sequence = u32(bytes, start + 4);
    const isAnswer = (u8(bytes, start + 13) & FLAG.ack) !== 0;
    let index = found;
    if (index >= 0 && !isAnswer && this.#isReuse(index, sequence, timeMs)) {
      this.#flows.inspections.close(index);
      index = -1;
    }
    if (index < 0) index = this.#flows.add(addresses, ports, kind, timeMs);
    if (index < 0) return index;
    const { direction } = table;
    if (!table.has(index, STATE.rolesKnown)) {
      table.set(index, STATE.rolesKnown | ((direction === 1) === isAnswer ? 0 : STATE.clientIsSecond));
    }
    if (isAnswer === table.isFromClient(index, direction)) return index;
    if (isAnswer) {
      table.set(index, STATE.synAck);
      this.#startAt(index, direction === 0 ? 1 : 0, u32(bytes, start + 8));
    } else {
      table.set(index, STATE.syn);
      table.syns[index] = Math.min(0xffff, (table.syns[index] ?? 0) + 1);
      table.isn[index] = sequence;
    }
    this.#startAt(index, direction, sequence + 1);
    if (isAnswer || table.syns[index] === 1) this.#flows.tell(index);
    return index;
  }

  /** Whether a SYN begins another connection between the same ends. */
  #isReuse(index: number, sequence: number, timeMs: number): boolean {
    const { table } = this.#flows;
    if (!table.has(index, STATE.syn)) return timeMs - (table.firstMs[index] ?? 0) > LATE_SYN_MS;
    const isAnswered = table.has(index, STATE.synAck);
    // Both ends may open at the same time (RFC 9293 3.5, figure 7).
    if (!table.isFromClient(index, table.direction)) return isAnswered;
    return table.isn[index] !== sequence || (isAnswered && table.has(index, STATE.ended));
  }

  /** Keeps the place of a direction's first byte: the inspection that needs it comes with the first payload. */
  #startAt(index: number, direction: 0 | 1, sequence: number): void {
    this.#flows.table.startAt(index, direction, sequence);
    const inspection = this.#flows.inspections.of(index);
    if (inspection instanceof TcpInspection) inspection.halves[direction].startAt(sequence);
  }

  #finish(index: number, direction: 0 | 1, isReset: boolean): void {
    const { table } = this.#flows;
    table.set(index, STATE.ended);
    if (!isReset || !table.has(index, STATE.rolesKnown) || table.isFromClient(index, direction)) return;
    const isFirst = !table.has(index, STATE.rstFromServer);
    table.set(index, STATE.rstFromServer | ((table.bytes[2 * index + direction] ?? 0) === 0 ? STATE.rstEarly : 0));
    if (isFirst) this.#flows.tell(index);
  }

  #inspect(
    index: number,
    direction: 0 | 1,
    sequence: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    missing: number,
  ): void {
    const known = this.#flows.inspections.of(index);
    const inspection = known instanceof TcpInspection ? known : this.#begin(index, bytes, start, end);
    const heldBefore = inspection.heldBytes;
    inspection.halves[direction].push(sequence, bytes, start, end, missing);
    this.#flows.settle(index, inspection, heldBefore);
  }

  #begin(index: number, bytes: Uint8Array, start: number, end: number): TcpInspection {
    // TLS is spoken on DNS's port too, and no DNS message over TCP begins with its length of 5,635 bytes.
    const isDns =
      this.#flows.hasPort(index, DNS_PORT) &&
      !(end - start > 1 && u8(bytes, start) === 22 && u8(bytes, start + 1) === 3);
    const inspection = isDns
      ? TcpInspection.forDns((message, direction) =>
          this.#flows.dns.add(message, this.#flows.endsOf(index, direction), this.#nowMs),
        )
      : TcpInspection.forNames(this.#flows.findingsOf(index));
    for (const direction of [0, 1] as const) {
      const sequence = this.#flows.table.startOf(index, direction);
      if (sequence !== null) inspection.halves[direction].startAt(sequence);
    }
    this.#flows.inspections.add(index, inspection);
    return inspection;
  }
}

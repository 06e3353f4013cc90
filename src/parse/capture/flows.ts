import type { PacketDecoder } from '../packet/packet.ts';
import { addressText } from '../packet/bytes.ts';
import { snapshotOf, type CaptureConnection } from './connection.ts';
import { DnsLog, type Ends } from './dns-log.ts';
import { Findings, HelloPool } from './findings.ts';
import { FlowTable } from './flow-table.ts';
import type { Inspection } from './inspection.ts';
import { Inspections } from './inspections.ts';
import { NotKept } from './not-kept.ts';

/** All connections of a capture: what is known of them, and what is being found out. */
export class Flows {
  readonly table: FlowTable;
  readonly inspections: Inspections;
  readonly dns = new DnsLog();
  readonly notKept = new NotKept();
  readonly #onConnection: ((connection: CaptureConnection) => void) | null;
  readonly #findings: (Findings | null)[] = [];
  readonly #pool = new HelloPool();

  constructor(maxConnections: number, onConnection: ((connection: CaptureConnection) => void) | null) {
    this.table = new FlowTable(maxConnections);
    this.inspections = new Inspections(this.table, (index) => this.#tellNews(index));
    this.#onConnection = onConnection;
  }

  /** A connection for the ends that the table was asked for last. -1: it is not kept. */
  add(addresses: Int32Array, ports: number, kind: number, timeMs: number): number {
    const index = this.table.add(addresses, ports, kind, timeMs);
    if (index >= 0) this.#findings.push(null);
    return index;
  }

  /** A packet of the connection that the table found last. */
  count(index: number, direction: 0 | 1, payloadBytes: number, timeMs: number): void {
    const { packets, bytes, firstMs, lastMs } = this.table;
    const at = 2 * index + direction;
    packets[at] = (packets[at] ?? 0) + 1;
    bytes[at] = (bytes[at] ?? 0) + payloadBytes;
    if (timeMs > (lastMs[index] ?? 0)) lastMs[index] = timeMs;
    else if (timeMs < (firstMs[index] ?? 0)) firstMs[index] = timeMs;
  }

  countNotKept({ bytes, end }: PacketDecoder, payload: number): void {
    this.notKept.add(this.table.hash, bytes, payload, end);
  }

  findingsOf(index: number): Findings {
    return (this.#findings[index] ??= new Findings(this.#pool));
  }

  /** Sender and receiver in this direction. */
  endsOf(index: number, direction: 0 | 1): Ends {
    const { table } = this;
    const receiver = direction === 0 ? 1 : 0;
    const family = table.kindOf(index) >> 8;
    return {
      sender: addressText(table.addressWords(index, direction), family),
      senderPort: table.portOf(index, direction),
      receiver: addressText(table.addressWords(index, receiver), family),
      receiverPort: table.portOf(index, receiver),
    };
  }

  hasPort(index: number, port: number): boolean {
    return this.table.portOf(index, 0) === port || this.table.portOf(index, 1) === port;
  }

  /** Ends the inspection when all is known, and tells what is new. `heldBefore`: what it held before it got bytes. */
  settle(index: number, inspection: Inspection, heldBefore: number): void {
    this.inspections.settle(index, inspection, heldBefore, this.#findings[index]?.isOver === true);
    this.#tellNews(index);
  }

  snapshot(index: number): CaptureConnection {
    return snapshotOf(this.table, index, this.#findings[index] ?? null);
  }

  tell(index: number): void {
    this.#onConnection?.(this.snapshot(index));
  }

  #tellNews(index: number): void {
    if (this.#findings[index]?.takeNews() === true) this.tell(index);
  }
}

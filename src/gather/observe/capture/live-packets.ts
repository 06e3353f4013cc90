import { CaptureReader, type CaptureConnection, type CaptureDns } from '../../../parse/capture/index.ts';
import { parseDns, type DnsMessage } from '../../../parse/dns.ts';
import { addressText } from '../../../parse/packet/bytes.ts';
import { u16, u32 } from '../../../parse/packet/bytes.ts';
import { IP_PROTOCOL, PacketDecoder } from '../../../parse/packet/packet.ts';
import { PcapReader, type PcapProblem } from '../../../parse/packet/pcap.ts';
import type { PcapSink } from '../../../parse/packet/pcap-sink.ts';

/** A DNS question that was seen on its way, identified by the socket that asked it. */
export interface AskedQuestion extends CaptureDns {
  readonly clientPort: number;
}

type Entry = { -readonly [K in keyof AskedQuestion]: AskedQuestion[K] };

export interface LiveListener {
  /** A connection began or ended, or a name or a request was learnt. */
  onConnection(connection: CaptureConnection): void;
  /** A program asked DNS: the owner of its socket can be seen now, and soon no more. */
  onQuestion(question: AskedQuestion): void;
}

/** On "any" a packet of the loopback comes twice, leaving and arriving, and a bridged one once for each interface. */
const TWICE_WITHIN_MS = 5;
const REMEMBERED_PACKETS = 64;
/** This many bytes distinguish a segment from others: its header with sequence numbers and checksum. */
const FINGERPRINT_BYTES = 96;
const DNS_PORT = 53;
/** Questions that are kept apart; further ones are attributed by the names in the answers. */
const QUESTIONS_LIMIT = 20_000;

/** Reads the pcap stream of a live capture: each packet once, with each DNS question by the port that it came from. */
export class LivePackets implements PcapSink {
  readonly #listener: LiveListener;
  readonly #pcap = new PcapReader(this);
  readonly #reader: CaptureReader;
  readonly #decoder = new PacketDecoder();
  readonly #recent = new Float64Array(REMEMBERED_PACKETS);
  readonly #recentMs = new Float64Array(REMEMBERED_PACKETS);
  #recentAt = 0;
  readonly #questions = new Map<string, Entry>();
  readonly #byAnswer = new Map<string, Entry[]>();

  constructor(listener: LiveListener) {
    this.#listener = listener;
    this.#reader = new CaptureReader({ onConnection: (connection) => listener.onConnection(connection) });
  }

  push(chunk: Uint8Array): void {
    this.#pcap.push(chunk);
  }

  /** Ends the reading; data that waited for missing segments goes to the listener. */
  end(): void {
    this.#reader.end();
  }

  connections(): Iterable<CaptureConnection> {
    return this.#reader.connections();
  }

  namesOf(address: string, atMs: number): readonly string[] {
    return this.#reader.namesOf(address, atMs);
  }

  questions(): Iterable<AskedQuestion> {
    return this.#questions.values();
  }

  /** The questions whose answers gave this address, in order of time. */
  questionsFor(address: string): readonly AskedQuestion[] {
    return this.#byAnswer.get(address) ?? [];
  }

  packet(bytes: Uint8Array, start: number, end: number, linkType: number, timeMs: number, wireBytes: number): void {
    const decoder = this.#decoder;
    if (decoder.decode(bytes, start, end, linkType, Math.max(0, wireBytes - (end - start)))) {
      if (this.#isSecondTime(timeMs)) return;
      if (decoder.protocol === IP_PROTOCOL.udp) this.#readDns(timeMs);
    }
    this.#reader.packet(bytes, start, end, linkType, timeMs, wireBytes);
  }

  problem(problem: PcapProblem): void {
    this.#reader.problem(problem);
  }

  #isSecondTime(timeMs: number): boolean {
    const fingerprint = this.#fingerprint();
    for (const [i, one] of this.#recent.entries()) {
      if (one === fingerprint && timeMs - (this.#recentMs[i] ?? 0) < TWICE_WITHIN_MS) return true;
    }
    this.#recent[this.#recentAt] = fingerprint;
    this.#recentMs[this.#recentAt] = timeMs;
    this.#recentAt = (this.#recentAt + 1) % REMEMBERED_PACKETS;
    return false;
  }

  /** Two 26-bit hashes (FNV-1a with different bases) over addresses, length and the first bytes. */
  #fingerprint(): number {
    const { bytes, start, end, addresses } = this.#decoder;
    let a = 0x811c9dc5;
    let b = 0x1000193 ^ (end - start);
    const add = (word: number): void => {
      a = Math.imul(a ^ word, 0x01000193);
      b = Math.imul(b ^ (word >>> 7) ^ word, 0x85ebca6b);
    };
    for (const word of addresses) add(word);
    const last = Math.min(end, start + FINGERPRINT_BYTES);
    for (let at = start; at < last; at += 4) add(u32(bytes, at));
    return (a >>> 6) * 2 ** 26 + (b >>> 6);
  }

  #readDns(timeMs: number): void {
    const { bytes, start, end } = this.#decoder;
    const [from, to] = [u16(bytes, start), u16(bytes, start + 2)];
    if (from !== DNS_PORT && to !== DNS_PORT) return;
    const result = parseDns(bytes.subarray(start + 8, end));
    if (result.kind !== 'complete') return;
    const { message } = result;
    const [question] = message.questions;
    if (question === undefined || message.opcode !== 0) return;
    const [client, server] = message.response
      ? [this.#address(4), this.#address(0)]
      : [this.#address(0), this.#address(4)];
    const [clientPort, serverPort] = message.response ? [to, from] : [from, to];
    const name = question.name.toLowerCase();
    const key = `${client} ${clientPort} ${server} ${message.id} ${question.type} ${name}`;
    const known = this.#questions.get(key);
    if (message.response) {
      if (known !== undefined) this.#answer(known, message, timeMs);
      return;
    }
    if (known !== undefined) {
      known.count += 1;
      known.lastMs = timeMs;
      return;
    }
    if (this.#questions.size >= QUESTIONS_LIMIT) return;
    const times = { firstMs: timeMs, lastMs: timeMs };
    const unanswered = { count: 1, rcode: null, addresses: [], chain: [] };
    const asked: Entry = { client, clientPort, server, serverPort, name, type: question.type, ...times, ...unanswered };
    this.#questions.set(key, asked);
    this.#listener.onQuestion(asked);
  }

  #address(firstWord: 0 | 4): string {
    const { addresses, family } = this.#decoder;
    return addressText(addresses.subarray(firstWord, firstWord + 4), family);
  }

  #answer(question: Entry, message: DnsMessage, timeMs: number): void {
    question.lastMs = timeMs;
    question.rcode = message.rcode;
    for (const { data } of message.answers) {
      if (data.kind !== 'address' || question.addresses.includes(data.address)) continue;
      question.addresses = [...question.addresses, data.address];
      const same = this.#byAnswer.get(data.address);
      if (same === undefined) this.#byAnswer.set(data.address, [question]);
      else same.push(question);
    }
  }
}

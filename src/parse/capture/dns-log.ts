import { DNS_TYPE, parseDns, type DnsMessage } from '../dns.ts';

export interface CaptureDns {
  readonly name: string;
  readonly type: number;
  readonly client: string;
  readonly server: string;
  readonly serverPort: number;
  /** null: no answer was seen. */
  readonly rcode: number | null;
  readonly addresses: readonly string[];
  /** The names that CNAME records led to, in order. */
  readonly chain: readonly string[];
  readonly firstMs: number;
  readonly lastMs: number;
  /** Queries seen; 1 when only an answer was. */
  readonly count: number;
}

type Entry = { -readonly [K in keyof CaptureDns]: CaptureDns[K] } & { addresses: string[]; chain: string[] };

/** Distinct questions (name, type, client, server) that are kept, addresses of each, and addresses whose names are kept. */
const DNS_LIMIT = 50_000;
const ADDRESSES_LIMIT = 64;
const NAMED_ADDRESSES_LIMIT = 100_000;
const NAMES_PER_ADDRESS_LIMIT = 64;

/** The DNS queries of a capture with their answers, and the names that each address had. */
export class DnsLog {
  /** Questions beyond the limit. */
  notKept = 0;
  readonly #entries = new Map<string, Entry>();
  readonly #names = new Map<string, Map<string, number>>();

  /** Reads one message; `sender` and `receiver` are addresses. Returns whether it is a DNS message. */
  add(message: Uint8Array, ends: Ends, timeMs: number): boolean {
    const result = parseDns(message);
    if (result.kind !== 'complete' || result.message.opcode !== 0) return false;
    const dns = result.message;
    const [question] = dns.questions;
    if (question) this.#addQuestion(dns, question.name.toLowerCase(), question.type, ends, timeMs);
    if (dns.response) this.#addNames(dns, question?.name.toLowerCase() ?? null, timeMs);
    return true;
  }

  entries(): Iterable<CaptureDns> {
    return this.#entries.values();
  }

  namesOf(address: string, atMs: number): readonly string[] {
    return [...(this.#names.get(address) ?? [])].filter(([, fromMs]) => fromMs <= atMs).map(([name]) => name);
  }

  #addQuestion(dns: DnsMessage, name: string, type: number, ends: Ends, timeMs: number): void {
    const [client, server] = dns.response ? [ends.receiver, ends.sender] : [ends.sender, ends.receiver];
    const serverPort = dns.response ? ends.senderPort : ends.receiverPort;
    const key = `${client} ${server} ${serverPort} ${type} ${name}`;
    let entry = this.#entries.get(key);
    if (!entry) {
      if (this.#entries.size >= DNS_LIMIT) {
        this.notKept += 1;
        return;
      }
      const times = { firstMs: timeMs, lastMs: timeMs };
      entry = { name, type, client, server, serverPort, rcode: null, addresses: [], chain: [], ...times, count: 0 };
      this.#entries.set(key, entry);
    }
    entry.lastMs = Math.max(entry.lastMs, timeMs);
    if (!dns.response || entry.count === 0) entry.count += 1;
    if (dns.response) addAnswer(entry, dns);
  }

  /** The name that was asked for is the one that the client wanted; without a question (mDNS) the record's own. */
  #addNames(dns: DnsMessage, asked: string | null, timeMs: number): void {
    for (const record of [...dns.answers, ...(asked === null ? dns.additionals : [])]) {
      if (record.data.kind !== 'address') continue;
      const { address } = record.data;
      let names = this.#names.get(address);
      if (!names) {
        if (this.#names.size >= NAMED_ADDRESSES_LIMIT) continue;
        names = new Map();
        this.#names.set(address, names);
      }
      const name = asked ?? record.name.toLowerCase();
      if (names.has(name) || names.size < NAMES_PER_ADDRESS_LIMIT)
        names.set(name, Math.min(names.get(name) ?? timeMs, timeMs));
    }
  }
}

export interface Ends {
  readonly sender: string;
  readonly senderPort: number;
  readonly receiver: string;
  readonly receiverPort: number;
}

function addAnswer(entry: Entry, dns: DnsMessage): void {
  entry.rcode = dns.rcode;
  for (const record of dns.answers) {
    if (record.data.kind === 'address') addOnce(entry.addresses, record.data.address);
    else if (record.data.kind === 'name' && record.type === DNS_TYPE.CNAME)
      addOnce(entry.chain, record.data.name.toLowerCase());
  }
}

function addOnce(list: string[], item: string): void {
  if (list.length < ADDRESSES_LIMIT && !list.includes(item)) list.push(item);
}

import type { AccessEntry } from './entry.ts';
import type { AcceptsName, AccessLogOptions, ClientCount } from './parser.ts';
import { isPlexTv } from './uri.ts';

const ENTRY_LIMIT = 100_000;
const CLIENT_LIMIT = 65_536;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** One request of a log, for parsers whose logs are small enough for an object a line. */
export type LoggedRequest = Omit<AccessEntry, 'count' | 'firstMs' | 'lastMs'> & { readonly ms: number | null };

/** Counts requests by what tells them apart. */
export class EntryList {
  readonly #entries = new Map<string, Mutable<AccessEntry>>();
  readonly #clients = new Map<string, { count: number; plexCount: number }>();
  readonly #wanted: readonly string[] | null;
  readonly #maxEntries: number;
  #notKept = 0;

  constructor({ clients, maxEntries = ENTRY_LIMIT }: AccessLogOptions) {
    this.#wanted = clients ?? null;
    this.#maxEntries = maxEntries;
  }

  /** Requests that were counted for their client only, because there are too many kinds. */
  get notKept(): number {
    return this.#notKept;
  }

  get clients(): number {
    return this.#clients.size;
  }

  add({ ms, ...request }: LoggedRequest): void {
    const { client, host, bytes } = request;
    this.#countClient(client, host);
    if (this.#wanted !== null && (client === null || !this.#wanted.includes(client))) return;
    const { serverAddresses: _addresses, bytes: _bytes, ...identity } = request;
    const key = JSON.stringify(identity);
    const known = this.#entries.get(key);
    if (known) {
      known.count += 1;
      if (bytes !== null) known.bytes = (known.bytes ?? 0) + bytes;
      if (ms !== null) {
        known.firstMs = Math.min(known.firstMs ?? ms, ms);
        known.lastMs = Math.max(known.lastMs ?? ms, ms);
      }
    } else if (this.#entries.size === this.#maxEntries) this.#notKept += 1;
    else this.#entries.set(key, { ...request, count: 1, firstMs: ms, lastMs: ms });
  }

  entries(clients: readonly string[] | null, accepts: AcceptsName | null): readonly AccessEntry[] {
    return [...this.#entries.values()].filter(
      ({ client, host }) =>
        (clients === null || (client !== null && clients.includes(client))) &&
        (accepts === null || (host !== null && accepts(host))),
    );
  }

  clientsSeen(): readonly ClientCount[] {
    const seen = [...this.#clients].map(([client, counts]) => ({ client, ...counts }));
    return seen.sort((a, b) => b.count - a.count);
  }

  #countClient(client: string | null, host: string | null): void {
    if (client === null) return;
    const counts = this.#clients.get(client) ?? { count: 0, plexCount: 0 };
    if (counts.count === 0 && this.#clients.size === CLIENT_LIMIT) return;
    counts.count += 1;
    const name = Buffer.from(host ?? '');
    if (isPlexTv(name, 0, name.length)) counts.plexCount += 1;
    this.#clients.set(client, counts);
  }
}

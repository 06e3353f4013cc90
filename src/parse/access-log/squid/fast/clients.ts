import { asciiOf, hostOf } from '../../text.ts';
import type { ClientCount } from '../../parser.ts';
import { isSlotValue, SLOT } from '../format/values.ts';
import { ByteTable, Key } from './byte-table.ts';
import { VALUE_LIMIT_BYTES } from './entries.ts';

const CLIENT_LIMIT = 65_536;
const TRUE = 1;

/** Stands for a client that is not logged, or one too many. */
export const NO_CLIENT = -1;
/** The value in the client's place is no client. */
export const NOT_A_CLIENT = -2;

/** Numbers clients by the bytes of their lines and counts their requests. */
export class ClientTable {
  readonly #names = new ByteTable(CLIENT_LIMIT, CLIENT_LIMIT * 64);
  readonly #key = new Key();
  #counts = new Float64Array(CLIENT_LIMIT);
  #plexCounts = new Float64Array(CLIENT_LIMIT);
  readonly #wanted: ReadonlySet<string> | null;
  #isWanted = new Uint8Array(CLIENT_LIMIT);

  /** `wanted`: those whose requests are asked for, as they are logged; null: all. */
  constructor(wanted: readonly string[] | null) {
    this.#wanted = wanted === null ? null : new Set(wanted.map((client) => client.toLowerCase()));
  }

  numberOf(bytes: Uint8Array, from: number, end: number): number {
    const key = this.#key;
    key.clear(bytes);
    key.add(from, end, VALUE_LIMIT_BYTES);
    const known = this.#names.find(key);
    if (known >= 0) return known;
    if (!isSlotValue(SLOT.client, bytes, from, end)) return NOT_A_CLIENT;
    const added = this.#names.insert(key);
    if (added >= 0 && this.#wanted?.has(this.#nameOf(added) ?? '')) this.#isWanted[added] = TRUE;
    return added;
  }

  isWanted(client: number): boolean {
    return this.#wanted === null || (client >= 0 && this.#isWanted[client] === TRUE);
  }

  count(client: number, plexTv: boolean): void {
    if (client < 0) return;
    this.#counts[client] = (this.#counts[client] ?? 0) + 1;
    if (plexTv) this.#plexCounts[client] = (this.#plexCounts[client] ?? 0) + 1;
  }

  /** Most requests first. */
  seen(): readonly ClientCount[] {
    const seen: ClientCount[] = [];
    for (const [index, client] of this.names()) {
      const count = this.#counts[index] ?? 0;
      if (client !== null && count > 0) seen.push({ client, count, plexCount: this.#plexCounts[index] ?? 0 });
    }
    return seen.sort((a, b) => b.count - a.count);
  }

  /** All clients with their numbers; null: what was logged is no host. */
  *names(): Iterable<readonly [number, string | null]> {
    for (let index = 0; index < this.#names.size; index += 1) yield [index, this.#nameOf(index)];
  }

  /** Gives back the memory that only counting takes. */
  close(): void {
    this.#counts = this.#counts.slice(0, this.#names.size);
    this.#plexCounts = this.#plexCounts.slice(0, this.#names.size);
    this.#isWanted = new Uint8Array();
    this.#names.close();
  }

  #nameOf(client: number): string | null {
    const [bytes] = this.#names.partsOf(client);
    return bytes ? hostOf(asciiOf(bytes, 0, bytes.length)) : null;
  }
}

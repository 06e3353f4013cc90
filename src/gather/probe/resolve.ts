import { Resolver } from 'node:dns/promises';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { familyOf, scopeOf } from '../../core/address.ts';
import type { Deadline } from '../../core/deadline.ts';
import type { ResolverFacts } from '../../core/evidence.ts';
import type { Family } from '../../core/outcome.ts';
import { codeOf, failure, waitFor } from './wait.ts';

export type Lookup = ResolverFacts['lookups'][number];

/** Two questions a server fit into the budget of an attempt; a resolver that is well answers the first within a round trip. */
const DNS_TRIES = 2;

/**
 * Prints how many addresses getaddrinfo gives, or its error code. In a child, because it cannot be cancelled: its thread would hold
 * up the end of this process for as long as the C library waits (ten seconds and more).
 */
const ASK_SYSTEM =
  "require('dns').lookup(process.argv[1], { all: true }, (e, a) => process.stdout.write(e ? e.code : String(a.length)))";

const HOSTS_FILE = process.platform === 'win32' ? 'C:\\Windows\\System32\\drivers\\etc\\hosts' : '/etc/hosts';

export interface NameResolverOptions {
  /** Bound of one lookup in all. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly hostsFile?: string;
  /** Name servers in c-ares' notation; the system's when not given. */
  readonly servers?: readonly string[];
}

/**
 * Resolves by `/etc/hosts` and c-ares, each name and family once. `dns.lookup` would share libuv's four threads: forty names against a
 * server that does not answer would take minutes.
 */
export class NameResolver {
  readonly #resolver: Resolver;
  readonly #options: NameResolverOptions;
  readonly #lookups = new Map<string, Promise<Lookup>>();
  #hosts: Promise<ReadonlyMap<string, readonly string[]>> | null = null;

  constructor(options: NameResolverOptions) {
    this.#options = options;
    this.#resolver = new Resolver({ timeout: Math.ceil(options.timeoutMs / (DNS_TRIES * 2)), tries: DNS_TRIES });
    if (options.servers) this.#resolver.setServers([...options.servers]);
  }

  get servers(): string[] {
    return this.#resolver.getServers();
  }

  /** Addresses of a name in one family; an address literal resolves to itself. Never rejects: `code` says what went wrong. */
  lookup(host: string, family: Family, deadline: Deadline): Promise<Lookup> {
    const key = `${family} ${host.toLowerCase()}`;
    const known = this.#lookups.get(key);
    if (known) return known;
    const fresh = this.#find(host, family, deadline);
    this.#lookups.set(key, fresh);
    return fresh;
  }

  /** What was looked up so far. */
  async lookups(): Promise<Lookup[]> {
    return Promise.all(this.#lookups.values());
  }

  /** Asks the system's own resolver (getaddrinfo) one question. Code ETIMEOUT when it did not answer within the deadline. */
  async askSystem(host: string, deadline: Deadline): Promise<NonNullable<ResolverFacts['system']>> {
    const late = failure('unresolved', 'ETIMEOUT');
    const answer = await waitFor<string>(deadline, this.#options.signal, late, (done) => {
      const child = execFile(process.execPath, ['-e', ASK_SYSTEM, host], (error, stdout) =>
        done(error ? failure('unresolved', codeOf(error)) : { ok: true, value: stdout.trim() }),
      );
      return () => child.kill('SIGKILL');
    });
    if (!answer.ok) return { host, code: answer.code, addresses: 0 };
    const addresses = Number(answer.value);
    return Number.isInteger(addresses) ? { host, code: null, addresses } : { host, code: answer.value, addresses: 0 };
  }

  async #find(host: string, family: Family, deadline: Deadline): Promise<Lookup> {
    const startedAt = performance.now();
    const result = (source: Lookup['source'], addresses: readonly string[], code: string | null): Lookup => ({
      host,
      family,
      source,
      addresses: addresses.map((address) => ({ address, scope: scopeOf(address) ?? 'reserved' })),
      code,
      ms: performance.now() - startedAt,
    });
    const literal = familyOf(host);
    if (literal !== null)
      return literal === family ? result('literal', [host], null) : result('literal', [], 'ENODATA');

    this.#hosts ??= readHosts(this.#options.hostsFile ?? HOSTS_FILE);
    const listed = (await this.#hosts).get(host.toLowerCase().replace(/\.$/, ''));
    if (listed) {
      const addresses = listed.filter((address) => familyOf(address) === family);
      return result('hosts-file', addresses, addresses.length > 0 ? null : 'ENODATA');
    }

    const late = failure('unresolved', 'ETIMEOUT');
    const answer = await waitFor<string[]>(deadline, this.#options.signal, late, (done) => {
      const query = family === 4 ? this.#resolver.resolve4(host) : this.#resolver.resolve6(host);
      query.then(
        (addresses) => done({ ok: true, value: addresses }),
        (error: unknown) => done(failure('unresolved', codeOf(error))),
      );
      return () => undefined;
    });
    return answer.ok ? result('dns', answer.value, null) : result('dns', [], answer.code);
  }

  /** Ends every question that is still open. */
  close(): void {
    this.#resolver.cancel();
  }
}

/** Names of a hosts file, lower case, with their addresses (hosts(5)). A file that cannot be read is an empty one. */
async function readHosts(file: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = new Map<string, string[]>();
  const text = await readFile(file, 'utf8').catch(() => '');
  for (const line of text.split('\n')) {
    const [address, ...aliases] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (!address || familyOf(address) === null) continue;
    for (const alias of aliases) {
      const key = alias.toLowerCase();
      names.set(key, [...(names.get(key) ?? []), address]);
    }
  }
  return names;
}

import { Resolver } from 'node:dns/promises';
import { familyOf } from '../../../core/values/address.ts';
import { scopeOf } from '../../../core/values/scope.ts';
import type { Deadline } from '../../../core/values/deadline.ts';
import { valueOf, type Gathered, type ResolverFacts } from '../../../core/model/evidence.ts';
import { ownCode } from '../../../core/model/reason.ts';
import type { Family } from '../../../core/model/outcome.ts';
import { parseResolvConf } from '../../../parse/settings/resolv-conf.ts';
import { codeOf } from '../../system/errors.ts';
import { readText } from '../../system/files.ts';
import { failure, waitFor, type StageResult } from './wait.ts';

export type Lookup = ResolverFacts['lookups'][number];

/** A name that no server answered for in time is asked for once more, when an attempt needs it again: the server or this host may be slow. */
const MOST_QUESTIONS = 2;

/** Two questions a server fit into the budget of an attempt; a resolver that is well answers the first within a round trip. */
const DNS_TRIES = 2;

const HOSTS_FILE = process.platform === 'win32' ? 'C:\\Windows\\System32\\drivers\\etc\\hosts' : '/etc/hosts';
const RESOLV_CONF = '/etc/resolv.conf';

export interface NameResolverOptions {
  /** Time limit of one lookup in all. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly hostsFile?: string;
  /** Name servers in c-ares' notation; the system's when not given. No domain is tried behind a name then. */
  readonly servers?: readonly string[];
  /** The file system whose files say how names are resolved; this process's own when null or not given. */
  readonly root?: string | null;
}

/** The answer for a name and family, or the wait for it. */
interface Asked {
  readonly answer: Promise<Lookup>;
  readonly question: number;
  /** No server answered in time. */
  isLate: boolean;
}

/** How names are resolved, by the files of one place and as its reader may read them. */
interface NameRules {
  /** Files that may not be read. */
  readonly unreadable: readonly string[];
  readonly hosts: ReadonlyMap<string, readonly string[]>;
  readonly search: readonly string[];
  readonly ndots: number;
}

/**
 * Resolves as PMS does, whose C library (musl) asks `/etc/hosts` and then the name servers: by that file and c-ares, each name and family
 * once, unless the answer was late. `dns.lookup` would share libuv's four threads: forty names against a server that does not answer would take minutes.
 */
export class NameResolver {
  readonly #resolver: Resolver;
  /** Those of second questions, which have time limits of their own. */
  readonly #patient: Resolver[] = [];
  readonly #options: NameResolverOptions;
  readonly #lookups = new Map<string, Asked>();
  #rules: Promise<NameRules> | null = null;

  constructor(options: NameResolverOptions) {
    this.#options = options;
    this.#resolver = resolverWithin(options.timeoutMs);
    if (options.servers) this.#resolver.setServers([...options.servers]);
  }

  /** Addresses of the name servers that are asked. */
  async servers(): Promise<string[]> {
    await this.#rulesOfPlace();
    return this.#resolver.getServers();
  }

  async unreadable(): Promise<readonly string[]> {
    return (await this.#rulesOfPlace()).unreadable;
  }

  #rulesOfPlace(): Promise<NameRules> {
    this.#rules ??= this.#readRules();
    return this.#rules;
  }

  async #readRules(): Promise<NameRules> {
    const { root = null, hostsFile = HOSTS_FILE, servers } = this.#options;
    const [hosts, conf] = await Promise.all([
      readText(root ?? '/', hostsFile),
      servers === undefined && process.platform !== 'win32' ? readText(root ?? '/', RESOLV_CONF) : null,
    ]);
    const { search, ndots, servers: named } = parseResolvConf((conf && valueOf(conf)) ?? '');
    // c-ares has read this process's own file itself.
    if (root !== null) this.#resolver.setServers(usableServers(named));
    const isDenied = (file: Gathered<string> | null): boolean =>
      file?.state === 'failed' && file.reason.code === 'EACCES';
    const unreadable = [isDenied(hosts) ? hostsFile : null, isDenied(conf) ? RESOLV_CONF : null];
    return {
      unreadable: unreadable.flatMap((path) => path ?? []),
      hosts: parseHosts(valueOf(hosts) ?? ''),
      search,
      ndots,
    };
  }

  /** Addresses of a name in one family; an address literal resolves to itself. Never rejects: `code` says what went wrong. */
  lookup(host: string, family: Family, deadline: Deadline): Promise<Lookup> {
    const key = `${family} ${host.toLowerCase()}`;
    const known = this.#lookups.get(key);
    if (known && !(known.isLate && known.question < MOST_QUESTIONS)) return known.answer;
    const answer = this.#find(host, family, deadline, known === undefined ? null : deadline.leftMs());
    const asked: Asked = { answer, question: (known?.question ?? 0) + 1, isLate: false };
    void answer.then(({ code }) => (asked.isLate = code === 'ETIMEOUT'));
    this.#lookups.set(key, asked);
    return answer;
  }

  /** All lookups so far. */
  async lookups(): Promise<Lookup[]> {
    return Promise.all([...this.#lookups.values()].map(({ answer }) => answer));
  }

  /** `patienceMs`: of a second question. */
  async #find(host: string, family: Family, deadline: Deadline, patienceMs: number | null): Promise<Lookup> {
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

    const { hosts, search, ndots } = await this.#rulesOfPlace();
    const listed = hosts.get(host.toLowerCase().replace(/\.$/, ''));
    if (listed) {
      const addresses = listed.filter((address) => familyOf(address) === family);
      return result('hosts-file', addresses, addresses.length > 0 ? null : 'ENODATA');
    }

    const resolver = patienceMs === null ? this.#resolver : this.#patientResolver(patienceMs);
    let answer: StageResult<string[]> = failure('unresolved', 'ENOTFOUND');
    for (const name of candidatesOf(host, search, ndots)) {
      answer = await this.#ask(resolver, name, family, deadline);
      if (answer.ok || answer.code !== 'ENOTFOUND') break;
    }
    return answer.ok ? result('dns', answer.value, null) : result('dns', [], answer.code);
  }

  #patientResolver(timeoutMs: number): Resolver {
    const resolver = resolverWithin(timeoutMs);
    resolver.setServers(this.#resolver.getServers());
    this.#patient.push(resolver);
    return resolver;
  }

  #ask(resolver: Resolver, name: string, family: Family, deadline: Deadline): Promise<StageResult<string[]>> {
    return waitFor<string[]>(deadline, this.#options.signal, failure('unresolved', 'ETIMEOUT'), (done) => {
      const query = family === 4 ? resolver.resolve4(name) : resolver.resolve6(name);
      query.then(
        (addresses) => done({ ok: true, value: addresses }),
        (error: unknown) => done(failure('unresolved', codeOf(error))),
      );
      return () => undefined;
    });
  }

  /** Ends every question that is still open. */
  close(): void {
    for (const resolver of [this.#resolver, ...this.#patient]) resolver.cancel();
  }
}

/** A question that was interrupted, or late on a host without time for this program (`held`), says nothing about the name. */
export function tellingLookups(lookups: readonly Lookup[], held: ReadonlySet<string>): Lookup[] {
  return lookups.filter(
    ({ code, host }) => code !== ownCode('INTERRUPTED') && !(code === 'ETIMEOUT' && held.has(host)),
  );
}

/** c-ares doubles its time limit with each try. */
function resolverWithin(timeoutMs: number): Resolver {
  return new Resolver({ timeout: Math.max(1, Math.ceil(timeoutMs / (DNS_TRIES * 2))), tries: DNS_TRIES });
}

/**
 * The names to ask for, in this order, until one is known: with fewer dots than `ndots`, the domains are tried before the name itself
 * (musl, src/network/lookup_name.c).
 */
export function candidatesOf(host: string, search: readonly string[], ndots: number): readonly string[] {
  const dots = host.split('.').length - 1;
  if (host.endsWith('.') || dots >= ndots) return [host];
  return [...search.map((domain) => `${host}.${domain.replace(/^\.|\.$/g, '')}`), host];
}

/** Without a usable server a resolver asks this machine (resolv.conf(5)). */
function usableServers(named: readonly string[]): readonly string[] {
  const usable = named.filter((server) => familyOf(server.replace(/%.*/, '')) !== null);
  return usable.length > 0 ? usable : ['127.0.0.1'];
}

/** Names of a hosts file, lower case, with their addresses (hosts(5)). */
function parseHosts(text: string): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
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

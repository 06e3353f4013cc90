import { setMaxListeners } from 'node:events';
import { Deadline } from '../core/deadline.ts';
import type { Endpoint } from '../core/endpoint.ts';
import { placeKey, type Surroundings } from '../core/flows.ts';
import { ProxyUrl } from '../core/secret.ts';
import type { SecretVariables } from '../core/secret-variables.ts';
import { NameResolver } from './probe/resolve.ts';

/** Names are looked up once, before the watching begins. A local name server that is well answers within milliseconds. */
const LOOKUP_BUDGET_MS = 2_000;

export interface LookedAround {
  readonly surroundings: Surroundings;
  /** Address → the names of the catalogue that our own lookup gave it: what a nameless connection was probably for. */
  readonly lookups: ReadonlyMap<string, readonly string[]>;
}

/** The proxies of every source of variables, by name alone. What is no proxy address names none. */
export function proxiesOf(live: ReadonlyMap<string, SecretVariables>): readonly ProxyUrl[] {
  const values = [...live.values()].flatMap((variables) =>
    Object.entries(variables.reveal()).flatMap(([name, value]) =>
      /^(?:https?|all)_proxy$/i.test(name) ? [value] : [],
    ),
  );
  return [...new Set(values)].flatMap((value) => {
    const parsed = ProxyUrl.parse(value);
    return parsed.ok && parsed.url.scheme !== 'pac' ? [parsed.url] : [];
  });
}

/** The places of proxies by the names that they are configured under; nothing is asked of DNS. */
export function placesOf(proxies: readonly ProxyUrl[]): ReadonlySet<string> {
  return new Set(proxies.map(({ host, port }) => placeKey(host, port)));
}

/** Resolves the proxies and the endpoints, so that connections by address can be recognised. Takes two seconds at most; never rejects. */
export async function lookAround(
  endpoints: readonly Endpoint[],
  proxies: readonly ProxyUrl[],
  signal: AbortSignal,
): Promise<LookedAround> {
  // A run adds a hundred listeners, each for as long as its question takes.
  setMaxListeners(0, signal);
  const resolver = new NameResolver({ timeoutMs: LOOKUP_BUDGET_MS, signal });
  const deadline = Deadline.after(LOOKUP_BUDGET_MS);
  const resolve = async (host: string): Promise<readonly string[]> => {
    const found = await Promise.all(([4, 6] as const).map((family) => resolver.lookup(host, family, deadline)));
    return found.flatMap(({ addresses }) => addresses.map(({ address }) => address));
  };
  const places = new Set(placesOf(proxies));
  const lookups = new Map<string, string[]>();
  const hosts = new Set(
    endpoints.flatMap(({ probeHost, kind }) => (probeHost === null || kind === 'udp' ? [] : probeHost)),
  );
  await Promise.all([
    ...proxies.map(async ({ host, port }) => {
      for (const address of await resolve(host)) places.add(placeKey(address, port));
    }),
    ...[...hosts].map(async (host) => {
      for (const address of await resolve(host)) lookups.set(address, [...(lookups.get(address) ?? []), host]);
    }),
  ]);
  return { surroundings: { proxies: places, endpoints }, lookups };
}

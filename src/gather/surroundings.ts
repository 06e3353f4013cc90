import { setMaxListeners } from 'node:events';
import { Deadline } from '../core/values/deadline.ts';
import type { Endpoint } from '../core/model/endpoint.ts';
import { placeKey, type Surroundings } from '../core/judge/traffic/flows.ts';
import { ProxyUrl } from '../core/values/secret.ts';
import type { SecretVariables } from '../core/values/secret-variables.ts';
import { NameResolver } from './probe/wire/resolve.ts';

/** Names are looked up once, before the watching begins. A local name server that is well answers within milliseconds. */
const LOOKUP_BUDGET_MS = 2_000;

export interface LookedAround {
  readonly surroundings: Surroundings;
  /** Address → the names of the catalogue that our own lookup gave it: probably the targets of connections without a name. */
  readonly lookups: ReadonlyMap<string, readonly string[]>;
}

/** The proxies of every source of variables, by name alone. Values that are no proxy address are left out. */
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

/** The places of proxies by their configured names; DNS is not asked. */
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
  const { resolve, close } = resolverWithin(signal);
  const lookups = new Map<string, string[]>();
  const hosts = new Set(
    endpoints.flatMap(({ probeHost, kind }) => (probeHost === null || kind === 'udp' ? [] : probeHost)),
  );
  const [places] = await Promise.all([
    allPlaces(proxies, resolve),
    ...[...hosts].map(async (host) => {
      for (const address of await resolve(host)) lookups.set(address, [...(lookups.get(address) ?? []), host]);
    }),
  ]).finally(close);
  return { surroundings: { proxies: places, endpoints }, lookups };
}

type Resolve = (host: string) => Promise<readonly string[]>;

interface LimitedResolver {
  readonly resolve: Resolve;
  /** No question is asked again after this: it would be taken for one of PMS's. */
  readonly close: () => void;
}

/** Everything that is asked of it takes two seconds at most. */
function resolverWithin(signal: AbortSignal): LimitedResolver {
  const resolver = new NameResolver({ timeoutMs: LOOKUP_BUDGET_MS, signal });
  const deadline = Deadline.after(LOOKUP_BUDGET_MS);
  return {
    resolve: async (host) => {
      const found = await Promise.all(([4, 6] as const).map((family) => resolver.lookup(host, family, deadline)));
      return found.flatMap(({ addresses }) => addresses.map(({ address }) => address));
    },
    close: () => resolver.close(),
  };
}

/** The places of proxies by name and by address. */
async function allPlaces(proxies: readonly ProxyUrl[], resolve: Resolve): Promise<ReadonlySet<string>> {
  const places = new Set(placesOf(proxies));
  await Promise.all(
    proxies.map(async ({ host, port }) => {
      for (const address of await resolve(host)) places.add(placeKey(address, port));
    }),
  );
  return places;
}

/** The places of proxies that were not known when the watching began. An interruption of it does not concern them. */
export function lookUpPlaces(sources: readonly SecretVariables[]): Promise<ReadonlySet<string>> {
  const proxies = proxiesOf(new Map(sources.map((variables, index) => [String(index), variables])));
  const { resolve, close } = resolverWithin(new AbortController().signal);
  return allPlaces(proxies, resolve).finally(close);
}

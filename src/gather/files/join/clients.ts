import { placeKey } from '../../../core/judge/traffic/flows.ts';
import { familyOf } from '../../../core/values/address.ts';
import { scopeOf } from '../../../core/values/scope.ts';
import type { Flow } from '../../../core/model/traffic.ts';
import type { Relevance } from '../../flows/relevance.ts';

/** Clients whose traffic counts. `clients` null: all; `plexOnly` then leaves only traffic that concerns Plex. */
export interface ClientChoice {
  readonly clients: ReadonlySet<string> | null;
  readonly plexOnly: boolean;
  /** One sentence for the report; null when there is nothing to say. */
  readonly why: string | null;
}

export interface ClientSeen {
  readonly client: string;
  readonly count: number;
  readonly plexCount: number;
}

export function givenClients(clients: readonly string[]): ClientChoice | null {
  return clients.length === 0 ? null : { clients: new Set(clients.map(clientKey)), plexOnly: false, why: null };
}

/** Addresses in one spelling, names in lower case. */
export function clientKey(client: string): string {
  return placeKey(client, 0);
}

/**
 * Chooses from packets: the client that contacts hosts of Plex, or else a proxy. One machine has an address in each family, and loopback
 * besides; two addresses of one family are two machines.
 */
export function clientOfPackets(flows: readonly Flow[], relevance: Relevance): ClientChoice {
  const ofPlex = clientsWhere(flows, ({ names }) => names.some(({ name }) => relevance.isPlex(name)));
  const towardsProxy = clientsWhere(flows, ({ route }) => route === 'proxy');
  const found = ofPlex.length > 0 ? ofPlex : towardsProxy;
  if (found.length === 0) return { clients: null, plexOnly: false, why: null };
  const isOne = ([4, 6] as const).every((family) => found.filter((client) => familyOf(client) === family).length <= 1);
  if (!isOne) {
    return {
      clients: null,
      plexOnly: true,
      why: `${found.length} addresses in it contact hosts of Plex: only what concerns Plex is shown; --client ADDRESS, once for each address of the PMS host, chooses`,
    };
  }
  const loopback = clientsWhere(flows, () => true, 'loopback');
  return { clients: new Set([...found, ...loopback].map(clientKey)), plexOnly: false, why: null };
}

function clientsWhere(
  flows: readonly Flow[],
  accepts: (flow: Flow) => boolean,
  only: 'loopback' | 'others' = 'others',
): readonly string[] {
  const clients = flows.flatMap((flow) => (flow.client !== null && accepts(flow) ? [flow.client] : []));
  return [...new Set(clients)].filter((client) => (scopeOf(client) === 'loopback') === (only === 'loopback'));
}

/** The choice with a note for a user who chose a client that the log does not have. */
export function givenInLog(given: ClientChoice, seen: readonly ClientSeen[]): ClientChoice {
  const isThere = seen.some(({ client }) => given.clients?.has(clientKey(client)) === true);
  if (!isThere)
    return { ...given, why: `no line of it is of the client given by --client, but of ${others(seen.length)}` };
  return withOtherFamily(
    given,
    seen.flatMap(({ client, plexCount }) => (plexCount > 0 ? [client] : [])),
  );
}

/** The choice with a note for a user who chose a client that the capture does not have; `isThere` is false then. */
export function givenInPackets(
  given: ClientChoice,
  flows: readonly Flow[],
  relevance: Relevance,
): { readonly isThere: boolean; readonly choice: ClientChoice } {
  const clients = new Set(flows.flatMap(({ client }) => client ?? []));
  const isThere = [...clients].some((client) => given.clients?.has(clientKey(client)) === true);
  if (!isThere) {
    const why = `no connection in it is of the client given by --client, but of ${others(clients.size)}`;
    return { isThere, choice: { ...given, why } };
  }
  const ofPlex = clientsWhere(flows, ({ names }) => names.some(({ name }) => relevance.isPlex(name)));
  return { isThere, choice: withOtherFamily(given, ofPlex) };
}

/** A host has an address in each family: with only one chosen, requests from the other address would seem missing. */
function withOtherFamily(given: ClientChoice, ofPlex: readonly string[]): ClientChoice {
  const keyFamily = (key: string): 4 | 6 | null => (key.includes(':') ? 6 : familyOf(key.split(' ')[0] ?? ''));
  const families = new Set([...(given.clients ?? [])].map(keyFamily));
  const [only] = families;
  if (families.size !== 1 || (only !== 4 && only !== 6)) return given;
  const other = only === 4 ? 6 : 4;
  return ofPlex.some((client) => familyOf(client) === other)
    ? {
        ...given,
        why: `clients with IPv${other} addresses ask for hosts of Plex too: where the PMS host has one, give it with another --client`,
      }
    : given;
}

/**
 * Chooses from a proxy's log: a client that packets showed, if the proxy knows it by the same address; else the only client that asks for plex.tv.
 */
export function clientOfLog(seen: readonly ClientSeen[], captured: ReadonlySet<string> | null): ClientChoice {
  const only = (clients: readonly ClientSeen[], why: string | null): ClientChoice => ({
    clients: new Set(clients.map(({ client }) => clientKey(client))),
    plexOnly: false,
    why,
  });
  const all = (why: string | null): ClientChoice => ({ clients: null, plexOnly: true, why });
  const known = seen.filter(({ client }) => captured?.has(clientKey(client)) === true);
  if (known.length > 0) return only(known, null);
  if (seen.length <= 1) return seen.length === 0 ? all(null) : only(seen, null);
  const asking = seen.filter(({ plexCount }) => plexCount > 0);
  switch (asking.length) {
    case 0:
      return all(
        `none of its ${seen.length} clients asks for plex.tv: if PMS is one of them, --client ADDRESS shows what it asks for`,
      );
    case 1:
      return only(asking, `of its ${seen.length} clients only one asks for plex.tv: it is taken for PMS`);
    default:
      return all(
        `${asking.length} of its ${seen.length} clients ask for plex.tv: only what concerns Plex is shown; --client ADDRESS chooses one`,
      );
  }
}

/** true when a flow of packets is of the chosen clients. Without a choice all flows count, with `plexOnly` those that concern PMS. */
export function isChosen(flow: Flow, { clients, plexOnly }: ClientChoice, relevance: Relevance): boolean {
  if (clients !== null) return flow.client !== null && clients.has(clientKey(flow.client));
  return !plexOnly || flow.names.some(({ name }) => relevance.concernsPms(name));
}

function others(count: number): string {
  return count === 1 ? '1 other' : `${count} others`;
}

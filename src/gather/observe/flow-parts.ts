import { coversName, routeOf, type Surroundings } from '../../core/judge/traffic/flows.ts';
import type { Flow } from '../../core/model/traffic.ts';
import { towardsProxy } from '../flows/capture-flows.ts';

/** Linux sends a SYN again after one second: an attempt without an answer by then has missed one. */
export const SYN_ANSWER_MS = 1_000;

/** Sources of names for connections that do not name their host. */
export interface Names {
  /** Names that DNS gave the address until then, else those that it gave it later. */
  namesOf(address: string, atMs: number): readonly string[];
  /** Names of the catalogue, as our own resolver gives them. */
  readonly lookups: ReadonlyMap<string, readonly string[]>;
}

export function isOfCatalogue({ names }: Flow, { endpoints }: Surroundings): boolean {
  return names.some(({ name }) => endpoints.some((endpoint) => coversName(endpoint, name)));
}

/** A flow without packets, with the names of its address. */
export function withNames(flow: Flow, beganMs: number, names: Names): Flow {
  if (flow.address === null || flow.protocol === 'dns') return flow;
  const known = names
    .namesOf(flow.address, beganMs + SYN_ANSWER_MS)
    .map((name) => ({ name, source: 'dns' as const, outer: false }));
  return known.length > 0 ? { ...flow, names: known } : withLookups(flow, names.lookups);
}

export function withLookups(flow: Flow, lookups: Names['lookups']): Flow {
  if (flow.names.length > 0 || flow.address === null || flow.protocol === 'dns') return flow;
  const names = (lookups.get(flow.address) ?? []).map((name) => ({ name, source: 'lookup' as const, outer: false }));
  return { ...flow, names };
}

export function onItsRoute(flow: Flow, surroundings: Surroundings): Flow {
  const route = routeOf(flow, surroundings);
  if (route !== 'proxy' || flow.route === 'proxy') return { ...flow, route };
  // The hello to a proxy that speaks TLS names the proxy.
  return { ...towardsProxy(flow), names: [], targetPort: null };
}

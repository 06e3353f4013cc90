import type { Endpoint } from '../../core/endpoint.ts';
import { coversName } from '../../core/flows.ts';
import type { Flow } from '../../core/traffic.ts';

/** Flows that a report can hold; the ones that matter most are kept. */
export const FLOWS_KEPT = 5_000;
export const QUESTIONS_KEPT = 2_000;

/** Domains of Plex itself: a name in them concerns PMS, whether or not the catalogue has it. */
const PLEX_DOMAINS = ['plex.tv', 'plexapp.com', 'plex.direct', 'plex.services', 'plex.bz'];

export interface Relevance {
  readonly endpoints: readonly Endpoint[];
}

/** A host of Plex; hosts of others that PMS needs are {@link isEndpointName} only, since everybody contacts them. */
export function isPlexName(name: string, endpoints: readonly Endpoint[]): boolean {
  const plain = name.toLowerCase().replace(/\.$/, '');
  if (PLEX_DOMAINS.some((domain) => plain === domain || plain.endsWith(`.${domain}`))) return true;
  return endpoints.some((endpoint) => endpoint.custom && coversName(endpoint, plain));
}

export function isEndpointName(name: string, endpoints: readonly Endpoint[]): boolean {
  return endpoints.some((endpoint) => coversName(endpoint, name)) || isPlexName(name, endpoints);
}

/** The flows that matter most, in their order, and how many are left out. */
export function mostRelevant(
  flows: readonly Flow[],
  { endpoints }: Relevance,
): { readonly flows: readonly Flow[]; readonly omitted: number } {
  if (flows.length <= FLOWS_KEPT) return { flows, omitted: 0 };
  const rank = (flow: Flow): number => Number(flow.names.some(({ name }) => isEndpointName(name, endpoints)));
  const best = new Set(flows.toSorted((a, b) => rank(b) - rank(a) || b.count - a.count).slice(0, FLOWS_KEPT));
  const kept = flows.filter((flow) => best.has(flow));
  return { flows: kept, omitted: flows.length - kept.length };
}

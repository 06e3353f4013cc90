import { groupBy } from '../core/values/group.ts';
import { serviceId } from './words.ts';
import type { AllowedName, Service } from './model.ts';

/** The two halves of a filter by address share these names: dnsmasq fills the sets that nftables matches. */
export const TABLE = 'pms_allow';

export function setName(family: 4 | 6, service: Service): string {
  return `v${family}_${serviceId(service)}`;
}

/** Takes the addresses of names that are known and not allowed, below a name that is. No rule looks at it. */
export function otherSet(family: 4 | 6): string {
  return `v${family}_not_allowed`;
}

/** A domain and everything below it: dnsmasq knows no other names, so that a pattern and the name above it are one. */
export interface Domain {
  readonly domain: string;
  readonly names: readonly AllowedName[];
  readonly services: readonly Service[];
  readonly isResolved: boolean;
}

/** Each domain once: of two lines for the same one, dnsmasq takes the last. */
export function byDomain(names: readonly AllowedName[]): readonly Domain[] {
  return [...groupBy(names, ({ host }) => host.replace(/^\*\./, ''))].map(([domain, group]) => ({
    domain,
    names: group,
    services: [
      ...new Map(group.flatMap(({ services }) => services).map((service) => [serviceId(service), service])).values(),
    ],
    isResolved: group.some(({ isResolved }) => isResolved),
  }));
}

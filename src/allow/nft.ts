import { serviceId } from './words.ts';
import type { Service } from './model.ts';

/** The two halves of a filter by address share these names: dnsmasq fills the sets that nftables matches. */
export const TABLE = 'pms_allow';

export function setName(family: 4 | 6, service: Service): string {
  return `v${family}_${serviceId(service)}`;
}

/** Takes the addresses of names that are known and not allowed, below a name that is. No rule looks at it. */
export function otherSet(family: 4 | 6): string {
  return `v${family}_not_allowed`;
}

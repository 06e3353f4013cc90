import type { Decision } from '../dialects/dialect.ts';
import { looksUpNames } from '../dialects/decision.ts';
import { valueOf } from '../model/evidence.ts';
import { familyOf } from '../values/address.ts';
import type { Facts } from './facts.ts';

/** How the client of a route finds its names; `decision` null: its settings are not known. */
export interface Naming {
  /** It leaves the names of endpoints to its proxy. */
  readonly leavesNames: boolean;
  /** It has to look up the name of its proxy; null: not known. */
  readonly namesProxy: boolean | null;
}

export function namingOf(decision: Pick<Decision, 'proxy'> | null): Naming {
  if (decision === null) return { leavesNames: true, namesProxy: null };
  return {
    leavesNames: !looksUpNames(decision),
    namesProxy: hostOf(decision) !== null && familyOf(hostOf(decision) ?? '') === null,
  };
}

/** The host in `http://***@proxy:3128`, without brackets; null: there is no proxy. */
function hostOf({ proxy }: Pick<Decision, 'proxy'>): string | null {
  const host = /^[^:]+:\/\/(?:[^@]*@)?(\[[^\]]*\]|[^:/]*)/.exec(proxy ?? '')?.[1] ?? null;
  return host === null ? null : host.replace(/^\[|\]$/g, '');
}

/** The addresses of each proxy that has several. */
export function proxyAddressesOf(facts: Facts): readonly ReadonlySet<string>[] {
  const lookups = valueOf(facts.resolver)?.lookups ?? [];
  return (valueOf(facts.proxies) ?? []).flatMap(({ url }) => {
    const host = hostOf({ proxy: url })?.toLowerCase();
    const own = lookups.filter((lookup) => lookup.host.toLowerCase() === host);
    const addresses = new Set(own.flatMap((lookup) => lookup.addresses.map(({ address }) => address)));
    return addresses.size > 1 ? [addresses] : [];
  });
}

import { familyOf } from '../../core/values/address.ts';
import { groupBy } from '../../core/values/group.ts';
import type { AllowList } from '../model.ts';
import type { Collateral, SharedAddress } from './model.ts';
import { rangeOfAddress, type PublishedRanges } from './ranges.ts';

/** A name on an address, as it was seen. */
export interface Sighting {
  readonly host: string;
  readonly address: string;
  readonly source: string;
  readonly at: string | null;
}

export interface Unanswered {
  readonly host: string;
  readonly why: string;
}

/** Joins names and addresses: what a rule for the addresses of the list lets through besides. Pure. */
export function collateral(
  list: AllowList,
  sightings: readonly Sighting[],
  unanswered: readonly Unanswered[],
  isLive: boolean,
): Collateral {
  const names = list.names.filter(({ services }) => services.length > 0);
  const allows = (host: string): boolean =>
    names.some((name) => (name.kind === 'wildcard' ? host.endsWith(name.host.slice(1)) : name.host === host));
  const known = new Set(list.known);
  const usable = sightings.filter(({ address }) => familyOf(address) !== null);
  const addresses = [...groupBy(usable, ({ address }) => address)]
    .map(([address, seen]): SharedAddress => {
      const hosts = [...new Set(seen.map(({ host }) => host))].sort();
      return {
        address,
        family: familyOf(address) ?? 4,
        reverse: null,
        range: null,
        allowed: hosts.filter(allows),
        others: hosts.filter((host) => !allows(host)).map((host) => ({ host, isKnown: known.has(host) })),
        sources: [...new Set(seen.map(({ source }) => source))].sort(),
        lastAt: seen.map(({ at }) => at).reduce((a, b) => (a === null || b === null ? (a ?? b) : a > b ? a : b), null),
      };
    })
    .filter(({ allowed }) => allowed.length > 0)
    .sort((a, b) => b.others.length - a.others.length || b.allowed.length - a.allowed.length);
  const served = new Set(addresses.flatMap(({ allowed }) => allowed));
  const lacking = names.filter(({ host, kind }) =>
    kind === 'wildcard' ? ![...served].some((name) => name.endsWith(host.slice(1))) : !served.has(host),
  );
  return {
    schemaVersion: 1,
    addresses,
    unresolved: lacking.map(({ host, kind }) => ({ host, why: whyNot(host, kind, unanswered, isLive) })),
    isLive,
    names: names.length,
  };
}

function whyNot(host: string, kind: string, unanswered: readonly Unanswered[], isLive: boolean): string {
  if (kind === 'wildcard') return 'a pattern has no address of its own';
  if (!isLive) return 'no file shows an address';
  const reasons = [...new Set(unanswered.filter((each) => each.host === host).map(({ why }) => why))];
  return reasons.length === 0 ? 'no answer' : reasons.join(', ');
}

/** The result with the names that the owners of the addresses gave them. */
export function withReverse(found: Collateral, reverse: ReadonlyMap<string, readonly string[]>): Collateral {
  return {
    ...found,
    addresses: found.addresses.map((each) => ({ ...each, reverse: reverse.get(each.address) ?? null })),
  };
}

/** The result with the published ranges that hold the addresses. */
export function withRanges(found: Collateral, published: readonly PublishedRanges[]): Collateral {
  return {
    ...found,
    addresses: found.addresses.map((each) => ({ ...each, range: rangeOfAddress(each.address, published) })),
  };
}

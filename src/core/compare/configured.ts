import type { BypassChange, Sighting } from '../model/comparison.ts';
import type { Bypass, Report } from '../model/report.ts';
import { comparable, pairUp, type Names } from './pair.ts';
import { SIDE, sayCompared, type SideKey } from './words.ts';

/** Endpoints that the settings send around the proxy. One that is not listed is shown not to be where settings and endpoint are known. */
export function compareConfigured(before: Report, after: Report, names: Names): readonly BypassChange[] {
  const { perhaps, gone, fresh } = pairUp(
    configuredIn(before),
    configuredIn(after),
    { key: keyOf, shape: ({ port }) => String(port), state: () => '' },
    names,
  );
  return [
    ...gone.map((old) => oneSided(old, 'before', sightingIn(after, old, before, names))),
    ...fresh.map((now) => oneSided(now, 'after', sightingIn(before, now, after, names))),
    ...perhaps.flatMap(([old, now]) => [oneSided(old, 'before', 'unproven'), oneSided(now, 'after', 'unproven')]),
  ];
}

type Target = Pick<Bypass, 'host' | 'address' | 'port'>;

function keyOf({ host, address, port }: Target): string {
  return JSON.stringify([host ?? address, port]);
}

function configuredIn({ bypasses }: Report): readonly Bypass[] {
  const own = bypasses.filter(({ kind }) => kind === 'configured');
  return [...new Map(own.map((bypass) => [keyOf(bypass), bypass])).values()];
}

/** `no-proxy`: there is nothing to go around. */
type Shown = 'absent' | 'unproven' | 'no-proxy';

function oneSided({ host, address, port }: Bypass, side: SideKey, other: Shown): BypassChange {
  const target = `${host ?? address ?? 'an unknown host'}:${port}`;
  const isNew = side === 'after';
  const sighting: Sighting = other === 'unproven' ? 'unproven' : 'absent';
  const seen: Sighting = 'seen';
  const base = {
    kind: 'configured' as const,
    host,
    address,
    port,
    process: null,
    before: isNew ? sighting : seen,
    after: isNew ? seen : sighting,
  };
  switch (other) {
    case 'absent':
      return {
        ...base,
        change: isNew ? 'worse' : 'better',
        decides: true,
        says: sayCompared(isNew ? 'configured-new' : 'configured-gone', { target }),
      };
    case 'unproven':
      return {
        ...base,
        change: 'undecided',
        decides: true,
        says: sayCompared(`configured-not-shown-${isNew ? 'before' : 'after'}`, { target }),
      };
    case 'no-proxy':
      return {
        ...base,
        change: 'changed',
        decides: false,
        says: sayCompared('configured-no-proxy', { target, side: SIDE[isNew ? 'before' : 'after'] }),
      };
  }
}

/** Judges an endpoint that a report does not list. `seenIn`: the report that does. */
function sightingIn({ proxy, endpoints }: Report, own: Target, seenIn: Report, names: Names): Shown {
  // Settings that are only assumed to be those of PMS show less than settings that are known to be.
  if (proxy.source === 'none' || (proxy.basis === 'assumed' && seenIn.proxy.basis !== 'assumed')) return 'unproven';
  if (!proxy.configured) return 'no-proxy';
  const target = comparable(keyOf(own), names);
  const isListed = endpoints.some((endpoint) => comparable(keyOf({ ...endpoint, address: null }), names) === target);
  return isListed ? 'absent' : 'unproven';
}

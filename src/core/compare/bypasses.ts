import type { BypassChange, Sighting } from '../model/comparison.ts';
import { isFailure, OUTCOME } from '../model/outcome.ts';
import type { BypassGroup, Report } from '../model/report.ts';
import { needyScans, type Scan } from '../model/experiment.ts';
import { comparable, pairUp, type Names } from './pair.ts';
import { sayCompared, type SideKey } from './words.ts';

/** A target that one process went around the proxy to. */
interface Around {
  readonly group: BypassGroup;
  readonly host: string | null;
  readonly address: string | null;
  readonly port: number;
}

/**
 * Bypasses that were seen. One that is not seen any more is gone only where a watcher of the other report would have seen it, and where the
 * process had the occasion: a scanner that did not run went nowhere.
 */
export function compareObserved(before: Report, after: Report, names: Names): readonly BypassChange[] {
  const { pairs, perhaps, gone, fresh } = pairUp(
    aroundIn(before),
    aroundIn(after),
    {
      key: ({ group, host, address, port }) => JSON.stringify([group.process, host ?? address, port, group.transport]),
      shape: ({ port, group }) => JSON.stringify([port, group.transport]),
      state: ({ group }) => JSON.stringify([group.outcome]),
    },
    names,
  );
  return [
    ...pairs.flatMap(([old, now]) => endChange(old, now)),
    ...perhaps.map(([old]) => oneSided(old, 'before', 'unproven')),
    ...gone.map((old) => oneSided(old, 'before', sightingIn(after, old, before, names))),
    ...fresh.map((now) => oneSided(now, 'after', sightingIn(before, now, after, names))),
  ];
}

function aroundIn({ bypassGroups }: Report): readonly Around[] {
  const seen = new Map<string, Around>();
  for (const group of bypassGroups.filter(({ kind }) => kind === 'observed'))
    for (const { host, address, port } of group.targets) {
      const key = JSON.stringify([group.process, host ?? address, port, group.transport]);
      // Of several ends of one bypass the furthest speaks for it: the first that did not fail.
      const known = seen.get(key);
      if (known === undefined || (isFailure(known.group.outcome) && !isFailure(group.outcome)))
        seen.set(key, { group, host, address, port });
    }
  return [...seen.values()];
}

function endChange(old: Around, now: Around): readonly BypassChange[] {
  if (old.group.outcome === now.group.outcome) return [];
  const words = ({ group }: Around): string => (group.outcome === null ? 'not seen' : OUTCOME[group.outcome].words);
  const says = sayCompared('bypass-end-changed', { ...labels(now), before: words(old), after: words(now) });
  return [{ ...base(now), change: 'changed', decides: false, says, before: 'seen', after: 'seen' }];
}

function base({
  host,
  address,
  port,
  group,
}: Around): Pick<BypassChange, 'kind' | 'host' | 'address' | 'port' | 'process'> {
  return { kind: 'observed', host, address, port, process: group.process };
}

function labels({ host, address, port, group }: Around): { readonly process: string; readonly target: string } {
  return { process: group.process ?? 'a process of PMS', target: `${host ?? address ?? 'an unknown host'}:${port}` };
}

/** A bypass that was seen on one side only; `other`: what the other side shows. */
function oneSided(own: Around, side: SideKey, other: Exclude<Sighting, 'seen'>): BypassChange {
  const isNew = side === 'after';
  const sides = isNew ? { before: other, after: 'seen' as const } : { before: 'seen' as const, after: other };
  if (other === 'absent')
    return {
      ...base(own),
      ...sides,
      change: isNew ? 'worse' : 'better',
      decides: true,
      says: sayCompared(isNew ? 'bypass-new' : 'bypass-gone', labels(own)),
    };
  const says = sayCompared(`bypass-${other}-${isNew ? 'before' : 'after'}`, labels(own));
  // A process that went around the proxy and asks it now is no worse, whether or not it still goes around at times.
  return { ...base(own), ...sides, change: 'undecided', decides: isNew || other !== 'through-proxy', says };
}

/** Judges a bypass that a report does not list. `seenIn`: the report that does. */
function sightingIn(report: Report, bypass: Around, seenIn: Report, names: Names): Exclude<Sighting, 'seen'> {
  const watchers = report.traffic?.watchers ?? [];
  if (!watchers.some(({ shows }) => shows.includes('direct'))) return 'not-watched';
  const transport = bypass.group.transport ?? 'tcp';
  const isCovered = watchers.some(({ covers = [] }) =>
    covers.some(
      ({ transports, families }) => transports.includes(transport) && families.includes(4) && families.includes(6),
    ),
  );
  const hasAsked = asksProxy(report, bypass, names);
  // Flows that were left out may be this one.
  const isProven = isCovered && report.traffic?.omitted === 0 && (hasAsked || coversScans(report, seenIn));
  if (isProven) return 'absent';
  return hasAsked ? 'through-proxy' : 'unproven';
}

/** Whether the process was seen to ask the proxy for the same host. */
function asksProxy({ traffic }: Report, { group, host }: Around, names: Names): boolean {
  const plain = (text: string | null): string | null => (text === null ? null : comparable(text, names));
  return (traffic?.flows ?? []).some(
    ({ route, process, names: called }) =>
      route === 'proxy' &&
      process !== null &&
      plain(process) === plain(group.process) &&
      called.some(({ name, outer }) => !outer && plain(name) === plain(host)),
  );
}

/** Whether each kind of library whose scan was tried in one report was scanned to its end in the other. */
export function coversScans(report: Report, other: Report): boolean {
  const finished = new Set(scansOf(report).flatMap((scan) => (scan.end === 'finished' ? [kindOf(scan)] : [])));
  return finished.size > 0 && scansOf(other).every((scan) => finished.has(kindOf(scan)));
}

function scansOf({ experiment }: Report): readonly Scan[] {
  return experiment === null ? [] : needyScans(experiment);
}

function kindOf({ library }: Scan): string {
  return `${library.type} ${library.agent}`;
}

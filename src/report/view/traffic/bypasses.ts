import { surestNames } from '../../../core/judge/traffic/flows.ts';
import { OUTCOME } from '../../../core/model/outcome.ts';
import type { BypassGroup, Report } from '../../../core/model/report.ts';
import { NAME_SOURCES, type FlowName } from '../../../core/model/traffic.ts';
import { connectionWords } from '../../../core/words/flows.ts';
import {
  isBrief,
  list,
  notes,
  section,
  text,
  value,
  values,
  type Item,
  type Section,
  type ViewOptions,
} from '../../blocks/blocks.ts';
import { counted, listed, times } from '../../blocks/times.ts';
import { NAME_SOURCE_WORDS, WATCHER_WORDS, watchersInShort, watchersOf, withPort } from './traffic.ts';

/** The words for traffic that bypassed, or would bypass, the proxy. */

/** Observed bypasses, and targets of one configured bypass, that a brief report lists. */
const BYPASSES_SHOWN = 12;
const TARGETS_SHOWN = 4;

export function bypassing(report: Report, options: ViewOptions): readonly Section[] {
  const observed = report.bypassGroups.filter(({ kind }) => kind === 'observed');
  const configured = report.bypassGroups.filter(({ kind }) => kind === 'configured');
  const shown = isBrief(options) ? observed.slice(0, BYPASSES_SHOWN) : observed;
  const rest = observed.length - shown.length;
  const none = observed.length === 0 ? noneObserved(report) : [];
  return section({
    title: 'Bypassing the proxy',
    gist: gistOf(observed, configured, none),
    place: 'folded',
    blocks: [
      ...list(shown.map((group) => observedItem(group, report))),
      ...notes(rest > 0 ? [`and ${rest} more with --verbose`] : []),
      ...list(configured.map((group) => configuredItem(group, options))),
      ...notes(none),
    ],
  });
}

function gistOf(observed: readonly BypassGroup[], configured: readonly BypassGroup[], none: readonly string[]): string {
  const seen = [...new Set(observed.map(targetWords))];
  const targets = configured.flatMap((group) => group.targets);
  return [
    ...(seen.length > 0 ? [`observed to ${listed(seen, TARGETS_SHOWN)}`] : none.slice(0, 1)),
    ...(targets.length > 0 ? [`${counted(targets.length, 'target')} configured to go direct`] : []),
  ].join('; ');
}

function observedItem(group: BypassGroup, report: Report): Item {
  const { asked, askedBy } = askedWords(group, report);
  return {
    text: text`${value(whoWords(group))} → ${value(targetWords(group))}`,
    detail: whatWords(group),
    more: [`${howWords(group)} · ${asked}${askedBy === '' ? '' : ` (${askedBy})`}`, ...notesOf(group)],
  };
}

function configuredItem({ dialects, targets }: BypassGroup, options: ViewOptions): Item {
  const places = targets.map(({ host, address, port }) => withPort(host ?? address ?? 'unknown host', port));
  const shown = isBrief(options) ? listed(places, TARGETS_SHOWN) : values(places);
  const clients = dialects.length === 0 ? '' : text` in ${values(dialects)}`;
  return { text: text`configured to go direct${clients}: ${shown}` };
}

export function whoWords({ process, pids, clients, attribution }: BypassGroup): string {
  if (process === null) {
    const whose = attribution === 'network' ? "a process in PMS's network" : 'an unknown process';
    return clients.length === 0 ? whose : `${whose} at ${listed(clients, 2)}`;
  }
  const which = pids.length > 1 ? `${pids.length} processes` : pids.length === 1 ? `pid ${pids[0]}` : '';
  const inferred = attribution === null ? '' : INFERRED_BY[attribution];
  const parts = [which, inferred].filter((part) => part !== '');
  return parts.length === 0 ? process : `${process} (${parts.join(', ')})`;
}

/** How its process was inferred where no process was seen to hold the socket. */
const INFERRED_BY: Readonly<Record<NonNullable<BypassGroup['attribution']>, string>> = {
  trace: '',
  socket: '',
  dns: 'by its DNS question',
  elimination: 'by elimination',
  network: 'by its network',
};

export function targetWords({ targets: [target], names }: BypassGroup): string {
  const { host = null, address = null, port = null } = target ?? {};
  const surest = surestNames(names);
  if (host !== null) return `${surest[0]?.source === 'lookup' ? 'probably ' : ''}${withPort(host, port)}`;
  const place = withPort(address ?? 'unknown host', port);
  const candidates = [...new Set(surest.map(({ name }) => name))];
  return candidates.length === 0 ? place : `one of ${listed(candidates, 3)} (${place})`;
}

function whatWords({ outcome, code, count, transport, protocol }: BypassGroup): string {
  const end = connectionWords(outcome);
  const udp = protocol === 'quic' ? 'QUIC (UDP)' : protocol === null ? 'UDP' : `UDP (${protocol})`;
  return [
    transport === 'udp' ? `direct over ${udp}` : 'direct',
    code === null ? end : `${end} (${code})`,
    counted(count, 'attempt'),
  ].join(', ');
}

/** `capture: SNI, DNS`: the watcher, and the sources of the name. */
function howWords({ evidence, names }: BypassGroup): string {
  const kinds = evidence.map((kind) => (kind === 'settings' ? 'settings' : WATCHER_WORDS[kind])).join(', ');
  const sources = NAME_SOURCES.filter((source) => names.some((name) => name.source === source));
  if (sources.length === 0) return `${kinds}: no name seen`;
  if (sources.every((source) => source === 'lookup')) return `${kinds}; name by our own lookup of its address`;
  return `${kinds}: ${sources.map((source) => NAME_SOURCE_WORDS[source]).join(', ')}`;
}

/** The proxy's view of the bypass, and the watchers that would have seen a request to the proxy; '' without any. */
function askedWords({ asked }: BypassGroup, { traffic }: Report): Readonly<Record<'asked' | 'askedBy', string>> {
  const watchers = (asked?.watchers ?? []).flatMap((index) => traffic?.watchers[index] ?? []);
  const by = watchersInShort(watchers);
  switch (asked?.state) {
    case 'asked': {
      const of = asked.reached === null ? '' : `of which ${asked.reached} `;
      const end = asked.outcome === null ? '' : ` ${of}${OUTCOME[asked.outcome].words}`;
      return { asked: `asked of the proxy too, ${times(asked.count)}${end}`, askedBy: by };
    }
    case 'never':
      return { asked: 'never asked of the proxy', askedBy: by };
    case 'other-time':
      return { asked: 'not asked of the proxy, but that was watched at another time', askedBy: by };
    case 'name-unknown':
      return { asked: 'its name is not known, by which the proxy would be asked', askedBy: '' };
    case 'not-watched':
    case undefined:
      return { asked: 'not watched whether the proxy was asked too', askedBy: '' };
  }
}

function notesOf({ names }: Pick<BypassGroup, 'names'>): readonly string[] {
  // Chromium announces an encrypted part of its hello that does not exist; the name asked of DNS is the true one.
  const isKnown = ({ name }: FlowName): boolean => names.some((other) => !other.outer && other.name === name);
  const outer = names.find((each) => each.outer && !isKnown(each));
  return outer === undefined
    ? []
    : [`"${outer.name}" is the outer name of an encrypted hello: the true name may be hidden`];
}

/** Absence of evidence is not evidence of absence. */
const NOT_WATCHED = "PMS's traffic was not watched in this run";

/** The words for "no bypass seen": who looked, for how long, and what they may have missed. */
export function noneObserved(report: Report): readonly string[] {
  if (report.traffic === null) return [NOT_WATCHED];
  const watchers = watchersOf(report, 'direct');
  if (watchers.length === 0) {
    const others = watchersInShort(report.traffic.watchers);
    return [
      others === ''
        ? 'not watched: no source of traffic could be used'
        : `not watched: ${others} cannot show connections around the proxy`,
    ];
  }
  const misses = [...new Set(watchers.flatMap((watcher) => watcher.misses))];
  const kept = report.traffic.omitted > 0 ? ' among the connections that were kept' : '';
  return [
    `none seen${kept} while PMS's traffic was watched: ${watchersInShort(watchers)}`,
    ...(misses.length === 0 ? [] : [`may have been missed: ${misses.join('; ')}`]),
  ];
}

import type { Report, TrafficReport } from '../../../core/model/report.ts';
import type { NameSource, Watcher, WatcherKind } from '../../../core/model/traffic.ts';
import { between, listed, span } from '../../blocks/times.ts';

/** The words for PMS's observed traffic and its watchers. */

export type ReportedFlow = TrafficReport['flows'][number];

export const WATCHER_WORDS: Readonly<Record<WatcherKind, string>> = {
  trace: "the kernel's trace",
  socket: 'sockets',
  capture: 'capture',
  'sealed-network': 'sealed network',
  'access-log': "the proxy's log",
  'pms-log': "PMS's log",
};

export const NAME_SOURCE_WORDS: Readonly<Record<NameSource, string>> = {
  sni: 'SNI',
  connect: 'CONNECT',
  socks: 'SOCKS',
  host: 'Host header',
  'access-log': "proxy's log",
  dns: 'DNS',
  lookup: 'our own lookup',
};

/** The watchers that would have seen this. */
export function watchersOf({ traffic }: Report, shows: 'direct' | 'proxy'): readonly Watcher[] {
  return (traffic?.watchers ?? []).filter((watcher) => watcher.shows.includes(shows));
}

/** A watcher in few words: the file of a log, or what kind it is. */
function watcherName({ kind, source }: Watcher): string {
  const file = source.split(/[\\/]/).at(-1) ?? '';
  return kind === 'access-log' && file !== '' && file.length <= 24 ? file : WATCHER_WORDS[kind];
}

/** `sockets for 30 s, capture for 30 s`. */
export function watchersInShort(watchers: readonly Watcher[], shown = 3): string {
  const names = watchers.map((watcher) => {
    const ms = between(watcher.from, watcher.to);
    return watcherName(watcher) + (ms === null ? '' : ` for ${span(ms)}`);
  });
  return listed([...new Set(names)], shown);
}

/** `Plex Media Scanner (pid 931)`, or the address of an unknown process. */
export function processWords(process: string | null, pid: number | null, client: string | null): string {
  if (process !== null) return pid === null ? process : `${process} (pid ${pid})`;
  return client ?? 'unknown process';
}

export function withPort(host: string, port: number | null): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === null ? name : `${name}:${port}`;
}

import type { Flow, PmsLog, Traffic, Watcher, WatcherKind } from '../../src/core/traffic.ts';

const FROM = '2026-01-01T00:00:00.000Z';
const TO = '2026-01-01T00:01:00.000Z';

const SHOWS: Readonly<Record<WatcherKind, Watcher['shows']>> = {
  socket: ['direct'],
  capture: ['direct', 'proxy'],
  'sealed-network': ['direct', 'proxy'],
  'access-log': ['proxy'],
  'pms-log': [],
};

export function watcher(kind: WatcherKind, more: Partial<Watcher> = {}): Watcher {
  return { kind, source: kind, from: FROM, to: TO, shows: SHOWS[kind], misses: [], problems: [], ...more };
}

/** A direct connection of the scanner to the metadata provider that nobody answered, seen in packets. */
export function directFlow(host: string | null, more: Partial<Flow> = {}): Flow {
  return {
    process: 'Plex Media Scanner',
    pid: 931,
    attribution: 'socket',
    transport: 'tcp',
    family: 4,
    client: '10.0.0.2',
    address: '45.76.0.10',
    scope: 'public',
    port: 443,
    protocol: null,
    names: host === null ? [] : [{ name: host, source: 'dns', outer: false }],
    targetPort: 443,
    route: 'direct',
    outcome: 'no-reply',
    code: null,
    status: null,
    count: 1,
    tries: 4,
    firstAt: FROM,
    lastAt: TO,
    seenBy: ['capture'],
    ...more,
  };
}

/** A tunnel that the proxy opened for PMS, seen in the log of the proxy. */
export function proxiedFlow(host: string | null, more: Partial<Flow> = {}): Flow {
  return directFlow(host, {
    process: null,
    pid: null,
    attribution: null,
    address: null,
    scope: null,
    port: null,
    names: host === null ? [] : [{ name: host, source: 'access-log', outer: false }],
    route: 'proxy',
    outcome: 'ok',
    code: 'TCP_TUNNEL',
    status: 200,
    tries: 1,
    seenBy: ['access-log'],
    ...more,
  });
}

/** Traffic as a capture and the log of the proxy show it, unless `watchers` says otherwise. */
export function traffic(flows: readonly Flow[], more: Partial<Traffic> = {}): Traffic {
  return { watchers: [watcher('capture'), watcher('access-log')], flows, questions: [], omitted: 0, ...more };
}

/** A question for a name that the local name server answered. */
export function question(name: string, more: Partial<Traffic['questions'][number]> = {}): Traffic['questions'][number] {
  return {
    process: 'Plex Media Scanner',
    pid: 931,
    client: '10.0.0.2',
    server: '10.0.0.1',
    serverScope: 'private',
    name,
    type: 'A',
    result: 'answered',
    addresses: ['45.76.0.10'],
    count: 1,
    firstAt: FROM,
    lastAt: TO,
    ...more,
  };
}

/** PMS's log with one file and nothing of interest in it. */
export function pmsLog(more: Partial<PmsLog> = {}): PmsLog {
  const name = 'Plex Media Server.log';
  const file = { name, version: '1.41.3.9314', zoneOffsetMinutes: 0, from: FROM, to: TO, lines: 100, unread: 0 };
  return { files: [file], requests: [], states: [], scans: [], proxyClockOffsetSeconds: null, ...more };
}

import { groupBy } from '../values/group.ts';
import { meantNames, surestName, surestNames } from '../judge/traffic/flows.ts';
import { countSeen, triesSeen, type SeenFlow } from '../judge/observed.ts';
import { OUTCOME, type Outcome } from '../model/outcome.ts';
import { nameList } from '../judge/pms-way.ts';
import type { Statement } from '../model/statement.ts';
import type { Flow, WatcherKind } from '../model/traffic.ts';
import { sayFrom } from './message.ts';

/** The words for flows that checks and the diagnosis share. */

/** The program that opened it: `Plex Media Scanner (pid 931)`, `10.0.0.2`, or `an unknown process`. */
export function whoOf({ process, pid, client }: Pick<Flow, 'process' | 'pid' | 'client'>): string {
  if (process === null) return client === null ? 'an unknown process' : `a process of ${client}`;
  return pid === null ? process : `${process} (pid ${pid})`;
}

/** The programs that opened several: `Plex Media Scanner (14 processes), sleep (pid 80)`; the third kind and further ones are counted. */
export function whoOfAll(flows: readonly [SeenFlow, ...SeenFlow[]]): string {
  const programs = groupBy(flows, ({ flow }) => flow.process ?? '');
  const words = [...programs.values()].map((own) => {
    const pids = new Set(own.map(({ flow }) => flow.pid));
    const { flow } = own[0];
    if (flow.process === null) return whoAt(own);
    return pids.size > 1 ? `${flow.process} (${pids.size} processes)` : whoOf(flow);
  });
  return nameList(words, 2);
}

/** One host can have many addresses, so several addresses do not prove several clients. */
function whoAt(flows: readonly [SeenFlow, ...SeenFlow[]]): string {
  const clients = [...new Set(flows.flatMap(({ flow }) => flow.client ?? []))];
  return clients.length > 1 ? `a process of ${nameList(clients, 2, ' or ')}` : whoOf(flows[0].flow);
}

/** The intended target: `metadata.provider.plex.tv:443`, `45.76.0.10:443 (one of a.example, b.example)`. */
export function targetOf({
  flow,
  host,
  endpoint,
}: Pick<SeenFlow, 'flow' | 'host'> & { readonly endpoint: { readonly host: string } | null }): string {
  const names = meantNames(flow);
  const name = host ?? endpoint?.host ?? flow.address ?? 'an unknown host';
  const port = flow.targetPort ?? flow.port;
  const place = port === null ? name : `${name.includes(':') ? `[${name}]` : name}:${port}`;
  if (host === null && endpoint === null && names.length > 0)
    return `${place} (one of ${nameList([...new Set(surestNames(names).map((each) => each.name))])})`;
  // The client was not seen to ask for this name.
  return surestName(names)?.source === 'lookup'
    ? `${place} (by its address${flow.address === null ? '' : ` ${flow.address}`})`
    : place;
}

/**
 * `connected`, `no reply`, `outcome not seen`. A connection that was merely seen is not called `ok`: whether an answer came is not known.
 */
export function connectionWords(outcome: Outcome | null): string {
  if (outcome === null) return 'outcome not seen';
  return outcome === 'ok' ? 'connected' : OUTCOME[outcome].words;
}

const SEEN_IN: Readonly<Record<WatcherKind, string>> = {
  trace: "the kernel's trace",
  socket: 'its sockets',
  capture: 'packets',
  'sealed-network': 'the sealed network',
  'access-log': 'the log of the proxy',
  'pms-log': "PMS's log",
};

export function seenIn(kinds: readonly WatcherKind[]): string {
  return kinds.map((kind) => SEEN_IN[kind]).join(', ');
}

export const FLOW_MESSAGES = {
  'direct-connection': '{process} connects to {target} directly: {outcome}, {tries:# try|# tries} ({seenIn})',
  'no-connection': 'nothing was seen',
  'proxy-asked': 'the proxy was asked for {target} {count:once|# times}: {outcome} ({seenIn})',
  'proxy-called': 'the proxy was called {count:once|# times}: {outcome} ({seenIn})',
  'proxy-never-asked': 'the proxy was never asked',
} as const;

const say = sayFrom(FLOW_MESSAGES);

/** Connections to one target: `Plex Media Scanner (pid 931) connects to metadata.provider.plex.tv:443 directly: no reply, 4 tries`. */
export function describeDirect(flows: readonly SeenFlow[]): Statement {
  const [first] = flows;
  if (first === undefined) return say('no-connection');
  return say('direct-connection', {
    process: whoOfAll([first, ...flows]),
    target: targetOf(first),
    outcome: [...new Set(flows.map(({ flow }) => connectionWords(flow.outcome)))].join(', '),
    tries: triesSeen(flows),
    seenIn: seenIn([...new Set(flows.flatMap(({ flow }) => flow.seenBy))]),
  });
}

/** Requests to the proxy: `the proxy was asked for plex.tv:443 12 times: connected (the log of the proxy)`; `called` where the target is not known. */
export function describeProxied(flows: readonly SeenFlow[]): Statement {
  const [first] = flows;
  if (first === undefined) return say('proxy-never-asked');
  const args = {
    count: countSeen(flows),
    outcome: [...new Set(flows.map(({ flow }) => connectionWords(flow.outcome) + codeOf(flow)))].join(', '),
    seenIn: seenIn([...new Set(flows.flatMap(({ flow }) => flow.seenBy))]),
  };
  return flows.some(({ flow }) => meantNames(flow).length > 0)
    ? say('proxy-asked', { ...args, target: targetOf(first) })
    : say('proxy-called', args);
}

function codeOf({ status, code, outcome }: Flow): string {
  const words = [status, code].filter((word) => word !== null);
  return outcome === 'ok' || words.length === 0 ? '' : ` (${words.join(' ')})`;
}

import { groupBy } from './group.ts';
import { meantNames, surestName, surestNames } from './flows.ts';
import { countSeen, triesSeen, type SeenFlow } from './observed.ts';
import type { Outcome } from './outcome.ts';
import { nameList } from './pms-way.ts';
import type { Flow, WatcherKind } from './traffic.ts';

/** The words for flows that checks and the diagnosis share. */

/** Who opened it: `Plex Media Scanner (pid 931)`, `10.0.0.2`, or `an unknown process`. */
export function whoOf({ process, pid, client }: Pick<Flow, 'process' | 'pid' | 'client'>): string {
  if (process === null) return client === null ? 'an unknown process' : `a process of ${client}`;
  return pid === null ? process : `${process} (pid ${pid})`;
}

/** Who opened several: `Plex Media Scanner (14 processes), sleep (pid 80)`; the third kind and further ones are counted. */
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

/** One host has many addresses: who has several is not known to be several. */
function whoAt(flows: readonly [SeenFlow, ...SeenFlow[]]): string {
  const clients = [...new Set(flows.flatMap(({ flow }) => flow.client ?? []))];
  return clients.length > 1 ? `a process of ${nameList(clients, 2, ' or ')}` : whoOf(flows[0].flow);
}

/** Whom it was meant for: `metadata.provider.plex.tv:443`, `45.76.0.10:443 (one of a.example, b.example)`. */
export function targetOf({ flow, host, endpoint }: Pick<SeenFlow, 'flow' | 'host' | 'endpoint'>): string {
  const names = meantNames(flow);
  const name = host ?? endpoint?.host ?? flow.address ?? 'an unknown host';
  const port = flow.targetPort ?? flow.port;
  const place = port === null ? name : `${name.includes(':') ? `[${name}]` : name}:${port}`;
  if (host === null && endpoint === null && names.length > 0)
    return `${place} (one of ${nameList([...new Set(surestNames(names).map((each) => each.name))])})`;
  // Nobody saw the client ask for this name.
  return surestName(names)?.source === 'lookup'
    ? `${place} (by its address${flow.address === null ? '' : ` ${flow.address}`})`
    : place;
}

const BECAME: Readonly<Record<Outcome, string>> = {
  ok: 'connected',
  unresolved: 'not resolved',
  refused: 'refused',
  prohibited: 'prohibited',
  'no-route': 'no route',
  'no-reply': 'no reply',
  'proxy-unreachable': 'the proxy was not reached',
  'proxy-silent': 'the proxy did not answer',
  'proxy-auth': 'the proxy wants authentication',
  denied: 'denied by the proxy',
  'proxy-error': 'the proxy failed',
  'tls-untrusted': 'certificate not trusted',
  intercepted: 'intercepted',
  'tls-failed': 'TLS failed',
  cut: 'cut off',
  stalled: 'stalled',
  captive: 'answered by somebody else',
  'not-run': 'not seen',
};

/** `connected`, `no reply`; `outcome not seen` where nobody saw. */
export function becameOf(outcome: Outcome | null): string {
  return outcome === null ? 'outcome not seen' : BECAME[outcome];
}

/** Whether a connection is known not to have come about. */
export function isBlocked(outcome: Outcome | null): boolean {
  return outcome !== null && outcome !== 'ok' && outcome !== 'not-run';
}

const SEEN_IN: Readonly<Record<WatcherKind, string>> = {
  socket: 'its sockets',
  capture: 'packets',
  'sealed-network': 'the sealed network',
  'access-log': 'the log of the proxy',
  'pms-log': "PMS's log",
};

export function seenIn(kinds: readonly WatcherKind[]): string {
  return kinds.map((kind) => SEEN_IN[kind]).join(', ');
}

/** Flows of one target in one line: `Plex Media Scanner (pid 931) connects to metadata.provider.plex.tv:443 directly: no reply, 4 tries`. */
export function tellDirect(flows: readonly SeenFlow[]): string {
  const [first] = flows;
  if (first === undefined) return 'nothing was seen';
  const became = [...new Set(flows.map(({ flow }) => becameOf(flow.outcome)))];
  const tries = triesSeen(flows);
  const kinds = [...new Set(flows.flatMap(({ flow }) => flow.seenBy))];
  return `${whoOfAll([first, ...flows])} connects to ${targetOf(first)} directly: ${became.join(', ')}, ${tries} ${tries === 1 ? 'try' : 'tries'} (${seenIn(kinds)})`;
}

/** `the proxy was asked for plex.tv:443 12 times: connected (the log of the proxy)`; `called` where nobody saw what for. */
export function tellProxied(flows: readonly SeenFlow[]): string {
  const [first] = flows;
  if (first === undefined) return 'the proxy was never asked';
  const count = countSeen(flows);
  const became = [...new Set(flows.map(({ flow }) => becameOf(flow.outcome) + codeOf(flow)))];
  const kinds = [...new Set(flows.flatMap(({ flow }) => flow.seenBy))];
  const isNamed = flows.some(({ flow }) => meantNames(flow).length > 0);
  const what = isNamed ? `asked for ${targetOf(first)}` : 'called';
  return `the proxy was ${what} ${count === 1 ? 'once' : `${count} times`}: ${became.join(', ')} (${seenIn(kinds)})`;
}

function codeOf({ status, code, outcome }: Flow): string {
  const words = [status, code].filter((word) => word !== null);
  return outcome === 'ok' || words.length === 0 ? '' : ` (${words.join(' ')})`;
}

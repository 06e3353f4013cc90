import type { EvidenceItems, Gathered } from '../../model/evidence.ts';
import { valueOf } from '../../model/evidence.ts';
import { isOfKind, type Outcome } from '../../model/outcome.ts';
import type { Flow, PmsRequest, Traffic } from '../../model/traffic.ts';
import { isLoopbackName, meantNames, plainName, surestName } from './flows.ts';

/**
 * Tells which lines of a proxy's log are PMS's. Behind address translation neighbours have PMS's address, so an address alone ties nothing: a line
 * is PMS's when something of PMS, seen or logged by itself, agrees with it in host and time, or in time and in the address that PMS itself uses.
 */

/** Both sides note a refusal at once; the clocks of two hosts differ a little. */
const SLACK_MS = 5_000;

interface Known {
  /** Flows that were seen beside the log of the proxy. */
  readonly seen: readonly Flow[];
  readonly requests: readonly PmsRequest[];
  readonly scans: readonly Period[];
  /** Addresses that PMS's own connections come from: no other host has them. */
  readonly addresses: ReadonlySet<string>;
  readonly offsetMs: number;
}

interface Period {
  readonly firstAt: string | null;
  readonly lastAt: string | null;
}

type Items = { readonly [K in 'pmsLog' | 'experiment']: Gathered<EvidenceItems[K]> };

export function tiedToPms({ flows }: Traffic, items: Items): (flow: Flow) => boolean {
  const log = valueOf(items.pmsLog);
  const seen = flows.filter(isSeen);
  const own = seen.filter(({ process, attribution }) => process !== null || attribution !== null);
  const known: Known = {
    seen: seen.filter(({ route }) => route === 'proxy'),
    requests: log?.requests ?? [],
    scans: (valueOf(items.experiment)?.scans ?? []).map(({ startedAt, endedAt }) => ({
      firstAt: startedAt,
      lastAt: endedAt,
    })),
    addresses: new Set(own.flatMap(({ client }) => (client === null || isLoopbackName(client) ? [] : [client]))),
    offsetMs: (log?.proxyClockOffsetSeconds ?? 0) * 1_000,
  };
  return (flow) => isSeen(flow) || isTied(flow, known);
}

/** Connections that were seen are PMS's, or of its host. */
function isSeen({ seenBy }: Flow): boolean {
  return seenBy.some((kind) => kind !== 'access-log');
}

function isTied(line: Flow, { seen, requests, scans, addresses, offsetMs }: Known): boolean {
  const host = surestName(meantNames(line))?.name ?? null;
  const isOwnAddress = line.client !== null && addresses.has(line.client);
  const isSameHost = (name: string | null): boolean =>
    host !== null && name !== null && plainName(name) === plainName(host);
  return (
    requests.some(
      (request) =>
        isSameHost(request.host) &&
        agree(line.outcome, request.status === null ? request.outcome : 'ok') &&
        touch(line, request, offsetMs),
    ) ||
    seen.some((flow) => {
      const name = surestName(meantNames(flow))?.name ?? null;
      const isSame = name === null ? isOwnAddress : isSameHost(name) && agree(line.outcome, flow.outcome);
      return isSame && touch(line, flow, 0);
    }) ||
    (isOwnAddress && scans.some((scan) => touch(line, scan, 0)))
  );
}

/** A refusal and a success are not the same request; what is not known contradicts nothing. */
function agree(line: Outcome | null, other: Outcome | null): boolean {
  if (line === null || other === null) return true;
  return line === other || isRefused(line) === isRefused(other);
}

function isRefused(outcome: Outcome): boolean {
  return isOfKind(outcome, 'proxy-refusal', 'proxy-failure', 'no-verdict');
}

/** Whether both periods touch. A time that is not known, or has no zone, ties nothing. */
function touch(line: Period, other: Period, offsetMs: number): boolean {
  const [begin, end, from, to] = [line.firstAt, line.lastAt, other.firstAt, other.lastAt].map((at) =>
    at?.endsWith('Z') === true ? Date.parse(at) : Number.NaN,
  );
  if (begin === undefined || end === undefined || from === undefined || to === undefined) return false;
  return begin + offsetMs - SLACK_MS <= to && from <= end + offsetMs + SLACK_MS;
}

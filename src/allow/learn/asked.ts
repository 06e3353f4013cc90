import { coversName, meantNames, plainName, surestName } from '../../core/judge/traffic/flows.ts';
import type { Endpoint } from '../../core/model/endpoint.ts';
import type { Flow, PmsLog, PmsRequest, Traffic } from '../../core/model/traffic.ts';
import { NO_REQUESTS, type Asked } from './model.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** One request or connection, or many alike. */
interface Request {
  readonly host: string;
  readonly port: number | null;
  readonly kind: 'denied' | 'allowed' | 'other' | 'direct';
  readonly count: number;
  readonly firstAt: string | null;
  readonly lastAt: string | null;
  readonly process: string | null;
}

/**
 * Every name that was asked for, the one most often denied first, then by all requests. Requests for one endpoint of the catalogue are one row; other names
 * have a row for each port. PMS's own log adds processes and names; where the proxy's log shows the same requests, they are counted there.
 */
export function askedNames(
  traffic: Traffic | null,
  pmsLog: PmsLog | null,
  endpoints: readonly Endpoint[],
): readonly Asked[] {
  const rows = new Map<string, Mutable<Asked>>();
  const lookUp = endpointFinder(endpoints);
  const add = (request: Request, isCounted: boolean): void => {
    const endpoint = lookUp(request.host, request.port);
    const host = endpoint?.host ?? request.host;
    const port = endpoint?.port ?? request.port;
    const key = `${host} ${port}`;
    const row = rows.get(key) ?? emptyRow(host, port, endpoint);
    rows.set(key, row);
    if (isCounted) count(row, request);
    const { process } = request;
    if (process !== null && !row.processes.includes(process)) row.processes = [...row.processes, process];
  };
  for (const flow of traffic?.flows ?? []) for (const request of requestsOf(flow)) add(request, true);
  const isLogged = (traffic?.watchers ?? []).some(({ shows }) => shows.includes('proxy'));
  for (const request of pmsLog?.requests ?? []) add(requestOf(request), !isLogged);
  return [...rows.values()].sort((a, b) => b.denied - a.denied || total(b) - total(a));
}

function total({ denied, allowed, other, direct }: Asked): number {
  return denied + allowed + other + direct;
}

function emptyRow(host: string, port: number | null, endpoint: Endpoint | null): Mutable<Asked> {
  return {
    host,
    port,
    isKnown: endpoint !== null,
    purpose: endpoint?.purpose ?? null,
    need: endpoint?.need ?? null,
    breaks: endpoint?.breaks ?? null,
    telemetry: endpoint?.telemetry ?? false,
    ...NO_REQUESTS,
  };
}

function count(row: Mutable<Asked>, { kind, count: number, firstAt, lastAt }: Request): void {
  row[kind] += number;
  row.firstAt = earlier(row.firstAt, firstAt);
  row.lastAt = later(row.lastAt, lastAt);
  if (kind === 'denied') row.lastDeniedAt = later(row.lastDeniedAt, lastAt);
  if (kind === 'allowed') row.lastAllowedAt = later(row.lastAllowedAt, lastAt);
}

/** Logs repeat names: each is looked up once. */
function endpointFinder(endpoints: readonly Endpoint[]): (host: string, port: number | null) => Endpoint | null {
  const known = new Map<string, Endpoint | null>();
  const connected = endpoints.filter(({ kind }) => kind === 'host' || kind === 'wildcard');
  return (host, port) => {
    const key = `${host} ${port}`;
    const present = known.get(key);
    if (present !== undefined) return present;
    const found =
      connected.find((endpoint) => (port === null || endpoint.port === port) && coversName(endpoint, host)) ?? null;
    known.set(key, found);
    return found;
  };
}

function requestsOf(flow: Flow): readonly Request[] {
  const { route, process, firstAt, lastAt, targetPort, port, transport, outcome, names } = flow;
  if ((route !== 'proxy' && route !== 'direct') || transport !== 'tcp') return [];
  // The name that was given to the proxy is the one that its rules compare.
  const told = names.find(({ source }) => source === 'access-log' || source === 'connect' || source === 'socks');
  const name = told ?? surestName(meantNames(flow));
  if (name === null) return [];
  const kind = route === 'direct' ? 'direct' : kindOf(outcome);
  return [
    {
      host: plainName(name.name),
      port: targetPort ?? (route === 'direct' ? port : null),
      kind,
      count: flow.count,
      firstAt,
      lastAt,
      process,
    },
  ];
}

const DENIED: readonly Flow['outcome'][] = ['denied', 'proxy-auth'];
/** Troubles behind the proxy: it had let the request through. */
const LET_THROUGH: readonly Flow['outcome'][] = ['ok', 'intercepted', 'tls-untrusted', 'tls-failed', 'cut', 'stalled'];

function kindOf(outcome: Flow['outcome']): Request['kind'] {
  if (DENIED.includes(outcome)) return 'denied';
  return LET_THROUGH.includes(outcome) ? 'allowed' : 'other';
}

function requestOf({ log, host, port, outcome, route, count: number, firstAt, lastAt }: PmsRequest): Request {
  const kind =
    route === 'direct' ? 'direct' : outcome === 'ok' ? 'allowed' : kindOf(outcome) === 'denied' ? 'denied' : 'other';
  return { host: plainName(host), port, kind, count: number, firstAt, lastAt, process: log };
}

/** ISO 8601 in UTC compares as text. */
function earlier(a: string | null, b: string | null): string | null {
  return a === null || b === null ? (a ?? b) : a < b ? a : b;
}

function later(a: string | null, b: string | null): string | null {
  return a === null || b === null ? (a ?? b) : a > b ? a : b;
}

import { outcomeOfConnectRefusal } from '../../core/model/connect-refusal.ts';
import { scopeOf } from '../../core/values/scope.ts';
import { placeKey } from '../../core/judge/traffic/flows.ts';
import { isOfKind, type Outcome } from '../../core/model/outcome.ts';
import type { DnsQuestionSeen, Flow, FlowName } from '../../core/model/traffic.ts';
import type { CaptureConnection, CaptureDns, CaptureReader, CaptureRequest } from '../../parse/capture/index.ts';
import { saidName } from '../../parse/client-hello/index.ts';
import { joinFlows } from './join-flows.ts';
import { NAMELESS_KEPT, OTHERS_KEPT, type Relevance } from './relevance.ts';
import { isoOf } from './times.ts';

/** A connection that was open for this long after the client spoke, without an answer: the server's side is silent, not slow. */
export const STALLED_AFTER_MS = 5_000;
/** A client that ends its connection to a proxy sooner than this did not wait for it. */
const WAITED_MS = 1_000;
/** Names of one address by DNS. Shared addresses have many; among hundreds the intended one is not found any more. */
const NAMES_LIMIT = 32;
const MDNS_PORT = 5353;
const SOCKS_GRANTED: Readonly<Record<'socks4' | 'socks5', number>> = { socks4: 90, socks5: 0 };
/** RFC 1928 section 6: "connection not allowed by ruleset". */
const SOCKS_DENIED = 2;

/** Flows of a capture before the proxies are known: the route is that of the packets themselves. */
export interface CapturedFlows {
  readonly flows: readonly Flow[];
  /** Connections of others, or with hosts that do not concern PMS, that were left out where there are very many. */
  readonly omitted: number;
  readonly questions: readonly DnsQuestionSeen[];
  /** Places that answered as proxies do, by {@link placeKey}. */
  readonly proxies: readonly string[];
}

/** Connections with hosts of Plex and with proxies are all kept; with others, and without a name, no more than a report can hold. */
export function flowsOfCapture(reader: CaptureReader, relevance: Relevance): CapturedFlows {
  const proxies = new Set<string>();
  const kept = { others: new PairLimit(OTHERS_KEPT), nameless: new PairLimit(NAMELESS_KEPT) };
  const flows: Flow[] = [];
  let omitted = 0;
  for (const connection of reader.connections()) {
    const { client, server, firstMs } = connection;
    const dnsNames = reader.namesOf(server.address, firstMs);
    if (isToProxy(connection)) proxies.add(placeKey(server.address, server.port));
    else {
      const kind = kindOf(connection, dnsNames, relevance);
      if (kind !== 'relevant' && !kept[kind].allows(`${client.address} ${server.address}`)) {
        omitted += 1;
        continue;
      }
    }
    flows.push(...flowsOfConnection(connection, dnsNames));
  }
  return { flows: joinFlows(flows), omitted, questions: questionsOf(reader.dns()), proxies: [...proxies] };
}

/** Other protocols send the few bytes of a SOCKS greeting too: only the server's answer proves SOCKS. */
function isToProxy({ protocol, requests }: CaptureConnection): boolean {
  return protocol === 'http-proxy' || (protocol === 'socks' && requests.some(({ status }) => status !== null));
}

/** The first pairs of addresses, up to a limit. */
class PairLimit {
  readonly #limit: number;
  readonly #pairs = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  allows(pair: string): boolean {
    if (this.#pairs.size < this.#limit) this.#pairs.add(pair);
    return this.#pairs.has(pair);
  }
}

/** `others`: a connection has names, and none of them concerns PMS. */
function kindOf(
  { hellos, requests }: CaptureConnection,
  dnsNames: readonly string[],
  relevance: Relevance,
): 'relevant' | 'others' | 'nameless' {
  const said = hellos.flatMap(({ serverName }) => saidName(serverName) ?? []).map(plainName);
  const names = [...said, ...requests.map(({ host }) => host), ...dnsNames];
  if (names.some((name) => relevance.concernsPms(name))) return 'relevant';
  return names.length > 0 ? 'others' : 'nameless';
}

/** One flow, or one for each host that was asked of a proxy over the same connection. */
export function flowsOfConnection(connection: CaptureConnection, dnsNames: readonly string[]): readonly Flow[] {
  const { requests } = connection;
  const asked = isToProxy(connection) ? requests.filter(({ form }) => form !== 'origin') : [];
  if (asked.length === 0) return [directFlow(connection, dnsNames)];
  // The hello belongs to the request that opened the tunnel: the last one, since nothing else can be asked from then on.
  const opener = asked.findLast(isTunnel);
  return asked.map((request) => proxiedFlow(connection, request, request === opener));
}

function commonOf(
  connection: CaptureConnection,
): Omit<Flow, 'names' | 'targetPort' | 'route' | 'outcome' | 'code' | 'status'> {
  const { transport, family, client, server, protocol, syns, firstMs, lastMs } = connection;
  return {
    process: null,
    pid: null,
    attribution: null,
    transport,
    family,
    client: client.address,
    address: server.address,
    scope: scopeOf(server.address),
    port: server.port,
    protocol,
    count: 1,
    tries: Math.max(1, syns),
    firstAt: isoOf(firstMs),
    lastAt: isoOf(lastMs),
    seenBy: ['capture'],
  };
}

function directFlow(connection: CaptureConnection, dnsNames: readonly string[]): Flow {
  const hosts = connection.requests.filter(({ form }) => form === 'origin').map(({ host }) => nameFrom(host, 'host'));
  const names = [...sniNames(connection), ...hosts, ...dnsNames.slice(0, NAMES_LIMIT).map((n) => nameFrom(n, 'dns'))];
  return {
    ...commonOf(connection),
    names,
    targetPort: connection.server.port,
    route: 'direct',
    ...endOf(connection),
    status: null,
  };
}

function isTunnel({ form }: CaptureRequest): boolean {
  return form !== 'absolute';
}

function proxiedFlow(connection: CaptureConnection, request: CaptureRequest, hasHello: boolean): Flow {
  const { form, host, port, status, count } = request;
  const source = form === 'connect' ? 'connect' : form === 'absolute' ? 'host' : 'socks';
  return {
    ...commonOf(connection),
    names: [...(hasHello ? sniNames(connection) : []), nameFrom(host, source)],
    targetPort: port,
    route: 'proxy',
    ...answerOf(connection, request),
    status,
    count: isTunnel(request) ? 1 : count,
    tries: isTunnel(request) ? Math.max(1, connection.syns) : count,
  };
}

function sniNames({ hellos }: CaptureConnection): FlowName[] {
  const names = hellos.flatMap(({ serverName, outer }): FlowName[] => {
    const name = saidName(serverName);
    return name === null ? [] : [{ name: plainName(name), source: 'sni', outer }];
  });
  return names.filter(({ name }, index) => names.findIndex((other) => other.name === name) === index);
}

function nameFrom(name: string, source: FlowName['source']): FlowName {
  return { name: plainName(name), source, outer: false };
}

function plainName(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

type End = Pick<Flow, 'outcome' | 'code'>;

function end(outcome: Outcome, code: string | null = null): End {
  return { outcome, code };
}

/** Outcome of a connection whose server was not asked to pass it on. */
function endOf(connection: CaptureConnection): End {
  const { outcome, icmp, bytesFromClient, bytesFromServer, firstMs, lastMs } = connection;
  switch (outcome) {
    case 'established':
      return bytesFromClient > 0 && bytesFromServer === 0 && lastMs - firstMs > STALLED_AFTER_MS
        ? end('stalled')
        : end('ok');
    case 'answered':
    case 'midway':
      return end('ok');
    case 'refused':
      return end('refused');
    case 'prohibited':
      return end('prohibited', icmp);
    case 'unreachable':
      return end('no-route', icmp);
    case 'no-reply':
    case 'unanswered':
      return end('no-reply');
    case 'reset':
      return end('cut', 'reset');
  }
}

/** Outcome of a request to a proxy. */
function answerOf(connection: CaptureConnection, { form, status }: CaptureRequest): End {
  if (status === null) {
    if (connection.outcome === 'reset') return end('cut', 'reset');
    const { outcome, bytesFromServer, ended, firstMs, lastMs } = connection;
    // Midway, the answer may have been before the capture's start or behind its end.
    if (outcome !== 'established' || bytesFromServer > 0) return { outcome: null, code: null };
    return ended && lastMs - firstMs < WAITED_MS ? end('proxy-error', 'no-answer') : end('proxy-silent');
  }
  if (form === 'socks4' || form === 'socks5') {
    if (status === SOCKS_GRANTED[form]) return end('ok');
    return end(form === 'socks5' && status === SOCKS_DENIED ? 'denied' : 'proxy-error', `SOCKS ${status}`);
  }
  if (form === 'connect' && status >= 300)
    return end(outcomeOfConnectRefusal(status), status < 400 ? 'redirect' : null);
  if (status === 407) return end('proxy-auth');
  if (status === 403) return end('denied');
  // In the absolute form, refusals other than a gateway's are the endpoint's own answers, which the proxy let through.
  return end(form !== 'connect' && status >= 502 && status <= 504 ? 'proxy-error' : 'ok');
}

/**
 * A flow to a place that has turned out to be a proxy. Names by DNS are the proxy's own, and a failure to connect is the proxy's. Its
 * request is not known.
 */
export function towardsProxy(flow: Flow): Flow {
  const names = flow.names.filter(({ source }) => source !== 'dns' && source !== 'lookup' && source !== 'host');
  const known = { ...flow, route: 'proxy' as const, names, targetPort: names.length > 0 ? flow.targetPort : null };
  const { outcome } = flow;
  if (isOfKind(outcome, 'block')) return { ...known, outcome: 'proxy-unreachable', code: flow.code ?? outcome };
  if (outcome === 'stalled') return { ...known, outcome: 'proxy-silent' };
  // A connection to the proxy says nothing about the request that it passed on.
  return outcome === 'ok' ? { ...known, outcome: null } : known;
}

/** IANA "Domain Name System (DNS) Parameters": the types that clients ask for. */
const TYPES: ReadonlyMap<number, string> = new Map([
  [1, 'A'],
  [2, 'NS'],
  [5, 'CNAME'],
  [6, 'SOA'],
  [12, 'PTR'],
  [15, 'MX'],
  [16, 'TXT'],
  [28, 'AAAA'],
  [33, 'SRV'],
  [64, 'SVCB'],
  [65, 'HTTPS'],
  [255, 'ANY'],
]);

const RESULTS: ReadonlyMap<number, string> = new Map([
  [1, 'FORMERR'],
  [2, 'SERVFAIL'],
  [3, 'NXDOMAIN'],
  [4, 'NOTIMP'],
  [5, 'REFUSED'],
]);

function questionsOf(questions: Iterable<CaptureDns>): DnsQuestionSeen[] {
  // Questions of mDNS go to all hosts on the LAN and tell nothing of the internet.
  return [...questions].filter(({ serverPort }) => serverPort !== MDNS_PORT).map(questionOf);
}

export function questionOf(seen: CaptureDns): DnsQuestionSeen {
  const { name, type, client, server, addresses, count, firstMs, lastMs } = seen;
  return {
    process: null,
    pid: null,
    client,
    server,
    serverScope: scopeOf(server),
    name: plainName(name),
    type: TYPES.get(type) ?? `TYPE${type}`,
    result: resultOf(seen),
    addresses,
    count,
    firstAt: isoOf(firstMs),
    lastAt: isoOf(lastMs),
  };
}

function resultOf({ rcode, type, addresses }: CaptureDns): string {
  if (rcode === null) return 'no reply';
  if (rcode !== 0) return RESULTS.get(rcode) ?? `RCODE${rcode}`;
  const wantsAddress = type === 1 || type === 28;
  return addresses.length > 0 || !wantsAddress ? 'answered' : 'no address';
}

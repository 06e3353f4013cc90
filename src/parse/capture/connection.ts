import type { ClientHello } from '../client-hello/index.ts';
import { addressText } from '../packet/bytes.ts';
import { IP_PROTOCOL } from '../packet/packet.ts';
import type { CaptureProtocol, CaptureRequest, Findings } from './findings.ts';
import { STATE, type FlowTable } from './flow-table.ts';
import { icmpName, isProhibition } from './icmp.ts';

/**
 * The connection's outcome. TCP: `established` a SYN-ACK, or data both ways, was seen; `reset` by the server's side before any of its data;
 * `refused` RST in answer to SYN; `prohibited` an ICMP error that filters send; `unreachable` another ICMP error; `no-reply` nothing;
 * `midway` its start was not captured. UDP: `answered`, `unanswered`, `prohibited`, `unreachable`, and `refused` when the host itself
 * says that nothing listens on the port.
 */
export type CaptureOutcome =
  | 'established'
  | 'refused'
  | 'prohibited'
  | 'unreachable'
  | 'no-reply'
  | 'reset'
  | 'answered'
  | 'unanswered'
  | 'midway';

export interface CaptureEnd {
  readonly address: string;
  readonly port: number;
}

/** One TCP connection, or all datagrams between two ends. */
export interface CaptureConnection {
  /** Number within the capture, from 0; the same in every snapshot of the connection. */
  readonly id: number;
  readonly transport: 'tcp' | 'udp';
  readonly family: 4 | 6;
  /** The sender of the SYN. Without one: the sender of the hello or request, else judged by port, else the first sender. */
  readonly client: CaptureEnd;
  readonly server: CaptureEnd;
  /** Epoch milliseconds, with fractions. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** SYNs of the client, repeated ones too: 3 and `no-reply` says that the client gave up waiting. */
  readonly syns: number;
  readonly outcome: CaptureOutcome;
  /** Either end was seen to close or reset it. */
  readonly ended: boolean;
  /** `admin-prohibited`, `port-unreachable`, `host-unreachable` …: an ICMP error about a packet of the client. */
  readonly icmp: string | null;
  /** Payload on the wire, retransmissions included. */
  readonly bytesFromClient: number;
  readonly bytesFromServer: number;
  readonly protocol: CaptureProtocol | null;
  /** Usually one; a second one after a HelloRetryRequest. The hello may be inside a tunnel: see `request`. */
  readonly hellos: readonly ClientHello[];
  readonly unreadableHello: { readonly offset: number; readonly rule: string } | null;
  /** The first request. */
  readonly request: CaptureRequest | null;
  /** All of them, by form, host and port; bounded. */
  readonly requests: readonly CaptureRequest[];
}

const PORT_PROTOCOLS: ReadonlyMap<number, CaptureProtocol> = new Map([
  [53, 'dns'],
  [123, 'ntp'],
  [1900, 'ssdp'],
  [5351, 'nat-pmp'],
  [5353, 'mdns'],
  [32410, 'gdm'],
  [32412, 'gdm'],
  [32413, 'gdm'],
  [32414, 'gdm'],
]);

export function snapshotOf(table: FlowTable, index: number, findings: Findings | null): CaptureConnection {
  const kind = table.kindOf(index);
  const family = kind >> 8 === 4 ? 4 : 6;
  const transport = (kind & 0xff) === IP_PROTOCOL.tcp ? 'tcp' : 'udp';
  const client = clientEnd(table, index, transport, findings);
  const server = client === 0 ? 1 : 0;
  const icmp = icmpOf(table.icmp[index] ?? 0);
  const ports = [table.portOf(index, server), table.portOf(index, client)];
  return {
    id: index,
    transport,
    family,
    client: { address: addressText(table.addressWords(index, client), family), port: table.portOf(index, client) },
    server: { address: addressText(table.addressWords(index, server), family), port: table.portOf(index, server) },
    firstMs: table.firstMs[index] ?? 0,
    lastMs: table.lastMs[index] ?? 0,
    syns: table.syns[index] ?? 0,
    outcome: transport === 'tcp' ? tcpOutcome(table, index, client, icmp) : udpOutcome(table, index, client, icmp),
    ended: table.has(index, STATE.ended),
    icmp,
    bytesFromClient: table.bytes[2 * index + client] ?? 0,
    bytesFromServer: table.bytes[2 * index + server] ?? 0,
    protocol: findings?.protocol ?? portProtocol(transport, ports),
    hellos: [...(findings?.hellos ?? [])],
    unreadableHello: findings?.unreadableHello ?? null,
    request: findings?.requests[0] ? { ...findings.requests[0] } : null,
    requests: (findings?.requests ?? []).map((request) => ({ ...request })),
  };
}

function portProtocol(transport: 'tcp' | 'udp', ports: readonly number[]): CaptureProtocol | null {
  if (transport === 'tcp') return ports.includes(53) ? 'dns' : null;
  for (const port of ports) {
    const protocol = PORT_PROTOCOLS.get(port);
    if (protocol) return protocol;
  }
  return null;
}

/** Decides which end is the client: by a SYN, else by the payload, else by ports, else by the first packet. */
function clientEnd(table: FlowTable, index: number, transport: 'tcp' | 'udp', findings: Findings | null): 0 | 1 {
  if (table.has(index, STATE.rolesKnown)) return table.has(index, STATE.clientIsSecond) ? 1 : 0;
  if (findings?.clientDirection !== null && findings?.clientDirection !== undefined) return findings.clientDirection;
  const [first, second] = [table.portOf(index, 0), table.portOf(index, 1)];
  const isService = (port: number) => port < 1024 || (transport === 'udp' && PORT_PROTOCOLS.has(port));
  if (isService(first) !== isService(second)) return isService(first) ? 1 : 0;
  return transport === 'tcp' && first < second ? 1 : 0;
}

function icmpOf(packed: number): string | null {
  return packed === 0 ? null : icmpName(packed >>> 16, (packed >>> 8) & 0xff, packed & 0xff);
}

function tcpOutcome(table: FlowTable, index: number, client: 0 | 1, icmp: string | null): CaptureOutcome {
  const bytesFromServer = table.bytes[2 * index + 1 - client] ?? 0;
  if (table.has(index, STATE.synAck)) return table.has(index, STATE.rstEarly) ? 'reset' : 'established';
  if (!table.has(index, STATE.syn)) return 'midway';
  if (bytesFromServer > 0) return 'established';
  if (table.has(index, STATE.rstFromServer)) return 'refused';
  if (icmp !== null) return isProhibition(icmp) ? 'prohibited' : 'unreachable';
  return 'no-reply';
}

function udpOutcome(table: FlowTable, index: number, client: 0 | 1, icmp: string | null): CaptureOutcome {
  if ((table.packets[2 * index + 1 - client] ?? 0) > 0) return 'answered';
  if (icmp === null) return 'unanswered';
  if (icmp === 'port-unreachable' && table.has(index, STATE.rstFromServer)) return 'refused';
  return isProhibition(icmp) ? 'prohibited' : 'unreachable';
}

import type { Surroundings } from '../../core/judge/traffic/flows.ts';
import type { Flow } from '../../core/model/traffic.ts';
import { scopeOf } from '../../core/values/scope.ts';
import { isoOf } from '../flows/times.ts';
import { isOfCatalogue, onItsRoute, SYN_ANSWER_MS, withNames, type Names } from './flow-parts.ts';
import type { Sighting } from './sockets/sockets.ts';
import type { Attempt } from './trace/attempt.ts';
import type { Traced } from './trace/tracer.ts';

/** Flows without any seen packet. */

const DNS_PORT = 53;
/** libc connects UDP sockets to an address only to learn its way there (RFC 6724); these are gone at once. */
const UDP_SAMPLES = 2;

/** Flow of a socket alone: its ends, its process, and whether it is connected. */
export function flowsOfSocket(sighting: Sighting, names: Names, surroundings: Surroundings): readonly Flow[] {
  const { transport, local, remote, owner, accepted, firstMs, lastMs } = sighting;
  if (remote === null || accepted || remote.port === 0) return [];
  if (transport === 'udp' && remote.port !== DNS_PORT && sighting.samples < UDP_SAMPLES) return [];
  const process = typeof owner === 'object' ? owner : null;
  const flow: Flow = {
    ...bareFlow(transport, local.address, remote),
    process: process?.name ?? null,
    pid: process?.pid ?? null,
    attribution: process === null ? null : 'socket',
    ...endOfSocket(sighting),
    tries: 1 + sighting.retransmits,
    firstAt: isoOf(firstMs),
    lastAt: isoOf(lastMs),
    seenBy: ['socket'],
  };
  const named = onItsRoute(withNames(flow, firstMs, names), surroundings);
  return process === null && !isOfCatalogue(named, surroundings) ? [] : [named];
}

/** Flow of the kernel's trace alone: an attempt that sends no packet, or ends inside of this host, shows nowhere else. */
export function flowOfAttempt(
  attempt: Attempt,
  traced: Traced,
  untilMs: number,
  names: Names,
  surroundings: Surroundings,
): Flow {
  const { doer, transport, local, remote, retransmits } = attempt;
  const beganMs = traced.wallMs(attempt.atMs);
  const flow: Flow = {
    ...bareFlow(transport, isChosen(local) ? local.address : null, remote),
    process: doer?.name ?? null,
    pid: doer?.pid ?? null,
    attribution: 'trace',
    ...endOfAttempt(attempt, untilMs - beganMs),
    tries: 1 + retransmits,
    firstAt: isoOf(beganMs),
    lastAt: isoOf(traced.wallMs(attempt.lastMs)),
    seenBy: ['trace'],
  };
  return onItsRoute(withNames(flow, beganMs, names), surroundings);
}

interface Place {
  readonly address: string;
  readonly port: number;
}

function bareFlow(transport: 'tcp' | 'udp', client: string | null, remote: Place): Omit<Flow, 'seenBy' | 'tries'> {
  return {
    process: null,
    pid: null,
    attribution: null,
    transport,
    family: remote.address.includes(':') ? 6 : 4,
    client,
    address: remote.address,
    scope: scopeOf(remote.address),
    port: remote.port,
    protocol: remote.port === DNS_PORT ? 'dns' : null,
    names: [],
    targetPort: remote.port,
    route: 'direct',
    outcome: null,
    code: null,
    status: null,
    count: 1,
    firstAt: null,
    lastAt: null,
  };
}

type End = Pick<Flow, 'outcome' | 'code'>;

function endOfSocket({ transport, established, retransmits, waitedFromMs, waitedToMs }: Sighting): End {
  if (transport === 'udp') return { outcome: null, code: null };
  if (established) return { outcome: 'ok', code: null };
  const waitedMs = (waitedToMs ?? 0) - (waitedFromMs ?? 0);
  // Gone without a seen answer: refused or given up; the socket alone does not tell which.
  return { outcome: retransmits > 0 || waitedMs > SYN_ANSWER_MS ? 'no-reply' : null, code: null };
}

function endOfAttempt({ transport, outcome, code, settledMs, retransmits }: Attempt, waitedMs: number): End {
  const isWaiting = transport === 'tcp' && outcome === null && settledMs === null;
  const hasNoReply = isWaiting && (retransmits > 0 || waitedMs > SYN_ANSWER_MS);
  return { outcome: hasNoReply ? 'no-reply' : outcome, code };
}

/** A socket has no address until the kernel has chosen one. */
function isChosen(local: Place | null): local is Place {
  return local !== null && local.address !== '0.0.0.0' && local.address !== '::';
}

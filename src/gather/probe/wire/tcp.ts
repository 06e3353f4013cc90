import { createSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { Deadline } from '../../../core/values/deadline.ts';
import type { Family } from '../../../core/model/outcome.ts';
import { codeOf } from '../../system/errors.ts';
import { failure, waitFor, type StageFailure, type StageResult } from './wait.ts';

/**
 * "Host unreachable" that comes later than this means that the neighbour was silent (ARP and IPv6 neighbour discovery give up after three
 * seconds), not a filter. A filter's answer may take until the second retransmission after two: Linux forgets one that arrives
 * while connect() still holds the socket, as over a veth pair, and the router limits how many it sends.
 */
const NEIGHBOUR_GIVES_UP_MS = 2_500;

/** Every socket of one attempt: all destroyed at its end, none ever without an error listener. */
export class SocketSet {
  readonly #sockets = new Set<Socket>();

  add<S extends Socket>(socket: S): S {
    // A socket may fail after its attempt has ended; without a listener that error would end the process.
    socket.on('error', () => undefined);
    this.#sockets.add(socket);
    return socket;
  }

  /**
   * Destroys the outermost layer first, and never from within a callback of the sockets themselves: destroying the carrier of a TLS
   * socket while its handshake callback is still on the stack crashes Node 20 (SIGSEGV).
   */
  async destroyAll(): Promise<void> {
    await setImmediate();
    for (const socket of [...this.#sockets].toReversed()) socket.destroy();
    this.#sockets.clear();
  }
}

export interface TcpTarget {
  readonly address: string;
  readonly port: number;
  readonly family: Family;
}

/** Opens a TCP connection to an address. Codes: the system's (ECONNREFUSED, EHOSTUNREACH, …) or ETIMEDOUT at the deadline. */
export async function dial(
  target: TcpTarget,
  sockets: SocketSet,
  deadline: Deadline,
  signal: AbortSignal,
): Promise<StageResult<Socket>> {
  const startedAt = performance.now();
  const socket = sockets.add(
    connect({ host: target.address, port: target.port, family: target.family, noDelay: true }),
  );
  const late = failure('no-reply', 'ETIMEDOUT', 'the SYN was not answered');
  const result = await waitFor<Socket>(deadline, signal, late, (done) => {
    const onConnect = (): void => done({ ok: true, value: socket });
    const onError = (error: Error): void => done(failure('no-reply', codeOf(error), error.message));
    socket.once('connect', onConnect).once('error', onError);
    return () => socket.off('connect', onConnect).off('error', onError);
  });
  if (result.ok) return result;
  socket.destroy();
  return classify(result, target, performance.now() - startedAt);
}

/** Outcome of a failed connect. Linux: net/ipv4/icmp.c icmp_err_convert, net/ipv6/icmp.c icmpv6_err_convert. */
async function classify(raised: StageFailure, target: TcpTarget, ms: number): Promise<StageFailure> {
  switch (raised.code) {
    case 'ECONNREFUSED':
      return { ...raised, outcome: 'refused' };
    case 'ECONNRESET':
      // A reset in answer to the SYN gives ECONNREFUSED: this one came after the handshake, before we were told of it.
      return { ...raised, outcome: 'cut', detail: 'reset as soon as it was connected' };
    case 'EPERM':
      return { ...raised, outcome: 'prohibited', detail: 'this host forbids the connection' };
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return { ...raised, outcome: 'no-route', detail: 'this host has no address of that family' };
    case 'EACCES':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENONET':
    case 'EHOSTDOWN':
    case 'EPROTO':
    case 'ENOPROTOOPT': {
      const neighbour = raised.code === 'EHOSTUNREACH' && ms >= NEIGHBOUR_GIVES_UP_MS;
      const far = !neighbour && (await hasRoute(target));
      return far
        ? { ...raised, outcome: 'prohibited', detail: 'an ICMP answer says that the destination is not reachable' }
        : { ...raised, outcome: 'no-route' };
    }
    default:
      return raised;
  }
}

/** Checks whether this host has a route of its own. A connected UDP socket asks the routing table and sends nothing. */
function hasRoute({ address, port, family }: TcpTarget): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(family === 4 ? 'udp4' : 'udp6');
    const end = (answer: boolean): void => {
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.close();
      resolve(answer);
    };
    socket.once('error', () => end(false)).once('connect', () => end(true));
    socket.connect(port, address);
  });
}

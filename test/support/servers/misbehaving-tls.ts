import { createServer, type Socket } from 'node:net';
import { listen, type Listening } from '../../../src/demo/system/listening.ts';

/** Sends a TCP reset as soon as the first bytes (the ClientHello) arrive: what a name filter on the way does. */
export function resetAfterHello(): Promise<Listening> {
  return listen(createServer((socket) => socket.once('data', () => socket.resetAndDestroy())));
}

/** Closes (FIN) after the first bytes. */
export function closesAfterHello(): Promise<Listening> {
  return listen(createServer((socket) => socket.once('data', () => socket.end())));
}

/** Takes the ClientHello and never answers it. */
export function stalledTls(): Promise<Listening> {
  return listen(createServer((socket) => socket.resume()));
}

/** Answers the ClientHello with a fatal alert: 40 handshake_failure, 112 unrecognized_name (RFC 8446 6.2). */
export function alertAfterHello(description = 40): Promise<Listening> {
  const alert = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, description]);
  return listen(createServer((socket: Socket) => socket.once('data', () => socket.end(alert))));
}

/** Speaks plain HTTP where TLS is expected. */
export function plainHttpInsteadOfTls(): Promise<Listening> {
  const reply = 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n';
  return listen(createServer((socket) => socket.once('data', () => socket.end(reply))));
}

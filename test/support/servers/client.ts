import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Destination } from '../../../src/demo/outside/proxy.ts';

/** Everything a server says until it closes. */
export async function readAll(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  await once(socket, 'close');
  return text;
}

/** The status of the answer to CONNECT, and the tunnel. */
export function openTunnel(
  proxy: Destination,
  target: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly socket: Socket }> {
  return new Promise((resolve, reject) => {
    const asked = request({ ...proxy, method: 'CONNECT', path: target, headers, agent: false });
    asked.once('connect', (reply, socket) => resolve({ status: reply.statusCode ?? 0, socket }));
    asked.once('error', reject);
    asked.end();
  });
}

/** TLS over a socket; rejects with the verification error. */
export async function secure(socket: Socket, servername: string, ca: string): Promise<TLSSocket> {
  const tls = connectTls({ socket, servername, ca });
  await once(tls, 'secureConnect');
  return tls;
}

/** One GET over an open connection; the whole answer as text. */
export function get(socket: Socket, host: string): Promise<string> {
  socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  return readAll(socket);
}

export async function dial({ host, port }: Destination): Promise<Socket> {
  const socket = connect(port, host);
  await once(socket, 'connect');
  return socket;
}

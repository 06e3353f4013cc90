import type { AddressInfo, Server, Socket } from 'node:net';

/** A server that accepts connections. */
export interface Listening {
  readonly host: string;
  readonly port: number;
  /** Destroys every connection and stops listening; resolves when the port is free. */
  close(): Promise<void>;
}

/** Sockets to destroy together. Errors of a socket added here are swallowed: its peer may do what it likes. */
export class Connections {
  readonly #open = new Set<Socket>();

  add(socket: Socket): void {
    this.#open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#open.delete(socket));
  }

  destroy(): void {
    for (const socket of this.#open) socket.destroy();
  }
}

/** Starts a TCP-based server (net, tls, http, https); port 0 takes a free one. */
export async function listen(server: Server, host = '127.0.0.1', port = 0): Promise<Listening> {
  const connections = new Connections();
  server.on('connection', (socket) => connections.add(socket));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    host,
    port: portOf(server.address()),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        connections.destroy();
      }),
  };
}

/** The port of a bound TCP or UDP socket. */
export function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server is not bound to a port');
  return address.port;
}

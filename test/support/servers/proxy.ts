import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { TLSSocket } from 'node:tls';
import type { Authority } from '../../../src/demo/outside/certificates.ts';
import { contextCache, plainServer } from '../../../src/demo/outside/endpoints.ts';
import { listen, type Listening } from '../../../src/demo/system/listening.ts';
import {
  serveAsProxy,
  type AccessLogEntry,
  type Destination,
  type ProxyOptions,
} from '../../../src/demo/outside/proxy.ts';

export interface ProxySettings extends Omit<ProxyOptions, 'resolve' | 'log'> {
  /** Where names lead: `plex.tv:443` or `plex.tv` → a listening server. Other names do not exist for the proxy. */
  readonly map?: Readonly<Record<string, Destination>>;
}

export interface ListeningProxy extends Listening {
  /** Everything that it was asked for, oldest first. */
  readonly log: readonly AccessLogEntry[];
}

/** A forward proxy that works: CONNECT and absolute form, Basic authentication and a policy if asked for. */
export async function workingProxy(settings: ProxySettings = {}): Promise<ListeningProxy> {
  const server = createHttpServer();
  const log = serveMapped(server, settings);
  return { ...(await listen(server)), log };
}

/** The same behind TLS, with a certificate of `authority` for `names`: an `https://` proxy. */
export async function tlsProxy(
  authority: Authority,
  settings: ProxySettings = {},
  names: readonly string[] = ['127.0.0.1', 'localhost'],
): Promise<ListeningProxy> {
  const { certificatePem, keyPem } = authority.issue(names);
  const server = createHttpsServer({ cert: certificatePem, key: keyPem });
  const log = serveMapped(server, settings);
  return { ...(await listen(server)), log };
}

function serveMapped(server: Parameters<typeof serveAsProxy>[0], settings: ProxySettings): readonly AccessLogEntry[] {
  const { map = {}, ...rest } = settings;
  const log: AccessLogEntry[] = [];
  serveAsProxy(server, {
    ...rest,
    resolve: (host, port) => map[`${host}:${port}`] ?? map[host] ?? null,
    log: (entry) => log.push(entry),
  });
  return log;
}

/**
 * A proxy that inspects TLS: it answers every CONNECT itself, with a certificate for that host issued by `authority`, and
 * every request in the tunnel with `handler`. It opens no connection of its own.
 */
export function interceptor(
  authority: Authority,
  handler: RequestListener = (_request, response) => void response.end('inspected'),
): Promise<Listening> {
  const contexts = contextCache(authority);
  const inside = plainServer(handler);
  const server = plainServer(handler);
  server.on('connect', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) socket.unshift(head);
    const host = (request.url ?? '').replace(/:\d+$/, '');
    const secure = new TLSSocket(socket, { isServer: true, secureContext: contexts(host) });
    secure.on('error', () => secure.destroy());
    inside.emit('connection', secure);
  });
  return listen(server);
}

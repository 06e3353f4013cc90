import { createServer as createHttpServer, type RequestListener, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Authority } from './certificates.ts';

/**
 * An HTTPS server that presents, per SNI, a certificate of its own for each of `names`. All are issued before it is returned, so
 * that issuing does not slow the first answers down. A name that is not in the list, and a client without SNI, get the
 * certificate for `names[0]`.
 */
export function secureServer(authority: Authority, names: readonly string[], handler: RequestListener): HttpsServer {
  const fallback = names[0] ?? 'unnamed.invalid';
  const contextFor = contextCache(authority);
  const contexts = new Map(names.map((name) => [name, contextFor(name)]));
  const { certificatePem, keyPem } = authority.issue([fallback]);
  return createHttpsServer(
    {
      cert: certificatePem,
      key: keyPem,
      SNICallback: (name, callback) => callback(null, contexts.get(name) ?? contextFor(fallback)),
    },
    handler,
  );
}

/** Contexts with a certificate of `authority` for one name, issued once each. */
export function contextCache(authority: Authority): (name: string) => SecureContext {
  const contexts = new Map<string, SecureContext>();
  return (name) => {
    const existing = contexts.get(name);
    if (existing) return existing;
    const { certificatePem, keyPem } = authority.issue([name]);
    const context = createSecureContext({ cert: certificatePem, key: keyPem });
    contexts.set(name, context);
    return context;
  };
}

export function plainServer(handler: RequestListener): HttpServer {
  return createHttpServer(handler);
}

/** An endpoint's answer: a status per host (200 for hosts that are not listed) and a body that says who speaks. */
export function answering(statuses: ReadonlyMap<string, number>, body: string): RequestListener {
  return (request, response) => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    response.writeHead(statuses.get(host) ?? 200, { 'content-type': 'text/plain', connection: 'close' });
    response.end(`${body}\n`);
  };
}

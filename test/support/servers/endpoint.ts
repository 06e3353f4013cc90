import type { RequestListener, ServerResponse } from 'node:http';
import type { Authority } from '../../../src/demo/outside/certificates.ts';
import { plainServer, secureServer } from '../../../src/demo/outside/endpoints.ts';
import { listen, type Listening } from '../../../src/demo/system/listening.ts';

/** TLS for a server: without it the server speaks plain HTTP. */
export interface Secured {
  readonly authority: Authority;
  readonly names: readonly string[];
}

function serve(secured: Secured | null, handler: RequestListener): Promise<Listening> {
  return listen(secured ? secureServer(secured.authority, secured.names, handler) : plainServer(handler));
}

const sayHello: RequestListener = (_request, response) => {
  response.end('hello');
};

/** An endpoint with a certificate of `authority` for each of `names`. */
export function httpsEndpoint(
  authority: Authority,
  names: readonly string[],
  handler: RequestListener = sayHello,
): Promise<Listening> {
  return serve({ authority, names }, handler);
}

export function httpEndpoint(handler: RequestListener = sayHello): Promise<Listening> {
  return serve(null, handler);
}

/** Takes the request (after the TLS handshake, if any) and never answers it. */
export function stalledHttp(secured: Secured | null = null): Promise<Listening> {
  return serve(secured, () => undefined);
}

/** Answers 200 at once and then sends a body for as long as anyone reads it. */
export function hugeBody(secured: Secured | null = null): Promise<Listening> {
  return serve(secured, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    pour(response);
  });
}

function pour(response: ServerResponse): void {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const pump = (): void => {
    while (response.writable && response.write(chunk));
  };
  response.on('drain', pump);
  pump();
}

/** Closes the connection in the middle of a body whose length it announced. */
export function cutBody(secured: Secured | null = null): Promise<Listening> {
  return serve(secured, (_request, response) => {
    response.writeHead(200, { 'content-length': 1_000 });
    response.write('only this much', () => response.destroy());
  });
}

/** Closes the connection instead of answering the request. */
export function closesInsteadOfAnswer(secured: Secured | null = null): Promise<Listening> {
  return serve(secured, (request) => request.socket.destroy());
}

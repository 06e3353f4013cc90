import { request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Connections } from '../system/listening.ts';
import { parseUrl } from '../../core/values/url.ts';

/** The target of a connection, as an address that needs no name resolution. */
export interface Destination {
  readonly host: string;
  readonly port: number;
}

/** One request that the proxy was asked for. */
export interface ProxyRequest {
  readonly method: string;
  readonly host: string;
  readonly port: number;
}

/** One line of the proxy's access log. */
export interface AccessLogEntry extends ProxyRequest {
  readonly status: number;
}

export interface ProxyOptions {
  /** The proxy's own name resolution: null means that the name does not exist. */
  readonly resolve: (host: string, port: number) => Destination | null;
  /** false refuses the request with 403. Default: everything is allowed. */
  readonly allows?: (request: ProxyRequest) => boolean;
  /** Basic credentials that every request must carry. Default: none. */
  readonly credentials?: { readonly user: string; readonly password: string };
  readonly log?: (entry: AccessLogEntry) => void;
  readonly connectTimeoutMs?: number;
}

/** A destination that does not answer for this long is given up, well before a client's own patience ends. */
const CONNECT_TIMEOUT_MS = 2_000;

interface Refusal {
  readonly status: number;
  readonly headers: readonly string[];
}

/** The names by which Squid says, in `X-Squid-Error`, why it refused: errors/errorpage list of Squid. */
const DENIED: Refusal = { status: 403, headers: ['X-Squid-Error: ERR_ACCESS_DENIED 0'] };
const NO_SUCH_NAME: Refusal = { status: 503, headers: ['X-Squid-Error: ERR_DNS_FAIL 0'] };
const UNREACHABLE: Refusal = { status: 503, headers: ['X-Squid-Error: ERR_CONNECT_FAIL 111'] };
const NOT_A_PROXY_REQUEST: Refusal = { status: 400, headers: ['X-Squid-Error: ERR_INVALID_URL 0'] };
const UNAUTHENTICATED: Refusal = {
  status: 407,
  headers: ['X-Squid-Error: ERR_CACHE_ACCESS_DENIED 0', 'Proxy-Authenticate: Basic realm="proxy"'],
};
const REASON: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  407: 'Proxy Authentication Required',
  503: 'Service Unavailable',
};

/**
 * Makes an HTTP or HTTPS server a forward proxy: CONNECT for tunnels, the absolute form for plain HTTP (RFC 9110 9.3.6,
 * RFC 9112 3.2.2). Connections that it opens itself end with the server's own.
 */
export function serveAsProxy(server: Server, options: ProxyOptions): void {
  const outgoing = new Connections();
  server.on('close', () => outgoing.destroy());
  server.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    tunnel(request, socket, head, options, outgoing);
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) =>
    forward(request, response, options, outgoing),
  );
}

function tunnel(
  message: IncomingMessage,
  client: Duplex,
  head: Buffer,
  options: ProxyOptions,
  outgoing: Connections,
): void {
  const request = connectTarget(message);
  const refuse = (refusal: Refusal): void => {
    if (request) options.log?.({ ...request, status: refusal.status });
    client.end(refusalText(refusal));
  };
  if (!request) return refuse(NOT_A_PROXY_REQUEST);
  const admitted = admit(message, request, options);
  if ('status' in admitted) return refuse(admitted);
  const upstream = connect(admitted);
  outgoing.add(upstream);
  const giveUp = (): void => {
    upstream.destroy();
    refuse(UNREACHABLE);
  };
  upstream.setTimeout(options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS, giveUp);
  upstream.once('error', giveUp);
  upstream.once('connect', () => {
    upstream.off('error', giveUp);
    upstream.setTimeout(0);
    options.log?.({ ...request, status: 200 });
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) upstream.write(head);
    join(client, upstream);
  });
}

/** Copies both ways; the end of either side ends the other. */
export function join(a: Duplex, b: Socket): void {
  a.pipe(b);
  b.pipe(a);
  a.once('close', () => b.destroy());
  b.once('close', () => a.destroy());
}

function forward(
  message: IncomingMessage,
  response: ServerResponse,
  options: ProxyOptions,
  outgoing: Connections,
): void {
  const url = absoluteForm(message.url ?? '');
  const request = url && {
    method: message.method ?? 'GET',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || 80,
  };
  const refuse = (refusal: Refusal): void => {
    if (request) options.log?.({ ...request, status: refusal.status });
    if (response.headersSent) response.destroy();
    else message.socket.end(refusalText(refusal));
  };
  if (!url || !request) return refuse(NOT_A_PROXY_REQUEST);
  const admitted = admit(message, request, options);
  if ('status' in admitted) return refuse(admitted);
  const { 'proxy-authorization': _, 'proxy-connection': __, ...headers } = message.headers;
  const upstream = httpRequest({
    ...admitted,
    method: request.method,
    path: url.pathname + url.search,
    headers: { ...headers, host: url.host, connection: 'close' },
    agent: false,
    timeout: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
  });
  upstream.once('socket', (socket) => outgoing.add(socket));
  upstream.once('timeout', () => upstream.destroy(new Error('timed out')));
  upstream.once('error', () => refuse(UNREACHABLE));
  upstream.once('response', (reply) => {
    options.log?.({ ...request, status: reply.statusCode ?? 0 });
    response.writeHead(reply.statusCode ?? 502, { ...reply.headers, via: '1.1 proxy' });
    reply.pipe(response);
  });
  message.pipe(upstream);
}

/** Decides in Squid's order: by credentials, then by the requested host, then by its address. */
function admit(message: IncomingMessage, request: ProxyRequest, options: ProxyOptions): Refusal | Destination {
  if (!authenticated(message, options)) return UNAUTHENTICATED;
  if (options.allows && !options.allows(request)) return DENIED;
  return options.resolve(request.host, request.port) ?? NO_SUCH_NAME;
}

function authenticated(message: IncomingMessage, { credentials }: ProxyOptions): boolean {
  if (!credentials) return true;
  const expected = Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64');
  return message.headers['proxy-authorization'] === `Basic ${expected}`;
}

function connectTarget(message: IncomingMessage): ProxyRequest | null {
  const parts = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(message.url ?? '');
  const host = parts?.[1] ?? parts?.[2];
  return host === undefined ? null : { method: 'CONNECT', host: host.toLowerCase(), port: Number(parts?.[3]) };
}

function absoluteForm(target: string): URL | null {
  return target.startsWith('http://') ? parseUrl(target) : null;
}

function refusalText({ status, headers }: Refusal): string {
  const reason = REASON[status] ?? 'Error';
  const body = `${status} ${reason}\n`;
  return [
    `HTTP/1.1 ${status} ${reason}`,
    ...headers,
    'Content-Type: text/plain',
    `Content-Length: ${body.length}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

import { readFileSync } from 'node:fs';
import { request as httpRequest, type ClientRequest as NodeRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import * as z from 'zod/mini';
import { DIALECTS } from '../../core/dialects/index.ts';
import type { Target } from '../../core/dialects/dialect.ts';
import { list, obj } from '../../core/model/schema.ts';

/**
 * The client of the stand-in where there is no curl: Node's own, which follows curl's reading of the proxy variables and ends
 * with curl's codes. Only http:// proxies.
 */
const requestSchema = obj({
  url: z.string(),
  ignoresProxy: z.boolean(),
  connectTimeoutSeconds: z.number(),
  cacert: z.nullable(z.string()),
  resolve: list(z.string()),
});
type Request = z.infer<typeof requestSchema>;

/** Ends as curl would: its code, and its words. */
class CurlFailure extends Error {
  readonly code: number;

  constructor(code: number, words: string) {
    super(words);
    this.code = code;
  }
}

/** Reads one request from standard input, makes it, and writes what curl is told to write. Resolves to curl's exit code. */
export async function runNodeClient(): Promise<number> {
  const request = requestSchema.parse(JSON.parse(await text(process.stdin)));
  const startedAt = performance.now();
  try {
    const status = await makeRequest(request, AbortSignal.timeout(request.connectTimeoutSeconds * 1_000));
    process.stdout.write(`${status} ${(performance.now() - startedAt) / 1_000}`);
    return 0;
  } catch (error) {
    const failure = curlFailureOf(error, request, performance.now() - startedAt);
    process.stderr.write(`curl: (${failure.code}) ${failure.message}\n`);
    return failure.code;
  }
}

interface ProxyAt {
  readonly host: string;
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
}

async function makeRequest(request: Request, signal: AbortSignal): Promise<number> {
  const url = new URL(request.url);
  const scheme = url.protocol === 'https:' ? 'https' : 'http';
  const target: Target = { scheme, host: url.hostname, port: Number(url.port) || (scheme === 'https' ? 443 : 80) };
  const proxy = request.ignoresProxy ? null : proxyFor(target);
  const ca = request.cacert === null ? undefined : readFileSync(request.cacert, 'utf8');
  if (proxy === null) {
    const lookup = lookupOf(request.resolve, target);
    const options = { signal, ca, ...(lookup ? { lookup } : {}) };
    return answered(scheme === 'https' ? httpsRequest(url, options) : httpRequest(url, options));
  }
  if (scheme === 'http') {
    return answered(
      httpRequest({ ...proxy, path: request.url, headers: { ...proxy.headers, host: url.host }, signal }),
    );
  }
  const socket = await tunnel(proxy, target, signal);
  const secure = connectTls({ socket, servername: target.host, ...(ca === undefined ? {} : { ca }) });
  // The connection is made: this is a plain request within it.
  return answered(httpRequest(url.href.replace(/^https/, 'http'), { signal, createConnection: () => secure }));
}

function answered(request: NodeRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      resolve(response.statusCode ?? 0);
      request.destroy();
    });
    request.end();
  });
}

function tunnel(proxy: ProxyAt, { host, port }: Target, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ ...proxy, method: 'CONNECT', path: `${host}:${port}`, signal });
    request.once('error', reject);
    request.once('connect', ({ statusCode = 0 }, socket) => {
      if (statusCode === 200) resolve(socket);
      else reject(new CurlFailure(56, `CONNECT tunnel failed, response ${statusCode}`));
    });
    request.end();
  });
}

/** As curl reads the variables of this process. */
function proxyFor(target: Target): ProxyAt | null {
  const variables = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? '']));
  const { proxy, variable, error } = DIALECTS.curl.decide(variables, target);
  if (error !== null) throw new CurlFailure(5, error);
  if (proxy === null) return null;
  const { protocol, hostname, port } = new URL(proxy.replace('***@', ''));
  if (protocol !== 'http:') throw new CurlFailure(97, 'the stand-in without curl knows http:// proxies only');
  const login = /^(?:[a-z]+:\/\/)?([^/]*)@/i.exec(variables[variable ?? ''] ?? '')?.[1];
  const credentials = login === undefined ? null : Buffer.from(decodeURIComponent(login)).toString('base64');
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || 80,
    headers: credentials === null ? {} : { 'Proxy-Authorization': `Basic ${credentials}` },
  };
}

function lookupOf(resolve: readonly string[], { host, port }: Target): LookupFunction | null {
  const prefix = `${host}:${port}:`;
  const address = resolve.find((entry) => entry.startsWith(prefix))?.slice(prefix.length);
  if (address === undefined) return null;
  const family = address.includes(':') ? 6 : 4;
  return (_name, { all }, callback) => (all ? callback(null, [{ address, family }]) : callback(null, address, family));
}

function curlFailureOf(error: unknown, { url }: Request, ms: number): CurlFailure {
  if (error instanceof CurlFailure) return error;
  if (!(error instanceof Error)) throw error;
  const code = 'code' in error ? String(error.code) : '';
  const host = 'hostname' in error ? String(error.hostname) : new URL(url).hostname;
  if (error.name === 'AbortError' || error.name === 'TimeoutError' || code === 'ETIMEDOUT')
    return new CurlFailure(28, `Connection timed out after ${Math.round(ms)} milliseconds`);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    const isProxy = host !== new URL(url).hostname;
    return new CurlFailure(isProxy ? 5 : 6, `Could not resolve ${isProxy ? 'proxy' : 'host'}: ${host}`);
  }
  if (/^(?:ECONNREFUSED|E(?:NET|HOST)UNREACH|EACCES|EPERM)$/.test(code)) return new CurlFailure(7, error.message);
  if (/CERT|UNABLE_TO|SELF_SIGNED/.test(code)) return new CurlFailure(60, `SSL certificate problem: ${error.message}`);
  if (/^ERR_SSL|EPROTO/.test(code)) return new CurlFailure(35, error.message);
  return new CurlFailure(56, error.message);
}

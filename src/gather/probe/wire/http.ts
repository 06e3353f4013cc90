import type { Socket } from 'node:net';
import { Client, errors } from 'undici';
import { familyOf } from '../../../core/values/address.ts';
import type { Deadline } from '../../../core/values/deadline.ts';
import type { HttpRecord } from '../../../core/model/probe-records.ts';
import { authSchemes } from '../../../parse/http-connect.ts';
import { USER_AGENT } from '../../../core/values/version.ts';
import { codeOf } from '../../system/errors.ts';
import { failure, waitFor, type StageFailure, type StageResult } from './wait.ts';
import { ownCode } from '../../../core/model/reason.ts';

/** Enough for an address or an error page's title; a probe is no download. */
const BODY_LIMIT_BYTES = 4_096;

/** Longest part of one header that is kept: reports quote it, once for each attempt. */
const FIELD_MAX_CHARS = 500;

/** Headers of a reply that tell of a proxy on the way. */
const PROXY_HEADERS = [
  'proxy-authenticate',
  'via',
  'x-cache',
  'x-squid-error',
  'proxy-status',
  'proxy-agent',
  'retry-after',
  'x-bluecoat-via',
  'x-forwarded-server',
];

export interface HttpRequest {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Absolute form (RFC 9112 section 3.2.2): the socket leads to an HTTP proxy that is to forward the request. */
  readonly absolute: boolean;
  /** `Proxy-Authorization`, or nothing. */
  readonly headers: Readonly<Record<string, string>>;
}

/** One GET over a finished socket: no cookie, no token, no redirect followed, the body limited. */
export async function requestOnce(
  socket: Socket,
  request: HttpRequest,
  deadline: Deadline,
  signal: AbortSignal,
): Promise<StageResult<HttpRecord>> {
  const host = familyOf(request.host) === 6 ? `[${request.host}]` : request.host;
  const origin = `${request.scheme}://${host}:${request.port}`;
  const client = new Client(origin, {
    // undici never settles when this is called back synchronously.
    connect: (_options, callback) => void setImmediate(callback, null, socket),
    pipelining: 0,
    // Our own deadline is the limit; these only keep undici's defaults of five minutes out of the way.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: 32_768,
  });
  const late = failure('stalled', ownCode('HTTP_TIMEOUT'), 'connected, but the request was not answered in time');
  const abort = new AbortController();
  let head: HttpRecord | null = null;
  try {
    const answer = await waitFor<HttpRecord>(deadline, signal, late, (done) => {
      client
        .request({
          method: 'GET',
          path: request.absolute ? `${origin.replace(/:80$/, '')}${request.path}` : request.path,
          headers: { 'user-agent': USER_AGENT, accept: '*/*', ...request.headers },
          signal: abort.signal,
        })
        .then(async ({ statusCode, headers, body }) => {
          const receivedAt = new Date().toISOString();
          head = describe(statusCode, headers, receivedAt, '');
          const text = await readSome(body);
          done(answered(describe(statusCode, headers, receivedAt, text)));
        })
        .catch((error: unknown) => done(classify(error, request)));
      return () => abort.abort();
    });
    // A body that does not end changes nothing about the answer.
    return head !== null && answer === late ? answered(head) : answer;
  } finally {
    client.destroy().catch(() => undefined);
  }
}

function answered(record: HttpRecord): StageResult<HttpRecord> {
  return { ok: true, value: record, detail: `HTTP ${record.status}` };
}

/** The beginning of a body; an error after the head of a reply changes nothing about the answer. */
async function readSome(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= BODY_LIMIT_BYTES) break;
    }
  } catch {
    // Cut in the body.
  }
  return Buffer.concat(chunks).subarray(0, BODY_LIMIT_BYTES).toString('latin1');
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

function describe(status: number, headers: Headers, receivedAt: string, body: string): HttpRecord {
  const field = (name: string): string | null => {
    const value = headers[name];
    return (Array.isArray(value) ? value[0] : value)?.slice(0, FIELD_MAX_CHARS) ?? null;
  };
  const dateMs = Date.parse(field('date') ?? '');
  const caller = body.trim();
  return {
    status,
    date: Number.isNaN(dateMs) ? null : new Date(dateMs).toISOString(),
    receivedAt,
    redirectHost: hostOf(field('location')),
    server: field('server'),
    html: /^\s*text\/html/i.test(field('content-type') ?? ''),
    proxyHeaders: Object.fromEntries(
      PROXY_HEADERS.flatMap((name) => {
        const values = [headers[name] ?? []].flat();
        return values.length === 0 ? [] : [[name, tellHeader(name, values)]];
      }),
    ),
    callerAddress: familyOf(caller) === null ? null : caller,
  };
}

/** All values as one (RFC 9110 section 5.3); of challenges only the schemes, because realms name companies. */
function tellHeader(name: string, values: readonly string[]): string {
  return (name === 'proxy-authenticate' ? authSchemes(values) : values).join(', ').slice(0, FIELD_MAX_CHARS);
}

/** Host of an absolute redirect; null for none and for one that stays on the same host. */
function hostOf(location: string | null): string | null {
  if (location === null || !/^https?:\/\//i.test(location)) return null;
  try {
    return new URL(location).hostname;
  } catch {
    return null;
  }
}

function classify(error: unknown, request: HttpRequest): StageFailure {
  const code = codeOf(error);
  if (error instanceof errors.HTTPParserError || error instanceof errors.HeadersOverflowError) {
    // Behind verified TLS the endpoint itself sent the nonsense; without TLS any device on the way may have.
    if (request.absolute) return failure('proxy-error', ownCode('NOT_HTTP'), 'the reply of the proxy is not HTTP');
    return failure(request.scheme === 'https' ? 'cut' : 'captive', ownCode('NOT_HTTP'), 'the reply is not HTTP');
  }
  // undici's own word for a connection that was closed.
  return failure(
    'cut',
    code === 'UND_ERR_SOCKET' ? ownCode('CLOSED') : code,
    'the connection ended before an answer came',
  );
}

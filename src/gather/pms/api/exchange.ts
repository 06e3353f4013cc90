import { Client, errors } from 'undici';
import type { Token } from '../../../core/values/secret.ts';
import { TOOL, USER_AGENT } from '../../../core/values/version.ts';
import { codeOf } from '../../system/errors.ts';
import type { PmsBase } from './base.ts';
import { checkPmsIdentity, rootsFor } from './plex-direct.ts';
import type { ReasonCode, TroubleCode } from '../../../core/model/reason.ts';

/** A thousand libraries with all their folders are about one megabyte. */
const BODY_LIMIT_BYTES = 8 * 1024 * 1024;
const HEADERS_LIMIT_BYTES = 32_768;

export interface Request {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly token: Token | null;
}

export interface Link {
  readonly base: PmsBase;
  readonly extraRootsPem: string | null;
  readonly certificateId: string | null;
  readonly signal: AbortSignal;
}

export type Exchanged =
  | {
      readonly ok: true;
      readonly status: number;
      /** Keyed by names in lower case; of several values the first. */
      readonly header: (name: string) => string | null;
      readonly body: string;
    }
  | { readonly ok: false; readonly code: TroubleCode; readonly message: string };

/**
 * One request over a connection of its own, straight to the address: no proxy, no redirect followed, no compression taken. Ends within
 * `timeoutMs`, whatever the other side does.
 */
export async function exchange(link: Link, request: Request, timeoutMs: number): Promise<Exchanged> {
  if (link.signal.aborted) return interrupted();
  const client = new Client(link.base.origin, {
    connect: {
      ...(link.base.isSecure
        ? {
            ca: rootsFor(link.extraRootsPem),
            // Set explicitly: NODE_TLS_REJECT_UNAUTHORIZED in our environment must not hand the token to an unverified server.
            rejectUnauthorized: true,
            checkServerIdentity: (host, certificate) => checkPmsIdentity(host, certificate, link.certificateId),
          }
        : {}),
      // Our own time limit is below; this only keeps undici's default out of the way.
      timeout: timeoutMs + 1_000,
    },
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: HEADERS_LIMIT_BYTES,
    maxResponseSize: BODY_LIMIT_BYTES,
    pipelining: 1,
  });
  const bound = boundOf(link.signal, timeoutMs);
  try {
    return await Promise.race([send(client, request), bound.ended]);
  } finally {
    bound.dispose();
    client.destroy().catch(() => undefined);
  }
}

function interrupted(): Exchanged {
  return { ok: false, code: 'INTERRUPTED', message: 'interrupted before it ended' };
}

/** Ends by itself after `timeoutMs`, or when interrupted; undici's own signals do not end a connection that is being opened. */
function boundOf(
  signal: AbortSignal,
  timeoutMs: number,
): { readonly ended: Promise<Exchanged>; readonly dispose: () => void } {
  let dispose = (): void => undefined;
  const ended = new Promise<Exchanged>((resolve) => {
    const late = `no answer within ${Math.round(timeoutMs)} ms`;
    const timer = setTimeout(() => resolve({ ok: false, code: 'TIMEOUT', message: late }), timeoutMs);
    const stop = (): void => resolve(interrupted());
    signal.addEventListener('abort', stop, { once: true });
    dispose = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    };
  });
  return { ended, dispose };
}

async function send(client: Client, { method, path, query, token }: Request): Promise<Exchanged> {
  const search = new URLSearchParams(query).toString();
  try {
    const { statusCode, headers, body } = await client.request({
      method,
      path: search === '' ? path : `${path}?${search}`,
      headers: {
        // PMS writes JSON when it is asked for by name. Answers without a document are of other types.
        accept: 'application/json, */*',
        'accept-encoding': 'identity',
        'user-agent': USER_AGENT,
        // PMS requires it for most calls. The same everywhere and always: it names this tool, and no user or machine, and a new one in each
        // run would leave one more entry in PMS's list of devices.
        'x-plex-client-identifier': TOOL.name,
        ...(token === null ? {} : { 'x-plex-token': token.reveal() }),
      },
    });
    const header = (name: string): string | null => [headers[name] ?? null].flat()[0] ?? null;
    return { ok: true, status: statusCode, header, body: await body.text() };
  } catch (error) {
    return failureOf(error);
  }
}

function failureOf(error: unknown): Exchanged {
  const code = codeOf(error);
  const told = (word: ReasonCode, message: string): Exchanged => ({ ok: false, code: word, message });
  if (error instanceof errors.HTTPParserError || error instanceof errors.HeadersOverflowError)
    return told('NOT_HTTP', 'the server there does not speak HTTP');
  if (error instanceof errors.ResponseExceededMaxSizeError)
    return told('TOO_LARGE', `the answer is longer than ${BODY_LIMIT_BYTES} bytes`);
  switch (code) {
    case 'ECONNREFUSED':
      return told('PMS_NOT_LISTENING', 'no server listens there');
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return told('UNRESOLVED', 'its name does not resolve');
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return told('NO_ROUTE', 'no route leads there');
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return told('TIMEOUT', 'the connection could not be opened in time');
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return told('CUT', 'the connection ended before the answer did');
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return told('TLS_UNTRUSTED', 'its certificate is for another name: neither for this address nor for plex.direct');
    default:
  }
  if (/^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|ERR_TLS_CERT)/.test(code))
    return told('TLS_UNTRUSTED', `its certificate is not accepted (${code})`);
  if (/^(?:EPROTO|ERR_SSL_)/.test(code))
    return told('TLS_FAILED', `the server does not offer TLS (${code.slice(0, 80)})`);
  return told('FAILED', `the request failed (${code.slice(0, 80)})`);
}

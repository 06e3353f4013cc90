import { outcomeOfConnectRefusal } from '../../../core/model/connect-refusal.ts';
import type { Socket } from 'node:net';
import { familyOf } from '../../../core/values/address.ts';
import type { Deadline } from '../../../core/values/deadline.ts';
import { authSchemes, parseReplyHead, parseRetryAfter, type ReplyHead } from '../../../parse/http-connect.ts';
import { codeOf } from '../../system/errors.ts';
import { failure, waitFor, type StageFailure, type StageResult } from './wait.ts';
import { ownCode } from '../../../core/model/reason.ts';

export interface ConnectReply {
  readonly head: Extract<ReplyHead, { kind: 'complete' }>;
  /** Bytes that came after the head. */
  readonly rest: number;
}

/** Sends CONNECT as libcurl does and reads the head of the reply. `own`: `Proxy-Authorization` and `User-Agent`, where they are to be sent. */
export async function exchangeConnect(
  socket: Socket,
  { host, port }: { readonly host: string; readonly port: number },
  own: Readonly<Record<string, string>>,
  deadline: Deadline,
  signal: AbortSignal,
): Promise<StageResult<ConnectReply>> {
  const authority = `${familyOf(host) === 6 ? `[${host}]` : host}:${port}`;
  const headers = { host: authority, ...own, 'proxy-connection': 'Keep-Alive' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const late = failure(
    'proxy-silent',
    ownCode('PROXY_TIMEOUT'),
    'the proxy accepted the connection and did not answer CONNECT',
  );
  let received = Buffer.alloc(0);
  const result = await waitFor<ConnectReply>(deadline, signal, late, (done) => {
    const onData = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk]);
      const head = parseReplyHead(received);
      switch (head.kind) {
        case 'need-more':
          return;
        case 'malformed': {
          const where = `${head.rule} (offset ${head.offset})`;
          return done(failure('proxy-error', ownCode('NOT_HTTP'), `the reply to CONNECT is not HTTP: ${where}`));
        }
        case 'complete':
          socket.pause();
          return done({ ok: true, value: { head, rest: received.length - head.end } });
      }
    };
    const onError = (error: Error): void =>
      done(failure('proxy-error', codeOf(error), 'the proxy reset the connection instead of answering CONNECT'));
    const onEnd = (): void =>
      done(failure('proxy-error', ownCode('CLOSED'), 'the proxy closed the connection instead of answering CONNECT'));
    socket.on('data', onData).once('error', onError).once('end', onEnd).once('close', onEnd);
    socket.write(`CONNECT ${authority} HTTP/1.1\r\n${lines.join('')}\r\n`);
    return () => socket.off('data', onData).off('error', onError).off('end', onEnd).off('close', onEnd);
  });
  // Some bytes and then silence is a malformed answer, not a missing one.
  return !result.ok && result.code === late.code && received.length > 0
    ? failure('proxy-error', ownCode('REPLY_INCOMPLETE'), `the reply to CONNECT stopped after ${received.length} bytes`)
    : result;
}

/** true when the reply opened the tunnel. RFC 9110 section 9.3.6: any 2xx does. */
export function judgeReply({ head, rest }: ConnectReply, socket: Socket): StageResult<Socket> {
  if (head.status < 200 || head.status >= 300) return refusal(head.status, head.headers);
  if (rest === 0) return { ok: true, value: socket, detail: `CONNECT ${head.status}` };
  // A TLS server never speaks first: bytes behind the reply are not the endpoint's.
  const early = `${rest} bytes followed the reply to CONNECT before anything was sent`;
  return { ...failure('tls-failed', ownCode('BYTES_BEFORE_HANDSHAKE'), early), stage: 'tls' };
}

/** Squid's name for its error page; null for none and for other words, which could be anything. */
export function squidError(headers: ReadonlyMap<string, readonly string[]>): string | null {
  return /^[A-Z][A-Z0-9_]{0,63}(?= |$)/.exec(headers.get('x-squid-error')?.[0] ?? '')?.[0] ?? null;
}

/**
 * Outcome for a proxy's status other than 2xx. Squid says more in `X-Squid-Error` ("ERR_DNS_FAIL 0"). A redirect is how policies lead to
 * a block page or to a login of their own: no endpoint was reached.
 */
export function refusal(status: number, headers: ReadonlyMap<string, readonly string[]>): StageFailure {
  const squid = squidError(headers);
  const code = squid ?? `HTTP_${status}`;
  const said = `the proxy answered ${status}${squid ? ` (${squid})` : ''}`;
  if (status === 407) {
    const schemes = authSchemes(headers.get('proxy-authenticate') ?? []);
    return { ...failure('proxy-auth', code, said), status, authSchemes: schemes };
  }
  if (status >= 300 && status < 400 && headers.has('location'))
    return { ...failure('denied', ownCode('POLICY_REDIRECT'), said), status };
  if (isLimit(status, squid, headers)) {
    const retryAfterS = parseRetryAfter(headers.get('retry-after')?.[0] ?? null, Date.now());
    return { ...failure('rate-limited', code, said), status, ...(retryAfterS === null ? {} : { retryAfterS }) };
  }
  // Without a place to go, a redirect says nothing of a policy.
  const isRedirect = status >= 300 && status < 400;
  return { ...failure(isRedirect ? 'proxy-error' : outcomeOfConnectRefusal(status), code, said), status };
}

/** RFC 6585 section 4, and RFC 9110 section 10.2.3: a 503 that names a time to come back. Squid's error pages have reasons of their own. */
function isLimit(status: number, squid: string | null, headers: ReadonlyMap<string, readonly string[]>): boolean {
  return status === 429 || (status === 503 && squid === null && headers.has('retry-after'));
}

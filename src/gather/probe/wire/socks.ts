import type { Socket } from 'node:net';
import { SocksClient } from 'socks';
import type { Deadline } from '../../../core/values/deadline.ts';
import type { ProxyUrl } from '../../../core/values/secret.ts';
import type { NameResolver } from './resolve.ts';
import { failure, INTERRUPTED, waitFor, type StageFailure, type StageResult } from './wait.ts';
import { ownCode } from '../../../core/model/reason.ts';

/** RFC 1929 section 2. Beyond it the `socks` library throws where its caller cannot catch. */
const CREDENTIAL_MAX_BYTES = 255;

/** The library's own timer, beyond ours: it only makes sure that nothing of it outlives the attempt. */
const LIBRARY_GRACE_MS = 50;

export interface SocksContext {
  readonly resolver: NameResolver;
  readonly deadline: Deadline;
  readonly signal: AbortSignal;
}

/** Asks a SOCKS server over a connected socket to open a way to a host. */
export async function openSocksTunnel(
  socket: Socket,
  url: ProxyUrl,
  target: { readonly host: string; readonly port: number },
  context: SocksContext,
): Promise<StageResult<Socket>> {
  const host = await destinationOf(url, target.host, context);
  if (!host.ok) return host;
  const credentials = url.credentials();
  if (credentials && Object.values(credentials).some((text) => Buffer.byteLength(text) > CREDENTIAL_MAX_BYTES)) {
    return failure(
      'proxy-auth',
      ownCode('SOCKS_CREDENTIALS_TOO_LONG'),
      'SOCKS5 has no room for this user name or password',
    );
  }
  const proxy = {
    host: url.host,
    port: url.port,
    type: isVersion4(url) ? (4 as const) : (5 as const),
    ...(credentials ? { userId: credentials.username, password: credentials.password } : {}),
  };
  const { deadline, signal } = context;
  const late = failure(
    'proxy-silent',
    ownCode('PROXY_TIMEOUT'),
    'the SOCKS server accepted the connection and did not answer',
  );
  return waitFor<Socket>(deadline, signal, late, (done) => {
    SocksClient.createConnection({
      proxy,
      command: 'connect',
      destination: { host: host.value, port: target.port },
      existing_socket: socket,
      timeout: Math.ceil(deadline.leftMs()) + LIBRARY_GRACE_MS,
    }).then(
      () => done({ ok: true, value: socket, detail: url.scheme }),
      (error: unknown) => done(classify(error)),
    );
    return () => undefined;
  });
}

/** true when a failure is about the host that was asked for, not about the SOCKS server itself. */
export function isAboutTarget({ code }: StageFailure): boolean {
  return /^SOCKS_(?!AUTH|CREDENTIALS)/.test(code) || code === 'ENOTFOUND' || code === 'ENODATA';
}

function isVersion4({ scheme }: ProxyUrl): boolean {
  return scheme === 'socks4' || scheme === 'socks4a';
}

/** socks4 and socks5 resolve on this side, socks4a and socks5h at the proxy (curl CURLOPT_PROXYTYPE). */
async function destinationOf(url: ProxyUrl, host: string, context: SocksContext): Promise<StageResult<string>> {
  if (url.scheme !== 'socks4' && url.scheme !== 'socks5') return { ok: true, value: host };
  // SOCKS4 has no room for an IPv6 address.
  const families = isVersion4(url) ? ([4] as const) : ([4, 6] as const);
  const lookups = await Promise.all(families.map((family) => context.resolver.lookup(host, family, context.deadline)));
  const address = lookups.flatMap((l) => l.addresses)[0]?.address;
  if (address !== undefined) return { ok: true, value: address };
  if (context.signal.aborted) return INTERRUPTED;
  const code = lookups[0]?.code ?? 'ENODATA';
  return { ...failure('unresolved', code, `${url.scheme} resolves names on this side`), stage: 'dns' };
}

/** Reply codes of RFC 1928 section 6 and the SOCKS4 protocol, by the words of the `socks` library. */
function classify(error: unknown): StageFailure {
  const message = error instanceof Error ? error.message : String(error);
  // The library prints "undefined" for a code that the protocol does not know.
  const word = /rejected connection.* - \(?(?!undefined)(\w+)/i.exec(message)?.[1] ?? '';
  if (/NotAllowed/i.test(word)) return failure('denied', ownCode('SOCKS_NOT_ALLOWED'), message);
  if (/authentication/i.test(message)) {
    return { ...failure('proxy-auth', ownCode('SOCKS_AUTH'), message), authSchemes: ['username/password'] };
  }
  if (word !== '') {
    return failure('proxy-error', `SOCKS_${word.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()}`, message);
  }
  if (/closed/i.test(message)) {
    return failure('proxy-error', ownCode('CLOSED'), 'the SOCKS server closed the connection instead of answering');
  }
  if (/timed out/i.test(message)) return failure('proxy-silent', ownCode('PROXY_TIMEOUT'), message);
  return failure('proxy-error', ownCode('NOT_SOCKS'), message);
}

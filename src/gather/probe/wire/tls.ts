import type { Socket } from 'node:net';
import { connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { familyOf } from '../../../core/values/address.ts';
import type { Deadline } from '../../../core/values/deadline.ts';
import type { TlsRecord } from '../../../core/model/probe-records.ts';
import type { SocketSet } from './tcp.ts';
import type { Trust } from './trust.ts';
import { codeOf } from '../../system/errors.ts';
import { failure, waitFor, type StageFailure, type StageResult } from './wait.ts';
import { ownCode } from '../../../core/model/reason.ts';

export interface Handshake {
  readonly socket: TLSSocket;
  readonly record: TlsRecord;
}

/** Limits a chain whose certificates name each other as issuers. */
const MAX_CHAIN_LENGTH = 12;

/**
 * TLS over a connected socket. A chain that is not trusted is a value too (`record.trusted` is false): the caller decides,
 * and sends nothing over it.
 */
export async function handshake(
  socket: Socket,
  host: string,
  trust: Trust,
  sockets: SocketSet,
  deadline: Deadline,
  signal: AbortSignal,
): Promise<StageResult<Handshake>> {
  const tls = sockets.add(
    connect({
      socket,
      // RFC 6066 section 3: no literal addresses in SNI, no trailing dot.
      ...(familyOf(host) === null ? { servername: host.replace(/\.$/, '') } : { servername: '' }),
      // The identity is checked against this name, also for an address.
      host,
      secureContext: trust.context,
      ALPNProtocols: ['http/1.1'],
      rejectUnauthorized: false,
    }),
  );
  const late = failure('stalled', ownCode('TLS_TIMEOUT'), 'connected, but the TLS handshake was not answered in time');
  return waitFor<Handshake>(deadline, signal, late, (done) => {
    const onSecure = (): void => done({ ok: true, value: { socket: tls, record: describe(tls, host, trust) } });
    const onError = (error: Error): void => done(classify(error));
    const onClose = (): void => done(failure('cut', ownCode('CLOSED'), 'closed during the TLS handshake'));
    tls.once('secureConnect', onSecure).once('error', onError).once('close', onClose);
    return () => tls.off('secureConnect', onSecure).off('error', onError).off('close', onClose);
  });
}

function classify(error: Error): StageFailure {
  const code = codeOf(error);
  const cut = ['ECONNRESET', 'EPIPE', 'ECONNABORTED'].includes(code);
  return failure(cut ? 'cut' : 'tls-failed', code.slice(0, 80), error.message.split('\n')[0] ?? null);
}

function describe(tls: TLSSocket, host: string, trust: Trust): TlsRecord {
  const chain = chainOf(tls.getPeerCertificate(true));
  const [leaf] = chain;
  const last = chain.at(-1);
  const selfSigned = last !== undefined && last.issuerCertificate === last;
  return {
    version: tls.getProtocol() ?? 'unknown',
    alpn: tls.alpnProtocol || null,
    subject: leaf ? nameOf(leaf.subject) : '',
    issuer: leaf ? nameOf(leaf.issuer) : '',
    fingerprint256: leaf?.fingerprint256 ?? '',
    validFrom: leaf ? isoDate(leaf.valid_from) : '',
    validTo: leaf ? isoDate(leaf.valid_to) : '',
    trusted: tls.authorized,
    ...(tls.authorized && trust.isByOwnRoot(chain) ? { byOwnRoot: true } : {}),
    trustedByPms: trust.trustedByPms(chain, host),
    anchor: {
      subject: last ? nameOf(selfSigned ? last.subject : last.issuer) : '',
      fingerprint256: selfSigned ? last.fingerprint256 : null,
    },
    // Node types this as Error, and gives OpenSSL's word as a string.
    error: tls.authorized ? null : String(tls.authorizationError),
  };
}

/** The certificates from the endpoint's to the last one known; Node links the root to itself. */
function chainOf(leaf: DetailedPeerCertificate): DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = [];
  let next: DetailedPeerCertificate | undefined = leaf;
  while (next?.raw && chain.length < MAX_CHAIN_LENGTH && !chain.includes(next)) {
    chain.push(next);
    next = next.issuerCertificate;
  }
  return chain;
}

function nameOf(name: Readonly<Partial<Record<'CN' | 'O' | 'OU', string | string[]>>> | undefined): string {
  const first = (value: string | string[] | undefined): string =>
    Array.isArray(value) ? (value[0] ?? '') : (value ?? '');
  const common = first(name?.CN);
  const organization = first(name?.O);
  if (common !== '' && organization !== '') return `${common} (${organization})`;
  return common || organization || first(name?.OU) || '(no name)';
}

function isoDate(text: string): string {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? text : new Date(ms).toISOString();
}

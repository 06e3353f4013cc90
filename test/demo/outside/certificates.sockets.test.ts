import { X509Certificate } from 'node:crypto';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { createAuthority, type Issued } from '../../../src/demo/outside/certificates.ts';

const root = createAuthority('Test Root');
const intermediate = root.issueAuthority('Test Intermediate');
const DAY_MS = 86_400_000;

/** A handshake over loopback: null when the client accepted the certificate, else its error code. */
async function handshake(issued: Issued, servername: string, ca: string, host?: string): Promise<string | null> {
  const server = createServer({ cert: issued.certificatePem, key: issued.keyPem }, (socket) => {
    socket.on('error', () => undefined);
    socket.end();
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on TCP');
  const code = await new Promise<string | null>((resolve) => {
    const name = host === undefined ? { servername } : {};
    const client: TLSSocket = connect({ host: '127.0.0.1', port: address.port, ca, ...name }, () => resolve(null));
    client.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    client.resume();
  });
  await new Promise((resolve) => server.close(resolve));
  return code;
}

const day = (offset: number): Date => new Date(Date.now() + offset * DAY_MS);

describe('a TLS client', () => {
  const other = createAuthority('Other Root');
  it.each<[string, Issued, string, string, string | null]>([
    ['accepts the name', root.issue(['plex.tv']), 'plex.tv', root.certificatePem, null],
    ['accepts the second name', root.issue(['plex.tv', 'a.example']), 'a.example', root.certificatePem, null],
    ['accepts a wildcard', root.issue(['*.plex.tv']), 'v4.plex.tv', root.certificatePem, null],
    ['accepts through an intermediate', intermediate.issue(['plex.tv']), 'plex.tv', root.certificatePem, null],
    [
      'accepts through two intermediates',
      intermediate.issueAuthority('Lower').issue(['plex.tv']),
      'plex.tv',
      root.certificatePem,
      null,
    ],
    [
      'refuses a name that a wildcard does not cover',
      root.issue(['*.plex.tv']),
      'plex.tv',
      root.certificatePem,
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    [
      'refuses another root',
      root.issue(['plex.tv']),
      'plex.tv',
      other.certificatePem,
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    [
      'refuses an expired one',
      root.issue(['plex.tv'], { notBefore: day(-9), notAfter: day(-1) }),
      'plex.tv',
      root.certificatePem,
      'CERT_HAS_EXPIRED',
    ],
    [
      'refuses one of tomorrow',
      root.issue(['plex.tv'], { notBefore: day(1) }),
      'plex.tv',
      root.certificatePem,
      'CERT_NOT_YET_VALID',
    ],
    [
      'accepts one that ends after 2050',
      root.issue(['plex.tv'], { notAfter: new Date('2061-02-03T04:05:06Z') }),
      'plex.tv',
      root.certificatePem,
      null,
    ],
  ])('%s', async (_, issued, name, ca, expected) => {
    expect(await handshake(issued, name, ca)).toBe(expected);
  });

  it('accepts an address', async () => {
    expect(await handshake(root.issue(['127.0.0.1', '::1']), '', root.certificatePem, '127.0.0.1')).toBeNull();
  });
});

describe('the certificate', () => {
  const leaf = new X509Certificate(
    root.issue(['plex.tv', '*.plex.direct', '192.0.2.1', '2001:db8::1'], { notAfter: new Date('2049-12-31T23:59:59Z') })
      .certificatePem,
  );
  it.each<[string, unknown, unknown]>([
    [
      'lists every name',
      leaf.subjectAltName,
      'DNS:plex.tv, DNS:*.plex.direct, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1',
    ],
    ['takes the first name as its subject', leaf.subject, 'CN=plex.tv'],
    ['names its issuer', leaf.issuer, 'CN=Test Root'],
    ['is for servers', leaf.keyUsage, ['1.3.6.1.5.5.7.3.1']],
    ['is no authority', leaf.ca, false],
    ['is signed by its issuer', leaf.verify(new X509Certificate(root.certificatePem).publicKey), true],
    ['points to its issuer by key and name', leaf.checkIssued(new X509Certificate(root.certificatePem)), true],
    ['ends when asked', leaf.validTo, 'Dec 31 23:59:59 2049 GMT'],
  ])('%s', (_, actual, expected) => {
    expect(actual).toEqual(expected);
  });

  it('counts validity from the given moment', () => {
    const past = createAuthority('Past Root', new Date('2020-06-01T00:00:00Z'));
    expect(new X509Certificate(past.issue(['plex.tv']).certificatePem).validFrom).toBe('May 31 00:00:00 2020 GMT');
  });
});

import { once } from 'node:events';
import { connect, createServer, type DetailedPeerCertificate, type PeerCertificate } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { createAuthority, type Issued } from '../../../../src/demo/outside/certificates.ts';
import { listen } from '../../../../src/demo/system/listening.ts';
import { createTrust, parseBundle } from '../../../../src/gather/probe/wire/trust.ts';

const HOST = 'plex.test';
const DAY_MS = 86_400_000;
const root = createAuthority('Root');
const other = createAuthority('Other Root');
const intermediate = root.issueAuthority('Intermediate');

/** The chain as a client of a server with this certificate gets it. */
async function presented({ certificatePem, keyPem }: Issued): Promise<readonly PeerCertificate[]> {
  const server = await listen(createServer({ cert: certificatePem, key: keyPem }));
  const socket = connect({ port: server.port, host: '127.0.0.1', servername: HOST, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const chain: PeerCertificate[] = [];
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (next?.raw && !chain.includes(next)) {
    chain.push(next);
    next = next.issuerCertificate;
  }
  socket.destroy();
  await server.close();
  return chain;
}

describe("PMS's own bundle", () => {
  const past = { notBefore: new Date(Date.now() - 20 * DAY_MS), notAfter: new Date(Date.now() - DAY_MS) };
  const future = { notBefore: new Date(Date.now() + DAY_MS), notAfter: new Date(Date.now() + 20 * DAY_MS) };
  const { certificatePem: pem } = root;

  it.each<[string, Issued, string, string, boolean]>([
    ['its root', root.issue([HOST]), pem, HOST, true],
    ['its root, among others', root.issue([HOST]), other.certificatePem + pem, HOST, true],
    ['its root behind an intermediate', intermediate.issue([HOST]), pem, HOST, true],
    ['another root', root.issue([HOST]), other.certificatePem, HOST, false],
    ['a root of the same name', createAuthority('Root').issue([HOST]), pem, HOST, false],
    ['another name', root.issue([HOST]), pem, 'other.test', false],
    ['a wildcard', root.issue(['*.plex.test']), pem, 'app.plex.test', true],
    ['an address', root.issue(['127.0.0.1']), pem, '127.0.0.1', true],
    ['expired', root.issue([HOST], past), pem, HOST, false],
    ['not yet valid', root.issue([HOST], future), pem, HOST, false],
    ['an empty bundle', root.issue([HOST]), '', HOST, false],
    [
      'a bundle with a broken block',
      root.issue([HOST]),
      `-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n${pem}`,
      HOST,
      true,
    ],
  ])('%s', async (_, issued, bundle, host, trusted) => {
    expect(createTrust(null, bundle).trustedByPms(await presented(issued), host)).toBe(trusted);
  });

  it('an intermediate that the server forgot', async () => {
    const { certificatePem, keyPem } = intermediate.issue([HOST]);
    const leafOnly = `${certificatePem.split('-----END CERTIFICATE-----')[0]}-----END CERTIFICATE-----\n`;
    const chain = await presented({ certificatePem: leafOnly, keyPem });
    expect(createTrust(null, pem).trustedByPms(chain, HOST)).toBe(false);
  });

  it('says nothing without a bundle or a chain', async () => {
    expect(createTrust(null, null).trustedByPms(await presented(root.issue([HOST])), HOST)).toBeNull();
    expect(createTrust(null, pem).trustedByPms([], HOST)).toBeNull();
  });
});

describe('parseBundle', () => {
  it.each<[string, string, number]>([
    ['nothing', '', 0],
    ['text', 'hello', 0],
    ['one', root.certificatePem, 1],
    ['two with comments', `# Root\n${root.certificatePem}\n# Other\n${other.certificatePem}`, 2],
    ['CRLF', root.certificatePem.replaceAll('\n', '\r\n'), 1],
    ['a block without end', `${root.certificatePem}-----BEGIN CERTIFICATE-----\nAAAA`, 1],
  ])('%s', (_, pem, count) => {
    expect(parseBundle(pem)).toHaveLength(count);
  });
});

import { X509Certificate } from 'node:crypto';
import {
  checkServerIdentity,
  createSecureContext,
  rootCertificates,
  type PeerCertificate,
  type SecureContext,
} from 'node:tls';

/**
 * Roots that certificates are verified against: the public ones (Mozilla's, which Node carries) plus the user's `--ca`, and apart from
 * them PMS's own bundle, because PMS may reject a chain that all other programs accept.
 */
export interface Trust {
  readonly context: SecureContext;
  /** Verifies a presented chain, endpoint's certificate first, against PMS's bundle; null without one. */
  trustedByPms(chain: readonly PeerCertificate[], host: string): boolean | null;
  /** Whether a chain that was accepted ends at a root of `--ca`. */
  isByOwnRoot(chain: readonly PeerCertificate[]): boolean;
}

/** @param extraRootsPem PEM of `--ca`. @param pmsBundlePem PEM of PMS's `Resources/cacert.pem`. */
export function createTrust(extraRootsPem: string | null, pmsBundlePem: string | null): Trust {
  // Listed explicitly: Node's default would add NODE_EXTRA_CA_CERTS, in which companies put the root of their interceptor.
  const extraRoots = parseBundle(extraRootsPem ?? '');
  const context = createSecureContext({ ca: [...rootCertificates, ...extraRoots.map(String)] });
  const roots = pmsBundlePem === null ? null : parseBundle(pmsBundlePem);
  const endsAtOwn = remembered(extraRoots);
  const endsAtPms = remembered(roots ?? []);
  return {
    context,
    isByOwnRoot: (chain) => extraRoots.length > 0 && endsAtOwn(chain),
    trustedByPms(chain, host) {
      const leaf = chain[0];
      if (roots === null || leaf === undefined) return null;
      return checkServerIdentity(host, leaf) === undefined && endsAtPms(chain);
    },
  };
}

/** An endpoint shows the same chain on each route. */
function remembered(roots: readonly X509Certificate[]): (chain: readonly PeerCertificate[]) => boolean {
  const verdicts = new Map<string, boolean>();
  return (chain) => {
    const key = chain.map(({ fingerprint256 }) => fingerprint256).join(' ');
    const verdict = verdicts.get(key) ?? endsAt(roots, chain);
    verdicts.set(key, verdict);
    return verdict;
  };
}

/** The certificates of a PEM file. One that cannot be read is left out, as OpenSSL's loader would stop at it. */
export function parseBundle(pem: string): readonly X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      return [];
    }
  });
}

/** Path validation, as far as needed here: valid dates, each certificate signed by the next, the last one's issuer among the roots. */
function endsAt(roots: readonly X509Certificate[], chain: readonly PeerCertificate[]): boolean {
  const now = Date.now();
  const certificates = chain.map((certificate) => new X509Certificate(certificate.raw));
  for (const [index, certificate] of certificates.entries()) {
    if (Date.parse(certificate.validFrom) > now || Date.parse(certificate.validTo) < now) return false;
    if (roots.some((root) => root.fingerprint256 === certificate.fingerprint256)) return true;
    if (roots.some((root) => certificate.checkIssued(root) && certificate.verify(root.publicKey))) return true;
    const issuer = certificates[index + 1];
    if (!issuer || !certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) return false;
  }
  return false;
}

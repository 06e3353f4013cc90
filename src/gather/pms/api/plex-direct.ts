import { checkServerIdentity, rootCertificates, type PeerCertificate } from 'node:tls';
import { familyOf } from '../../../core/values/address.ts';
import { parseBundle } from '../../probe/wire/trust.ts';

/** The certificate of a PMS is for `*.<32 hex>.plex.direct`, whatever address it is reached at (Plex support article 206225077). */
const PLEX_DIRECT = /DNS:\*\.([0-9a-f]{32})\.plex\.direct(?=,|$)/gi;

/** The roots that a connection to PMS is verified against: the public ones and those of `--ca`, never those of our environment. */
export function rootsFor(extraRootsPem: string | null): string[] {
  return [...rootCertificates, ...parseBundle(extraRootsPem ?? '').map(String)];
}

/**
 * Checks the name of a certificate whose chain has been verified. At a bare address, PMS's own certificate counts as well: the name
 * `<address with dashes>.<hash>.plex.direct`, with the hash of the certificate, resolves to that address.
 * @param certificateId hash that is known to be this PMS's; null accepts that of any PMS.
 */
export function checkPmsIdentity(
  host: string,
  certificate: PeerCertificate,
  certificateId: string | null,
): Error | undefined {
  const asNamed = checkServerIdentity(host, certificate);
  if (asNamed === undefined || familyOf(host) === null) return asNamed;
  const ids = [...(certificate.subjectaltname ?? '').matchAll(PLEX_DIRECT)].map(([, id = '']) => id.toLowerCase());
  const id = certificateId === null ? ids[0] : ids.find((each) => each === certificateId.toLowerCase());
  if (id === undefined) return asNamed;
  return checkServerIdentity(`${host.replace(/%.*$/, '').replace(/[.:]+/g, '-')}.${id}.plex.direct`, certificate);
}

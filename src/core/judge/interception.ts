import type { Endpoint } from '../model/endpoint.ts';
import type { AttemptRecord, TlsRecord } from '../model/probe-records.ts';
import type { Route } from '../model/outcome.ts';

/** OpenSSL's codes for a chain without a trusted root; others (expired, wrong name) say nothing about interception. */
const UNKNOWN_ROOT = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
]);

/**
 * Untrusted becomes intercepted when interception is shown: the other route ends at another root, or (on the proxy route,
 * with nothing to compare) the chain ends at a root that is not public. Never by the issuer's name.
 */
export function markInterception(
  records: readonly AttemptRecord[],
  other: readonly AttemptRecord[],
  route: Route,
): readonly AttemptRecord[] {
  const reference = other.map((r) => r.tls).filter((tls) => tls !== null);
  return records.map((r) =>
    r.outcome === 'tls-untrusted' && r.tls !== null && isInterception(r.tls, reference, route)
      ? { ...r, outcome: 'intercepted' }
      : r,
  );
}

function isInterception(tls: TlsRecord, reference: readonly TlsRecord[], route: Route): boolean {
  if (reference.length === 0) return route === 'proxy' && UNKNOWN_ROOT.has(tls.error ?? '');
  if (reference.some((r) => sameAnchor(r, tls))) return false;
  // Two unknown roots: the definition names the proxied chain; the direct one stays merely untrusted.
  return route === 'proxy' || reference.some((r) => r.trusted);
}

export function sameAnchor(a: TlsRecord, b: TlsRecord): boolean {
  if (a.fingerprint256 === b.fingerprint256) return true;
  return a.anchor.fingerprint256 !== null && b.anchor.fingerprint256 !== null
    ? a.anchor.fingerprint256 === b.anchor.fingerprint256
    : a.anchor.subject === b.anchor.subject;
}

/**
 * Tells direct attempts that one and the same authority decrypts, where no proxy's answer is there to compare them with: no public
 * authority vouches for any endpoint, one that is not public does for endpoints of several owners, and PMS does not know it either.
 */
export function decryptedDirectly(
  endpoints: readonly Pick<Endpoint, 'id' | 'host'>[],
  direct: readonly AttemptRecord[],
): (record: AttemptRecord) => boolean {
  const presented = direct.flatMap(({ endpoint, tls }) => (tls === null ? [] : [{ endpoint, tls }]));
  const [first] = presented;
  if (first === undefined) return () => false;
  const isOne = presented.every(({ tls }) => isForeign(tls) && sameAnchor(tls, first.tls));
  const hosts = new Map(endpoints.map(({ id, host }) => [id, host]));
  const owners = new Set(presented.map(({ endpoint }) => ownerOf(hosts.get(endpoint) ?? '')));
  const isShown = isOne && owners.size >= OWNERS;
  return ({ outcome }) => isShown && outcome === 'tls-untrusted';
}

/** Owners of names that would not have a private authority in common. */
const OWNERS = 2;

/** A name that does not match says nothing of the authority, but the authority is judged with it: OpenSSL reports the chain first. */
function isForeign({ trusted, trustedByPms, error }: TlsRecord): boolean {
  return !trusted && trustedByPms !== true && UNKNOWN_ROOT.has(error ?? '');
}

/** plex.tv and plexapp.com are of one owner. */
function ownerOf(host: string): string {
  const domain = host.split('.').slice(-2).join('.');
  return domain.startsWith('plex') ? 'plex' : domain;
}

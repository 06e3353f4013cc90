/** How many certificates a PEM bundle holds (RFC 7468 section 2): complete BEGIN/END pairs only. */
export function countCertificates(pem: string): number {
  return pem.match(/^-----BEGIN CERTIFICATE-----\s[^-]*-----END CERTIFICATE-----/gm)?.length ?? 0;
}

/** The name that all rotations of a log share: `access.log` for `access.log.2.gz`, `access.log-20261122` and `access.log`. */
export function familyName(name: string): string {
  return name.replace(/\.gz$/i, '').replace(/(?:[.-]\d{1,14})+$/, '');
}

import type { Wanted } from './lists.ts';

interface Acl {
  readonly type: string;
  readonly values: string[];
}

/** Judges a request by `acl` and `http_access` lines as Squid does: the first line of which all words hold decides. */
export function squidAllows(lines: readonly string[], { host, scheme, port }: Wanted): boolean {
  const acls = new Map<string, Acl>();
  for (const line of lines) {
    const [word, name = '', type = '', ...values] = line.split(/\s+/);
    if (word !== 'acl') continue;
    const known = acls.get(name) ?? { type, values: [] };
    known.values.push(...values.filter((value) => !value.startsWith('-')));
    acls.set(name, known);
  }
  const literal = host.includes(':') ? `[${host}]` : host;
  const holds = (name: string): boolean => {
    if (name.startsWith('!')) return !holds(name.slice(1));
    const acl = acls.get(name);
    if (acl === undefined) throw new Error(`no such acl: ${name}`);
    switch (acl.type) {
      case 'src':
        return true;
      case 'method':
        return scheme === 'https';
      case 'port':
        return acl.values.includes(String(port));
      case 'dstdomain':
        return acl.values.some((value) => (value.startsWith('.') ? `.${host}`.endsWith(value) : value === literal));
      case 'dstdom_regex':
        return acl.values.some((value) => new RegExp(value, 'i').test(literal));
      default:
        throw new Error(`no such type: ${acl.type}`);
    }
  };
  return lines
    .filter((line) => line.startsWith('http_access allow '))
    .some((line) => line.split(/\s+/).slice(2).every(holds));
}

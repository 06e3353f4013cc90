import { addressBytes } from '../core/values/address.ts';
import { parseUrl } from '../core/values/url.ts';

export type HostNameResult =
  | { readonly ok: true; readonly host: string }
  | { readonly ok: false; readonly expected: string; readonly todo: string };

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** Reads a host as an administrator writes it: a name, `*.name`, or an address. Gives it in lower case, without a final dot. */
export function parseHostName(value: string): HostNameResult {
  const problem = misplaced(value);
  if (problem) return { ok: false, expected: 'a bare host name', todo: problem };
  const host = value.toLowerCase().replace(/\.$/, '');
  if (/[^\p{ASCII}]/u.test(host)) {
    const converted = asPunycode(host);
    const todo = converted ? `write "${converted}"` : 'convert it to punycode';
    return { ok: false, expected: 'a host name in ASCII (punycode)', todo };
  }
  if (addressBytes(host) !== null) return { ok: true, host };
  const labels = host.replace(/^\*\./, '').split('.');
  // RFC 1123 section 2.1: a name is told from an address by a last label that is not all digits.
  const valid = host.length <= 253 && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '');
  if (valid) return { ok: true, host };
  return {
    ok: false,
    expected: 'a host name, *.name or an IP address',
    todo: 'use letters, digits, hyphens and dots; a star only as the first label',
  };
}

/** The part that does not belong into a host name; null when there is none. */
function misplaced(value: string): string | null {
  if (value.includes('@')) return 'remove the user information';
  const schemed = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(value);
  if (schemed) return `write only "${schemed[1] ?? ''}" and use the keys scheme, port and path`;
  if (/[/?#]/.test(value)) return 'use the key path for the path';
  if (/^\[.*\]/.test(value)) return 'write the IPv6 address without brackets';
  const ported = /^([^:]+):(\d+)$/.exec(value);
  return ported ? `write "${ported[1]}" and use the key port` : null;
}

function asPunycode(host: string): string | null {
  return parseUrl(`http://${host}/`)?.hostname ?? null;
}

import type { RequestResult, RequestTarget } from '../../entry.ts';
import { hostOf, textOf } from '../../text.ts';
import { readAuthority, readPseudo } from '../../uri.ts';
import type { Quoting } from './logformat.ts';
import { parseHierarchy, parseResultTag } from './tags.ts';
import { SLOT } from './values.ts';

/** The texts that a key was made of, by slot. */
export type Values = ReadonlyMap<number, Uint8Array | undefined>;

/** From scheme and authority of the URL, and from the fields for host, port, scheme and SNI. */
export function readTarget(
  urlScheme: Uint8Array | undefined,
  authority: Uint8Array | undefined,
  values: Values,
): Omit<RequestTarget, 'scheme'> & { readonly scheme: string | null } {
  const scheme = (wordOf(urlScheme) ?? wordOf(values.get(SLOT.scheme)))?.toLowerCase() ?? null;
  const pseudo = authority && urlScheme?.length === 0 ? readPseudo(authority) : null;
  const inUrl = authority && wordOf(authority) !== null && pseudo === null ? readAuthority(authority, scheme) : null;
  return {
    host: inUrl ? inUrl.host : hostOf(wordOf(values.get(SLOT.host)) ?? ''),
    port: inUrl ? inUrl.port : numberOf(values.get(SLOT.port)),
    pseudo,
    sni: hostOf(wordOf(values.get(SLOT.sni)) ?? ''),
    scheme,
  };
}

export function readResult(values: Values): RequestResult {
  const word = (slot: number): string | null => wordOf(values.get(slot));
  return {
    method: word(SLOT.method) ?? '-',
    result: parseResultTag(word(SLOT.tag) ?? ''),
    status: numberOf(values.get(SLOT.status)),
    hierarchy: parseHierarchy(word(SLOT.hierarchy) ?? ''),
    error: /^[A-Z][A-Z0-9_]{1,63}/.exec(word(SLOT.error) ?? '')?.[0] ?? null,
    bumpMode: word(SLOT.bumpMode)?.toLowerCase() ?? null,
  };
}

/** A user agent without the escapes of its field (src/format/Format.cc, src/format/Quoting.cc); null when there was none. */
export function readUserAgent([agent]: readonly Uint8Array[], quoting: Quoting): string | null {
  const text = wordOf(agent);
  if (text === null || quoting === 'raw') return text;
  const inner = quoting === 'shell' ? text.replace(/^"(.*)"$/s, '$1') : text;
  const unescaped = quoting === 'none' || quoting === 'url' ? inner : inner.replace(/\\(.)/gs, '$1');
  if (quoting === 'quotes' || quoting === 'shell') return unescaped;
  return unescaped.replace(/(?:%[\da-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString());
}

/** null for an empty value and for a dash. */
function wordOf(bytes: Uint8Array | undefined): string | null {
  const text = bytes ? textOf(bytes, 0, bytes.length) : '';
  return text === '' || text === '-' ? null : text;
}

function numberOf(bytes: Uint8Array | undefined): number | null {
  const digits = wordOf(bytes);
  return digits === null ? null : Number(digits);
}

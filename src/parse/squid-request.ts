import type { Quoting } from './squid-logformat.ts';
import { parseHierarchy, parseResultTag, type ResultTag } from './squid-tags.ts';
import { readAuthority, readPseudo } from './squid-uri.ts';
import { hostOf, textOf } from './squid-values.ts';

/**
 * What a log says about one kind of request: one entry for each client, method, scheme, host, port, result, status, way, error,
 * SNI, bump mode and user agent that differ. Nothing of paths, queries, users or other headers.
 */
export interface AccessEntry extends RequestTarget, RequestResult {
  /** The client's address (or its name, where the log has names), lower case; null when it is not logged. */
  readonly client: string | null;
  /** Addresses that Squid connected to, the first 16 of them. */
  readonly serverAddresses: readonly string[];
  readonly userAgent: string | null;
  readonly count: number;
  /** Milliseconds since the epoch of the lines; Squid writes a line when the request ends, for CONNECT when the tunnel closes. */
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  /** Sent to the client, all requests together; null: not logged. */
  readonly bytes: number | null;
}

export interface RequestTarget {
  /** Lower case, without brackets and final dot. null: the request names no host. */
  readonly host: string | null;
  /** The port given, else that of the scheme. */
  readonly port: number | null;
  /** What Squid logs instead of a URL when there was no proper request: `error:transaction-end-before-headers`. */
  readonly pseudo: string | null;
  readonly sni: string | null;
  /** `https` for CONNECT: what a client tunnels is TLS. null for other schemes and when it is not logged. */
  readonly scheme: 'https' | 'http' | null;
}

export interface RequestResult {
  /** As logged; `-` when there was none or the format lacks it. */
  readonly method: string;
  /** null: the format lacks `%Ss`. */
  readonly result: ResultTag | null;
  /** Sent to the client. 0: none was sent. null: not logged. */
  readonly status: number | null;
  /** `HIER_DIRECT`, `HIER_NONE`, `FIRSTUP_PARENT`, …; null: not logged. */
  readonly hierarchy: string | null;
  /** `ERR_DNS_FAIL` and the like, from `%err_code` or the reply's X-Squid-Error. */
  readonly error: string | null;
  readonly bumpMode: string | null;
}

/** Stands before each part of a key; no line has it in it. */
export const SEPARATOR = 0x0a;

/** Takes apart the key that EntryTable builds: the mark of a pseudo-URL, scheme and authority of the URL, host, port, scheme, SNI. */
export function readTarget(key: Uint8Array): Omit<RequestTarget, 'scheme'> & { readonly scheme: string | null } {
  const [mark, urlScheme, authority, host, port, ownScheme, sni] = partsOf(key);
  const scheme = (wordOf(urlScheme) ?? wordOf(ownScheme))?.toLowerCase() ?? null;
  const name = wordOf(authority);
  const pseudo = mark?.length === 1 && authority ? readPseudo(authority) : null;
  const inUrl = authority && name !== null && pseudo === null ? readAuthority(authority, scheme) : null;
  return {
    host: inUrl ? inUrl.host : hostOf(wordOf(host) ?? ''),
    port: inUrl ? inUrl.port : numberOf(wordOf(port)),
    pseudo,
    sni: hostOf(wordOf(sni) ?? ''),
    scheme,
  };
}

/** The same for method, result, status, way, error and bump mode. */
export function readResult(key: Uint8Array): RequestResult {
  const [, method, tag, status, hierarchy, error, bumpMode] = partsOf(key).map(wordOf);
  return {
    method: method ?? '-',
    result: parseResultTag(tag ?? ''),
    status: numberOf(status ?? null),
    hierarchy: parseHierarchy(hierarchy ?? ''),
    error: /^[A-Z][A-Z0-9_]{1,63}/.exec(error ?? '')?.[0] ?? null,
    bumpMode: bumpMode?.toLowerCase() ?? null,
  };
}

export function schemeOf(method: string, scheme: string | null): 'https' | 'http' | null {
  if (method === 'CONNECT') return 'https';
  return scheme === 'https' || scheme === 'http' ? scheme : null;
}

/** A user agent without the escapes of its field (src/format/Quoting.cc); null when there was none. */
export function readUserAgent(key: Uint8Array, quoting: Quoting): string | null {
  const text = wordOf(key);
  if (text === null || quoting === 'raw') return text;
  if (quoting === 'quotes' || quoting === 'shell') {
    return text.replace(/^"(.*)"$/s, quoting === 'shell' ? '$1' : '$&').replace(/\\(.)/gs, '$1');
  }
  const bytes = text.replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return bytes.replace(/[\p{Cc}]/gu, ' ');
}

function partsOf(key: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let from = 0; from <= key.length;) {
    const found = key.indexOf(SEPARATOR, from);
    const end = found < 0 ? key.length : found;
    parts.push(key.subarray(from, end));
    from = end + 1;
  }
  return parts;
}

/** null for an empty value and for a dash. */
function wordOf(bytes: Uint8Array | undefined): string | null {
  const text = bytes ? textOf(bytes, 0, bytes.length) : '';
  return text === '' || text === '-' ? null : text;
}

function numberOf(digits: string | null): number | null {
  return digits === null ? null : Number(digits);
}

import type { Quoting } from './squid-logformat.ts';
import { parseHierarchy, parseResultTag, type ResultTag } from './squid-tags.ts';
import { readAuthority, readPseudo } from './squid-uri.ts';
import { hostOf, SLOT, textOf } from './squid-values.ts';

/**
 * What a log says about one kind of request: one entry for each client, method, scheme, host, port, result, status, way, error,
 * SNI, bump mode and user agent that differ. Nothing of paths, queries, users or other headers.
 */
export interface AccessEntry extends RequestTarget, RequestResult {
  /** The client's address (or its name, where the log has names), lower case; null when it is not logged. */
  readonly client: string | null;
  /** Addresses that Squid connected to, the first 4 of them. */
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

/** What a key was made of, by slot. */
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

export function schemeOf(method: string, scheme: string | null): 'https' | 'http' | null {
  if (method === 'CONNECT') return 'https';
  return scheme === 'https' || scheme === 'http' ? scheme : null;
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

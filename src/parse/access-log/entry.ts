/** A result code (`%Ss` of Squid) in its parts: `TCP_CF_MISS_ABORTED` is TCP, MISS, [CF, ABORTED]. */
export interface ResultTag {
  /** TCP, UDP, ICP, or NONE when no request got as far as that. */
  readonly protocol: string;
  readonly tag: string;
  readonly flags: readonly string[];
}

/**
 * A log's record of one kind of request: one entry for each client, method, scheme, host, port, result, status, way, error,
 * SNI, bump mode and user agent that differ. Paths, queries, users and other headers are not kept.
 */
export interface AccessEntry extends RequestTarget, RequestResult {
  /** The client's address (or its name, where the log has names), lower case; null when it is not logged. */
  readonly client: string | null;
  /** Addresses that the proxy connected to, the first 4 of them. */
  readonly serverAddresses: readonly string[];
  readonly userAgent: string | null;
  readonly count: number;
  /** Milliseconds since the epoch of the lines; most proxies write a line when the request ends, for CONNECT when the tunnel closes. */
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
  /** Squid's word in place of a URL when there was no proper request: `error:transaction-end-before-headers`. */
  readonly pseudo: string | null;
  readonly sni: string | null;
  /** `https` for CONNECT: what a client tunnels is TLS. null for other schemes and when it is not logged. */
  readonly scheme: 'https' | 'http' | null;
}

export interface RequestResult {
  /** As logged; `-` when there was none or the format lacks it. */
  readonly method: string;
  /** null: the format has no such code. */
  readonly result: ResultTag | null;
  /** Sent to the client. 0: none was sent. null: not logged. */
  readonly status: number | null;
  /** `HIER_DIRECT`, `HIER_NONE`, `FIRSTUP_PARENT`, …; null: not logged. */
  readonly hierarchy: string | null;
  /** `ERR_DNS_FAIL` and the like. */
  readonly error: string | null;
  readonly bumpMode: string | null;
}

export function schemeOf(method: string, scheme: string | null): 'https' | 'http' | null {
  if (method === 'CONNECT') return 'https';
  return scheme === 'https' || scheme === 'http' ? scheme : null;
}

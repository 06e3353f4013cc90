import { outcomeOfConnectRefusal } from '../../core/model/connect-refusal.ts';
import type { Outcome, Route } from '../../core/model/outcome.ts';

/** Names of libcurl's codes (curl's include/curl/curl.h) that a log of PMS can hold. */
const CURL_NAMES: ReadonlyMap<number, string> = new Map([
  [0, 'no code'],
  [1, 'CURLE_UNSUPPORTED_PROTOCOL'],
  [3, 'CURLE_URL_MALFORMAT'],
  [5, 'CURLE_COULDNT_RESOLVE_PROXY'],
  [6, 'CURLE_COULDNT_RESOLVE_HOST'],
  [7, 'CURLE_COULDNT_CONNECT'],
  [8, 'CURLE_WEIRD_SERVER_REPLY'],
  [16, 'CURLE_HTTP2'],
  [18, 'CURLE_PARTIAL_FILE'],
  [22, 'CURLE_HTTP_RETURNED_ERROR'],
  [23, 'CURLE_WRITE_ERROR'],
  [26, 'CURLE_READ_ERROR'],
  [28, 'CURLE_OPERATION_TIMEDOUT'],
  [35, 'CURLE_SSL_CONNECT_ERROR'],
  [42, 'CURLE_ABORTED_BY_CALLBACK'],
  [45, 'CURLE_INTERFACE_FAILED'],
  [47, 'CURLE_TOO_MANY_REDIRECTS'],
  [51, 'CURLE_PEER_FAILED_VERIFICATION'],
  [52, 'CURLE_GOT_NOTHING'],
  [55, 'CURLE_SEND_ERROR'],
  [56, 'CURLE_RECV_ERROR'],
  [58, 'CURLE_SSL_CERTPROBLEM'],
  [59, 'CURLE_SSL_CIPHER'],
  [60, 'CURLE_PEER_FAILED_VERIFICATION'],
  [61, 'CURLE_BAD_CONTENT_ENCODING'],
  [77, 'CURLE_SSL_CACERT_BADFILE'],
  [83, 'CURLE_SSL_ISSUER_ERROR'],
  [90, 'CURLE_SSL_PINNEDPUBKEYNOTMATCH'],
  [91, 'CURLE_SSL_INVALIDCERTSTATUS'],
  [92, 'CURLE_HTTP2_STREAM'],
  [95, 'CURLE_HTTP3'],
  [96, 'CURLE_QUIC_CONNECT_ERROR'],
  [97, 'CURLE_PROXY'],
]);

/** Outcomes that a code alone proves. 7 and 28 stand for too many troubles, and 56 is also the refusal of a CONNECT. */
const OUTCOME_OF_CODE: ReadonlyMap<number, Outcome> = new Map([
  [5, 'proxy-unreachable'],
  [6, 'unresolved'],
  [8, 'captive'],
  [16, 'cut'],
  [18, 'cut'],
  [22, 'ok'],
  [35, 'tls-failed'],
  [51, 'tls-untrusted'],
  [52, 'cut'],
  [55, 'cut'],
  [56, 'cut'],
  [58, 'tls-failed'],
  [59, 'tls-failed'],
  [60, 'tls-untrusted'],
  [83, 'tls-untrusted'],
  [90, 'tls-untrusted'],
  [91, 'tls-untrusted'],
  [92, 'cut'],
  [97, 'proxy-error'],
]);

/** The proxy's refusal of CONNECT, as curl 7 and 8 and Python's httplib word it. */
const CONNECT_REFUSED =
  /(?:HTTP code (\d{3}) from proxy|CONNECT tunnel failed, response (\d{3})|Tunnel connection failed: (\d{3}))/i;

/** Names the target of the connection; since 7.87 curl names the endpoint there, and the proxy behind `via`. */
const FAILED_TO_CONNECT = /failed to connect to (\S+) port \d{1,5}( via )?/i;

/**
 * Words that decide where the code does not, the first that fits. curl words a timeout by its stage (lib/multi.c): `Resolving`,
 * `Connection`, and `Operation` for all that comes later. `Failed to connect to <other>` is a connection to the proxy, since
 * that is the only other host curl connects to. "No route to host" is what the kernel says of a missing route and of ICMP "host
 * prohibited" alike: no word for it. Since 7.85 curl says "Couldn't connect to server" for every one of these. OpenSSL has no
 * error of its own (`error:00000000`) where the connection broke below it.
 */
const OUTCOME_OF_WORDS: readonly (readonly [RegExp, Outcome | null])[] = [
  [/resolv\w* proxy|connect to <other>|connect to proxy|port \d{1,5} via /i, 'proxy-unreachable'],
  [/proxy CONNECT aborted due to timeout/i, 'proxy-silent'],
  [/proxy CONNECT aborted/i, 'proxy-error'],
  [
    /resolving timed out|name lookup timed out|resolve host|name or service not known|name resolution|nodename nor servname|getaddrinfo failed/i,
    'unresolved',
  ],
  [/connection refused|actively refused/i, 'refused'],
  [/operation not permitted|permission denied|bad access/i, 'prohibited'],
  [/network (?:is )?unreachable/i, 'no-route'],
  [/no route to host/i, null],
  [/connect to \S+ port \d{1,5}\b.*: (?:timeout was reached|timed out)/i, 'no-reply'],
  [/SSL connection time-?out/i, 'stalled'],
  [/connection (?:timed out|time-?out)|connect\(\) timed out/i, 'no-reply'],
  [/operation timed out after|operation too slow/i, 'stalled'],
  [/connection (?:was )?reset|reset by peer|connection (?:was )?aborted|broken pipe/i, 'cut'],
  [/SSL_ERROR_(?:SYSCALL|ZERO_RETURN)|unexpected eof|unknown SSL protocol error|error:00000000/i, 'cut'],
  [/non-properly terminated|error in the pull function|server aborted the SSL handshake/i, 'cut'],
  [/certificate verify failed|certificate problem|unable to get local issuer|self[- ]signed/i, 'tls-untrusted'],
];

/** Codes that say less than the words do. */
const DECIDED_BY_WORDS = new Set([0, 7, 28, 35, 56, 97]);

/**
 * Name and outcome of a failure of curl; `outcome` is null where code and words do not tell it. `text` is that of a
 * `failed` end. 7 without words can be a refusal, a missing route or a packet filter; 28 without words a silence at any stage.
 */
export function curlErrorOf(code: number, text = ''): { readonly name: string; readonly outcome: Outcome | null } {
  const name = CURL_NAMES.get(code) ?? `curl ${code}`;
  const refusal = CONNECT_REFUSED.exec(text);
  if (refusal) return { name, outcome: outcomeOfConnectRefusal(Number(refusal[1] ?? refusal[2] ?? refusal[3] ?? '')) };
  const words = OUTCOME_OF_WORDS.find(([pattern]) => pattern.test(text));
  if (words && (DECIDED_BY_WORDS.has(code) || words[1] === 'cut')) return { name, outcome: words[1] };
  return { name, outcome: OUTCOME_OF_CODE.get(code) ?? null };
}

/** Codes and words that only a client of a proxy has. */
const PROXY_CODES = new Set([5, 97]);
const PROXY_WORDS = /resolv\w* proxy|connect to proxy|proxy CONNECT|SOCKS[45]/i;

/**
 * The route of a failed attempt, as far as its words tell: curl names the target of its connection, and resolves the endpoint
 * itself only where no proxy does. null: they do not tell. `text` is that of a `failed` end, in which every host but the
 * endpoint is `<other>`.
 */
export function routeOfFailure(code: number, text: string, host: string): Route | null {
  if (PROXY_CODES.has(code) || PROXY_WORDS.test(text) || CONNECT_REFUSED.test(text)) return 'proxy';
  const connecting = FAILED_TO_CONNECT.exec(text);
  if (connecting) return connecting[2] === undefined && connecting[1]?.toLowerCase() === host ? 'direct' : 'proxy';
  const resolving = code === 6 ? /resolve host:? '?([\w.-]+)/i.exec(text) : null;
  return resolving?.[1]?.toLowerCase() === host ? 'direct' : null;
}

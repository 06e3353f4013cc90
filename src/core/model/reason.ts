import * as z from 'zod/mini';
import { sentence } from './privacy.ts';
import { obj } from './schema.ts';

/**
 * The tool's own words for why something is missing, was not tried, or ended; scripts compare them and verdicts rest on them, so the list is
 * closed. The sentence is the default message. Words of others (errno, c-ares, libcurl, OpenSSL, Squid) stay as they are in `code` of attempts,
 * flows and lookups.
 */
export const REASONS = {
  // Not looked at: there is nothing to judge.
  NO_PROXY_CONFIGURED: 'no proxy is set anywhere',
  NOT_PROBED: 'nothing was probed in this run',
  NOT_WATCHED: "PMS's traffic was not watched in this run",
  NO_PMS_LOG: 'no log of PMS was read in this run',
  PMS_NOT_ASKED: 'PMS itself was not asked in this run',
  NO_EXPERIMENT: 'PMS was not asked to scan anything in this run',
  FILES_ONLY: 'only files were read: this needs the host of PMS',
  NO_TRAFFIC_FILE: 'none of the files is a capture or an access log',
  NOT_IN_CATALOGUE: 'the list of endpoints has none of this kind',
  // The run itself.
  INTERRUPTED: 'interrupted before it ended',
  BUDGET_SPENT: 'the budget of the run was spent before this ended',
  OTHER: 'another reason; see the message',
  // Files and processes.
  ENOENT: 'it does not exist',
  EACCES: 'this user may not read it',
  EISDIR: 'it is not a regular file',
  EFBIG: 'it is larger than this tool reads',
  ESRCH: 'the process has ended',
  EXIT: 'the program that was asked failed',
  MALFORMED: 'it is malformed',
  // Sources of settings.
  NO_SETTINGS: 'no source of proxy settings could be used',
  SETTINGS_UNKNOWN: 'the environment of PMS could not be read, and no other source shows its settings',
  BAD_PROXY_VALUE: 'the address of the proxy cannot be read',
  NO_PROCFS: 'this system does not show the environment of other processes in files',
  NO_CONTAINER: 'PMS does not run in a container that this machine knows',
  NO_UNIT: 'there is no such unit file on this machine',
  NO_MANAGER: 'this file does not hold the variables that a service manager passes on',
  MASKED: 'the unit is masked',
  UNRESOLVED: 'a name does not resolve, or the files do not explain a specifier',
  OVERWRITTEN: 'the process has written its title over its environment',
  // PMS itself.
  PMS_NOT_RUNNING: 'PMS did not run',
  NO_PROGRAM: "the path of PMS's program is not known",
  NO_VERSION: 'the library does not say which version of libcurl it holds',
  REPLACED: 'PMS was replaced on disk while it ran',
  NO_DATA_DIRECTORY: "PMS's data directory was not found",
  NO_TOKEN: "PMS's data directory holds no token",
  TOKEN_NOT_LOOKED_FOR: "this machine's own tokens are not sent to a PMS elsewhere",
  REGISTRY: 'Windows keeps the token in the registry, which is not read',
  NO_SECTIONS: 'PMS did not list its libraries',
  NO_LIBRARY: 'PMS has no library to scan',
  // Watching.
  LINUX_ONLY: 'the connections of PMS can be watched on Linux only',
  NEEDS_ROOT: 'this needs root',
  TCPDUMP_MISSING: 'neither tcpdump nor dumpcap is installed',
  NSENTER_MISSING: 'nsenter (util-linux) is not installed',
  PROBER_FAILED: 'the prober in the place of PMS failed',
  CAPTURE_FAILED: 'the packets could not be captured',
  PID_NAMESPACE: "the kernel's trace counts processes as the host does, and this runs in a container",
  USER_NAMESPACE: 'root of a user namespace may not have the kernel trace',
  LOCKDOWN: 'the kernel is locked down (confidentiality), which forbids tracing',
  TRACEFS_MISSING: 'tracefs could not be mounted',
  KERNEL_TOO_OLD: 'the kernel is too old for this',
  TRACE_FAILED: 'the kernel refused to trace',
  // PMS's answers.
  PMS_NOT_LISTENING: 'no server listens there',
  NOT_PMS: 'another program than PMS answers there',
  NO_ROUTE: 'no route leads there',
  TIMEOUT: 'no answer in time',
  CUT: 'the connection ended before the answer did',
  UNAUTHORIZED: 'PMS wants a token (401)',
  FORBIDDEN: 'PMS does not accept the token for this (403)',
  REDIRECT: 'it redirects to another place, which is not followed',
  NOT_UNDERSTOOD: 'the answer is not one of PMS',
  NOT_HTTP: 'the answer is not HTTP',
  TOO_LARGE: 'the answer is longer than this tool reads',
  TLS_UNTRUSTED: 'its certificate is not accepted',
  TLS_FAILED: 'the server does not offer TLS',
  FAILED: 'the request failed',
  // Ends of attempts.
  ASKED_ONCE: 'no answer within the time limit, and not asked again with a longer one: it may only be slow',
  HOST_BUSY: 'this host was too busy to run this program meanwhile',
  NO_REPRESENTATIVE_NAME: 'a wildcard without a representative name cannot be attempted',
  NEVER_ASKED: 'the route was watched, and PMS did not use it',
  OUTCOME_NOT_SEEN: 'PMS used this route; the outcome was not seen',
  ETIMEOUT: 'the local DNS did not answer in time',
  CLOSED: 'the other side closed the connection',
  TLS_TIMEOUT: 'connected, but the TLS handshake was not answered in time',
  HTTP_TIMEOUT: 'connected, but the request was not answered in time',
  UNTRUSTED: 'the certificate does not verify against the public roots',
  BYTES_BEFORE_HANDSHAKE: 'bytes followed the reply to CONNECT before anything was sent',
  FOREIGN_REDIRECT: 'a redirect to another site',
  POLICY_REDIRECT: 'the proxy leads to another site, as to a block page',
  BLOCK_PAGE: "the proxy's own certificate for this host, while it passes others on untouched, as for a block page",
  PLAIN_HTTP_REFUSED: 'the proxy itself answered a request for plain HTTP',
  ORIGIN_UNPROVEN: 'nothing tells whether the endpoint or the proxy itself answered',
  UNEXPECTED_PAGE: 'a page where the endpoint never gives one',
  PROXY: 'the proxy could not be used',
  PROXY_TIMEOUT: 'the proxy accepted the connection and did not answer',
  PROXY_TLS_TIMEOUT: 'the proxy did not answer the TLS handshake',
  REPLY_INCOMPLETE: 'the reply to CONNECT stopped before its end',
  NOT_SOCKS: 'the reply is not SOCKS',
  SOCKS_AUTH: 'the SOCKS server wants a user name and password, or refuses these',
  SOCKS_CREDENTIALS_TOO_LONG: 'SOCKS5 has no room for this user name or password',
  SOCKS_NOT_ALLOWED: 'the rules of the SOCKS server do not allow it',
  PAC_LOAD_FAILED: 'the PAC file could not be loaded',
  PAC_TIMEOUT: 'the PAC file did not answer in time',
  PAC_LOOPS: 'the PAC script kept running without an end',
  PAC_FAILED: 'FindProxyForURL threw an error',
  PAC_RESULT: 'FindProxyForURL returned something of unknown form',
} as const;

export type ReasonCode = keyof typeof REASONS;

export const REASON_CODES = Object.keys(REASONS).filter(isReasonCode);

export function isReasonCode(code: string): code is ReasonCode {
  return Object.hasOwn(REASONS, code);
}

/** The closed word for any code: one that is not in the list, such as a rare errno, is `OTHER`, and the message tells it. */
export function reasonCodeOf(code: string): ReasonCode {
  return isReasonCode(code) ? code : 'OTHER';
}

/**
 * A word of the list where others may stand too (`code` of attempts and troubles): the compiler knows it, so that what one module writes and
 * another compares cannot differ.
 */
export function ownCode<Code extends ReasonCode>(code: Code): Code {
  return code;
}

/** A word of the list, or `HTTP_500` for a status that says no more than its number. */
export const troubleCodeSchema = z.catch(
  z.union([z.enum(REASON_CODES), z.templateLiteral(['HTTP_', z.int()])]),
  'OTHER',
);
export type TroubleCode = z.infer<typeof troubleCodeSchema>;

/** Why something is missing: a code that scripts compare, a sentence that people read. A code of a newer version counts as `OTHER`. */
export const reasonSchema = obj({ code: z.catch(z.enum(REASON_CODES), 'OTHER'), message: sentence() });
export type Reason = z.infer<typeof reasonSchema>;

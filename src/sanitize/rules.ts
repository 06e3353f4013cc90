/** While rules run, what is decided stands as one private-use character, so that no later rule can read it again. */
export const FIRST_SENTINEL = 0xf_00_00;
export const LAST_SENTINEL = 0xf_ff_fd;
export const SENTINEL = '[\u{F0000}-\u{FFFFD}]';

/** Names of things whose value is a secret, in URLs, headers, JSON and preference files. */
const SECRET_NAME =
  '(?:x-plex-token|plexonlinetoken|localadmintoken|(?:auth|access|refresh|id|plex|account|claim)[_-]?token|authtoken|token|claim|passw(?:or)?d|passphrase|secret|api[_-]?key|customcertificatekey|sentry_key)';
const PRODUCT =
  '(?:plex[\\w -]*|pms|chrome|chromium|safari|applewebkit|firefox|mozilla|version|edge?|opr|(?:lib)?curl|squid|wget|python[\\w-]*|go-http-client|java|node)';

/** What private data looks like. The order in which the patterns are applied is the sanitizer's: secrets first, words last. */
export const RULES = {
  fingerprint: /(?<![0-9a-f:])(?:[0-9a-f]{2}:){15,}[0-9a-f]{2}(?![0-9a-f:])|(?<![0-9a-z])[0-9a-f]{64}(?![0-9a-z])/gi,
  authorization:
    /((?:proxy-)?authorization["']?\s*[:=]\s*["']?)((?:basic|bearer|negotiate|ntlm|kerberos)\s+[^\s"',;]+|[^\r\n]+)/gi,
  challengeAnswer: /\b(basic|bearer|negotiate|ntlm)(\s+)([a-z0-9+/=._~-]{8,})/gi,
  cookie: /((?:set-)?cookie["']?\s*:\s*["']?)([^\r\n"']+)/gi,
  urlUserinfo: /(["'])?(?<![a-z])([a-z][a-z0-9+.-]*:(?:\\?\/){2})(\S*@)/giu,
  bareUserinfo: /(?<![^\s:@/=,;"'(<>[\]])([^\s:@/=,;"'(<>[\]]+):\S*@(?=[\p{L}\p{N}[\u{F0000}-\u{FFFFD}])/gu,
  percent: /(?<![^\s"'<>])[^\s"'<>]*%[0-9a-f]{2}[^\s"'<>]*/gi,
  namedSecret: new RegExp(
    `((?<![a-z])(?:[\\w-]*[_-])?${SECRET_NAME}["']?\\s*(?:=|%3d|["']\\s*:|(?<=x-plex-token):|(?<=(?:online|admin)token):)\\s*["']?)([^\\s"'&;,<>)}\\]]+)`,
    'gi',
  ),
  transient: /(?<![\w-])(?:transient-[0-9a-f-]{8,}|claim-[\w-]{8,})/gi,
  jwt: /(?<![\w-])eyJ[\w-]{6,}\.[\w-]+(?:\.[\w-]*)?/g,
  user: /((?<![a-z])(?:[a-z]*online|myplex)?(?:user(?:name|id)?|login|friendlyname)["']?\s*(?:=|["']\s*:)\s*["']?)([^\s"'&;,<>)}\]]+)/gi,
  signedIn: /(signed-in token \()([^)]+)(?=\))/gi,
  mail: /(?<![\p{L}\p{N}_.+'-])([\p{L}\p{N}_.+'-]+)@((?:[\p{L}\p{N}_-]+\.)*[\p{L}\p{N}_-]*\p{L}[\p{L}\p{N}_-]*)/gu,
  plexDirect: /(?<![\w-])([0-9a-f]*(?:-[0-9a-f]*){2,7})\.([0-9a-f]{32})(?=\.plex\.direct)/gi,
  reverseIpv4: /(?<![\w-])((?:\d{1,3}\.){2,4})(?=in-addr\.arpa)/gi,
  reverseIpv6: /(?<![\w-])((?:[0-9a-f]\.){2,32})(?=ip6\.arpa)/gi,
  uuid: /(?<![0-9a-z])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-z])/gi,
  hexId: /(?<![0-9a-z])(?:[0-9a-f]{40}|[0-9a-f]{32})(?![0-9a-z])/gi,
  mac: /(?<![0-9a-z:-])(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}(?![0-9a-z:-])|(?<![\w.])[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}(?![\w.])/gi,
  version: new RegExp(
    `((?:\\bv|\\bversion["'=: ]+|\\b${PRODUCT}/))(\\d+(?:\\.\\d+){3}(?:-[0-9a-f]+)?)(?![\\w.])`,
    'gi',
  ),
  ipv6: /(?<![\p{L}\p{N}_:.])(?=[0-9a-f:.]*:[0-9a-f.]*:)([0-9a-f:.]{2,60})(%[\w.-]+)?(\/\d{1,3}(?![\w.]))?/giu,
  ipv4: /(?<![\p{L}\p{N}_.])(\/\/)?(\d{1,3}(?:\.\d{1,3}){3})(?![\p{L}\p{N}_]|\.\d)(\/\d{1,2}(?![\w.]))?/gu,
  gluedIpv4: /(?<![\d.])(\d{1,3}(?:\.\d{1,3}){3})(?!\d|\.\d)/g,
  dashedIpv4: /(?<!\d-?)\d{1,3}(?:-\d{1,3}){3}(?!-?\d)/g,
  partialIpv4:
    /(?<![\w.])(\d{1,3}(?:\.\d{1,3}){1,2})(?=\.\*)|(?<=^|[,="'])(\d{1,3}(?:\.\d{1,3}){1,2})(?=\.(?:[,"']|$))/g,
  homeUnix: /((?:\/|^)(?:home|Users)\/)([^/\\\s"'<>:,;|]+)/gm,
  homeWindows: /([a-z]:(?:\\{1,2}|\/)users(?:\\{1,2}|\/))([^\\/:*?"<>|\r\n]{1,40}(?=\\)|[^\\/:*?"<>|\s,;]+)/gi,
  urlHost: /(?<=:\/\/|:\\\/\\\/|@)\p{L}[\p{L}\p{N}_-]*(?=[:/?#\\\s,;"')]|$)/gu,
  dotted: /(?<![\p{L}\p{N}_])[\p{L}\p{N}_](?:[\p{L}\p{N}_-]*[\p{L}\p{N}_])?(?:\.[\p{L}\p{N}_-]+)+/gu,
  /** libcurl's words, with a name that needs no dot. */
  unresolved: /\b(resolve (?:host|proxy): )([\w.-]+)/gi,
  cacheHeader: /\b((?:HIT|MISS|NONE|PASS) from )([\w.-]+)/g,
} as const;

/** The words of this tool's own advice: `http://user:password@host:port`. */
export const PLACEHOLDER_URL = /(?<!\S)https?:\/\/user:password@host:port(?!\S)/g;
/** `getty@tty1.service` is an instance of a template unit, not a mailbox. */
export const UNIT = /\.(?:service|socket|timer|mount)$/;

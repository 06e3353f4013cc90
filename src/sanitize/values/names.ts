/**
 * Names that stay readable: an allow-list, because a name that was not foreseen must not leak. Everything here is public
 * knowledge about Plex, about this tool's sources, or reserved by an RFC.
 */
const READABLE_SUFFIXES = [
  'plex.tv',
  'plex.direct',
  'plexapp.com',
  'lencr.org',
  // RFC 6761: can exist nowhere, so the probes use it.
  'invalid',
  'in-addr.arpa',
  'ip6.arpa',
] as const;

const READABLE_HOSTS: ReadonlySet<string> = new Set([
  'localhost',
  'localhost.localdomain',
  'plexapp.api.opensubtitles.org',
  'o17675.ingest.sentry.io',
  'image.tmdb.org',
  'api.themoviedb.org',
  'thetvdb.com',
  'fanart.tv',
  'musicbrainz.org',
  'coverartarchive.org',
  'github.com',
  'curl.se',
  'squid-cache.org',
  'wiki.squid-cache.org',
  'rfc-editor.org',
]);

/** Reverse-DNS identifiers of Plex's agents and plug-ins: `tv.plex.agents.music`, `com.plexapp.system`. */
const IDENTIFIER = /^(?:tv\.plex|com\.plexapp|org\.musicbrainz)(?:\.|$)/;

/** Endings of files and units that are no top-level domains: `x.conf` is a file wherever it stands. */
const FILE_ENDINGS = new Set(
  (
    'service socket timer target mount slice scope conf cfg ini env pem crt cer der log txt json jsonl yml yaml xml db sqlite js mjs cjs ts ' +
    'tar gz xz bz2 tgz html htm css csv pcap pcapng pid lock tmp bak old bundle plist exe dll dylib deb rpm pac wasm node override orig dist'
  ).split(' '),
);
/** Endings of files that are top-level domains too: a file only where it has one dot and no port follows. */
const AMBIGUOUS_ENDINGS = new Set(['sh', 'py', 'md', 'zip', 'so', 'pl', 'rs', 'app', 'key']);

/** Keys of the evidence document and the like: words with a dot in them that messages use. */
const CODE_WORDS: ReadonlySet<string> = new Set([
  'attempts.direct',
  'attempts.proxy',
  'settings.basis',
  'process.env',
  'urllib.request',
  'http.proxyhost',
  'https.proxyhost',
  'http.nonproxyhosts',
  'java.net.usesystemproxies',
  'session.trust',
]);

/**
 * Words of this field: a machine called `plex` or a user called `proxy` identifies no one, and replacing the word would make
 * the report unreadable.
 */
const COMMON_WORDS: ReadonlySet<string> = new Set(
  (
    'plex plexmediaserver pms proxy server media scanner host localhost local localdomain direct root user users admin administrator daemon ' +
    'nobody ' +
    'squid tinyproxy www-data systemd linux debian ubuntu nas http https socks dns tcp tls ssl tunnel music movie movies series tv video metadata ' +
    'scan sign-in no yes ok none null true false test docker container unit shell option env file pid unknown default public shared all abc node curl ' +
    'python java go wget the a an of to and in on is it by from for with network internet gateway router home lan wan any check route abc bin sys sync'
  ).split(' '),
);

/** Whether a name, lower case and without a trailing dot, may be published as it is. */
export function isReadableHost(name: string, extra: ReadonlySet<string>): boolean {
  return (
    READABLE_HOSTS.has(name) ||
    extra.has(name) ||
    READABLE_SUFFIXES.some((suffix) => name === suffix || name.endsWith(`.${suffix}`))
  );
}

export function isCommonWord(word: string): boolean {
  return word.length < 2 || /^\d+$/.test(word) || COMMON_WORDS.has(word.toLowerCase());
}

export interface NameContext {
  /** A scheme or an `@` stands before it. */
  readonly afterAuthority: boolean;
  /** `:port` follows. */
  readonly beforePort: boolean;
}

/** Tells a dotted word that is a file, a unit, an identifier or code from one that can be a host name. */
export function isHostLike(name: string, context: NameContext): boolean {
  const labels = name.split('.');
  const ending = labels.at(-1) ?? '';
  if (labels.length >= 2 && context.afterAuthority && /\p{L}/u.test(ending)) return true;
  if (labels.length < 2 || !/^(?:xn--[\w-]+|[\p{L}][\p{L}\p{N}-]*[\p{L}\p{N}])$/u.test(ending)) return false;
  // logrotate's dateext: `access.log-20261122`.
  if (FILE_ENDINGS.has(ending.replace(/-\d{6,}$/, '')) || CODE_WORDS.has(name) || IDENTIFIER.test(name)) return false;
  return !(AMBIGUOUS_ENDINGS.has(ending) && labels.length === 2 && !context.beforePort);
}

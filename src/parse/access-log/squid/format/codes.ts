/**
 * The value that the reader of a log takes from a field. All other fields are `null`: skipped and never kept, among them
 * user names, paths and headers.
 */
export type Slot =
  | 'client'
  | 'method'
  | 'uri'
  | 'scheme'
  | 'host'
  | 'port'
  | 'tag'
  | 'status'
  | 'hierarchy'
  | 'server'
  | 'bytes'
  | 'error'
  | 'sni'
  | 'bumpMode'
  | 'userAgent'
  | 'seconds'
  | 'subsecond'
  | 'start'
  | 'time';

/** `spaced`: without a quoting flag the value can hold spaces. `own`: the code quotes by itself, so that it cannot (src/format/Format.cc). */
export interface Code {
  readonly slot: Slot | null;
  readonly spaced: boolean;
}

const plain = (slot: Slot | null): Code => ({ slot, spaced: false });
const SPACED: Code = { slot: null, spaced: true };
const OPAQUE = plain(null);

/**
 * Tables of src/format/Token.cc, asked in this order: a code is the first entry that the text begins with, so `%mtx` is `%mt` and
 * a literal x. `>ru` is the client's own URL, `ru` the one after rewriting; `chosenFields` in plan.ts prefers the former.
 */
const LONG: Readonly<Record<string, Code>> = {
  '>eui': OPAQUE,
  '>qos': OPAQUE,
  '<qos': OPAQUE,
  '>nfmark': OPAQUE,
  '<nfmark': OPAQUE,
  '>handshake': OPAQUE,
  master_xaction: OPAQUE,
  err_code: plain('error'),
  err_detail: OPAQUE,
  note: OPAQUE,
  credentials: SPACED,
  ACL: OPAQUE,
  DATA: SPACED,
  DST: plain('host'),
  EXT_LOG: OPAQUE,
  EXT_TAG: OPAQUE,
  EXT_USER: SPACED,
  IDENT: SPACED,
  LOGIN: SPACED,
  METHOD: plain('method'),
  MYADDR: OPAQUE,
  MYPORT: OPAQUE,
  PATH: OPAQUE,
  PORT: plain('port'),
  PROTO: plain('scheme'),
  SRCEUI48: OPAQUE,
  SRCEUI64: OPAQUE,
  SRCPORT: OPAQUE,
  SRC: plain('client'),
  TAG: OPAQUE,
  URI: plain('uri'),
  USER_CERTCHAIN: SPACED,
  USER_CERT: SPACED,
};

const SHORT: Readonly<Record<string, Code>> = {
  '>la': OPAQUE,
  la: OPAQUE,
  '>lp': OPAQUE,
  lp: OPAQUE,
  '<la': OPAQUE,
  oa: OPAQUE,
  '<lp': OPAQUE,
  ts: plain('seconds'),
  tu: plain('subsecond'),
  tl: plain('time'),
  tg: plain('time'),
  tS: plain('start'),
  tr: OPAQUE,
  '<pt': OPAQUE,
  '<tt': OPAQUE,
  dt: OPAQUE,
  '>ha': OPAQUE,
  un: SPACED,
  ul: SPACED,
  ui: SPACED,
  ue: SPACED,
  us: SPACED,
  '>Hs': plain('status'),
  '<Hs': OPAQUE,
  Hs: plain('status'),
  '<bs': OPAQUE,
  Ss: plain('tag'),
  Sh: plain('hierarchy'),
  mt: OPAQUE,
  '>rm': plain('method'),
  '>ru': plain('uri'),
  '>rs': plain('scheme'),
  '>rd': plain('host'),
  '>rP': plain('port'),
  '>rp': OPAQUE,
  '>rv': OPAQUE,
  rm: plain('method'),
  ru: plain('uri'),
  rp: OPAQUE,
  rv: OPAQUE,
  rG: OPAQUE,
  '<rm': plain('method'),
  '<ru': plain('uri'),
  '<rs': plain('scheme'),
  '<rd': plain('host'),
  '<rP': plain('port'),
  '<rp': OPAQUE,
  '<rv': OPAQUE,
  '>st': OPAQUE,
  '>sh': OPAQUE,
  '<st': plain('bytes'),
  '<sH': OPAQUE,
  '<sS': OPAQUE,
  '<sh': OPAQUE,
  st: plain('bytes'),
  et: OPAQUE,
  ea: OPAQUE,
  sn: OPAQUE,
};

const SHORTEST: Readonly<Record<string, Code>> = {
  '>a': plain('client'),
  '>p': OPAQUE,
  '>A': plain('client'),
  '<a': plain('server'),
  '<p': OPAQUE,
  '<A': plain('server'),
  '>h': OPAQUE,
  '<h': OPAQUE,
  '>v': OPAQUE,
};

const TLS: Readonly<Record<string, Code>> = { bump_mode: plain('bumpMode'), '>sni': plain('sni') };

/** A code that is not in the tables: of a later Squid, or of a patched one. */
const UNKNOWN = /^(?:[a-z_]+::)?[<>]?[A-Za-z_]+/;

/** The code at the start of `text`, its length and its name without a namespace that adds nothing; null when none can be there. */
export function codeAt(text: string): { readonly name: string; readonly length: number; readonly code: Code } | null {
  const unknown = UNKNOWN.exec(text)?.[0];
  const namespace = /^([a-z_]+)::/.exec(text)?.[1];
  if (namespace !== undefined && namespace !== 'http') {
    const name = unknown?.slice(namespace.length + 2);
    if (unknown === undefined || name === undefined) return null;
    const tls = namespace === 'ssl' || namespace === 'tls' ? TLS[name] : undefined;
    return { name: unknown, length: unknown.length, code: tls ?? SPACED };
  }
  const prefix = namespace === undefined ? 0 : namespace.length + 2;
  const bare = text.slice(prefix);
  for (const table of [LONG, SHORT, SHORTEST]) {
    for (const [name, code] of Object.entries(table)) {
      if (bare.startsWith(name)) return { name, length: prefix + name.length, code };
    }
  }
  return unknown === undefined ? null : { name: unknown.slice(prefix), length: unknown.length, code: SPACED };
}

/** The field that counts of several for one slot: the client's own value comes before Squid's version of it. */
const PREFERRED: readonly string[] = ['>ru', '>rm', '>rd', '>rP', '>rs', '>a', '>Hs', '<st', '<a', 'tg'];

export function isPreferred(name: string): boolean {
  return PREFERRED.includes(name);
}

/** The part of resolv.conf(5) that decides which server is asked for which name. */
export interface ResolvConf {
  /** Addresses; empty: the resolver asks this machine itself. */
  readonly servers: readonly string[];
  /** Domains that are tried behind a name. */
  readonly search: readonly string[];
  /** A name with at least this many dots is asked as it is first. */
  readonly ndots: number;
}

/** Servers and domains beyond these are not used (MAXNS of glibc and musl; glibc before 2.26 took six domains, musl 256 bytes). */
const MAX_SERVERS = 3;
const MAX_DOMAINS = 32;
const MAX_NDOTS = 15;

/** Later `search` and `domain` lines replace earlier ones. Keywords begin their line; what is not known is skipped. */
export function parseResolvConf(text: string): ResolvConf {
  const servers: string[] = [];
  let search: readonly string[] = [];
  let ndots = 1;
  for (const line of text.split('\n')) {
    const [keyword = '', ...values] = line.trimEnd().split(/\s+/);
    switch (keyword) {
      case 'nameserver':
        if (values[0] !== undefined && servers.length < MAX_SERVERS) servers.push(values[0]);
        break;
      case 'search':
        search = values;
        break;
      case 'domain':
        search = values.slice(0, 1);
        break;
      case 'options':
        for (const value of values) {
          const dots = /^ndots:(\d+)$/.exec(value)?.[1];
          if (dots !== undefined) ndots = Math.min(MAX_NDOTS, Number(dots));
        }
        break;
      default:
        break;
    }
  }
  return { servers, search: search.filter((domain) => domain !== '.').slice(0, MAX_DOMAINS), ndots };
}

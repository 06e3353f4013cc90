import { parseAddress, parseIpv4, parseIpv6, type ParsedAddress } from './address.ts';
import { baseName, endingOf, fileKey, isUsualFile } from './files.ts';
import { Literals } from './literals.ts';
import { isCommonWord, isHostLike, isReadableHost } from './names.ts';
import { PSEUDONYM, PSEUDONYM_KINDS, type PseudonymKind, type RemovedKind } from './pseudonyms.ts';
import { FIRST_SENTINEL, LAST_SENTINEL, PLACEHOLDER_URL, RULES, SENTINEL, UNIT } from './rules.ts';
import { toPseudonyms } from './stand-ins.ts';

/** What is known to be private or public before any text is read. All fields may be empty. */
export interface Seeds {
  /** This machine's names, short and long, and other single-word host names. */
  readonly hostnames: readonly string[];
  readonly users: readonly string[];
  /** Internal domains, without leading dots. */
  readonly domains: readonly string[];
  readonly proxyHosts: readonly string[];
  /** Names of certificate authorities and subjects that no public root vouches for; each entry lists spellings of one name. */
  readonly authorities: readonly (readonly string[])[];
  /** Names and paths of files that were read. */
  readonly files: readonly string[];
  /** Hosts that stay readable besides Plex's own: the catalogue's. */
  readonly readableHosts: readonly string[];
  /** Ids and sources of the catalogue's endpoints: fields that hold exactly these are never touched. */
  readonly catalogueWords: readonly string[];
  /** Versions that look like addresses and are none. */
  readonly versions: readonly string[];
  /** Pseudonyms that the documents bring along: they stand for values that are not known here, so that nothing else may get them. */
  readonly taken: readonly string[];
  /** Keys that have a pseudonym already, in the order of their numbers; makes several documents share them. */
  readonly assigned: Readonly<Partial<Record<PseudonymKind, readonly string[]>>>;
}

/** A word that is known to be private. */
interface Private {
  readonly kind: PseudonymKind;
  readonly key: string;
}

export const NO_SEEDS: Seeds = {
  hostnames: [],
  users: [],
  domains: [],
  proxyHosts: [],
  authorities: [],
  files: [],
  readableHosts: [],
  catalogueWords: [],
  versions: [],
  taken: [],
  assigned: {},
};

/** What is remembered takes at most some 10 MB. */
const KNOWN_TEXTS = 20_000;
const KNOWN_LENGTH = 120;

/** Two passes do for anything a program writes; more are for hostile input. */
const MAX_PASSES = 10;

/** RFC 2606 keeps it for documentation, and this tool's advice uses it; still private where it is known to be in use. */
export const DOCUMENTATION_NAME = 'example.com';

/** Whole private blocks of RFC 1918 and RFC 4193: everybody's, so nobody's. */
const EVERYBODYS_NETS = new Set(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '100.64.0.0/10']);

/**
 * Replaces what is private in texts by typed pseudonyms that stay the same for one value as long as the instance lives:
 * `<lan-ip-1>`, `<domain-2>`. Secrets are removed. Host names are judged by an allow-list. Sanitizing twice changes nothing.
 */
export class Sanitizer {
  readonly #assigned = new Map<PseudonymKind, Map<string, number>>();
  /** The number that was given out last. */
  readonly #last = new Map<PseudonymKind, number>();
  /** Numbers that texts brought along: they belong to values that are not known here, so they are not given out again. */
  readonly #foreign = new Map<PseudonymKind, Set<number>>();
  readonly #removed = new Map<string, number>();
  /** Short texts that were sanitized before: flows repeat the same few thousand times over. */
  readonly #known = new Map<
    string,
    { readonly clean: string; readonly removed: readonly (readonly [string, number])[] }
  >();
  readonly #seeds: Seeds;
  readonly #readableHosts: ReadonlySet<string>;
  readonly #catalogueWords: ReadonlySet<string>;
  readonly #versions: ReadonlySet<string>;
  readonly #words: Literals<Private>;
  readonly #authorities: Literals<Private>;
  /** Paths and names of files, each with the name that stands for it. */
  readonly #files: Literals<string>;
  readonly #proxyHosts: ReadonlySet<string>;
  readonly #domains: ReadonlySet<string>;

  constructor(seeds: Seeds = NO_SEEDS) {
    this.#seeds = seeds;
    this.#readableHosts = new Set(seeds.readableHosts.map(normalName));
    this.#catalogueWords = new Set(seeds.catalogueWords);
    this.#versions = new Set(seeds.versions);
    // `<` begins a pseudonym: documents that were sanitized before are seeds too.
    const hidden = (name: string): boolean =>
      /^[^<>*\s]+$/.test(name) && !isReadableHost(name, this.#readableHosts) && parseAddress(name) === null;
    this.#proxyHosts = new Set(seeds.proxyHosts.map(normalName).filter(hidden));
    this.#domains = new Set(seeds.domains.map(normalName).filter((name) => hidden(name) && name.includes('.')));
    for (const pseudonym of seeds.taken) this.#reserve(pseudonym);
    for (const [kind, keys] of Object.entries(seeds.assigned)) {
      const known = PSEUDONYM_KINDS.find((each) => each === kind);
      if (known) for (const key of keys) this.#number(known, key);
    }
    for (const host of this.#proxyHosts) this.#number('proxy', host);
    for (const domain of seeds.domains.map(normalName)) if (this.#domains.has(domain)) this.#number('domain', domain);
    this.#words = new Literals(this.#privateWords(seeds));
    this.#authorities = new Literals(this.#privateAuthorities(seeds));
    this.#files = new Literals(fileLiterals(seeds.files));
  }

  /** How many values were replaced or removed so far, by kind. */
  get removed(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#removed].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** The seeds with every pseudonym given out so far: another instance made from them gives the same. */
  seeds(): Seeds {
    const assigned: Partial<Record<PseudonymKind, readonly string[]>> = {};
    for (const [kind, numbers] of this.#assigned) {
      assigned[kind] = [...numbers].sort(([, a], [, b]) => a - b).map(([key]) => key);
    }
    return { ...this.#seeds, assigned };
  }

  isCatalogueWord(word: string): boolean {
    return this.#catalogueWords.has(word);
  }

  isReadableHost(name: string): boolean {
    return isReadableHost(normalName(name), this.#readableHosts);
  }

  /** A certificate's subject that is but a readable host: `plex.tv`, `CN=*.plex.tv`. */
  isReadableSubject(name: string): boolean {
    const common = /^(?:CN\s*=\s*)?(?:\*\.)?([\w.-]+)$/i.exec(name.trim())?.[1];
    return common !== undefined && this.isReadableHost(common);
  }

  /** The pseudonym of a value that its field tells to be private. */
  pseudonym(kind: PseudonymKind, key: string): string {
    return this.#replace(kind, key);
  }

  /** The pseudonym of an authority's or a subject's name that no public root vouches for. */
  authority(name: string): string {
    const known = this.#seeds.authorities.find((spellings) => spellings.includes(name))?.[0];
    return this.#replace('ca', known ?? name);
  }

  /**
   * Sanitizes any text: a message, a line of a log, an address. Passes are repeated until one finds nothing, because what was
   * glued to a value that is gone now stands alone: so that the result is its own sanitized form.
   */
  text(input: string): string {
    const known = this.#known.get(input);
    if (known !== undefined) {
      for (const [kind, count] of known.removed) this.#count(kind, count);
      return known.clean;
    }
    const before = new Map(this.#removed);
    const clean = this.#clean(input);
    if (input.length <= KNOWN_LENGTH && this.#known.size < KNOWN_TEXTS) {
      const removed = [...this.#removed].map(([kind, count]) => [kind, count - (before.get(kind) ?? 0)] as const);
      this.#known.set(input, { clean, removed: removed.filter(([, count]) => count > 0) });
    }
    return clean;
  }

  #clean(input: string): string {
    let text = toPseudonyms(input).replace(new RegExp(SENTINEL, 'gu'), '\u{FFFD}');
    for (let pass = 0; pass < MAX_PASSES; pass += 1) {
      const clean = this.#pass(text);
      if (clean === text) break;
      text = clean;
    }
    return text;
  }

  #pass(input: string): string {
    const kept: string[] = [];
    const keep = (value: string): string => {
      if (FIRST_SENTINEL + kept.length > LAST_SENTINEL) return '<removed-token>';
      kept.push(value);
      return String.fromCodePoint(FIRST_SENTINEL + kept.length - 1);
    };
    return this.#apply(input, keep).replace(
      new RegExp(SENTINEL, 'gu'),
      (c) => kept[(c.codePointAt(0) ?? 0) - FIRST_SENTINEL] ?? '',
    );
  }

  #apply(input: string, keep: (value: string) => string): string {
    const pseudonym = (kind: PseudonymKind, key: string): string => keep(this.#replace(kind, key));
    const address = (parsed: ParsedAddress, written: string): string =>
      parsed.scope === 'well-known'
        ? keep(written)
        : pseudonym(parsed.scope === 'lan' ? 'lan-ip' : 'public-ip', parsed.key);
    const secret = (kind: RemovedKind): string => {
      this.#count(kind);
      return keep(kind === 'credentials' ? '***' : `<removed-${kind}>`);
    };
    const user = (name: string): string =>
      isCommonWord(name) || isDecided(name) ? name : pseudonym('user', name.toLowerCase());

    let text = input.replace(PSEUDONYM, (whole) => {
      this.#reserve(whole);
      return keep(whole);
    });
    text = text.replace(PLACEHOLDER_URL, keep).replace(RULES.fingerprint, keep);
    text = this.#authorities.replace(text, ({ kind, key }) => pseudonym(kind, key));
    text = this.#files.replace(text, (name) =>
      isUsualFile(name) ? name : pseudonym('file', fileKey(name)) + keep(endingOf(name)),
    );
    text = this.#secrets(text, secret);
    text = this.#decoded(text, keep);
    text = this.#namedSecrets(text, secret, user);
    text = this.#mails(text, pseudonym, secret);
    text = this.#identifiers(text, pseudonym, address);
    text = this.#addresses(text, keep, address, pseudonym);
    text = text
      .replace(RULES.homeUnix, (_, prefix: string, name: string) => prefix + user(name))
      .replace(RULES.homeWindows, (_, prefix: string, name: string) => prefix + user(name))
      .replace(RULES.unresolved, (_, prefix: string, name: string) => prefix + this.#host(name, keep, true))
      .replace(RULES.cacheHeader, (_, prefix: string, name: string) => prefix + this.#host(name, keep, true));
    text = this.#names(text, keep).replace(RULES.urlHost, (name) => this.#host(name, keep, true));
    return this.#words.replace(text, ({ kind, key }) => pseudonym(kind, key));
  }

  #secrets(text: string, secret: (kind: RemovedKind) => string): string {
    return text
      .replace(RULES.authorization, (whole, name: string, value: string) =>
        isDecided(value) ? whole : name + secret('token'),
      )
      .replace(RULES.cookie, (whole, name: string, value: string) =>
        isDecided(value) ? whole : name + secret('cookie'),
      )
      .replace(RULES.challengeAnswer, (whole, scheme: string, gap: string, value: string) =>
        looksLikeCredentials(scheme, value) ? scheme + gap + secret('token') : whole,
      )
      .replace(RULES.urlUserinfo, (whole, quote: string | undefined, scheme: string, rest: string) =>
        this.#withoutUserinfo(whole, quote ?? '', scheme, rest, secret),
      )
      .replace(RULES.bareUserinfo, (whole, name: string, offset: number, all: string) =>
        // `scheme://…` was dealt with above; `://` here means that a URL without user information ends before an address.
        /^\\?\/\\?\//.test(all.slice(offset + name.length + 1)) ? whole : `${secret('credentials')}@`,
      );
  }

  /**
   * Everything between `//` and the last `@` is user information, because passwords hold `/`, `#`, `?` and `@` as they are.
   * Not so where a host that is known stands before the first `/`: then the `@` belongs to the path.
   */
  #withoutUserinfo(
    whole: string,
    quote: string,
    scheme: string,
    rest: string,
    secret: (kind: RemovedKind) => string,
  ): string {
    if (rest.startsWith('***@')) return whole;
    const end =
      quote === ''
        ? rest.length
        : rest.indexOf(quote) >= 0
          ? rest.lastIndexOf('@', rest.indexOf(quote)) + 1
          : rest.length;
    const userinfo = rest.slice(0, end);
    const authority = /^[^/?#\\]*/.exec(rest)?.[0] ?? '';
    if (!userinfo.includes('@')) return whole;
    if (!authority.includes('@') && this.#isKnownAuthority(authority)) return whole;
    if (new RegExp(`^${SENTINEL}@$`, 'u').test(userinfo)) return whole;
    return `${quote}${scheme}${secret('credentials')}@${rest.slice(end)}`;
  }

  #isKnownAuthority(authority: string): boolean {
    const host = authority.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
    return this.isReadableHost(host) || parseAddress(host) !== null || this.#proxyHosts.has(normalName(host));
  }

  /** Percent-encoded runs are judged decoded; one that holds something private is shown decoded, any other stays as it is. */
  #decoded(text: string, keep: (value: string) => string): string {
    return text.replace(RULES.percent, (run) => {
      const plain = decodePercent(run);
      const before = this.#total();
      const clean = this.#apply(plain, keep);
      return this.#total() === before ? protectPieces(run, keep) : clean;
    });
  }

  #namedSecrets(text: string, secret: (kind: RemovedKind) => string, user: (name: string) => string): string {
    return text
      .replace(RULES.transient, () => secret('token'))
      .replace(RULES.jwt, () => secret('token'))
      .replace(RULES.namedSecret, (whole, name: string, value: string) =>
        isMasked(value) ? whole : name + secret('token'),
      )
      .replace(RULES.signedIn, (_, prefix: string, name: string) => prefix + user(name))
      .replace(RULES.user, (whole, name: string, value: string) =>
        isMasked(value) || value.includes('@') ? whole : name + user(value),
      );
  }

  #mails(
    text: string,
    pseudonym: (kind: PseudonymKind, key: string) => string,
    secret: (kind: RemovedKind) => string,
  ): string {
    return text.replace(RULES.mail, (whole, _name: string, domain: string) => {
      if (UNIT.test(domain)) return whole;
      if (this.#proxyHosts.has(normalName(domain))) return `${secret('credentials')}@${domain}`;
      return pseudonym('mail', whole.toLowerCase());
    });
  }

  #identifiers(
    text: string,
    pseudonym: (kind: PseudonymKind, key: string) => string,
    address: (parsed: ParsedAddress, written: string) => string,
  ): string {
    // Part of an address names a network.
    const reversed = (labels: string, parsed: ParsedAddress | null): string =>
      `${parsed ? address(parsed, labels.slice(0, -1)) : pseudonym('host', labels.toLowerCase())}.`;
    return text
      .replace(RULES.plexDirect, (_, dashed: string, server: string) => {
        const parsed = parseIpv4(dashed.replaceAll('-', '.')) ?? parseIpv6(dashed.replaceAll('-', ':'));
        const label = parsed ? address(parsed, dashed) : pseudonym('host', dashed.toLowerCase());
        return `${label}.${pseudonym('server', server.toLowerCase())}`;
      })
      .replace(RULES.reverseIpv4, (whole, labels: string) => reversed(whole, parseIpv4(turned(labels).join('.'))))
      .replace(RULES.reverseIpv6, (whole, labels: string) =>
        reversed(whole, parseIpv6((turned(labels).join('').match(/.{4}/g) ?? []).join(':'))),
      )
      .replace(RULES.uuid, (value) => pseudonym('uuid', value.toLowerCase()))
      .replace(RULES.hexId, (value) => pseudonym(value.length === 40 ? 'machine-id' : 'server', value.toLowerCase()))
      .replace(RULES.mac, (value) => pseudonym('mac', value.toLowerCase().replace(/[:.-]/g, '')));
  }

  #addresses(
    text: string,
    keep: (value: string) => string,
    address: (parsed: ParsedAddress, written: string) => string,
    pseudonym: (kind: PseudonymKind, key: string) => string,
  ): string {
    const network = (parsed: ParsedAddress, written: string, bits: string): string => {
      if (parsed.scope === 'well-known' || EVERYBODYS_NETS.has(parsed.key + bits)) return keep(written);
      return pseudonym(parsed.scope === 'lan' ? 'lan-net' : 'public-net', parsed.key + bits) + bits;
    };
    return text
      .replace(RULES.version, (whole, _prefix, version: string) =>
        // No product counts to 192.168.
        /^(?:192\.168|172)\./.test(version) ? whole : whole.slice(0, -version.length) + keep(version),
      )
      .replace(RULES.ipv6, (whole, body: string, zone: string | undefined, bits: string | undefined) => {
        for (let end = body.length; end > 2; end -= 1) {
          const parsed = parseIpv6(body.slice(0, end));
          if (!parsed || /[0-9a-f]/i.test(body[end] ?? '')) continue;
          const tail = body.slice(end);
          if (tail !== '') return address(parsed, body.slice(0, end)) + tail + (zone ?? '') + (bits ?? '');
          // A zone names an interface of this machine: it goes with the address.
          return bits === undefined ? address(parsed, body) : network(parsed, body + bits, bits);
        }
        return whole;
      })
      .replace(RULES.ipv4, (whole, slashes: string | undefined, dotted: string, bits: string | undefined) => {
        const parsed = parseIpv4(dotted);
        if (!parsed || this.#versions.has(dotted)) return whole;
        if (bits !== undefined && slashes === undefined && Number(bits.slice(1)) <= 32) {
          return network(parsed, dotted + bits, bits);
        }
        return (slashes ?? '') + address(parsed, dotted) + (bits ?? '');
      })
      .replace(RULES.gluedIpv4, (whole) => {
        const parsed = parseIpv4(whole);
        return parsed && !this.#versions.has(whole) ? address(parsed, whole) : whole;
      })
      .replace(RULES.dashedIpv4, (whole) => {
        const parsed = parseIpv4(whole.replaceAll('-', '.'));
        return parsed ? address(parsed, whole) : whole;
      })
      .replace(RULES.partialIpv4, (whole) => {
        const octets = whole.split('.');
        const parsed = parseIpv4([...octets, '0', '0', '0'].slice(0, 4).join('.'));
        const everybodys = octets.length === 2 && whole === '192.168';
        return parsed?.scope === 'lan' && !everybodys ? pseudonym('lan-net', whole) : whole;
      });
  }

  #names(text: string, keep: (value: string) => string): string {
    return text.replace(RULES.dotted, (whole, offset: number, all: string) => {
      const name = whole.replace(/[.-]+$/, '');
      const trail = whole.slice(name.length);
      const lower = normalName(name);
      const context = {
        afterAuthority: /(?:\/\/|@)$/.test(all.slice(Math.max(0, offset - 2), offset)) && !UNIT.test(lower),
        beforePort: /^\.?:\d/.test(all.slice(offset + name.length, offset + name.length + 3)),
      };
      const seeded = this.#proxyHosts.has(lower) || this.#domains.has(lower) || this.#parentOf(lower) !== null;
      if (!seeded && !isHostLike(lower, context)) return whole;
      return this.#host(name, keep, false) + trail;
    });
  }

  #host(name: string, keep: (value: string) => string, single: boolean): string {
    const lower = normalName(name);
    if (isReadableHost(lower, this.#readableHosts)) return keep(name);
    if (this.#proxyHosts.has(lower)) return keep(this.#replace('proxy', lower));
    if (this.#domains.has(lower)) return keep(this.#replace('domain', lower));
    const parent = this.#parentOf(lower);
    if (parent !== null) {
      const label = lower.slice(0, -parent.length - 1);
      return `${keep(this.#replace('host', label))}.${keep(this.#replace('domain', parent))}`;
    }
    if (lower === DOCUMENTATION_NAME) return keep(name);
    if (single && !lower.includes('.')) return isCommonWord(lower) ? name : keep(this.#replace('host', lower));
    return keep(this.#replace('domain', lower));
  }

  /** The most specific known domain that a name lies in. */
  #parentOf(name: string): string | null {
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      const parent = name.slice(dot + 1);
      if (this.#domains.has(parent)) return parent;
    }
    return null;
  }

  #privateWords(seeds: Seeds): readonly (readonly [string, Private])[] {
    const word = (name: string, kind: PseudonymKind) => [name, { kind, key: name.toLowerCase() }] as const;
    return [
      ...[...this.#proxyHosts].filter(isOwnWord).map((name) => word(name, 'proxy')),
      ...seeds.hostnames
        .map(normalName)
        .filter(isOwnWord)
        .map((name) => word(name, 'host')),
      ...seeds.users.filter((name) => !name.includes('<') && !isCommonWord(name)).map((name) => word(name, 'user')),
    ];
  }

  #privateAuthorities({ authorities }: Seeds): readonly (readonly [string, Private])[] {
    const isPrivate = (name: string): boolean =>
      name.length > 2 && !name.includes('<') && !isCommonWord(name) && !this.isReadableSubject(name);
    return authorities.flatMap((spellings) =>
      spellings.filter(isPrivate).map((name) => [name, { kind: 'ca', key: spellings[0] ?? name }] as const),
    );
  }

  #replace(kind: PseudonymKind, key: string): string {
    this.#count(kind);
    return `<${kind}-${this.#number(kind, key)}>`;
  }

  #number(kind: PseudonymKind, key: string): number {
    const numbers = this.#assigned.get(kind) ?? new Map<string, number>();
    this.#assigned.set(kind, numbers);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const foreign = this.#foreign.get(kind);
    let next = (this.#last.get(kind) ?? 0) + 1;
    while (foreign?.has(next)) next += 1;
    this.#last.set(kind, next);
    numbers.set(key, next);
    return next;
  }

  #reserve(pseudonym: string): void {
    const [, word, number] = /^<(.+)-(\d+)>$/.exec(pseudonym) ?? [];
    const kind = PSEUDONYM_KINDS.find((each) => each === word);
    if (kind === undefined) return;
    const foreign = this.#foreign.get(kind) ?? new Set<number>();
    foreign.add(Number(number));
    this.#foreign.set(kind, foreign);
  }

  #count(kind: string, times = 1): void {
    this.#removed.set(kind, (this.#removed.get(kind) ?? 0) + times);
  }

  #total(): number {
    return [...this.#removed.values()].reduce((sum, count) => sum + count, 0);
  }
}

/** Labels of a reverse name (RFC 1035 section 3.5, RFC 3596 section 2.5) in the order of the address. */
function turned(labels: string): readonly string[] {
  return labels
    .split('.')
    .filter((label) => label !== '')
    .toReversed();
}

/** What a rule decided before, or what a log masked itself. */
function isDecided(value: string): boolean {
  return new RegExp(`^${SENTINEL}`, 'u').test(value);
}

function isMasked(value: string): boolean {
  return isDecided(value) || /^(?:x+|\*+)$/i.test(value);
}

/** Paths of files, which become names, and names that are not usual; a plain word is not looked for: texts are full of words. */
function fileLiterals(files: readonly string[]): readonly (readonly [string, string])[] {
  return files
    .map((path) => ({ path, name: baseName(path) }))
    .filter(({ name }) => !/^[\p{L}\s]*$/u.test(name))
    .flatMap(({ path, name }) => [path, name].map((written) => [written, name] as const))
    .filter(([written, name]) => !written.includes('<') && (written !== name || !isUsualFile(name)));
}

/** A single word that is worth replacing wherever it stands. */
function isOwnWord(name: string): boolean {
  return /^[^.<>*\s]+$/.test(name) && !isCommonWord(name) && parseAddress(name) === null;
}

/** Host names compare without case and without the root's dot. */
export function normalName(name: string): string {
  return name.trim().toLowerCase().replace(/\.$/, '');
}

/** What decodes to nothing printable stays out; line breaks and other controls become spaces, so that one line stays one. */
function decodePercent(run: string): string {
  return run
    .replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
      try {
        return decodeURIComponent(escapes);
      } catch {
        return escapes.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => {
          const byte = Number.parseInt(hex, 16);
          return byte < 0x80 ? String.fromCodePoint(byte) : '\u{FFFD}';
        });
      }
    })
    .replace(/\p{Cc}/gu, ' ');
}

/** Keeps a run as it stands, piece by piece around what is decided already. */
function protectPieces(run: string, keep: (value: string) => string): string {
  return run
    .split(new RegExp(`(${SENTINEL})`, 'u'))
    .map((piece) => (piece === '' || new RegExp(`^${SENTINEL}$`, 'u').test(piece) ? piece : keep(piece)))
    .join('');
}

/** "Basic authentication" is prose; `Basic dXNlcjpwYXNz` decodes to something with a colon. */
function looksLikeCredentials(scheme: string, value: string): boolean {
  if (scheme.toLowerCase() !== 'basic') return value.length >= 16 && /\d/.test(value);
  return Buffer.from(value, 'base64').toString('latin1').includes(':');
}

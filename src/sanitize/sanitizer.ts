import { Hosts } from './values/hosts.ts';
import { KnownWords } from './rules/known-words.ts';
import { kindOfAddress, Pass, withoutSentinels } from './values/pass.ts';
import { parseAddress, type ParsedAddress } from './values/address.ts';
import { isLogWord } from './values/log-words.ts';
import { hideUnknown, hideWords } from './values/vocabulary.ts';
import { PSEUDONYM, type PseudonymKind } from './values/pseudonym-kinds.ts';
import { Pseudonyms, type Counts, type Use } from './values/pseudonyms.ts';
import { hideAddresses } from './rules/addresses.ts';
import { decode, hideEncoded, hideHex } from './rules/encoded.ts';
import { hideForeignWords, hideHostsInSyntax } from './rules/foreign.ts';
import { hideContainers, hideIdentifiers } from './rules/identifiers.ts';
import { hideHomes, hideMails, hideUsers } from './rules/people.ts';
import { hidePaths } from './rules/paths.ts';
import { hideCredentials, hideNamedSecrets } from './rules/secrets.ts';
import { hideData, hideUrlTails } from './rules/urls.ts';
import { NO_SEEDS, type Seeds } from './values/seeds.ts';
import { toPseudonyms } from '../core/values/stand-ins.ts';

/** Remembered texts take at most some 10 MB. */
const KNOWN_TEXTS = 20_000;
const KNOWN_LENGTH = 120;

/** Texts without these need not be searched by the slower rules. */
const SECRETIVE = /token|claim|pass|secret|key|credential|transient|eyJ|[\w-]{18}/i;
const HOMES = /home|users/i;
const PERSONAL = /user|login|friendlyname|token/i;

/** Numbers of containers and of machines, fingerprints, texts in hexadecimal figures. */
const LONG_FIGURES = /[\da-f]{12}|(?:[\da-f]{2}:){15}/i;

/** Two passes do for anything a program writes; more are for hostile input. */
const MAX_PASSES = 10;
/** A URL in a URL in a URL. */
const MAX_DECODINGS = 3;
const ESCAPED = /%[0-9a-f]{2}|\\[ux01]|&#?\w+;/i;

const QUOTED = /(["“])([^"“”\r\n]*)["”]/g;
/** Versions, times, `<other>` of the readers of logs: they are no names. */
const KEPT =
  /(?<![\w.])v?\d+(?:\.\d+)+(?:[-+~][0-9a-f]+)?(?![\w.])|\d{4}-\d{2}-\d{2}T[\d:.]+Z?|<(?:other|url|path|value|title)>|(?<![\w.-])(?:plex\.tv|localhost)(?![\w.-])/g;

const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
/** In lines of logs: numbers of requests, of errors of OpenSSL, dates, what the log itself masked. */
const KEPT_IN_LOGS = new RegExp(
  String.raw`(?<=#)[0-9a-f]{1,8}(?![\w-])|(?<=\berror:)[0-9A-F]{8}(?=:)|(?<![\w.-])(?:x{4,}(?![\w.-])|${MONTH}(?=[ /-]{1,2}\d))|(?<=\d[ /-])${MONTH}(?![\w-])`,
  'g',
);

/** Texts without these have none of it. */
const MAY_BE_KEPT = new RegExp(`#|error:|x{4}|${MONTH}`);

/** The words of this tool's own advice. */
const PLACEHOLDER_URL = /(?<!\S)https?:\/\/user:password@host:port(?!\S)/g;
const FINGERPRINT =
  /(?<![0-9a-f:])(?:[0-9a-f]{2}:){15,}[0-9a-f]{2}(?![0-9a-f:])|(?<![0-9a-z])[0-9a-f]{64}(?![0-9a-z])/gi;

export type Rule = (text: string, pass: Pass) => string;

const BEYOND_ASCII = /[\u0080-\u{10FFFF}]/u;

/** Characters that are not seen, and forms of ASCII that are as wide as a Chinese character: people and clients take a name with them for the same. */
function narrow(text: string): string {
  if (!BEYOND_ASCII.test(text)) return text;
  return text
    .replace(/[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]/g, '')
    .replace(/[\uFF01-\uFF5E]/g, (wide) => String.fromCodePoint((wide.codePointAt(0) ?? 0) - 0xfee0))
    .replace(/[\u3002\uFF61]/g, '.');
}

/**
 * Replaces the private parts of texts by typed pseudonyms that stay the same for one value as long as the instance lives:
 * `<lan-ip-1>`, `<domain-2>`. Secrets are removed. Host names are judged by an allow-list. Sanitizing twice changes nothing.
 */
export class Sanitizer {
  readonly #seeds: Seeds;
  readonly #rules: readonly Rule[];
  readonly #isStrict: boolean;
  readonly #openWords = new Map<string, boolean>();
  readonly #pseudonyms: Pseudonyms;
  readonly #catalogueWords: ReadonlySet<string>;
  #catalogueParts: ReadonlySet<string> | null = null;
  readonly #versions: ReadonlySet<string>;
  readonly #words: KnownWords;
  readonly hosts: Hosts;
  /** Short texts that were sanitized before: flows repeat the same few thousand times over. */
  readonly #known = new Map<string, { readonly clean: string; readonly removed: Counts }>();

  /**
   * `rules` are more of them, for texts of a certain kind. They come before those that judge single words. `isStrict`: the texts are those of
   * others, in which only words stay that such texts have on every machine.
   */
  constructor(seeds: Seeds = NO_SEEDS, rules: readonly Rule[] = [], isStrict = false) {
    this.#rules = rules;
    this.#isStrict = isStrict;
    this.#seeds = seeds;
    this.#pseudonyms = new Pseudonyms(seeds);
    this.#catalogueWords = new Set(seeds.catalogueWords);
    this.#versions = new Set(seeds.versions);
    this.hosts = new Hosts(seeds);
    this.#words = new KnownWords(seeds, this.hosts);
    for (const host of this.hosts.proxies) this.#pseudonyms.assign('proxy', host);
    for (const domain of this.hosts.domains) this.#pseudonyms.assign('domain', domain);
  }

  /** How many values were replaced or removed so far, by kind. */
  get removed(): Readonly<Record<string, number>> {
    return this.#pseudonyms.removed;
  }

  /** The seeds with every pseudonym given out so far: another instance made from them gives the same. */
  seeds(): Seeds {
    return { ...this.#seeds, assigned: this.#pseudonyms.assigned };
  }

  isCatalogueWord(word: string): boolean {
    return this.#catalogueWords.has(word);
  }

  /** Most texts ask for none, and to prepare them takes as long as all else of an instance. */
  #isCataloguePart(word: string): boolean {
    this.#catalogueParts ??= new Set(
      [...this.#seeds.catalogueWords, ...this.#seeds.readableHosts].flatMap((words) =>
        words.toLowerCase().split(/[^\p{L}\p{N}_]+/u),
      ),
    );
    return this.#catalogueParts.has(word);
  }

  /** The pseudonym of a value that its field tells to be private. */
  pseudonym(kind: PseudonymKind, key: string): string {
    return this.#pseudonyms.of(kind, key);
  }

  /** The pseudonym of an authority's or a subject's name that no public root vouches for. */
  authority(name: string): string {
    const known = this.#seeds.authorities.find((spellings) => spellings.includes(name))?.[0];
    return this.#pseudonyms.of('ca', known ?? name);
  }

  address(parsed: ParsedAddress, written: string): string {
    const pass = new Pass(this.#pseudonyms);
    return pass.restore(pass.address(parsed, written));
  }

  /** The words of another program, or of a user: only those stay that are said everywhere. */
  said(input: string): string {
    let clean = this.#filtered(this.text(input));
    for (let i = 0; i < MAX_PASSES; i += 1) {
      const again = this.#filtered(this.text(clean));
      if (again === clean) break;
      clean = again;
    }
    return clean;
  }

  /** A sentence of this tool, in which the words of others stand in quotes. */
  quoting(text: string): string {
    return text.replace(
      QUOTED,
      (whole, opening: string, inner: string) => `${opening}${this.#filtered(inner)}${whole.at(-1) ?? ''}`,
    );
  }

  #filtered(text: string): string {
    const pass = new Pass(this.#pseudonyms);
    const kept = this.#words.keep(text.replace(PSEUDONYM, pass.keep), pass).replace(KEPT, pass.keep);
    return pass.restore(hideUnknown(kept, pass, (word) => this.#isCataloguePart(word.toLowerCase())));
  }

  /** The pseudonym of an address as it stands in a text. Not counted. */
  nameOfAddress(dotted: string): string {
    const parsed = this.#privateAddress(dotted);
    if (parsed === null) return dotted;
    return `<${kindOfAddress(parsed)}-${this.#pseudonyms.assign(kindOfAddress(parsed), parsed.key)}>`;
  }

  /** The same for an address that was there before; null for any other. */
  knownAddress(dotted: string): string | null {
    const parsed = this.#privateAddress(dotted);
    const number = parsed && this.#pseudonyms.numberOf(kindOfAddress(parsed), parsed.key);
    return parsed && number !== null ? `<${kindOfAddress(parsed)}-${number}>` : null;
  }

  #privateAddress(dotted: string): ParsedAddress | null {
    const parsed = parseAddress(dotted);
    return parsed === null || parsed.scope === 'well-known' || this.#versions.has(dotted) ? null : parsed;
  }

  count(kind: string, times: number): void {
    this.#pseudonyms.count(kind, times);
  }

  /** A text with the replacements made in it. */
  textAndCounts(input: string): readonly [clean: string, removed: Counts] {
    return this.#pseudonyms.countsOf(() => this.text(input));
  }

  /** The same with the values that got pseudonyms, in the order in which rules found them. Nothing is remembered for texts that repeat. */
  textAndUses(input: string): readonly [clean: string, removed: Counts, uses: readonly Use[]] {
    const [[clean, removed], uses] = this.#pseudonyms.usesOf(() => this.#pseudonyms.countsOf(() => this.#clean(input)));
    return [clean, removed, uses];
  }

  /** The number of a value. */
  assign(kind: PseudonymKind, key: string): number {
    return this.#pseudonyms.assign(kind, key);
  }

  /** Whether a word says nothing about its machine. */
  isOpenWord(word: string): boolean {
    return isLogWord(word) || this.#isCataloguePart(word.toLowerCase());
  }

  /** Another one of the same seeds and rules, with numbers of its own. */
  twin(): Sanitizer {
    return new Sanitizer(this.#seeds, this.#rules, this.#isStrict);
  }

  /** Words that are private, or stay, wherever they stand. */
  get knownWords(): readonly string[] {
    const {
      hostnames,
      users,
      domains,
      proxyHosts,
      authorities,
      files,
      paths,
      programs,
      units,
      containers,
      words,
      secrets,
      versions,
      kept,
    } = this.#seeds;
    return [
      ...hostnames,
      ...users,
      ...domains,
      ...proxyHosts,
      ...authorities.flat(),
      ...files,
      ...paths,
      ...programs,
      ...units,
      ...containers,
      ...words.map(([, word]) => word),
      ...secrets,
      ...versions,
      ...kept,
    ];
  }

  /** Sanitizes any text: a message, a line of a log, an address. */
  text(input: string): string {
    const known = this.#known.get(input);
    if (known !== undefined) {
      for (const [kind, count] of known.removed) this.#pseudonyms.count(kind, count);
      return known.clean;
    }
    const [clean, removed] = this.#pseudonyms.countsOf(() => this.#clean(input));
    if (input.length <= KNOWN_LENGTH && this.#known.size < KNOWN_TEXTS) this.#known.set(input, { clean, removed });
    return clean;
  }

  /**
   * Passes are repeated until one finds nothing, because a word that was glued to a value that is gone now stands alone: so the result is its
   * own sanitized form.
   */
  #clean(input: string): string {
    const text = narrow(withoutSentinels(toPseudonyms(input)));
    if (!ESCAPED.test(text)) return this.#settle(text);
    // Escapes can stand between a name and its value, where the words around them show more than any part alone.
    let plain = text;
    for (let i = 0; i < MAX_DECODINGS; i += 1) plain = narrow(withoutSentinels(decode(plain)));
    const found = (each: string): number => this.#pseudonyms.trial(() => this.#settle(each));
    return this.#settle(plain !== text && found(plain) > found(text) ? plain : text);
  }

  #settle(input: string): string {
    let text = input;
    for (let i = 0; i < MAX_PASSES; i += 1) {
      const pass = new Pass(this.#pseudonyms);
      const clean = pass.restore(this.#apply(text, pass));
      if (clean === text) break;
      text = clean;
    }
    return text;
  }

  /** Secrets first, because a part of one may look like a name; single words last, because they stand in everything else. */
  #apply(input: string, pass: Pass): string {
    const { hosts } = this;
    let text = input.includes('<') ? input.replace(PSEUDONYM, pass.known) : input;
    if (text.includes('user:password@')) text = text.replace(PLACEHOLDER_URL, pass.keep);
    text = this.#words.keep(text, pass);
    if (LONG_FIGURES.test(text)) text = hideHex(hideContainers(text, pass), pass).replace(FINGERPRINT, pass.keep);
    text = this.#words.hidePhrases(text, pass);
    text = hideCredentials(text, pass, hosts);
    text = hideData(text, pass);
    text = hideEncoded(
      text,
      pass,
      (plain) => this.#apply(narrow(plain), pass),
      () => this.#pseudonyms.total,
    );
    if (SECRETIVE.test(text)) text = hideNamedSecrets(text, pass);
    for (const rule of this.#rules) text = rule(text, pass);
    if (text.includes(':')) text = hideForeignWords(text, pass);
    text = hideHostsInSyntax(text, pass, (name) => hosts.hideCertain(name, pass));
    if (PERSONAL.test(text)) text = hideUsers(text, pass);
    if (text.includes('@')) text = hideMails(text, pass, hosts);
    text = hideIdentifiers(text, pass);
    text = hideAddresses(text, pass, this.#versions);
    if (HOMES.test(text)) text = hideHomes(text, pass);
    if (text.includes('//') || text.includes('\\/')) text = hideUrlTails(text, pass, hosts);
    if (text.includes('/') || text.includes('\\')) text = hidePaths(text, pass);
    text = hosts.hideAll(text, pass);
    text = this.#words.hideNames(text, pass);
    return this.#isStrict ? this.#onlyLogWords(text, pass) : text;
  }

  #onlyLogWords(text: string, pass: Pass): string {
    const known = text.replace(KEPT, pass.keep);
    const kept = MAY_BE_KEPT.test(known) ? known.replace(KEPT_IN_LOGS, pass.keep) : known;
    return hideWords(kept, pass, (word) => {
      const before = this.#openWords.get(word);
      if (before !== undefined) return before;
      const isOpen = this.isOpenWord(word);
      if (this.#openWords.size >= KNOWN_TEXTS) this.#openWords.clear();
      this.#openWords.set(word, isOpen);
      return isOpen;
    });
  }
}

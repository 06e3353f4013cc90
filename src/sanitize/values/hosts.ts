import { parseAddress } from './address.ts';
import { isCommonWord, isHostLike, isReadableHost } from './names.ts';
import { isDecided, type Pass } from './pass.ts';
import { isUnit } from './programs.ts';
import type { Seeds } from './seeds.ts';

const DOTTED = /(?<![\p{L}\p{N}_])[\p{L}\p{N}_](?:[\p{L}\p{N}_-]*[\p{L}\p{N}_])?(?:\.[\p{L}\p{N}_-]+)+/gu;
const URL_HOST = /(?<=:\/\/|:\\\/\\\/|@)\p{L}[\p{L}\p{N}_-]*(?=[:/?#\\\s,;"')]|$)/gu;
/** libcurl's words, with a name that needs no dot. */
const UNRESOLVED = /\b(resolve (?:host|proxy): )([\w.-]+)/gi;
const CACHE_HEADER = /\b((?:HIT|MISS|NONE|PASS) from )([\w.-]+)/g;

const NAMING = /resolve|from|\/\/|@/i;

/** RFC 2606 keeps it for documentation, and this tool's advice uses it; still private where it is known to be in use. */
export const DOCUMENTATION_NAME = 'example.com';

/** RFC 6761: below it this machine may have names of its own. */
const LOCAL_TOP = '.localhost';

/** Host names compare without case and without the root's dot. */
export function normalName(name: string): string {
  return name.trim().toLowerCase().replace(/\.$/, '');
}

/** The names of hosts that are known, and the rules that find names in texts. They judge by an allow-list. */
export class Hosts {
  readonly #readable: ReadonlySet<string>;
  readonly proxies: ReadonlySet<string>;
  readonly domains: ReadonlySet<string>;

  constructor({ readableHosts, proxyHosts, domains }: Pick<Seeds, 'readableHosts' | 'proxyHosts' | 'domains'>) {
    this.#readable = new Set(readableHosts.map(normalName));
    // `<` begins a pseudonym: documents that were sanitized before are seeds too.
    const isHidden = (name: string): boolean =>
      /^[^<>*\s]+$/.test(name) && !isReadableHost(name, this.#readable) && parseAddress(name) === null;
    this.proxies = new Set(proxyHosts.map(normalName).filter(isHidden));
    this.domains = new Set(domains.map(normalName).filter((name) => isHidden(name) && name.includes('.')));
  }

  isReadable(name: string): boolean {
    return isReadableHost(normalName(name), this.#readable);
  }

  /** A certificate's subject that is but a readable host: `plex.tv`, `CN=*.plex.tv`. */
  isReadableSubject(name: string): boolean {
    const common = /^(?:CN\s*=\s*)?(?:\*\.)?([\w.-]+)$/i.exec(name.trim())?.[1];
    return common !== undefined && this.isReadable(common);
  }

  isProxy(name: string): boolean {
    return this.proxies.has(name);
  }

  /** `host:port` of a URL that is certainly a host and no user information. */
  isKnownAuthority(authority: string): boolean {
    const host = authority.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
    return this.isReadable(host) || parseAddress(host) !== null || this.isProxy(normalName(host));
  }

  /** Hides the names of hosts in a text: dotted ones, and single words where only a host can stand. */
  hideAll(text: string, pass: Pass): string {
    const hideWord = (_: string, prefix: string, name: string): string => prefix + this.#hide(name, pass, true);
    if (!text.includes('.') && !text.includes('//') && !NAMING.test(text)) return text;
    return text
      .replace(UNRESOLVED, hideWord)
      .replace(CACHE_HEADER, hideWord)
      .replace(DOTTED, (whole, offset: number, all: string) => this.#hideDotted(whole, offset, all, pass))
      .replace(URL_HOST, (name) => this.#hide(name, pass, true));
  }

  /** A name where only a host can stand, also a single word. */
  hideCertain(name: string, pass: Pass): string {
    return name === '' || isDecided(name) || parseAddress(name) !== null ? name : this.#hide(name, pass, true);
  }

  #hideDotted(whole: string, offset: number, all: string, pass: Pass): string {
    const name = whole.replace(/[.-]+$/, '');
    const lower = normalName(name);
    const context = {
      afterAuthority: /(?:\/\/|@)$/.test(all.slice(Math.max(0, offset - 2), offset)) && !isUnit(lower),
      beforePort: /^\.?:\d/.test(all.slice(offset + name.length, offset + name.length + 3)),
    };
    const isKnown = this.isProxy(lower) || this.domains.has(lower) || this.#parentOf(lower) !== null;
    if (!isKnown && !lower.endsWith(LOCAL_TOP) && !isHostLike(lower, context)) return whole;
    return this.#hide(name, pass, false) + whole.slice(name.length);
  }

  /** `isCertain`: it stands where only a host can stand, so that a single word is one too. */
  #hide(name: string, pass: Pass, isCertain: boolean): string {
    const lower = normalName(name);
    if (this.isReadable(lower)) return pass.keep(name);
    if (lower.endsWith(LOCAL_TOP)) return pass.pseudonym('host', lower) + pass.keep(LOCAL_TOP);
    if (this.isProxy(lower)) return pass.pseudonym('proxy', lower);
    if (this.domains.has(lower)) return pass.pseudonym('domain', lower);
    const parent = this.#parentOf(lower);
    if (parent !== null) {
      const label = lower.slice(0, -parent.length - 1);
      return `${pass.pseudonym('host', label)}.${pass.pseudonym('domain', parent)}`;
    }
    if (lower === DOCUMENTATION_NAME) return pass.keep(name);
    if (isCertain && !lower.includes('.')) return isCommonWord(lower) ? name : pass.pseudonym('host', lower);
    return pass.pseudonym('domain', lower);
  }

  /** The most specific known domain that a name lies in. */
  #parentOf(name: string): string | null {
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      const parent = name.slice(dot + 1);
      if (this.domains.has(parent)) return parent;
    }
    return null;
  }
}

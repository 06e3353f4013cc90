import type { ParsedAddress } from './address.ts';
import { isCommonWord } from './names.ts';
import type { PseudonymKind, RemovedKind } from './pseudonym-kinds.ts';
import type { Pseudonyms } from './pseudonyms.ts';

/** While rules run, each value that is decided stands as one private-use character, so that no later rule can read it again. */
const FIRST_SENTINEL = 0xf_00_00;
const LAST_SENTINEL = 0xf_ff_fd;
export const SENTINEL = '[\u{F0000}-\u{FFFFD}]';
const SENTINELS = new RegExp(SENTINEL, 'gu');
const FIRST_IS_SENTINEL = new RegExp(`^${SENTINEL}`, 'u');

/** One pass of all rules over one text. */
export class Pass {
  readonly #pseudonyms: Pseudonyms;
  readonly #kept: string[] = [];

  constructor(pseudonyms: Pseudonyms) {
    this.#pseudonyms = pseudonyms;
  }

  /** Decides that a value stands as it is. */
  readonly keep = (value: string): string => {
    if (FIRST_SENTINEL + this.#kept.length > LAST_SENTINEL) return '<removed-token>';
    this.#kept.push(value);
    return String.fromCodePoint(FIRST_SENTINEL + this.#kept.length - 1);
  };

  readonly pseudonym = (kind: PseudonymKind, key: string): string => this.keep(this.#pseudonyms.of(kind, key));

  /** A pseudonym that the text brought along. */
  readonly known = (pseudonym: string): string => {
    this.#pseudonyms.reserve(pseudonym);
    return this.keep(pseudonym);
  };

  secret(kind: RemovedKind): string {
    this.#pseudonyms.count(kind);
    return this.keep(kind === 'credentials' ? '***' : `<removed-${kind}>`);
  }

  address({ scope, key }: ParsedAddress, written: string): string {
    if (scope === 'well-known') return this.keep(written);
    return this.pseudonym(kindOfAddress({ scope, key }), key);
  }

  user(name: string): string {
    return isCommonWord(name) || isDecided(name) ? name : this.pseudonym('user', name.toLowerCase());
  }

  /** The text with the decided values in place of their characters. */
  restore(text: string): string {
    return text.replace(SENTINELS, (sentinel) => this.#kept[(sentinel.codePointAt(0) ?? 0) - FIRST_SENTINEL] ?? '');
  }
}

/** The kind of an address that is private. */
export function kindOfAddress({ scope }: ParsedAddress): PseudonymKind {
  return scope === 'ula' ? 'ula' : scope === 'lan' || scope === 'cgnat' ? `${scope}-ip` : 'public-ip';
}

/** The text without characters that would be taken for decided values. */
export function withoutSentinels(text: string): string {
  return text.replace(SENTINELS, '\u{FFFD}');
}

/** Whether a rule has decided about the beginning of a value. */
export function isDecided(value: string): boolean {
  return FIRST_IS_SENTINEL.test(value);
}

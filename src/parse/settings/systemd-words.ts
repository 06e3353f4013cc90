export interface Word {
  readonly text: string;
  /** The word's offset in the value. */
  readonly offset: number;
  /** Escapes made bytes of it that are not UTF-8: systemd refuses such a value. */
  readonly isBroken: boolean;
}

export interface Words {
  /** The words before the first problem; systemd keeps those. */
  readonly words: readonly Word[];
  /** The place of the unknown escape or open quote that ends the list. */
  readonly problemAt: number | null;
}

/** `c`: C escapes, an unknown one ends the list (EXTRACT_CUNESCAPE). `plain`: a backslash makes any character literal. */
export type Escapes = 'c' | 'plain';

const SIMPLE_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['s', ' '],
  ['\\', '\\'],
  ['"', '"'],
  ["'", "'"],
]);

const BLANK = /[ \t\n\r]/;

/**
 * Splits a value into words as extract_first_word() of systemd does (src/basic/extract-word.c) with unquoting: quotes may open anywhere in a
 * word, and escapes count inside both kinds of quotes.
 */
export function splitWords(value: string, escapes: Escapes = 'c'): Words {
  const words: Word[] = [];
  let at = 0;
  for (;;) {
    while (BLANK.test(value[at] ?? '')) at++;
    if (at >= value.length) return { words, problemAt: null };
    const offset = at;
    const bytes: number[] = [];
    let isBroken = false;
    let quote = '';
    let quotedAt = at;
    for (; at < value.length; at++) {
      const c = String.fromCodePoint(value.codePointAt(at) ?? 0);
      if (c === '\\') {
        const escape = escapes === 'c' ? unescape(value.slice(at + 1)) : literal(value.slice(at + 1));
        if (!escape) return { words, problemAt: at };
        bytes.push(...escape.bytes);
        isBroken ||= escape.isBroken === true;
        at += escape.length;
      } else if (quote === '' ? c === '"' || c === "'" : c === quote) {
        quotedAt = at;
        quote = quote === '' ? c : '';
      } else if (quote === '' && BLANK.test(c)) {
        break;
      } else {
        bytes.push(...bytesOf(c));
        at += c.length - 1;
      }
    }
    if (quote !== '') return { words, problemAt: quotedAt };
    const text = decoded(bytes);
    words.push({ text: text ?? '', offset, isBroken: isBroken || text === null });
  }
}

interface Escape {
  readonly bytes: readonly number[];
  /** Characters behind the backslash. */
  readonly length: number;
  readonly isBroken?: boolean;
}

function literal(rest: string): Escape | null {
  const c = rest.codePointAt(0);
  if (c === undefined) return null;
  const text = String.fromCodePoint(c);
  return { bytes: bytesOf(text), length: text.length };
}

/** cunescape_one() in src/basic/escape.c. NUL is refused, because it would end the string. */
function unescape(rest: string): Escape | null {
  const simple = SIMPLE_ESCAPES.get(rest[0] ?? '');
  if (simple !== undefined) return { bytes: bytesOf(simple), length: 1 };
  const [whole, x, u, long, octal] =
    /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3}))/.exec(rest) ?? [];
  if (whole === undefined) return null;
  const byte = x ?? octal;
  const code = Number.parseInt(byte ?? u ?? long ?? '', octal === undefined ? 16 : 8);
  if (code === 0) return null;
  if (byte !== undefined) return code > 255 ? null : { bytes: [code], length: whole.length };
  const isCharacter = code <= 0x10_ffff && !(code >= 0xd800 && code <= 0xdfff) && !isNoncharacter(code);
  if (!isCharacter) return long === undefined ? { bytes: [], length: whole.length, isBroken: true } : null;
  return { bytes: bytesOf(String.fromCodePoint(code)), length: whole.length };
}

function isNoncharacter(code: number): boolean {
  return (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) === 0xfffe;
}

function bytesOf(text: string): readonly number[] {
  return [...new TextEncoder().encode(text)];
}

/** Null when the bytes are not UTF-8. */
function decoded(bytes: readonly number[]): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return null;
  }
}

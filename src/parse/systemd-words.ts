export interface Word {
  readonly text: string;
  /** Where the word starts in the value. */
  readonly offset: number;
}

export interface Words {
  /** The words before the first problem; systemd keeps those. */
  readonly words: readonly Word[];
  readonly problem: { readonly offset: number; readonly rule: string } | null;
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  s: ' ',
  '\\': '\\',
  '"': '"',
  "'": "'",
};
const NUMERIC_ESCAPES: readonly (readonly [RegExp, number])[] = [
  [/^x([0-9a-fA-F]{2})/, 16],
  [/^u([0-9a-fA-F]{4})/, 16],
  [/^U([0-9a-fA-F]{8})/, 16],
  [/^([0-7]{3})/, 8],
];

/**
 * Splits a value into words as systemd does for `Environment=` (extract_first_word with unquoting and C escapes,
 * src/basic/extract-word.c): quotes may open anywhere in a word, escapes count inside both kinds of quotes,
 * an unknown escape or an open quote ends the list.
 */
export function splitWords(value: string): Words {
  const words: Word[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(value[at] ?? '')) at++;
    if (at >= value.length) return { words, problem: null };
    const offset = at;
    let text = '';
    let quote = '';
    let quotedAt = at;
    for (; at < value.length; at++) {
      const c = value[at] ?? '';
      if (c === '\\') {
        const escape = unescape(value.slice(at + 1));
        if (!escape)
          return { words, problem: { offset: at, rule: 'unknown escape after a backslash (systemd.syntax)' } };
        text += escape.text;
        at += escape.length;
      } else if (quote !== '') {
        if (c === quote) quote = '';
        else text += c;
      } else if (c === '"' || c === "'") {
        quote = c;
        quotedAt = at;
      } else if (/\s/.test(c)) {
        break;
      } else {
        text += c;
      }
    }
    if (quote !== '') return { words, problem: { offset: quotedAt, rule: 'a quote is not closed (systemd.syntax)' } };
    words.push({ text, offset });
  }
}

function unescape(rest: string): { readonly text: string; readonly length: number } | null {
  const simple = SIMPLE_ESCAPES[rest[0] ?? ''];
  if (simple !== undefined) return { text: simple, length: 1 };
  for (const [pattern, base] of NUMERIC_ESCAPES) {
    const match = pattern.exec(rest);
    const code = match ? Number.parseInt(match[1] ?? '', base) : 0;
    // systemd refuses NUL, which would end the string.
    if (match && code > 0 && code <= 0x10_ffff) return { text: String.fromCodePoint(code), length: match[0].length };
  }
  return null;
}

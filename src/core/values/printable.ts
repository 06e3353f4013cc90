/** C0 and C1 controls, and those that turn the direction of text around: what makes a terminal do something, or show it wrong. */
const UNPRINTABLE = /[\p{Cc}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu;

/** One line that is safe to print: every control character becomes U+FFFD. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\uFFFD');
}

/** The words of others inside of a sentence: one line, in quotes that nothing in them can close. */
export function quoted(words: string): string {
  return `"${printable(words).replace(/["“”]/g, "'")}"`;
}

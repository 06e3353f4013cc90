import { evidenceSchema, type Evidence } from './evidence.ts';

/** C0 and C1 controls, and those that turn the direction of text around: what makes a terminal do something, or show it wrong. */
const UNPRINTABLE = /[\p{Cc}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu;

/** One line that is safe to print: every control character becomes U+FFFD. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\uFFFD');
}

/**
 * Evidence whose texts are safe to print. They come from proxies, certificates and other people's files, and end on a terminal.
 */
export function printableEvidence(evidence: Evidence): Evidence {
  const copy: unknown = JSON.parse(JSON.stringify(evidence), (_, value: unknown) =>
    typeof value === 'string' ? printable(value) : value,
  );
  return evidenceSchema.parse(copy);
}

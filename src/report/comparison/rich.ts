import type { Statement } from '../../core/model/statement.ts';
import { value, type Value } from '../blocks/blocks.ts';

/** A host, an address, a URL or an entry among the arguments: pages would make a link of it, or swallow it as a tag. */
const VALUE = /^(?=\S*[./:<])(?=\S*[^./:<])\S+$/;

/** The text of a statement with its values set apart. */
export function rich({ text, args }: Statement): readonly (string | Value)[] {
  const tokens = Object.values(args)
    .flatMap((arg) => (typeof arg === 'string' ? arg.split(/, | (?=and \d+ more$)|\s/) : []))
    .map((token) => token.replace(/[,:;]$/, ''))
    .filter((token) => VALUE.test(token));
  const pieces: (string | Value)[] = [];
  // The longest first: `plex.tv` stands in `app.plex.tv` too.
  const wanted = [...new Set(tokens)].toSorted((a, b) => b.length - a.length);
  let words = '';
  for (let at = 0; at < text.length;) {
    const isWithin = at > 0 && /[\w.-]/.test(text.charAt(at - 1));
    const found = isWithin ? undefined : wanted.find((token) => text.startsWith(token, at));
    if (found === undefined) {
      words += text.charAt(at);
      at += 1;
      continue;
    }
    if (words !== '') pieces.push(words);
    words = '';
    pieces.push(value(found));
    at += found.length;
  }
  return words === '' ? pieces : [...pieces, words];
}

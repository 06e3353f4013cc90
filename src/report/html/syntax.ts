import { plainText, type Text } from '../blocks/blocks.ts';

/** A piece of HTML. Only `h` makes it, so that every other string is escaped. */
export interface Markup {
  readonly markup: string;
}
type Child = Markup | string | null | readonly Child[];
type Attributes = Readonly<Record<string, string | number | null>>;

/** An element, well-formed as XML too; an attribute that is null is left out. */
export function h(tag: string, attributes: Attributes, ...children: readonly Child[]): Markup {
  let own = '';
  for (const name in attributes) {
    const given = attributes[name] ?? null;
    if (given !== null) own += ` ${name}="${typeof given === 'number' ? given : escape(given)}"`;
  }
  const end = LINES.has(tag) ? '\n' : '';
  return { markup: VOID.has(tag) ? `<${tag}${own}/>${end}` : `<${tag}${own}>${inner(children)}</${tag}>${end}` };
}

/** A style sheet: its text is ours, and HTML reads no entities in it. */
export function style(css: string): Markup {
  return { markup: `<style>${css}</style>\n` };
}

const VOID: ReadonlySet<string> = new Set(['meta', 'br']);
/** Elements with a line break behind them, where it is no content. */
const LINES: ReadonlySet<string> = new Set(
  ['meta', 'title', 'head', 'body', 'main', 'section', 'footer', 'figure', 'details', 'summary', 'svg'].concat([
    'h1',
    'h2',
    'p',
    'ul',
    'ol',
    'li',
    'dl',
    'div',
    'table',
    'thead',
    'tbody',
    'tr',
    'pre',
  ]),
);

function inner(child: Child): string {
  if (child === null) return '';
  if (typeof child === 'string') return escape(child);
  if ('markup' in child) return child.markup;
  let all = '';
  for (const each of child) all += inner(each);
  return all;
}

/** Controls, lone surrogates, noncharacters, and what turns the direction of text around; a line break and a tab are text. */
const UNWRITABLE =
  /[^\t\n\u0020-\u007E\u00A0-\uD7FF\uE000-\uFDCF\uFDF0-\uFFFD\u{10000}-\u{10FFFF}]|[\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]|[\u{1FFFE}\u{1FFFF}\u{2FFFE}\u{2FFFF}\u{3FFFE}-\u{DFFFF}\u{EFFFE}\u{EFFFF}\u{FFFFE}\u{FFFFF}\u{10FFFE}\u{10FFFF}]/gu;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Most texts need no look at each character. */
const PLAIN = /^[ !#-%'-;=?-~\n]*$/;

function escape(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .replace(/\r\n?/g, '\n')
    .replace(UNWRITABLE, '\uFFFD')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}

/** Words as they are, values as code. */
export function inline(text: Text): readonly Child[] {
  return typeof text === 'string'
    ? [text]
    : text.map((piece) => (typeof piece === 'string' ? piece : h('code', {}, piece.value)));
}

/** Where only plain words may stand. */
export function words(text: Text): string {
  return plainText(text).replace(/\s+/g, ' ').trim();
}

/** One element of an answer of PMS: XML as it stands, JSON brought into the same form. */
export interface PlexElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly PlexElement[];
}

export type XmlResult =
  | { readonly kind: 'element'; readonly element: PlexElement }
  | { readonly kind: 'malformed'; readonly offset: number; readonly rule: string };

/** A thousand libraries with their folders are a few thousand elements. Bounds what an answer can make of memory. */
export const MAX_ELEMENTS = 100_000;
/** Answers of PMS are five deep. */
export const MAX_DEPTH = 64;

interface Open {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: Open[];
}

const NAME = /[\p{L}_:][\p{L}\p{N}_:.-]*/uy;
const SPACE = /[ \t\r\n]*/y;
const VALUE = /[ \t\r\n]*=[ \t\r\n]*(?:"([^"<]*)"|'([^'<]*)')/y;

/**
 * Reads the XML that PMS writes: elements, attributes, comments, CDATA. Text between elements means nothing there and is skipped. A document
 * type is refused, so that no entity can be defined.
 */
export function parseXml(text: string): XmlResult {
  const stack: Open[] = [];
  let root: Open | null = null;
  let count = 0;
  let at = 0;
  const malformed = (rule: string): XmlResult => ({ kind: 'malformed', offset: at, rule });
  for (;;) {
    const start = text.indexOf('<', at);
    const between = text.slice(at, start < 0 ? text.length : start);
    if (stack.length === 0 && /[^\s\uFEFF]/.test(between))
      return malformed('XML 1.0 section 2.1: text outside of the root element');
    if (start < 0) break;
    at = start;
    const skipped = skipMarkup(text, at);
    if (skipped !== null) {
      if (skipped < 0) return malformed('XML 1.0 section 2.8: a document type, or markup that does not end');
      at = skipped;
      continue;
    }
    if (text[at + 1] === '/') {
      const name = match(NAME, text, at + 2)?.[0] ?? '';
      const end = at + 2 + name.length + (match(SPACE, text, at + 2 + name.length)?.[0].length ?? 0);
      if (stack.pop()?.name !== name || text[end] !== '>')
        return malformed('XML 1.0 section 3: an end tag that fits no start tag');
      at = end + 1;
      continue;
    }
    const tag = readTag(text, at);
    if (tag === null) return malformed('XML 1.0 section 3.1: not a start tag');
    if (++count > MAX_ELEMENTS || stack.length >= MAX_DEPTH) return malformed('more or deeper elements than are read');
    const parent = stack.at(-1);
    if (parent) parent.children.push(tag.element);
    else if (root) return malformed('XML 1.0 section 2.1: a second root element');
    else root = tag.element;
    if (!tag.isEmpty) stack.push(tag.element);
    at = tag.end;
  }
  if (root === null || stack.length > 0) return malformed('XML 1.0 section 2.1: the root element does not end');
  return { kind: 'element', element: root };
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** The end of markup that is no tag; -1 when it has no end or is not allowed here; null when this is a tag. */
function skipMarkup(text: string, at: number): number | null {
  for (const [opening, closing] of [
    ['<?', '?>'],
    ['<!--', '-->'],
    ['<![CDATA[', ']]>'],
  ] as const) {
    if (!text.startsWith(opening, at)) continue;
    const end = text.indexOf(closing, at + opening.length);
    return end < 0 ? -1 : end + closing.length;
  }
  return text[at + 1] === '!' ? -1 : null;
}

function readTag(text: string, start: number): { element: Open; isEmpty: boolean; end: number } | null {
  const name = match(NAME, text, start + 1)?.[0];
  if (name === undefined) return null;
  const attributes: Record<string, string> = Object.create(null) as Record<string, string>;
  let at = start + 1 + name.length;
  for (;;) {
    const space = match(SPACE, text, at)?.[0].length ?? 0;
    at += space;
    if (text[at] === '>') return { element: { name, attributes, children: [] }, isEmpty: false, end: at + 1 };
    if (text.startsWith('/>', at)) return { element: { name, attributes, children: [] }, isEmpty: true, end: at + 2 };
    const attribute = space > 0 ? match(NAME, text, at)?.[0] : undefined;
    const value = attribute === undefined ? null : match(VALUE, text, at + attribute.length);
    if (attribute === undefined || value === null) return null;
    attributes[attribute] = decoded(value[1] ?? value[2] ?? '');
    at += attribute.length + value[0].length;
  }
}

const PREDEFINED: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** XML 1.0 sections 4.1 and 4.6; a reference that is none of these stays as it stands. */
function decoded(value: string): string {
  return value.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return PREDEFINED.get(String(name)) ?? whole;
    const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal);
    return code > 0 && code <= 0x10_ffff ? String.fromCodePoint(code) : whole;
  });
}

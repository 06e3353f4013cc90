/** An element of a document that was parsed strictly. */
export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
  readonly text: string;
}

const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const NAME = /[A-Za-z_][\w.-]*/y;
const ATTRIBUTE = /\s+([A-Za-z_][\w.-]*)="([^"<]*)"/y;
const TEXT = /[^<]*/y;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Reads a document as XML 1.0 demands of every processor, without doctypes, comments and CDATA, and throws where it is not well-formed:
 * forbidden characters, unknown entities, tags that do not match, an attribute twice, `]]>` in text, anything behind the root.
 */
export function parseXml(document: string): Element {
  if (FORBIDDEN.test(document)) throw new Error('a character that XML cannot hold');
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (!document.startsWith(declaration)) throw new Error('no declaration');
  let at = declaration.length;
  const take = (pattern: RegExp): RegExpExecArray => {
    pattern.lastIndex = at;
    const match = pattern.exec(document);
    if (match === null) throw new Error(`${pattern} expected at ${at}: ${document.slice(at, at + 40)}`);
    at += match[0].length;
    return match;
  };
  const isNext = (text: string): boolean => document.startsWith(text, at);
  const element = (): Element => {
    take(/</y);
    const [name] = take(NAME);
    const attributes = new Map<string, string>();
    while (!isNext('>') && !isNext('/>')) {
      const [, key = '', given = ''] = take(ATTRIBUTE);
      if (attributes.has(key)) throw new Error(`${key} twice`);
      attributes.set(key, decode(given));
    }
    if (isNext('/>')) {
      at += 2;
      return { name, attributes, children: [], text: '' };
    }
    take(/>/y);
    const children: Element[] = [];
    let text = '';
    while (!isNext('</')) {
      const [words] = take(TEXT);
      if (words.includes(']]>')) throw new Error(']]> in text');
      text += decode(words);
      if (at >= document.length) throw new Error(`${name} is not closed`);
      if (!isNext('</')) children.push(element());
    }
    take(/<\//y);
    if (take(NAME)[0] !== name) throw new Error(`${name} is closed by another name`);
    take(/>/y);
    return { name, attributes, children, text };
  };
  const root = element();
  if (document.slice(at).trim() !== '') throw new Error('something behind the root');
  return root;
}

function decode(text: string): string {
  return text.replace(/&(?:(\w+);)?/g, (whole, name: string | undefined) => {
    const character = ENTITIES[name ?? ''];
    if (character === undefined) throw new Error(`unknown entity ${whole}`);
    return character;
  });
}

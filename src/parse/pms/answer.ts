import { printable } from '../../core/values/printable.ts';
import { MAX_DEPTH, MAX_ELEMENTS, parseXml, type PlexElement } from './answer-xml.ts';

/** The body of an answer of PMS's HTTP API. */
export type PmsAnswer =
  | { readonly kind: 'element'; readonly element: PlexElement }
  /** An error page: PMS writes small ones in HTML. */
  | { readonly kind: 'page'; readonly title: string | null }
  | { readonly kind: 'empty' }
  /** Readable, but nothing that PMS would say. */
  | { readonly kind: 'not-plex' }
  | { readonly kind: 'malformed'; readonly offset: number; readonly rule: string };

const TITLE_MAX_CHARS = 100;
/** Roots of the answers that are asked for here; `/myplex/account` has one of its own. */
const ROOTS: readonly string[] = ['MediaContainer', 'MyPlex'];

/** Tells JSON, XML and HTML apart by how they begin, whatever the headers say. Never throws. */
export function parsePmsAnswer(text: string): PmsAnswer {
  const begin = text.replace(/^[\s\uFEFF]+/, '').slice(0, 200);
  if (begin === '') return { kind: 'empty' };
  if (begin.startsWith('{') || begin.startsWith('[')) return parseJson(text);
  if (/^(?:<!--[^>]*>\s*)?(?:<!doctype\s+html|<html|<head|<body|<h1)/i.test(begin))
    return { kind: 'page', title: titleOf(text) };
  if (!begin.startsWith('<')) return { kind: 'not-plex' };
  const xml = parseXml(text);
  if (xml.kind === 'malformed') return xml;
  return ROOTS.includes(xml.element.name) ? xml : { kind: 'not-plex' };
}

function titleOf(text: string): string | null {
  const title = /<(title|h1)\b[^>]*>([^<]*)</i.exec(text.slice(0, 8_192))?.[2]?.trim() ?? '';
  return title === '' ? null : printable(title).slice(0, TITLE_MAX_CHARS);
}

function parseJson(text: string): PmsAnswer {
  let document: unknown;
  try {
    document = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return { kind: 'malformed', offset: 0, rule: 'RFC 8259: not a JSON text' };
  }
  const budget = { elementsLeft: MAX_ELEMENTS };
  for (const name of ROOTS) {
    const root = isObject(document) ? document[name] : undefined;
    if (!isObject(root)) continue;
    const element = elementOf(name, root, 0, budget);
    return element === null
      ? { kind: 'malformed', offset: 0, rule: 'more or deeper elements than are read' }
      : { kind: 'element', element };
  }
  return { kind: 'not-plex' };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Scalars are the attributes that XML would have, objects the elements below; null when there are too many. */
function elementOf(
  name: string,
  object: Readonly<Record<string, unknown>>,
  depth: number,
  budget: { elementsLeft: number },
): PlexElement | null {
  if (depth >= MAX_DEPTH || --budget.elementsLeft < 0) return null;
  const attributes: Record<string, string> = Object.create(null) as Record<string, string>;
  const children: PlexElement[] = [];
  for (const [key, value] of Object.entries(object)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      attributes[key] = String(value);
    for (const inner of Array.isArray(value) ? value : [value]) {
      if (!isObject(inner)) continue;
      const child = elementOf(key, inner, depth + 1, budget);
      if (child === null) return null;
      children.push(child);
    }
  }
  return { name, attributes, children };
}

/** An element of PMS's answers, which it gives as XML or as JSON. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly children: readonly Element[];
  /** In JSON an object instead of a list. */
  readonly single?: true;
}

export function element(name: string, attributes: Element['attributes'], children: readonly Element[] = []): Element {
  return { name, attributes, children };
}

export function mediaContainer(attributes: Element['attributes'], children: readonly Element[]): Element {
  return element('MediaContainer', { size: children.length, ...attributes }, children);
}

/** The document as PMS writes it: truth values are 1 and 0. */
export function xmlOf(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xmlElement(root)}\n`;
}

function xmlElement({ name, attributes, children }: Element): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`);
  const opening = `<${name}${written.join('')}`;
  return children.length === 0 ? `${opening}/>` : `${opening}>\n${children.map(xmlElement).join('\n')}\n</${name}>`;
}

function escapeXml(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return String(value).replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);
}

/** The same as JSON: children of one name are a list under that name. */
export function jsonOf(root: Element): string {
  return JSON.stringify({ [root.name]: jsonElement(root) });
}

function jsonElement({ attributes, children }: Element): Readonly<Record<string, unknown>> {
  const lists: Record<string, unknown[]> = {};
  const objects: Record<string, unknown> = {};
  for (const child of children) {
    if (child.single) objects[child.name] = jsonElement(child);
    else (lists[child.name] ??= []).push(jsonElement(child));
  }
  return { ...attributes, ...lists, ...objects };
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  503: 'Service Unavailable',
};

/** The small page that PMS answers errors with; `sentence` is what it says beyond the status. */
export function errorPage(status: number, sentence: string | null = null): string {
  const reason = REASONS[status] ?? 'Error';
  const more = sentence === null ? '' : `<p>${sentence}</p>`;
  return `<html><head><title>${reason}</title></head><body><h1>${status} ${reason}</h1>${more}</body></html>`;
}

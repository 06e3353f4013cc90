import { safeText } from '../pms-log/safe-text.ts';

/** A refusal is a sentence; what is longer is a page that says something else. */
const INPUT_LIMIT_CHARS = 2_048;
const QUOTED = /"[^"]*"|“[^”]*”|‘[^’]*’|(?<!\w)'[^']*'(?!\w)/g;
const ENTITIES: Readonly<Record<string, string>> = { quot: '"', apos: "'", '#39': "'", amp: '&', lt: '<', gt: '>' };

/**
 * The reason in the body of a refusal: the sentence of an HTML page, of an XML answer's `status` or of a JSON answer's `message`, without the
 * status code before it. Quoted text is left out, since it can be a library's title; so are paths, hosts and URLs. null: no reason is given.
 */
export function refusalWords(body: string): string | null {
  const text = sentenceOf(body.slice(0, INPUT_LIMIT_CHARS))
    .replace(/&(quot|apos|#39|amp|lt|gt);/g, (whole, name: string) => ENTITIES[name] ?? whole)
    .replace(QUOTED, '<title>')
    .trim()
    .replace(/^\d{3}\s+(?=\S)/, '');
  const words = safeText(text, '');
  return words === '' ? null : words;
}

function sentenceOf(body: string): string {
  const told =
    /"(?:message|title)"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(body) ?? /<Response\b[^>]*\bstatus="([^"]*)"/.exec(body);
  if (told?.[1] !== undefined) return told[1].replace(/\\(.)/g, '$1');
  const page = body.replace(/<(title|style|script)\b[^>]*>.*?<\/\1>/gis, ' ').replace(/<[^>]*>/g, ' ');
  return page.trim() === '' ? body.replace(/<[^>]*>/g, ' ') : page;
}

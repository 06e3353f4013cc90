import { isVariableName, type Assignment } from './assignment.ts';

/** A property list in XML (plist(5)); macOS also keeps binary ones, which plutil converts. */
export function isPlist(text: string): boolean {
  return /^\s*(?:<\?xml[^>]*>\s*)?(?:<!DOCTYPE plist[^>]*>\s*)?<plist\b/.test(text.replace(/^\uFEFF/, ''));
}

/** `EnvironmentVariables` of a launchd job (launchd.plist(5)). */
export function parsePlistEnvironment(text: string): readonly Assignment[] {
  const plain = text.replace(/<!--[^]*?-->/g, (comment) => comment.replace(/[^\n]/g, ' '));
  const start = /<key>\s*EnvironmentVariables\s*<\/key>\s*<dict>/.exec(plain);
  if (start === null) return [];
  const from = start.index + start[0].length;
  const end = plain.indexOf('</dict>', from);
  const dictionary = plain.slice(0, end < 0 ? undefined : end);
  const found: Assignment[] = [];
  const entry = /<key>([^<]*)<\/key>\s*(?:<string>([^<]*)<\/string>|<string\s*\/>)/g;
  entry.lastIndex = from;
  for (let match = entry.exec(dictionary); match !== null; match = entry.exec(dictionary)) {
    const name = decoded(match[1] ?? '').trim();
    const before = dictionary.slice(0, match.index);
    const line = before.split('\n').length;
    const column = match.index - before.lastIndexOf('\n');
    if (isVariableName(name)) found.push({ name, value: decoded(match[2] ?? ''), line, column, unresolved: null });
  }
  return found;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decoded(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/gi,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return ENTITIES[name] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
      return code > 0 && code <= 0x10_ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

import { parseHostName } from '../../catalog/index.ts';

/** An entry of a present list: one name, or a name with everything below it. */
export interface Entry {
  /** As it is written. */
  readonly entry: string;
  readonly host: string;
  /** `exact`: this name. `below`: the names below it. `domain`: both. */
  readonly scope: 'exact' | 'below' | 'domain';
}

export interface Existing {
  readonly entries: readonly Entry[];
  /** Numbers of lines that could not be read as names, from 1. */
  readonly unread: readonly number[];
}

const ACL = /^acl\s+(\S+)\s+(\S+)\s+(.*)$/;
const NAME_TYPES = ['dstdomain', 'ssl::server_name', 'dstdom_regex', 'ssl::server_name_regex'];

/**
 * The names of a present allow-list: lines of a squid.conf, or a list with one name or pattern a line, as `dstdomain` files and those of tinyproxy have it.
 * Of a squid.conf only ACLs count that an `http_access allow` line names. Pure, and nothing throws.
 */
export function readExisting(text: string): Existing {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const allowing = lines
    .filter((line) => /^http_access\s+allow\s/.test(line))
    .flatMap((line) => line.split(/\s+/).slice(2));
  const isSquid = lines.some((line) => ACL.test(line));
  const entries = new Map<string, Entry>();
  const unread: number[] = [];
  for (const [index, line] of lines.entries()) {
    if (line === '' || /^[#!;]/.test(line)) continue;
    const words = isSquid ? wordsOfAcl(line, allowing) : wordsOfList(line);
    for (const word of words) {
      const entry = entryOf(word);
      if (entry === null) unread.push(index + 1);
      else entries.set(`${entry.scope} ${entry.host}`, entry);
    }
  }
  return { entries: [...entries.values()], unread: [...new Set(unread)] };
}

function wordsOfAcl(line: string, allowing: readonly string[]): readonly string[] {
  const [, name = '', type = '', values = ''] = ACL.exec(line) ?? [];
  if (!NAME_TYPES.includes(type) || (allowing.length > 0 && !allowing.includes(name))) return [];
  return values.split(/\s+/).filter((word) => !word.startsWith('-'));
}

/** A comment may stand behind the name, as in a list of hosts. */
function wordsOfList(line: string): readonly string[] {
  return line.split(/\s+/).slice(0, 1);
}

/** null: it is neither a name nor a pattern that stands for one. */
function entryOf(word: string): Entry | null {
  const pattern = /^\^(\.[+*]\\\.)?((?:[\w-]|\\\.)+)\$$/.exec(word);
  const named = pattern?.[2]?.replaceAll('\\.', '.');
  const [host, scope] =
    named === undefined
      ? word.startsWith('*.')
        ? ([word.slice(2), 'below'] as const)
        : word.startsWith('.')
          ? ([word.slice(1), 'domain'] as const)
          : ([word, 'exact'] as const)
      : ([named, pattern?.[1] === undefined ? 'exact' : 'below'] as const);
  const parsed = parseHostName(host);
  return parsed.ok && !parsed.host.startsWith('*') ? { entry: word, host: parsed.host, scope } : null;
}

/** Whether an entry lets this name through; of a pattern (`*.plex.direct`), all names that it stands for. */
export function entryCovers({ host, scope }: Entry, name: string): boolean {
  const isPattern = name.startsWith('*.');
  const plain = isPattern ? name.slice(2) : name;
  if (scope === 'exact') return !isPattern && plain === host;
  if (plain.endsWith(`.${host}`)) return true;
  return plain === host && (isPattern || scope === 'domain');
}

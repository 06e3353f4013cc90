/** The unit whose specifiers are resolved: a named service of the system's or a user's manager, or the system's manager itself. */
export type SpecifierScope =
  /** `name`: null where only a part of the unit is at hand. */
  { readonly kind: 'unit'; readonly name: string | null; readonly isUser: boolean } | { readonly kind: 'manager' };

/** A text with its specifiers filled in; `unresolved` is the first that only the running system could fill in, left as written. */
export type Expanded =
  | { readonly isRefused: false; readonly text: string; readonly unresolved: string | null }
  | { readonly isRefused: true };

/** Specifiers that the files do not answer: architecture, boot id, host names, kernel, image, shell, cgroup, path of the unit file (systemd.unit(5)). */
const OF_THE_MACHINE = new Set('aAbBHlqmMovwWs');
const OF_THE_UNIT_RUNNING = new Set('crRyY');

const OF_THE_NAME = new Set('nNpPiIjJfd');

/** Directories and identity of the system manager, which runs as root (systemd.unit(5), "Specifiers"). */
const OF_ROOT: ReadonlyMap<string, string> = new Map([
  ['C', '/var/cache'],
  ['E', '/etc'],
  ['L', '/var/log'],
  ['S', '/var/lib'],
  ['t', '/run'],
  ['h', '/root'],
  ['u', 'root'],
  ['U', '0'],
  ['g', 'root'],
  ['G', '0'],
]);
const OF_EVERYBODY: ReadonlyMap<string, string> = new Map([
  ['T', '/tmp'],
  ['V', '/var/tmp'],
]);

/**
 * specifier_printf() of systemd 252 (src/shared/specifier.c): `%%` is a percent sign, a percent sign before anything but a letter or a digit
 * stays, and one before a letter or digit that is no specifier makes systemd refuse the whole word.
 */
export function expandSpecifiers(text: string, scope: SpecifierScope): Expanded {
  let unresolved: string | null = null;
  let isRefused = false;
  const expanded = text.replace(/%([0-9A-Za-z%])/g, (whole, letter: string) => {
    if (letter === '%') return '%';
    const value = valueOf(letter, scope);
    if (value === 'unknown') isRefused = true;
    if (typeof value === 'object') return value.text;
    unresolved ??= whole;
    return whole;
  });
  return isRefused ? { isRefused } : { isRefused, text: expanded, unresolved };
}

function valueOf(letter: string, scope: SpecifierScope): { readonly text: string } | 'unresolved' | 'unknown' {
  const common = OF_EVERYBODY.get(letter);
  if (common !== undefined) return { text: common };
  // The manager's own files know neither its directories nor its user.
  if (scope.kind === 'manager') return OF_THE_MACHINE.has(letter) && letter !== 's' ? 'unresolved' : 'unknown';
  const root = OF_ROOT.get(letter);
  if (root !== undefined) return scope.isUser ? 'unresolved' : { text: root };
  if (OF_THE_MACHINE.has(letter)) return 'unresolved';
  if (OF_THE_UNIT_RUNNING.has(letter) || (letter === 'd' && scope.isUser)) return 'unresolved';
  if (scope.name === null) return OF_THE_NAME.has(letter) ? 'unresolved' : 'unknown';
  return ofName(letter, scope.name);
}

function ofName(letter: string, name: string): { readonly text: string } | 'unresolved' | 'unknown' {
  const stem = name.replace(/\.[^.]*$/, '');
  const at = stem.indexOf('@');
  const prefix = at < 0 ? stem : stem.slice(0, at);
  const instance = at < 0 ? '' : stem.slice(at + 1);
  const last = prefix.slice(prefix.lastIndexOf('-') + 1);
  switch (letter) {
    case 'n':
      return { text: name };
    case 'N':
      return { text: stem };
    case 'p':
      return { text: prefix };
    case 'P':
      return { text: unescaped(prefix) };
    case 'i':
      return { text: instance };
    case 'I':
      return { text: unescaped(instance) };
    case 'j':
      return { text: last };
    case 'J':
      return { text: unescaped(last) };
    case 'd':
      return { text: `/run/credentials/${name}` };
    case 'f':
      return pathOf(at < 0 ? prefix : instance);
    default:
      return 'unknown';
  }
}

/** unit_name_path_unescape(): a path that is not normalized is refused. */
function pathOf(text: string): { readonly text: string } | 'unknown' {
  if (text === '-') return { text: '/' };
  const parts = unescaped(text).split('/');
  return parts.some((part) => part === '' || part === '.' || part === '..')
    ? 'unknown'
    : { text: `/${parts.join('/')}` };
}

/** unit_name_unescape(): dashes are slashes, `\x2d` is the byte. */
function unescaped(text: string): string {
  return text
    .replaceAll('-', '/')
    .replace(/\\x([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** curl's messages are shorter. */
const TEXT_LIMIT = 200;
/** Words that stand where a host can stand: `Couldn't resolve host name`, `Couldn't connect to server`. */
const NO_HOST = new Set(['name', 'server', 'proxy', 'host']);
/** A figure as long as this is a port, a status or an error number. */
const PORT_DIGITS = 5;
/** OpenSSL's number of an error with the library that had it. */
const OPENSSL_ERROR = /^error:[\dA-F]{8}:[a-zA-Z\d:()]{0,40}$/;
/** Units of figures that differ from one failure to the next: `10001 milliseconds`, `0 out of 0 bytes`. */
const UNITS = new Set(['ms', 'ms:', 'milliseconds', 'seconds', 'bytes', 'out']);

/**
 * The words of a failure, fit to be kept: printable ASCII without URLs, paths, mail addresses, and hosts other than `host`.
 * Durations and sizes are `N`, so that equal failures are counted as one.
 */
export function safeText(text: string, host: string): string {
  const words = text
    .replace(/[^ -~]+/g, ' ')
    .split(' ')
    .filter(Boolean);
  let safe = '';
  for (const [index, word] of words.entries()) {
    const next = `${safe === '' ? '' : ' '}${safeWord(words, index, word, host)}`;
    if (safe.length + next.length > TEXT_LIMIT) break;
    safe += next;
  }
  return safe;
}

function safeWord(words: readonly string[], index: number, word: string, host: string): string {
  const mayBeHost = hostFollows(words[index - 2], words[index - 1]);
  if (!mayBeHost && /^[A-Za-z]{1,19}[:,.]?$/.test(word)) return word;
  if (/^\d+$/.test(word)) {
    if (UNITS.has(words[index + 1] ?? '')) return 'N';
    return word.length <= PORT_DIGITS ? word : '<value>';
  }
  const [, opening = '', core = '', closing = ''] = /^([("'[<]*)(.*?)([)"'\]>,;:.!]*)$/.exec(word) ?? [];
  if (core === '') return word;
  const quoted = opening.includes("'") && closing.includes("'");
  return `${opening}${safeCore(core, mayBeHost || quoted, host)}${closing}`;
}

/** Behind `host:`, `proxy:`, `connect to`, `resolve host`, `port 443 via` stands a host, also when it has no dot. */
function hostFollows(before = '', last = ''): boolean {
  const word = last.toLowerCase();
  switch (word) {
    case 'host:':
    case 'proxy:':
    case 'name:':
      return true;
    case 'to':
      return /^connect(?:ion)?$/i.test(before);
    case 'via':
      return /^\d+$/.test(before);
    case 'host':
    case 'proxy':
      return /^resolve$/i.test(before);
    default:
      return false;
  }
}

/** Tokens of Plex say what they are, or are twenty letters, figures, hyphens and underscores. OpenSSL's long words are of one case. */
function isSecret(core: string): boolean {
  if (/^(?:claim-|transient-|eyJ[\w-]+\.)/.test(core)) return true;
  return core.length >= 20 && /^[\w-]+$/.test(core) && /\d/.test(core) && /[a-z]/.test(core) && /[A-Z]/.test(core);
}

function safeCore(core: string, mayBeHost: boolean, host: string): string {
  const [port = ''] = /:\d{1,5}$/.exec(core) ?? [];
  const name = core.slice(0, core.length - port.length).toLowerCase();
  if (name === host || core.toLowerCase() === host) return core;
  if (isSecret(core)) return '<value>';
  if (OPENSSL_ERROR.test(core)) return core;
  if (core.includes('://')) return '<url>';
  if (core.includes('@') || core.includes('=')) return '<value>';
  if (/^[\da-f]*:[\da-f]*:[\da-f:.]*$/i.test(core)) return '<other>';
  if (/^[\w-]+(?:\.[\w-]+)*\.[a-z][\w-]*$/.test(name) || /^\d+\.\d+\.\d+\.\d+$/.test(name)) return `<other>${port}`;
  if (/[/\\]/.test(core)) return /^HTTP\/[\d.]+$/.test(core) ? core : '<path>';
  if (core.length >= 20 && /\d/.test(core) && !core.includes('_')) return '<value>';
  return mayBeHost && !NO_HOST.has(name) ? `<other>${port}` : core;
}

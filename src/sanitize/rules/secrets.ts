import type { Hosts } from '../values/hosts.ts';
import { isKnownWord } from '../values/vocabulary.ts';
import { isDecided, SENTINEL, type Pass } from '../values/pass.ts';

/** Names of things whose value is a secret, in URLs, headers, JSON and preference files. */
const SECRET_NAME =
  '(?:token|claim|passw(?:or)?d|passphrase|secret|api[_-]?key|private[_-]?key|customcertificatekey|sentry_key|credentials?)';

const AUTHORIZATION =
  /((?:proxy-)?authorization["']?\s*[:=]\s*["']?)((?:basic|bearer|negotiate|ntlm|kerberos)\s+[^\s"',;]+|[^\r\n]+)/gi;
const COOKIE = /((?:set-)?cookie["']?\s*:\s*["']?)([^\r\n"']+)/gi;
const CHALLENGE_ANSWER = /\b(basic|bearer|negotiate|ntlm)(\s+)([a-z0-9+/=._~-]{8,})/gi;
const URL_USERINFO = /(["'])?(?<![a-z])([a-z][a-z0-9+.-]*:(?:\\?\/){2})(\S*@)/giu;
/** A password may have blanks where it was pasted. */
const BLANK_USERINFO =
  /((?<![a-z])[a-z][a-z0-9+.-]*:\/\/)[^\s/:@"'<>]+:(?!\d{1,5}[\s/?,;)]|\/\/)[^@/"'<>\r\n]*\s[^@/"'<>\r\n]*@(?=[\p{L}\p{N}[])/giu;
const BARE_USERINFO = /(?<![^\s:@/=,;"'(<>[\]])([^\s:@/=,;"'(<>[\]]+):\S*@(?=[\p{L}\p{N}[\u{F0000}-\u{FFFFD}])/gu;
/** In prose a colon behind `token` begins an explanation; behind these names, as headers and YAML have them, a value. */
const COLON = '(?<=plex[\\w-]{0,20}(?:token|claim)|admintoken):';
/** `--claim VALUE`. */
const OPTION = /((?<![\w-])--?(?:[\w-]+-)?(?:token|claim|password|secret)\s+["']?)(?!-)([^\s"']{8,})/gi;
const NAMED_SECRET = new RegExp(
  `((?<![\\w-])(?:[\\w.-]*?)${SECRET_NAME}\\\\?["']?\\s*(?:=|%3d|["']\\s*:|${COLON})\\s*)((?<quote>\\\\?["'])(?:(?!\\k<quote>)[^\\r\\n])+|(?!\\()[^\\s"'&;,<>)}\\]]+)`,
  'gi',
);
const TRANSIENT = /(?<![a-z\d])(?:transient-[0-9a-f-]{8,}|claim-[\w-]{8,})/gi;
const JWT = /(?<![a-zA-Z\d])eyJ[\w-]{6,}\.[\w-]+(?:\.[\w-]*)?/g;
const ONE_DECIDED = new RegExp(`^${SENTINEL}@$`, 'u');

/** A password behind a word: of an option, of a line of YAML. It may have blanks. */
const PASSWORD_WORD =
  /((?<![\w-])(?:--?(?:[\w-]*-)?(?:pass(?:word|wd|phrase)?|secret|token)|passwd)(?:=|\s+)|(?<=^|[\n=&?;])\s*(?:-\s+)?[\w.-]*(?:passw(?:or)?d|passphrase|secret|token):[ \t]+)(?!file\b)("[^"\r\n]*"|'[^'\r\n]*'|[^\s"'][^\s"',;]*(?:(?<=\n[^\r\n]*: .*|^[^\r\n]*: .*)[^\r\n]*)?)/gi;
/** Letters of both cases and figures in one word of this length are no name of anything; a pin of a public key is announced as such. */
const RANDOM =
  /(?<![\w/+=.-]|sha(?:1|256|384|512)[:/ ]{1,2})(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=(?:[A-Za-z_-]*\d){2})[A-Za-z0-9_-]{18,64}(?![\w/+=.-])/g;

/** Shorter words are not random. */
const LONG_WORD = /[\w-]{18}/;

/** Passwords, tokens and cookies of headers and URLs. */
export function hideCredentials(input: string, pass: Pass, hosts: Hosts): string {
  const text = HEADERS.test(input) ? hideHeaders(input, pass) : input;
  if (!text.includes('@')) return text;
  return text
    .replace(BLANK_USERINFO, (_, scheme: string) => `${scheme}${pass.secret('credentials')}@`)
    .replace(URL_USERINFO, (whole, quote: string | undefined, scheme: string, rest: string) => {
      const userinfo = userinfoOf(rest, quote ?? '', hosts);
      if (userinfo === null) return whole;
      return `${quote ?? ''}${scheme}${pass.secret('credentials')}@${rest.slice(userinfo.length)}`;
    })
    .replace(BARE_USERINFO, (whole, name: string, offset: number, all: string) =>
      // `scheme://…` was dealt with above; `://` here means that a URL without user information ends before an address.
      /^\\?\/\\?\//.test(all.slice(offset + name.length + 1)) ? whole : `${pass.secret('credentials')}@`,
    );
}

const HEADERS = /authorization|cookie|basic|bearer|negotiate|ntlm/i;

function hideHeaders(text: string, pass: Pass): string {
  return text
    .replace(AUTHORIZATION, (whole, name: string, value: string) =>
      isDecided(value) ? whole : name + pass.secret('token'),
    )
    .replace(COOKIE, (whole, name: string, value: string) => (isDecided(value) ? whole : name + pass.secret('cookie')))
    .replace(CHALLENGE_ANSWER, (whole, scheme: string, gap: string, value: string) =>
      looksLikeCredentials(scheme, value) ? scheme + gap + pass.secret('token') : whole,
    );
}

/**
 * Everything between `//` and the last `@` is user information, because passwords hold `/`, `#`, `?` and `@` as they are.
 * Not so where a host that is known stands before the first `/`: then the `@` belongs to the path.
 */
function userinfoOf(rest: string, quote: string, hosts: Hosts): string | null {
  if (rest.startsWith('***@')) return null;
  const quoted = quote === '' ? -1 : rest.indexOf(quote);
  const userinfo = quoted < 0 ? rest : rest.slice(0, rest.lastIndexOf('@', quoted) + 1);
  const authority = /^[^/?#\\]*/.exec(rest)?.[0] ?? '';
  if (!userinfo.includes('@') || ONE_DECIDED.test(userinfo)) return null;
  return !authority.includes('@') && hosts.isKnownAuthority(authority) ? null : userinfo;
}

/** "Basic authentication" is prose; `Basic dXNlcjpwYXNz` decodes to something with a colon. */
function looksLikeCredentials(scheme: string, value: string): boolean {
  if (scheme.toLowerCase() !== 'basic') return value.length >= 16 && /\d/.test(value);
  return Buffer.from(value, 'base64').toString('latin1').includes(':');
}

/** Texts without these have no secret of the kind. */
const OPTIONAL = /-(?:token|claim|password|secret)\s/i;
const NAMING_SECRET = new RegExp(`${SECRET_NAME}\\\\?["']?\\s*(?:[=:"']|%3d)`, 'i');
const BEFORE_PASSWORD = /-(?:pass|secret|token)|passwd|(?:password|passphrase|secret|token):[ \t]/i;

/** Tokens by their looks and by the name that stands before them. */
export function hideNamedSecrets(input: string, pass: Pass): string {
  const hidden = (whole: string, name: string, value: string): string =>
    isMasked(value) ? whole : name + pass.secret('token');
  const text = input.replace(TRANSIENT, () => pass.secret('token')).replace(JWT, () => pass.secret('token'));
  let without = OPTIONAL.test(text) ? text.replace(OPTION, hidden) : text;
  if (NAMING_SECRET.test(without))
    without = without.replace(NAMED_SECRET, (whole, name: string, value: string, quote: string | undefined) => {
      const opening = quote ?? '';
      return isMasked(value.slice(opening.length)) ? whole : name + opening + pass.secret('token');
    });
  if (BEFORE_PASSWORD.test(without))
    without = without.replace(PASSWORD_WORD, (whole, name: string, value: string) =>
      isMasked(value.replace(/^["']|["']$/g, '')) || isKnownWord(value) ? whole : name + pass.secret('token'),
    );
  if (!LONG_WORD.test(without)) return without;
  return without.replace(RANDOM, (word) => (isSpelled(word) ? word : pass.secret('token')));
}

/** Words that were put together, `CURLE_OPERATION_TIMEDOUT`, `ReadableStream2`, have long runs of letters of one case. */
function isSpelled(word: string): boolean {
  return word
    .split(/[_-]+|(?<=[a-z])(?=[A-Z])|(?<=\p{L})(?=\d)|(?<=\d)(?=\p{L})/u)
    .every((part) => (part.length > 2 && isKnownWord(part)) || /^\d{1,4}$/.test(part));
}

/** Whether a rule has decided about a value, or the log itself masked it. */
export function isMasked(value: string): boolean {
  return isDecided(value) || /^(?:x+|\*+)$/i.test(value);
}

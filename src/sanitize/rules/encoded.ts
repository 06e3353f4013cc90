import { BASE64_RUN, hasBase64Text } from '../values/base64.ts';
import { SENTINEL, type Pass } from '../values/pass.ts';

const ESCAPE = String.raw`%[0-9a-f]{2}|\\u[0-9a-f]{4}|\\u\{[0-9a-f]{1,6}\}|\\x[0-9a-f]{2}|\\0[0-7]{2}|\\100|&#\d{2,7};|&#x[0-9a-f]{2,6};|&(?:amp|quot|apos|lt|gt|nbsp|commat|colon|period|sol|lowbar|hyphen|dash|num|equals);`;
const RUN = new RegExp(`(?<![^\\s"'<>])[^\\s"'<>]*?(?:${ESCAPE})[^\\s"'<>]*`, 'gi');
const ESCAPES = new RegExp(`(?:${ESCAPE})+`, 'gi');
const BASE64 = new RegExp(String.raw`(?<![\w+/=-])(?=[\w+/-]*[A-Za-z])[\w+/-]{${BASE64_RUN},}={0,2}(?![\w+/=-])`, 'g');
/** Figures alone are a number, unless they are more than a number has. */
const HEX_TEXT = /(?<![\da-z])(?:(?=\d*[a-f])(?:[2-7][\da-f]){8,}|(?:[2-7]\d){10,})(?![\da-z])/gi;
const AROUND_SENTINELS = new RegExp(`(${SENTINEL})`, 'u');
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  quot: '"',
  apos: "'",
  lt: '<',
  gt: '>',
  nbsp: ' ',
  commat: '@',
  colon: ':',
  period: '.',
  sol: '/',
  lowbar: '_',
  hyphen: '-',
  dash: '-',
  num: '#',
  equals: '=',
};

/** Encoded runs are judged decoded; one that holds something private is shown decoded, any other stays as it is. */
export function hideEncoded(text: string, pass: Pass, hide: (text: string) => string, found: () => number): string {
  const plain = /[%\\&]/.test(text)
    ? text.replace(RUN, (run) => {
        const before = found();
        const clean = hide(decode(run));
        return found() === before ? keepPieces(run, pass) : clean;
      })
    : text;
  if (!hasBase64Text(plain)) return plain;
  return plain.replace(BASE64, (run) => {
    const decoded = decodeBase64(run);
    if (decoded === null) return run;
    const before = found();
    hide(decoded);
    return found() === before ? run : pass.secret('text');
  });
}

/** A text in hexadecimal figures. Before fingerprints are kept: of those, none is printable by chance. */
export function hideHex(text: string, pass: Pass): string {
  return text.replace(HEX_TEXT, (run) =>
    PRINTABLE.test(Buffer.from(run, 'hex').toString('latin1')) ? pass.secret('text') : run,
  );
}

const PRINTABLE = /^[ -~]+$/;

export function decode(run: string): string {
  return run.replace(ESCAPES, (escapes) =>
    escapes.startsWith('%') ? decodePercent(escapes) : decodeCharacters(escapes),
  );
}

/** Bytes that are no text stay out; line breaks and other controls become spaces, so that one line stays one. */
function decodePercent(run: string): string {
  return run
    .replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
      try {
        return decodeURIComponent(escapes);
      } catch {
        return escapes.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => {
          const byte = Number.parseInt(hex, 16);
          return byte < 0x80 ? String.fromCodePoint(byte) : '\u{FFFD}';
        });
      }
    })
    .replace(/\p{Cc}/gu, ' ');
}

/** Characters by their numbers: of JSON and JavaScript, of HTML. */
function decodeCharacters(run: string): string {
  return run
    .replace(/\\[ux]\{?([0-9a-f]+)\}?|&#x([0-9a-f]+);/gi, (_, escaped?: string, entity?: string) =>
      character(Number.parseInt(escaped ?? entity ?? '', 16)),
    )
    .replace(/\\(0[0-7]{2}|100)/g, (_, octal: string) => character(Number.parseInt(octal, 8)))
    .replace(/&#(\d+);/g, (_, number: string) => character(Number(number)))
    .replace(/&([a-z]+);/gi, (whole, name: string) => NAMED[name.toLowerCase()] ?? whole)
    .replace(/%[0-9a-f]{2}/gi, decodePercent)
    .replace(/\p{Cc}/gu, ' ');
}

/** A sentinel would be taken for a value that is decided. */
function character(code: number): string {
  return code >= 0xf_00_00 || (code >= 0xd8_00 && code <= 0xdf_ff) ? '\u{FFFD}' : String.fromCodePoint(code);
}

/** null: it decodes to no text. */
function decodeBase64(run: string): string | null {
  const plain = Buffer.from(run, 'base64').toString('utf8');
  return /^[\t\r\n -~\p{L}\p{N}\p{P}]{8,}$/u.test(plain) ? plain.replace(/[\t\r\n]/g, ' ') : null;
}

/** Keeps a run as it stands, piece by piece around the values that are decided already. */
function keepPieces(run: string, pass: Pass): string {
  return run
    .split(AROUND_SENTINELS)
    .map((piece, i) => (piece === '' || i % 2 === 1 ? piece : pass.keep(piece)))
    .join('');
}

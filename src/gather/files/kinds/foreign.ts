import { APPARENT, CERTAIN, type InputFormat } from './format.ts';
import { beginsWith, headText, latin1 } from './magic.ts';

/** A kind of file that is known by its first bytes and cannot be read. `advice` names the file to give instead; null: nothing helps. */
interface Foreign {
  readonly id: string;
  readonly name: string;
  readonly magic: readonly number[];
  readonly offset?: number;
  readonly advice: string | null;
}

const DECOMPRESS = 'decompress it first';
const UNPACK = 'unpack it first, or make a ZIP of it';
const EDITCAP = 'convert it with "editcap -F pcap"';

/** First bytes by the formats' own documents and file(1). */
const MAGICS: readonly Foreign[] = [
  { id: 'bzip2', name: 'compressed by bzip2', magic: latin1('BZh'), advice: DECOMPRESS },
  { id: 'xz', name: 'compressed by xz', magic: [0xfd, ...latin1('7zXZ')], advice: DECOMPRESS },
  { id: 'zstd', name: 'compressed by zstd', magic: [0x28, 0xb5, 0x2f, 0xfd], advice: DECOMPRESS },
  { id: 'lz4', name: 'compressed by lz4', magic: [0x04, 0x22, 0x4d, 0x18], advice: DECOMPRESS },
  { id: 'lzip', name: 'compressed by lzip', magic: latin1('LZIP'), advice: DECOMPRESS },
  { id: 'compress', name: 'compressed by compress (.Z)', magic: [0x1f, 0x9d], advice: DECOMPRESS },
  { id: 'lzma', name: 'compressed by lzma', magic: [0x5d, 0x00, 0x00], advice: DECOMPRESS },
  { id: '7z', name: 'a 7-Zip archive', magic: latin1('7z\u00bc\u00af'), advice: UNPACK },
  { id: 'rar', name: 'a RAR archive', magic: latin1('Rar!'), advice: UNPACK },
  { id: 'tar', name: 'a tar archive', magic: latin1('ustar'), offset: 257, advice: UNPACK },
  { id: 'pdf', name: 'a PDF document', magic: latin1('%PDF'), advice: null },
  { id: 'png', name: 'a picture (PNG)', magic: [0x89, ...latin1('PNG')], advice: null },
  { id: 'jpeg', name: 'a picture (JPEG)', magic: [0xff, 0xd8, 0xff], advice: null },
  {
    id: 'sqlite',
    name: "an SQLite database, perhaps PMS's library",
    magic: latin1('SQLite format 3'),
    advice: 'give the folder Logs instead',
  },
  { id: 'elf', name: 'a program', magic: [0x7f, ...latin1('ELF')], advice: null },
  { id: 'exe', name: 'a Windows program', magic: latin1('MZ'), advice: null },
  {
    id: 'systemd-journal',
    name: 'a systemd journal',
    magic: latin1('LPKSHHRH'),
    advice: 'give the text that journalctl writes',
  },
  { id: 'snoop', name: 'a capture of snoop', magic: latin1('snoop\0\0\0'), advice: EDITCAP },
  { id: 'netxray', name: 'a capture of the NetXRay family', magic: latin1('XCP\0'), advice: EDITCAP },
  { id: 'netmon', name: 'a capture of Network Monitor', magic: latin1('GMBU'), advice: EDITCAP },
];

export const EMPTY: InputFormat = {
  id: 'empty',
  name: 'an empty file',
  detect: ({ bytes }) => (bytes.length === 0 ? CERTAIN : 0),
  open: () => ({ kind: 'leave', why: 'it is empty' }),
};

/** `expected` names the readable kinds, for users who gave another one. */
export function foreignFiles(expected: string): readonly InputFormat[] {
  return MAGICS.map(({ id, name, magic, offset, advice }) => ({
    id,
    name,
    detect: ({ bytes }) => (beginsWith(bytes, magic, offset) ? CERTAIN : 0),
    open: () => ({ kind: 'refuse', why: advice === null ? `it is ${name}; ${expected}` : `it is ${name}: ${advice}` }),
  }));
}

/** Describes unrecognised text. */
export function foreignTexts(expected: string): readonly InputFormat[] {
  const text = (id: string, name: string, pattern: RegExp, advice: string): InputFormat => ({
    id,
    name,
    detect: (head) => (pattern.test(headText(head).trimStart()) ? APPARENT : 0),
    open: () => ({ kind: 'leave', why: `it is ${name}${advice}` }),
  });
  return [
    text('html', 'an HTML page', /^<(?:!doctype html|html)/i, `; ${expected}`),
    text(
      'pms-preferences',
      "PMS's Preferences.xml, which holds its token",
      /^<\?xml[^>]*>\s*<Preferences\b|^<Preferences\b/,
      ': do not pass it on; give the folder Logs instead',
    ),
    text('xml', 'XML', /^<\?xml|^<[a-z][\w:.-]*[\s/>]/i, `; ${expected}`),
    text(
      'json',
      'JSON without a log in it',
      /^(?:\{\s*(?:"[^"\n]{0,200}"\s*:|\})|\[\s*(?:\{\s*["}]|"|\]))/,
      `; ${expected}`,
    ),
    text(
      'squid-cache-log',
      "Squid's own log (cache.log)",
      /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:(?:\.\d+)? kid\d|\| )/,
      '; the requests are in access.log',
    ),
    {
      id: 'binary',
      name: 'binary data',
      detect: ({ bytes }) => (isBinary(bytes) ? APPARENT : 0),
      open: ({ bytes }) => ({
        kind: 'leave',
        why: `it is binary data (it begins with ${hexOf(bytes)}); ${expected}`,
      }),
    },
    {
      id: 'unknown',
      name: 'text of another kind',
      detect: () => Number.MIN_VALUE,
      open: () => ({
        kind: 'leave',
        why: `it is text of another kind; ${expected}; for a Squid log of another format give its logformat line (--squid-logformat) or the squid.conf`,
      }),
    },
  ];
}

/** Control characters that text does not have: more than a damaged log has. */
function isBinary(sample: Uint8Array): boolean {
  let strange = 0;
  for (const byte of sample) {
    if (byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b)) strange += 1;
  }
  return strange * 50 > sample.length;
}

function hexOf(sample: Uint8Array): string {
  return Array.from(sample.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

import { sniffCapture } from '../../parse/capture.ts';
import { detectPmsLog } from '../../parse/pms-log.ts';
import { detectTinyproxy } from '../../parse/tinyproxy-log.ts';

/** Enough for the first lines of any log, also with the headers of `log_mime_hdrs`. */
export const SAMPLE_BYTES = 64 * 1024;

/**
 * What a file is by its first bytes. `text`: nothing that text says for sure: an access log, perhaps. `foreign`: something that is known
 * and cannot be read here; `what` names it and says what to do.
 */
export type Contents =
  | { readonly kind: 'empty' | 'pcap' | 'pcapng' | 'gzip' | 'zip' | 'utf-16le' | 'utf-16be' }
  | { readonly kind: 'evidence' | 'report' | 'pms-log' | 'tinyproxy' | 'text' }
  | { readonly kind: 'foreign'; readonly what: string };

/** What this tool reads, for those who gave it something else. */
export const READABLE =
  'expected a capture (pcap, pcapng), an access log of Squid or tinyproxy, a log of PMS, a ZIP of its logs, or saved evidence';

export function contentsOf(sample: Uint8Array): Contents {
  if (sample.length === 0) return { kind: 'empty' };
  const capture = sniffCapture(sample);
  if (capture !== null) return { kind: capture };
  const magic = MAGICS.find(({ bytes, offset = 0 }) => bytes.every((byte, at) => sample[offset + at] === byte));
  if (magic) return magic.contents;
  if (detectPmsLog(sample)) return { kind: 'pms-log' };
  if (detectTinyproxy(sample)) return { kind: 'tinyproxy' };
  const text = Buffer.from(sample).toString('latin1');
  return jsonOfOurs(text) ?? { kind: 'text' };
}

function jsonOfOurs(text: string): Contents | null {
  if (!/^\s*\{/.test(text)) return null;
  if (/"kind"\s*:\s*"pms-proxy-doctor\/evidence"/.test(text)) return { kind: 'evidence' };
  const isReport = /"tool"\s*:\s*\{\s*"name"\s*:\s*"pms-proxy-doctor"/.test(text);
  return isReport ? { kind: 'report' } : null;
}

const DIRECTIVE =
  /^\s*(?:http_port|https_port|http_access|logformat|access_log|cache_dir|cache_peer|coredump_dir|visible_hostname)\s/m;

/** Whether text is a squid.conf: by its directives, or by the documentation with which Squid comes. */
export function isSquidConf(sample: Uint8Array): boolean {
  const text = Buffer.from(sample).toString('latin1');
  return DIRECTIVE.test(text) || /^#\s+WELCOME TO SQUID/m.test(text);
}

/** What text is that no reader took. */
export function nameOfText(sample: Uint8Array): string {
  const text = Buffer.from(sample).toString('latin1').trimStart();
  if (/^pms-proxy-doctor \d/.test(text))
    return 'a report of this tool as text; give the evidence that --save-evidence wrote';
  if (/^<(?:!doctype html|html)/i.test(text)) return `an HTML page; ${READABLE}`;
  if (/^<\?xml[^>]*>\s*<Preferences\b|^<Preferences\b/.test(text)) {
    return "PMS's Preferences.xml, which holds its token: do not pass it on; give the folder Logs instead";
  }
  if (/^<\?xml|^<[a-z][\w:.-]*[\s/>]/i.test(text)) return `XML; ${READABLE}`;
  if (/^[[{]/.test(text)) return `JSON that this tool did not write; ${READABLE}`;
  if (
    /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:\.\d+)? kid\d/.test(text) ||
    /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d\| /.test(text)
  ) {
    return "Squid's own log (cache.log); the requests are in access.log";
  }
  if (isBinary(sample)) return `binary data (it begins with ${hexOf(sample)}); ${READABLE}`;
  return `text of another kind; ${READABLE}; for a Squid log of another format give its logformat line (--squid-logformat) or the squid.conf`;
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

interface Magic {
  readonly bytes: readonly number[];
  readonly offset?: number;
  readonly contents: Contents;
}

function ascii(text: string): readonly number[] {
  return [...Buffer.from(text, 'latin1')];
}

function foreign(bytes: readonly number[], what: string, offset = 0): Magic {
  return { bytes, offset, contents: { kind: 'foreign', what } };
}

const DECOMPRESS = 'decompress it first';
const UNPACK = 'unpack it first, or make a ZIP of it';

/** By the formats' own documents and file(1). Longer ones stand before their beginnings. */
const MAGICS: readonly Magic[] = [
  { bytes: [0x1f, 0x8b], contents: { kind: 'gzip' } },
  { bytes: ascii('PK\u0003\u0004'), contents: { kind: 'zip' } },
  { bytes: ascii('PK\u0005\u0006'), contents: { kind: 'zip' } },
  { bytes: [0xff, 0xfe], contents: { kind: 'utf-16le' } },
  { bytes: [0xfe, 0xff], contents: { kind: 'utf-16be' } },
  foreign(ascii('BZh'), `compressed by bzip2: ${DECOMPRESS}`),
  foreign([0xfd, ...ascii('7zXZ')], `compressed by xz: ${DECOMPRESS}`),
  foreign([0x28, 0xb5, 0x2f, 0xfd], `compressed by zstd: ${DECOMPRESS}`),
  foreign([0x04, 0x22, 0x4d, 0x18], `compressed by lz4: ${DECOMPRESS}`),
  foreign(ascii('LZIP'), `compressed by lzip: ${DECOMPRESS}`),
  foreign([0x1f, 0x9d], `compressed by compress (.Z): ${DECOMPRESS}`),
  foreign([0x5d, 0x00, 0x00], `compressed by lzma: ${DECOMPRESS}`),
  foreign(ascii('7z\u00bc\u00af'), `a 7-Zip archive: ${UNPACK}`),
  foreign(ascii('Rar!'), `a RAR archive: ${UNPACK}`),
  foreign(ascii('ustar'), `a tar archive: ${UNPACK}`, 257),
  foreign(ascii('%PDF'), `a PDF document; ${READABLE}`),
  foreign([0x89, ...ascii('PNG')], `a picture (PNG); ${READABLE}`),
  foreign([0xff, 0xd8, 0xff], `a picture (JPEG); ${READABLE}`),
  foreign(ascii('SQLite format 3'), "an SQLite database, perhaps PMS's library; give the folder Logs instead"),
  foreign([0x7f, ...ascii('ELF')], `a program; ${READABLE}`),
  foreign(ascii('MZ'), `a Windows program; ${READABLE}`),
  foreign(ascii('LPKSHHRH'), 'a systemd journal: give the text that journalctl writes'),
  foreign(ascii('snoop\0\0\0'), 'a capture of snoop: convert it with "editcap -F pcap"'),
  foreign(ascii('XCP\0'), 'a capture of the NetXRay family: convert it with "editcap -F pcap"'),
  foreign(ascii('GMBU'), 'a capture of Network Monitor: convert it with "editcap -F pcap"'),
];

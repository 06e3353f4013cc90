/** RFC 4648, both alphabets. Anything shorter holds no more than a word. */
export const BASE64_RUN = 12;
/** Fewer characters are no text. */
const DECODED_LIMIT = 8;

const BASE64 = new Int8Array(256).fill(-1);
for (const [value, char] of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.split('').entries())
  BASE64[char.codePointAt(0) ?? 0] = value;
BASE64[0x2d] = 62;
BASE64[0x5f] = 63;

/** Whether a text has a run that may be the base64 of another text. */
export function hasBase64Text(text: string): boolean {
  if (text.length < BASE64_RUN) return false;
  const bytes = Buffer.from(text);
  let start = 0;
  for (let at = 0; at <= bytes.length; at += 1) {
    if (at < bytes.length && (BASE64[bytes[at] ?? 0] ?? -1) >= 0) continue;
    if (at - start >= BASE64_RUN && mayBeBase64Text(bytes, start, at)) return true;
    start = at + 1;
  }
  return false;
}

/** Whether a run of base64 can be a text in UTF-8; most are known for none by their first bytes. */
export function mayBeBase64Text(line: Uint8Array, start: number, end: number): boolean {
  let bits = 0;
  let held = 0;
  let following = 0;
  let decoded = 0;
  for (let at = start; at < end; at += 1) {
    bits = ((bits << 6) | (BASE64[line[at] ?? 0] ?? 0)) & 0xff_ff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    const byte = (bits >> held) & 0xff;
    decoded += 1;
    if (following > 0) {
      if ((byte & 0xc0) !== 0x80) return false;
      following -= 1;
    } else if (byte >= 0x80) {
      if (byte < 0xc2 || byte > 0xf4) return false;
      following = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    } else if (byte === 0x7f || (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d)) return false;
  }
  return following === 0 && decoded >= DECODED_LIMIT;
}

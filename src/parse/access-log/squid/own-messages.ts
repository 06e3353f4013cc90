import { asciiOf } from '../text.ts';

/** Of a longer line the beginning tells. */
const LOOKED_AT_BYTES = 64;
const SLASH = 0x2f;
const SPACE = 0x20;

/** `2026/11/22 14:03:01 kid1| …`, as cache.log has it; in a container it comes through the same pipe. Its further lines are indented. */
const MESSAGE = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?: kid\d+)?\| | {4,}[a-z][\w ]+: /;

/** true for a line that is Squid's own message and no request. */
export function isOwnMessage(bytes: Uint8Array, from: number, end: number): boolean {
  if (bytes[from + 4] !== SLASH && bytes[from] !== SPACE) return false;
  return MESSAGE.test(asciiOf(bytes, from, Math.min(end, from + LOOKED_AT_BYTES)));
}

const LETTER = 0x61;
const FIGURE = 0x30;
const OPENING = 0x5b;
const SPACE = 0x20;
const CLOSING = 0x5d;
/** `a` stands for a letter, `0` for a figure. */
const FORM = 'aaa 00, 0000 00:00:00.000 [';
/** The longest number of a thread is shorter. */
const THREAD_LIMIT = 24;

/** Bytes of a thread's number, decimal or hexadecimal. */
const THREAD = new Uint8Array(256);
for (const char of '0123456789abcdefx') THREAD[char.codePointAt(0) ?? 0] = 1;

/**
 * Four bytes at a time: the bits that all their characters have. A figure is in the row 0x30 of ASCII, and still with six more added; a
 * letter is in one of the rows from 0x40 on, where the few marks between them do no harm.
 */
const WORDS = Array.from({ length: 6 }, (_, word) => {
  const codes = [...Buffer.from(FORM.slice(word * 4, word * 4 + 4))];
  const pick = (letter: number, figure: number, other: (code: number) => number): number =>
    Buffer.from(codes.map((code) => (code === LETTER ? letter : code === FIGURE ? figure : other(code)))).readInt32LE();
  return {
    mask: pick(0xc0, 0xf0, () => 0xff),
    bits: pick(0x40, 0x30, (code) => code),
    more: pick(0, 6, () => 0),
  };
});
const MASKS = Int32Array.from(WORDS, ({ mask }) => mask);
const BITS = Int32Array.from(WORDS, ({ bits }) => bits);
const MORE = Int32Array.from(WORDS, ({ more }) => more);

/**
 * Where the text of a message of PMS begins, behind `Nov 22, 2026 14:03:09.120 [0x7f82b01aa8]`; elsewhere, the line's beginning. The head has
 * nothing private, and every line another one. The line has a line feed at its end or behind it, and the buffer room for a head.
 */
export function behindHead(bytes: Uint8Array, view: DataView, start: number): number {
  for (let i = 0; i < WORDS.length; i += 1) {
    const word = view.getInt32(start + i * 4, true);
    const mask = MASKS[i] ?? 0;
    if ((word & mask) !== BITS[i] || ((word + (MORE[i] ?? 0)) & mask) !== BITS[i]) return start;
  }
  if (bytes[start + 25] !== SPACE || bytes[start + 26] !== OPENING) return start;
  let at = start + FORM.length;
  for (const limit = at + THREAD_LIMIT; at < limit && THREAD[bytes[at] ?? 0] === 1; at += 1);
  return bytes[at] === CLOSING ? at + 1 : start;
}

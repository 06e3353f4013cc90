import stringWidth from 'string-width';

/** ASCII and our own typography: one column a character, whatever stands beside it. */
const NARROW = /^[ -~·×–—‘’“”…→≥└─✓✗]*$/;

/** The columns that a text takes on a terminal. To look up each character of a long report takes longer than all else. */
export function widthOf(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text);
}

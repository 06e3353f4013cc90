/** ASCII only, as the clients compare host names: no locale, no Unicode folding. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (run) => run.toLowerCase());
}

/** Are all characters ASCII? */
export function isAscii(text: string): boolean {
  return !/\P{ASCII}/u.test(text);
}

/** Is there a control byte (below U+0020, or DEL) in the text? */
export function hasControl(text: string): boolean {
  return hasCodeUpTo(text, 0x1f);
}

/** Is there a control byte or a plain space in the text? */
export function hasControlOrSpace(text: string): boolean {
  return hasCodeUpTo(text, 0x20);
}

function hasCodeUpTo(text: string, highest: number): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code <= highest || code === 0x7f) return true;
  }
  return false;
}

/**
 * The URL that a text is, or null. Not by `URL.canParse`: once V8 has compiled the call, Node 20's reads a Latin-1 string such as
 * `http://ü/` as broken UTF-8 and says no.
 */
export function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

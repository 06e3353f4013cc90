import { familyOf } from '../../core/values/address.ts';

export function asciiOf(bytes: Uint8Array, from: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, end - from).toString('latin1');
}

/** UTF-8, with replacement characters for what is not. */
export function textOf(bytes: Uint8Array, from: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, end - from).toString('utf8');
}

/**
 * A host as other parts of the program compare it: lower case, without brackets, percent-encoding and final dot. International
 * names stay as they are logged. null for a dash and for what cannot be a host.
 */
export function hostOf(text: string): string | null {
  const decoded = percentDecoded(text);
  const bare = decoded.startsWith('[') && decoded.endsWith(']') ? decoded.slice(1, -1) : decoded;
  const address = familyOf(bare) !== null;
  const host = bare.toLowerCase().replace(/\.$/, '');
  if (host === '' || host === '-' || host.length > 255) return null;
  if (!address && /[\s\p{Cc}"'<>()/\\|{},;?#=@*:[\]]/u.test(host)) return null;
  return host;
}

export function percentDecoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

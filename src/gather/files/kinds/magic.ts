export function beginsWith(bytes: Uint8Array, magic: readonly number[], offset = 0): boolean {
  return magic.every((byte, at) => bytes[offset + at] === byte);
}

export function latin1(text: string): readonly number[] {
  return [...Buffer.from(text, 'latin1')];
}

/** The beginning of a file as text, byte by byte. */
export function headText({ bytes }: { readonly bytes: Uint8Array }): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

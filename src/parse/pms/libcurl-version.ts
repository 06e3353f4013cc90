/** `libcurl/8.11.1` (curl_version) and `CLIENT libcurl 8.11.1` (the DICT handler) stand in every build of the library. */
const VERSION = /libcurl[/ ](\d{1,3}\.\d{1,3}(?:\.\d{1,3})?)(?![\d.])/y;
/** Longer than anything that the pattern can match. */
const OVERLAP = 32;

/**
 * Looks for the version string of libcurl in a program or library, chunk by chunk, so that a file of any size takes the
 * memory of one chunk.
 */
export class LibcurlVersionScanner {
  #carried = '';
  #found: string | null = null;

  /** The first version found, or null so far. */
  get version(): string | null {
    return this.#found;
  }

  push(chunk: Uint8Array): void {
    if (this.#found !== null) return;
    const text = this.#carried + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    // A match that reaches the end of the chunk could go on in the next one ("8.1" of "8.11.1").
    this.#found = firstMatch(text, text.length - 1);
    this.#carried = text.slice(-OVERLAP);
  }

  /** To be called at the end of the file. */
  end(): string | null {
    this.#found ??= firstMatch(this.#carried, this.#carried.length);
    return this.#found;
  }
}

function firstMatch(text: string, endsBy: number): string | null {
  for (let at = text.indexOf('libcurl'); at !== -1; at = text.indexOf('libcurl', at + 1)) {
    VERSION.lastIndex = at;
    const match = VERSION.exec(text);
    if (match && VERSION.lastIndex <= endsBy) return match[1] ?? null;
  }
  return null;
}

const OUTPUT_BYTES = 1 << 20;
/** Below this, a loop is faster than a call out of JavaScript. */
const LONG_BYTES = 1_024;

/** Puts bytes together from parts of an input, and from others. Parts of the input that follow each other are copied in one go. */
export class Output {
  readonly #size: number;
  #bytes: Buffer;
  #view: DataView;
  #written = 0;
  #done: Buffer[] = [];
  #input: Uint8Array;
  #inputView: DataView;
  #start = 0;
  #end = 0;

  /** `sizeBytes`: of the buffers that are given out. */
  constructor(sizeBytes = OUTPUT_BYTES) {
    this.#size = sizeBytes;
    this.#bytes = Buffer.allocUnsafe(sizeBytes);
    this.#view = viewOf(this.#bytes);
    this.#input = this.#bytes;
    this.#inputView = this.#view;
  }

  /** The buffer from which {@link copy} copies. */
  from(input: Uint8Array, view: DataView): void {
    this.flush();
    this.#input = input;
    this.#inputView = view;
  }

  copy(start: number, end: number): void {
    if (this.#end !== start) {
      this.flush();
      this.#start = start;
    }
    this.#end = end;
  }

  write(bytes: Uint8Array): void {
    this.flush();
    this.#makeRoom(bytes.length);
    const written = this.#written;
    if (bytes.length < LONG_BYTES) for (let i = 0; i < bytes.length; i += 1) this.#bytes[written + i] = bytes[i] ?? 0;
    else this.#bytes.set(bytes, written);
    this.#written = written + bytes.length;
  }

  /** Writes a short text of ASCII. */
  writeAscii(text: string): void {
    this.flush();
    this.#makeRoom(text.length);
    for (let i = 0; i < text.length; i += 1) this.#bytes[this.#written + i] = text.charCodeAt(i);
    this.#written += text.length;
  }

  /** Copies what was noted: the input may change afterwards. */
  flush(): void {
    const start = this.#start;
    const size = this.#end - start;
    if (size > 0) {
      this.#makeRoom(size);
      const written = this.#written;
      if (size < LONG_BYTES) {
        const view = this.#view;
        const from = this.#inputView;
        let i = 0;
        for (; i + 4 <= size; i += 4) view.setInt32(written + i, from.getInt32(start + i, true), true);
        for (; i < size; i += 1) this.#bytes[written + i] = this.#input[start + i] ?? 0;
      } else this.#bytes.set(this.#input.subarray(start, start + size), written);
      this.#written = written + size;
    }
    this.#start = 0;
    this.#end = 0;
  }

  /** The buffers that are full. */
  take(): readonly Buffer[] {
    const done = this.#done;
    this.#done = [];
    return done;
  }

  /** Everything. */
  takeAll(): readonly Buffer[] {
    this.flush();
    this.#next(0);
    return this.take();
  }

  #makeRoom(size: number): void {
    if (this.#written + size > this.#bytes.length) this.#next(size);
  }

  #next(size: number): void {
    this.#done.push(this.#bytes.subarray(0, this.#written));
    this.#bytes = Buffer.allocUnsafe(Math.max(this.#size, size));
    this.#view = viewOf(this.#bytes);
    this.#written = 0;
  }
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

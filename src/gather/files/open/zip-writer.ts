import { crc32, createDeflateRaw } from 'node:zlib';

/** PKWARE's APPNOTE 4.3 and 4.4, without ZIP64: no member and no archive of 4 GiB. */
const LOCAL = 0x04034b50;
const DESCRIPTOR = 0x08074b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
/** Sizes stand behind the data, and names are UTF-8. */
const FLAGS = 0x0808;
const DEFLATED = 8;
const LIMIT_BYTES = 0xff_ff_ff_ff;
const MEMBERS_LIMIT = 0xff_ff;

interface Member {
  readonly name: Buffer;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly offset: number;
}

/** Writes a ZIP member by member, each as a stream: memory stays flat. Throws where it would become too large. */
export class ZipWriter {
  readonly #members: Member[] = [];
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  #offset = 0;

  constructor(write: (bytes: Uint8Array) => Promise<void>) {
    this.#write = write;
  }

  async add(name: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    if (this.#members.length >= MEMBERS_LIMIT) throw new Error('a ZIP takes no more than 65535 files');
    const member = { name: Buffer.from(name), offset: this.#offset };
    await this.#put(
      header(LOCAL, [
        [2, VERSION],
        [2, FLAGS],
        [2, DEFLATED],
        [4, 0],
        [4, 0],
        [4, 0],
        [4, 0],
        [2, member.name.length],
        [2, 0],
      ]),
    );
    await this.#put(member.name);
    let [crc, bytes, packedBytes] = [0, 0, 0];
    const deflate = createDeflateRaw();
    const packing = (async (): Promise<void> => {
      for await (const packed of deflate) {
        if (!(packed instanceof Uint8Array)) continue;
        packedBytes += packed.length;
        await this.#put(packed);
      }
    })();
    try {
      for await (const chunk of content) {
        crc = crc32(chunk, crc);
        bytes += chunk.length;
        // The chunk may be reused by its source.
        const copy = Buffer.from(chunk);
        if (!deflate.write(copy)) await new Promise((resolve) => deflate.once('drain', resolve));
      }
    } finally {
      deflate.end();
      await packing;
    }
    await this.#put(
      header(DESCRIPTOR, [
        [4, crc],
        [4, packedBytes],
        [4, bytes],
      ]),
    );
    this.#members.push({ ...member, crc, bytes, packedBytes });
  }

  async end(): Promise<void> {
    const start = this.#offset;
    for (const { name, crc, packedBytes, bytes, offset } of this.#members) {
      await this.#put(
        header(CENTRAL, [
          [2, VERSION],
          [2, VERSION],
          [2, FLAGS],
          [2, DEFLATED],
          [4, 0],
          [4, crc],
          [4, packedBytes],
          [4, bytes],
          [2, name.length],
          [2, 0],
          [2, 0],
          [2, 0],
          [2, 0],
          [4, 0],
          [4, offset],
        ]),
      );
      await this.#put(name);
    }
    const count = this.#members.length;
    await this.#put(
      header(END, [
        [2, 0],
        [2, 0],
        [2, count],
        [2, count],
        [4, this.#offset - start],
        [4, start],
        [2, 0],
      ]),
    );
  }

  async #put(bytes: Uint8Array): Promise<void> {
    this.#offset += bytes.length;
    if (this.#offset > LIMIT_BYTES) throw new Error('the ZIP would have 4 GiB or more');
    await this.#write(bytes);
  }
}

function header(signature: number, fields: readonly (readonly [size: 2 | 4, value: number])[]): Buffer {
  const bytes = Buffer.alloc(4 + fields.reduce((sum, [size]) => sum + size, 0));
  bytes.writeUInt32LE(signature, 0);
  let at = 4;
  for (const [size, value] of fields) {
    bytes.writeUIntLE(value, at, size);
    at += size;
  }
  return bytes;
}

import { crc32, deflateRawSync } from 'node:zlib';

/** A file in a ZIP, and what is to be wrong with it. */
export interface ZipPart {
  readonly name: string | Buffer;
  readonly data: string | Uint8Array;
  /** The same packed by the caller. */
  readonly deflated?: Buffer;
  /** 0 stored, 8 deflated; others are only claimed. */
  readonly method?: number;
  /** Bit 0 says that it is encrypted (APPNOTE.TXT 4.4.4). */
  readonly flags?: number;
  readonly crc?: number;
  /** How long the directory says that the data is. */
  readonly size?: number;
  /** Changes the packed bytes. */
  readonly damage?: (packed: Buffer) => Buffer;
  /** Where the directory says that it begins. */
  readonly offset?: number;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;

/** A ZIP archive by APPNOTE.TXT 4.3, without ZIP64. */
export function zip(parts: readonly ZipPart[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const part of parts) {
    const { method = 8, flags = 0, damage = (packed) => packed } = part;
    const data = Buffer.from(part.data);
    const name = Buffer.from(part.name);
    const packed = damage(method === 8 ? (part.deflated ?? deflateRawSync(data)) : data);
    const about = Buffer.concat([
      u16(20),
      u16(flags),
      u16(method),
      u32(0),
      u32(part.crc ?? crc32(data)),
      u32(packed.length),
      u32(part.size ?? data.length),
      u16(name.length),
      u16(0),
    ]);
    files.push(u32(LOCAL), about, name, packed);
    const place = Buffer.concat([u16(0), u16(0), u16(0), u32(0), u32(part.offset ?? offset)]);
    directory.push(u32(CENTRAL), u16(20), about, place, name);
    offset += 4 + about.length + name.length + packed.length;
  }
  const list = Buffer.concat(directory);
  const end = [u32(END), u16(0), u16(0), u16(parts.length), u16(parts.length), u32(list.length), u32(offset), u16(0)];
  return Buffer.concat([...files, list, ...end]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

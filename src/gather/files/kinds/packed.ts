import { CERTAIN, type InputFormat } from './format.ts';
import { fromUtf16, gunzip } from '../open/unpack.ts';
import { beginsWith, latin1 } from './magic.ts';

/** Without a byte order mark, so many characters of ASCII in a row tell that the text is UTF-16; no binary format begins so. */
const ASCII_CHARACTERS = 16;

function isUtf16(bytes: Uint8Array, id: 'utf-16le' | 'utf-16be'): boolean {
  if (beginsWith(bytes, id === 'utf-16le' ? [0xff, 0xfe] : [0xfe, 0xff])) return true;
  const high = id === 'utf-16le' ? 1 : 0;
  const isAscii = (byte: number): boolean =>
    (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d;
  const head = bytes.subarray(0, 2 * ASCII_CHARACTERS);
  return (
    head.length === 2 * ASCII_CHARACTERS && head.every((byte, at) => (at % 2 === high ? byte === 0 : isAscii(byte)))
  );
}

/** Containers of other bytes, by the formats' own documents: RFC 1952, PKWARE's APPNOTE 4.3, the byte order marks of Unicode 23.8. */
export const PACKED: readonly InputFormat[] = [
  {
    id: 'gzip',
    name: 'a gzip file',
    detect: ({ bytes }) => (beginsWith(bytes, [0x1f, 0x8b]) ? CERTAIN : 0),
    open: () => ({ kind: 'unpack', unpack: gunzip }),
  },
  {
    id: 'zip',
    name: 'a ZIP',
    detect: ({ bytes }) =>
      beginsWith(bytes, latin1('PK\u0003\u0004')) || beginsWith(bytes, latin1('PK\u0005\u0006')) ? CERTAIN : 0,
    open: () => ({ kind: 'archive' }),
  },
  ...(['utf-16le', 'utf-16be'] as const).map((id): InputFormat => ({
    id,
    name: `text in ${id.toUpperCase()}`,
    detect: ({ bytes }) => (isUtf16(bytes, id) ? CERTAIN : 0),
    open: () => ({ kind: 'unpack', unpack: (chunks) => fromUtf16(chunks, id) }),
  })),
];

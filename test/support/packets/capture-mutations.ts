import { readFileSync } from 'node:fs';
import { formatAddress } from '../../../src/core/values/address.ts';
import { copyOf, u16, u32, u8 } from '../../../src/parse/packet/bytes.ts';
import { PacketDecoder } from '../../../src/parse/packet/packet.ts';
import { PcapReader } from '../../../src/parse/packet/pcap.ts';
import { randomOf, type Random } from '../random.ts';
import { FIN, ip, PROTOCOL, RST, SYN, tcp, udp } from './pcap-builder.ts';

/** Rewrites captures as networks and captures do: the names in them stay the same, as nothing is lost for good. */

interface End {
  readonly address: string;
  readonly port: number;
}

/** One TCP segment or UDP datagram. */
export interface Piece {
  readonly transport: 'tcp' | 'udp';
  readonly side: 'client' | 'server';
  readonly from: End;
  readonly to: End;
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly flags: number;
  readonly payload: Uint8Array;
}

/** The TCP segments and UDP datagrams of a recorded capture. */
export function piecesOf(path: string): readonly Piece[] {
  const pieces: Piece[] = [];
  /** Their ports: whoever is seen first. */
  const clients = new Set<number>();
  const decoder = new PacketDecoder();
  const reader = new PcapReader({
    packet(bytes, start, end, linkType) {
      if (!decoder.decode(bytes, start, end, linkType, 0)) return;
      const piece = pieceOf(decoder);
      clients.add(clients.has(piece.to.port) ? piece.to.port : piece.from.port);
      pieces.push({ ...piece, side: clients.has(piece.from.port) ? 'client' : 'server' });
    },
    problem({ rule }) {
      throw new Error(`${path}: ${rule}`);
    },
  });
  reader.push(readFileSync(path));
  reader.end();
  return pieces;
}

function pieceOf({ bytes, start, end, protocol, family, addresses }: PacketDecoder): Omit<Piece, 'side'> {
  const [from, to] = [0, 4].map((word, i) => ({
    address: addressOf(addresses.subarray(word, word + 4), family),
    port: u16(bytes, start + 2 * i),
  }));
  if (!from || !to) throw new Error('unreachable');
  if (protocol === PROTOCOL.udp) {
    const payload = copyOf(bytes, start + 8, end);
    return { transport: 'udp', from, to, sequence: 0, acknowledgment: 0, flags: 0, payload };
  }
  return {
    transport: 'tcp',
    from,
    to,
    sequence: u32(bytes, start + 4),
    acknowledgment: u32(bytes, start + 8),
    flags: u8(bytes, start + 13),
    payload: copyOf(bytes, start + (u8(bytes, start + 12) >> 4) * 4, end),
  };
}

function addressOf(words: Int32Array, family: 4 | 6): string {
  const view = new DataView(new ArrayBuffer(16));
  for (const [i, word] of words.entries()) view.setInt32(4 * i, word);
  const all = new Uint8Array(view.buffer);
  return formatAddress(family === 4 ? all.subarray(12) : all) ?? '';
}

export function packetOf(piece: Piece): Uint8Array {
  const { from, to, sequence, acknowledgment, flags, payload } = piece;
  const ends = { from: from.address, to: to.address };
  return piece.transport === 'udp'
    ? ip({ ...ends, protocol: PROTOCOL.udp, payload: udp(from.port, to.port, payload) })
    : ip({ ...ends, payload: tcp({ from: from.port, to: to.port, sequence, acknowledgment, flags, payload }) });
}

type Misfortune = (pieces: readonly Piece[], random: Random) => readonly Piece[];

const isControl = ({ flags }: Piece) => (flags & (SYN | RST | FIN)) !== 0;
const hasData = ({ transport, payload }: Piece) => transport === 'tcp' && payload.length > 0;

function cut(piece: Piece, at: number, to = piece.payload.length): Piece {
  return { ...piece, sequence: (piece.sequence + at) >>> 0, payload: piece.payload.subarray(at, to) };
}

/** At most so many segments of one: with more, an order of arrival is no longer one that a reader must hold. */
const SPLIT_LIMIT = 24;

function split(piece: Piece, random: Random): readonly Piece[] {
  const count = random.below(Math.min(SPLIT_LIMIT, piece.payload.length));
  const points = Array.from({ length: count }, () => 1 + random.below(piece.payload.length - 1 || 1));
  const cuts = [0, ...points.toSorted((a, b) => a - b), piece.payload.length];
  return cuts.slice(1).flatMap((to, i) => {
    const from = cuts[i] ?? 0;
    return to > from ? [cut(piece, from, to)] : [];
  });
}

/** Of one direction of one connection, no piece comes before the first one, which tells the reader of a cut start where to begin. */
function keepsFirst(pieces: readonly Piece[], moved: readonly Piece[]): boolean {
  const firsts = (all: readonly Piece[]) => {
    const seen = new Map<string, Piece>();
    for (const piece of all) {
      const key = `${piece.from.address} ${piece.from.port} ${piece.to.port}`;
      if (!seen.has(key) && (piece.transport === 'udp' || hasData(piece) || isControl(piece))) seen.set(key, piece);
    }
    return seen;
  };
  const now = firsts(moved);
  return [...firsts(pieces)].every(([key, piece]) => now.get(key) === piece);
}

export const MISFORTUNES = {
  /** Segments of one byte up to the whole. */
  split: (pieces, random) =>
    pieces.flatMap((piece) => (hasData(piece) && !isControl(piece) ? split(piece, random) : [piece])),

  /** A packet overtakes some others. */
  reorder: (pieces, random) => {
    const keyed = pieces.map((piece, i) => ({ piece, at: i + random.below(4) }));
    const moved = keyed.toSorted((a, b) => a.at - b.at).map(({ piece }) => piece);
    return keepsFirst(pieces, moved) ? moved : pieces;
  },

  /** A packet comes twice. */
  duplicate: (pieces, random) => {
    const copies = pieces.filter(() => random.below(4) === 0);
    return copies.reduce((all, piece) => {
      const at = all.indexOf(piece) + 1;
      return all.toSpliced(at + random.below(Math.min(6, all.length - at + 1)), 0, piece);
    }, pieces);
  },

  /** Two segments are sent again as one, with other borders. */
  overlap: (pieces, random) => {
    const again = [...pieces];
    for (const [i, piece] of pieces.entries()) {
      const next = pieces[i + 1];
      const follows =
        next !== undefined &&
        hasData(piece) &&
        hasData(next) &&
        next.from.port === piece.from.port &&
        next.sequence === (piece.sequence + piece.payload.length) >>> 0;
      if (!follows || isControl(piece) || isControl(next) || random.below(2) === 0) continue;
      const both = { ...piece, payload: Uint8Array.of(...piece.payload, ...next.payload) };
      const from = random.below(piece.payload.length);
      const to = piece.payload.length + 1 + random.below(next.payload.length);
      again.splice(again.indexOf(next), 0, cut(both, from, to));
    }
    return again;
  },

  /** A segment is lost before it was captured, and comes again behind some others. */
  late: (pieces, random) => {
    const candidates = pieces.filter((piece) => piece.transport === 'tcp' && hasData(piece) && !isControl(piece));
    const lost = candidates[random.below(candidates.length || 1)];
    if (!lost) return pieces;
    const at = pieces.indexOf(lost);
    const moved = pieces.toSpliced(at, 1).toSpliced(at + 1 + random.below(6), 0, lost);
    return keepsFirst(pieces, moved) ? moved : pieces;
  },

  /** Only the client's side is captured. */
  oneSided: (pieces) => pieces.filter(({ side }) => side === 'client'),

  /** The capture begins after the handshake. */
  midway: (pieces) => pieces.filter(({ flags }) => (flags & SYN) === 0),

  /** Sequence numbers pass 2^32 inside the hello. */
  wrap: (pieces, random) => {
    const first = pieces.find((piece) => hasData(piece));
    if (!first) return pieces;
    const shift = (2 ** 32 - first.sequence - 1 - random.below(first.payload.length)) >>> 0;
    return pieces.map((piece) =>
      piece.from.port === first.from.port
        ? { ...piece, sequence: (piece.sequence + shift) >>> 0 }
        : piece.to.port === first.from.port
          ? { ...piece, acknowledgment: (piece.acknowledgment + shift) >>> 0 }
          : piece,
    );
  },

  /** The same over IPv6. */
  ipv6: (pieces) => {
    const six = (end: End): End => ({
      ...end,
      address: end.address.includes(':') ? end.address : `2001:db8::${end.address.replaceAll('.', ':')}`,
    });
    return pieces.map((piece) => ({ ...piece, from: six(piece.from), to: six(piece.to) }));
  },
} as const satisfies Readonly<Record<string, Misfortune>>;

export type MisfortuneName = keyof typeof MISFORTUNES;

/** Without the start of a stream its order cannot be known, so what disturbs it is left out then. */
const NEEDS_START: ReadonlySet<MisfortuneName> = new Set(['reorder', 'late']);

/** Some misfortunes, one after the other. */
export function mutate(
  pieces: readonly Piece[],
  seed: number,
): { readonly pieces: readonly Piece[]; readonly steps: readonly MisfortuneName[] } {
  const random = randomOf(seed);
  const names = Object.keys(MISFORTUNES).filter(isMisfortune);
  const chosen = names.filter(() => random.below(3) === 0);
  const steps = chosen.filter((name) => !(NEEDS_START.has(name) && chosen.includes('midway')));
  return { pieces: steps.reduce((all, name) => MISFORTUNES[name](all, random), pieces), steps };
}

function isMisfortune(name: string): name is MisfortuneName {
  return name in MISFORTUNES;
}

/** The same conversations from other client ports, so that many captures can be put into one. */
export function withClientPorts(pieces: readonly Piece[], next: () => number): readonly Piece[] {
  const ports = new Map<number, number>();
  const moved = (end: End): End => ({ ...end, port: ports.get(end.port) ?? end.port });
  for (const { side, from } of pieces) {
    if (side === 'client' && !ports.has(from.port)) ports.set(from.port, next());
  }
  return pieces.map((piece) => ({ ...piece, from: moved(piece.from), to: moved(piece.to) }));
}

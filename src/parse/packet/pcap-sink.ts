/**
 * The link type of interfaces that a file does not describe. No packet of them is read (draft-ietf-opsawg-pcaplinktype has no such
 * value).
 */
export const LINK_UNKNOWN = -1;

/** A packet or block longer than this is damage: Wireshark's own limit for a packet is 262,144 bytes (wiretap/wtap.h). */
export const PACKET_LIMIT_BYTES = 262_144;

export interface PcapProblem {
  /** Offset in the (unpacked) file. */
  readonly offset: number;
  readonly rule: string;
}

/** Receives the contents of a capture file in order. `bytes` may be reused after the call. */
export interface PcapSink {
  packet(bytes: Uint8Array, start: number, end: number, linkType: number, timeMs: number, wireBytes: number): void;
  problem(problem: PcapProblem): void;
}

/** Packets that a capture lacks, or lacks in part, by its own word. */
export interface CaptureLimits {
  /** The smallest of its interfaces; null: it does not say. */
  readonly snapBytes: number | null;
  readonly filters: ReadonlySet<string>;
}

export const NO_LIMITS: CaptureLimits = { snapBytes: null, filters: new Set() };

/** One framing of packets in a file. */
export interface PcapFraming {
  /** Number of packets that were handed over. */
  readonly packets: number;
  readonly limits: CaptureLimits;
  /**
   * Reads the item (header, packet or block) at `start`. Returns its length; or minus the number of bytes that are needed to read it,
   * when there are fewer; or 0 when the rest of the file cannot be read.
   */
  step(bytes: Uint8Array, start: number, end: number, fileOffset: number): number;
}

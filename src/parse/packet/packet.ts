import { u16, u32, u8 } from './bytes.ts';
import { FragmentTable } from './fragments.ts';
import { ETHERTYPE, LINK_ETHERNET, linkInner, pppInner, type Inner } from './link.ts';
import { greInner, rareInner, udpTunnel } from './tunnel.ts';

export const IP_PROTOCOL = {
  icmp: 1,
  ipip: 4,
  tcp: 6,
  udp: 17,
  ipv6: 41,
  gre: 47,
  authentication: 51,
  icmpv6: 58,
  etherIp: 97,
  mpls: 137,
} as const;

/** Two addresses and a length. */
const SUBFRAME_HEADER_BYTES = 14;
/** Headers within headers (tags, tunnels, IP in IP) that are followed in one packet. */
const LAYER_LIMIT = 24;
const IPV6_EXTENSIONS = {
  hopByHop: 0,
  routing: 43,
  fragment: 44,
  authentication: IP_PROTOCOL.authentication,
  destination: 60,
  mobility: 135,
} as const;

/**
 * Finds the transport layer of a packet through links, tags and tunnels. One instance is used for all packets: its fields describe the
 * last one.
 */
export class PacketDecoder {
  family: 4 | 6 = 4;
  /** IP protocol number of the innermost packet that was found. */
  protocol = 0;
  /** Source (0 to 3) and destination (4 to 7) as 32-bit words; IPv4 has its address in words 3 and 7 and zeros before. */
  readonly addresses = new Int32Array(8);
  /** The buffer that `start` and `end` refer to: the packet's, or that of reassembled fragments. */
  bytes: Uint8Array = new Uint8Array();
  start = 0;
  end = 0;
  /** Bytes of the packet on the wire behind `end` that the capture lacks. */
  missing = 0;
  readonly #fragments = new FragmentTable();
  #layers = 0;
  /** Where the next packet of a frame with several begins, and where they end. */
  #nextFrame = 0;
  #framesEnd = 0;
  #frames: Uint8Array = this.bytes;
  /** Bytes that the capture's snap length cut from the frame. */
  #cut = 0;

  /** Whether the frame holds an IP packet with a transport header in it. A fragment is held back until its packet is whole. */
  decode(bytes: Uint8Array, start: number, end: number, linkType: number, cutBytes: number): boolean {
    this.#layers = 0;
    this.#framesEnd = 0;
    this.#cut = cutBytes;
    // Nearly every packet of nearly every capture; the general way makes an object per header.
    if (linkType === LINK_ETHERNET && u16(bytes, start + 12) === ETHERTYPE.ipv4)
      return this.#ipv4(bytes, start + 14, end);
    return this.#follow(linkInner(bytes, start, end, linkType), bytes, start, end);
  }

  /** Goes on to the next packet of the frame that was decoded last; false when there is none. */
  next(): boolean {
    while (this.#nextFrame + SUBFRAME_HEADER_BYTES < this.#framesEnd) {
      const start = this.#nextFrame;
      const bytes = this.#frames;
      const length = SUBFRAME_HEADER_BYTES + u16(bytes, start + 12);
      const end = Math.min(start + length, this.#framesEnd);
      this.#nextFrame = start + length + ((4 - (length % 4)) % 4);
      this.#layers = 0;
      if (this.#follow(linkInner(bytes, start, end, LINK_ETHERNET), bytes, start, end)) return true;
    }
    return false;
  }

  /** Hands over what is left of packets whose fragments never were complete: each one's beginning, as far as it is there. */
  leftover(): boolean {
    const rest = this.#fragments.takeIncomplete();
    if (!rest) return false;
    this.#layers = 0;
    this.#cut = 0;
    this.family = rest.family;
    this.addresses.set(rest.addresses);
    return this.#transport(rest.protocol, rest.bytes, 0, rest.bytes.length, 1);
  }

  #follow(inner: Inner, bytes: Uint8Array, start: number, end: number): boolean {
    let { type, offset } = inner;
    for (;;) {
      this.#layers += 1;
      if (this.#layers > LAYER_LIMIT || offset >= end || offset < start) return false;
      switch (type) {
        case ETHERTYPE.ipv4:
          return this.#ipv4(bytes, offset, end);
        case ETHERTYPE.ipv6:
          return this.#ipv6(bytes, offset, end);
        case ETHERTYPE.subframes:
          // Frames in frames would never end.
          if (this.#framesEnd !== 0) return false;
          this.#frames = bytes;
          this.#nextFrame = offset;
          this.#framesEnd = end;
          return this.next();
        case ETHERTYPE.vlan:
        case ETHERTYPE.qinq:
        case ETHERTYPE.qinq1:
        case ETHERTYPE.qinq2:
        case ETHERTYPE.qinq3:
          type = u16(bytes, offset + 2);
          offset += 4;
          break;
        case ETHERTYPE.vnTag:
          type = u16(bytes, offset + 4);
          offset += 6;
          break;
        case ETHERTYPE.eTag:
        case ETHERTYPE.ciscoMetadata:
          type = u16(bytes, offset + 6);
          offset += 8;
          break;
        case ETHERTYPE.mpls:
        case ETHERTYPE.mplsMulticast: {
          while (offset + 4 <= end && (u8(bytes, offset + 2) & 1) === 0) offset += 4;
          offset += 4;
          const version = u8(bytes, offset) >> 4;
          // RFC 4928: an IP packet follows without a type; RFC 4385: the control word of a pseudowire begins with 0000.
          if (version === 4) type = ETHERTYPE.ipv4;
          else if (version === 6) type = ETHERTYPE.ipv6;
          else if (version === 0) {
            type = ETHERTYPE.ethernet;
            offset += 4;
          } else return false;
          break;
        }
        case ETHERTYPE.pppoeSession:
          ({ type, offset } = pppInner(bytes, offset + 6));
          break;
        case ETHERTYPE.ethernet:
          ({ type, offset } = linkInner(bytes, offset, end, 1));
          break;
        default: {
          const rare = rareInner(type, bytes, offset);
          if (rare === null) return false;
          ({ type, offset } = rare);
        }
      }
    }
  }

  #ipv4(bytes: Uint8Array, start: number, end: number): boolean {
    const first = u8(bytes, start);
    const headerBytes = (first & 0xf) * 4;
    if (first >> 4 !== 4 || headerBytes < 20 || start + headerBytes > end) return false;
    this.family = 4;
    const words = this.addresses;
    words[0] = words[1] = words[2] = words[4] = words[5] = words[6] = 0;
    words[3] = u32(bytes, start + 12);
    words[7] = u32(bytes, start + 16);
    const total = u16(bytes, start + 2);
    const payload = start + headerBytes;
    const protocol = u8(bytes, start + 9);
    // Zero in packets that the network card cuts into segments later (TSO).
    const wireEnd = total === 0 ? end + this.#cut : start + Math.max(total, headerBytes);
    const fragment = u16(bytes, start + 6);
    if ((fragment & 0x3fff) !== 0) {
      const id = u16(bytes, start + 4);
      const offset = (fragment & 0x1fff) * 8;
      return this.#fragment(id, protocol, offset, (fragment & 0x2000) !== 0, bytes, payload, Math.min(end, wireEnd));
    }
    return wireEnd > end
      ? this.#transport(protocol, bytes, payload, end, wireEnd - end)
      : this.#transport(protocol, bytes, payload, wireEnd, 0);
  }

  #ipv6(bytes: Uint8Array, start: number, end: number): boolean {
    if (u8(bytes, start) >> 4 !== 6 || start + 40 > end) return false;
    this.family = 6;
    for (let word = 0; word < 8; word += 1) this.addresses[word] = u32(bytes, start + 8 + 4 * word);
    const length = u16(bytes, start + 4);
    // Zero in jumbograms (RFC 2675) and in packets that the network card cuts into segments later.
    const wireEnd = length === 0 ? end + this.#cut : start + 40 + length;
    const capturedEnd = Math.min(end, wireEnd);
    let at = start + 40;
    let next = u8(bytes, start + 6);
    for (let extensions = 0; extensions < LAYER_LIMIT && at + 8 <= capturedEnd; extensions += 1) {
      if (next === IPV6_EXTENSIONS.fragment) {
        const field = u16(bytes, at + 2);
        const more = (field & 1) !== 0;
        const offset = field & 0xfff8;
        next = u8(bytes, at);
        // RFC 6946: a fragment that is the whole packet.
        if (offset !== 0 || more)
          return this.#fragment(u32(bytes, at + 4), next, offset, more, bytes, at + 8, capturedEnd);
        at += 8;
      } else if (next === IPV6_EXTENSIONS.authentication) {
        next = u8(bytes, at);
        at += (u8(bytes, at + 1) + 2) * 4;
      } else if (isIpv6Extension(next)) {
        next = u8(bytes, at);
        at += (u8(bytes, at + 1) + 1) * 8;
      } else break;
    }
    return at < capturedEnd && this.#transport(next, bytes, at, capturedEnd, wireEnd - capturedEnd);
  }

  #fragment(
    id: number,
    protocol: number,
    offset: number,
    more: boolean,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    const whole = this.#fragments.add(
      this.family,
      this.addresses,
      id,
      protocol,
      offset,
      more,
      bytes.subarray(start, end),
    );
    return whole !== null && this.#transport(protocol, whole, 0, whole.length, 0);
  }

  #transport(protocol: number, bytes: Uint8Array, start: number, end: number, missing: number): boolean {
    this.#layers += 1;
    if (this.#layers > LAYER_LIMIT) return false;
    this.protocol = protocol;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.missing = missing;
    switch (protocol) {
      case IP_PROTOCOL.tcp:
      case IP_PROTOCOL.icmp:
      case IP_PROTOCOL.icmpv6:
        return true;
      case IP_PROTOCOL.udp: {
        const inner = udpTunnel(bytes, start, end);
        return inner === null || this.#tunnelled(inner, bytes, start, end, missing);
      }
      case IP_PROTOCOL.ipip:
        return this.#ipv4(bytes, start, end);
      case IP_PROTOCOL.ipv6:
        return this.#ipv6(bytes, start, end);
      case IP_PROTOCOL.gre:
        return this.#follow(greInner(bytes, start, end), bytes, start, end);
      case IP_PROTOCOL.authentication: {
        const behind = start + (u8(bytes, start + 1) + 2) * 4;
        return behind < end && this.#transport(u8(bytes, start), bytes, behind, end, missing);
      }
      case IP_PROTOCOL.etherIp:
        return this.#follow({ type: ETHERTYPE.ethernet, offset: start + 2 }, bytes, start, end);
      case IP_PROTOCOL.mpls:
        return this.#follow({ type: ETHERTYPE.mpls, offset: start }, bytes, start, end);
      default:
        return false;
    }
  }

  /** A datagram on a tunnel's port that holds no packet is one of another protocol. */
  #tunnelled(inner: Inner, bytes: Uint8Array, start: number, end: number, missing: number): boolean {
    const { family } = this;
    const outer = this.addresses.slice();
    if (this.#follow(inner, bytes, start, end)) return true;
    this.family = family;
    this.addresses.set(outer);
    this.protocol = IP_PROTOCOL.udp;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.missing = missing;
    return true;
  }
}

function isIpv6Extension(next: number): boolean {
  return (
    next === IPV6_EXTENSIONS.hopByHop ||
    next === IPV6_EXTENSIONS.routing ||
    next === IPV6_EXTENSIONS.destination ||
    next === IPV6_EXTENSIONS.mobility
  );
}

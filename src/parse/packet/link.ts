import { u16, u16le, u32, u32le, u8 } from './bytes.ts';

/**
 * The type of the next header, as an EtherType (IANA "IEEE 802 Numbers"). `ethernet` is Transparent Ethernet Bridging's
 * number, for a whole frame.
 */
export interface Inner {
  readonly type: number;
  readonly offset: number;
}

export const ETHERTYPE = {
  none: 0,
  ipv4: 0x0800,
  ipv6: 0x86dd,
  vlan: 0x8100,
  qinq: 0x88a8,
  qinq1: 0x9100,
  qinq2: 0x9200,
  qinq3: 0x9300,
  mpls: 0x8847,
  mplsMulticast: 0x8848,
  pppoeSession: 0x8864,
  ciscoMetadata: 0x8909,
  vnTag: 0x8926,
  eTag: 0x893f,
  trill: 0x22f3,
  batman: 0x4305,
  macSec: 0x88e5,
  providerBackbone: 0x88e7,
  redundancy: 0x892f,
  serviceHeader: 0x894f,
  ethernet: 0x6558,
  /** Not a number of IEEE: frames with addresses and a length behind each other. */
  subframes: 0x1_0000,
} as const;

export const LINK_ETHERNET = 1;
export const LINK_WIFI = 105;

/** https://www.tcpdump.org/linktypes.html, and the DLT numbers that some systems write in their place. */
const LINK = {
  null: 0,
  tokenRing: 6,
  ppp: 9,
  fddi: 10,
  dltRaw: 12,
  openBsdRaw: 14,
  pppHdlc: 50,
  pppEther: 51,
  atm: 100,
  raw: 101,
  ciscoHdlc: 104,
  wifi: LINK_WIFI,
  frameRelay: 107,
  loop: 108,
  sll: 113,
  pflog: 117,
  prism: 119,
  ipOverFibreChannel: 122,
  sunAtm: 123,
  radiotap: 127,
  appleFirewire: 138,
  avs: 163,
  pppPppd: 166,
  ppi: 192,
  erf: 197,
  pppWithDirection: 204,
  ipv4: 228,
  ipv6: 229,
  nflog: 239,
  pktap: 258,
  sll2: 276,
  dsaBroadcom: 281,
  dsaBroadcomPrepended: 282,
  dsaMarvell: 284,
  dsaMarvellExtended: 285,
} as const;

const READ_LINKS: ReadonlySet<number> = new Set([LINK_ETHERNET, ...Object.values(LINK)]);

export const NOTHING: Inner = { type: ETHERTYPE.none, offset: 0 };

/** Whether packets of this link type can be read at all. */
export function isReadLink(linkType: number): boolean {
  return READ_LINKS.has(linkType);
}

/** The first header behind the link's own. */
export function linkInner(bytes: Uint8Array, start: number, end: number, linkType: number): Inner {
  switch (linkType) {
    case LINK_ETHERNET:
      return ethernetInner(bytes, start, end);
    case LINK.null:
    case LINK.loop:
      return loopbackInner(bytes, start);
    case LINK.dltRaw:
    case LINK.openBsdRaw:
    case LINK.raw:
    case LINK.ipv4:
    case LINK.ipv6:
      return rawIp(bytes, start);
    case LINK.ppp:
    case LINK.pppHdlc:
    case LINK.pppPppd:
      return pppInner(bytes, start);
    case LINK.pppWithDirection:
      return pppInner(bytes, start + 1);
    case LINK.pppEther:
      return { type: ETHERTYPE.pppoeSession, offset: start };
    case LINK.ciscoHdlc:
      return hdlcInner(bytes, start);
    case LINK.frameRelay:
      return frameRelayInner(bytes, start, end);
    case LINK.sll:
      return etherTypeOrLlc(bytes, u16(bytes, start + 14), start + 16);
    case LINK.sll2:
      return etherTypeOrLlc(bytes, u16(bytes, start), start + 20);
    case LINK.wifi:
      return wifiInner(bytes, start, end);
    case LINK.radiotap:
      return wifiInner(bytes, start + u16le(bytes, start + 2), end);
    case LINK.prism:
      return wifiInner(bytes, start + prismBytes(bytes, start), end);
    case LINK.avs:
      return wifiInner(bytes, start + u32(bytes, start + 4), end);
    case LINK.tokenRing:
      return llcInner(bytes, start + 14 + routeBytes(bytes, start));
    case LINK.fddi:
      return llcInner(bytes, start + 13);
    case LINK.atm:
      return llcInner(bytes, start);
    case LINK.ipOverFibreChannel:
      return llcInner(bytes, start + 16);
    case LINK.sunAtm:
      return llcInner(bytes, start + 4);
    case LINK.pktap:
      return describedInner(bytes, start, end, u32le(bytes, start), u32le(bytes, start + 8));
    case LINK.ppi:
      return describedInner(bytes, start, end, u16le(bytes, start + 2), u32le(bytes, start + 4));
    case LINK.erf:
      return erfInner(bytes, start, end);
    case LINK.dsaBroadcom:
    case LINK.dsaMarvell:
      return taggedInner(bytes, start, end, 4);
    case LINK.dsaMarvellExtended:
      return taggedInner(bytes, start, end, 8);
    case LINK.dsaBroadcomPrepended:
      return ethernetInner(bytes, start + 4, end);
    case LINK.appleFirewire:
      return { type: u16(bytes, start + 16), offset: start + 18 };
    case LINK.nflog:
      return nflogInner(bytes, start, end);
    case LINK.pflog:
      return pflogInner(bytes, start);
    default:
      return NOTHING;
  }
}

function ethernetInner(bytes: Uint8Array, start: number, end: number): Inner {
  return end - start < 14 ? NOTHING : etherTypeOrLlc(bytes, u16(bytes, start + 12), start + 14);
}

/** Linux net/dsa: a switch's tag stands between the addresses and the EtherType. */
function taggedInner(bytes: Uint8Array, start: number, end: number, tagBytes: number): Inner {
  const type = start + 12 + tagBytes;
  return end - start < 14 + tagBytes ? NOTHING : etherTypeOrLlc(bytes, u16(bytes, type), type + 2);
}

/** IEEE 802.3 3.2.6: up to 1,500 the field is a length, and a logical link control header follows. SLL uses 4 for the same. */
function etherTypeOrLlc(bytes: Uint8Array, type: number, offset: number): Inner {
  return type <= 1500 ? llcInner(bytes, offset) : { type, offset };
}

/** IEEE 802.2 with SNAP (RFC 1042); without SNAP the service access point 0x06 is IP. */
function llcInner(bytes: Uint8Array, start: number): Inner {
  const points = u16(bytes, start);
  if (points === 0x0606) return { type: ETHERTYPE.ipv4, offset: start + 3 };
  return points === 0xaaaa ? { type: u16(bytes, start + 6), offset: start + 8 } : NOTHING;
}

/** IEEE 802.5: a source route follows the addresses when the source's highest bit is set; its first byte holds its length. */
function routeBytes(bytes: Uint8Array, start: number): number {
  return (u8(bytes, start + 8) & 0x80) === 0 ? 0 : u8(bytes, start + 14) & 0x1f;
}

/** The address family in the byte order of the machine that captured (NULL) or of the network (LOOP); IPv6's number is each system's own. */
function loopbackInner(bytes: Uint8Array, start: number): Inner {
  const big = u32(bytes, start);
  const family = big > 0xffff ? u32le(bytes, start) : big;
  if (family === 2) return { type: ETHERTYPE.ipv4, offset: start + 4 };
  const ipv6 = family === 10 || family === 23 || family === 24 || family === 28 || family === 30;
  return ipv6 ? { type: ETHERTYPE.ipv6, offset: start + 4 } : NOTHING;
}

/** An IP packet without a link header. */
export function rawIp(bytes: Uint8Array, offset: number): Inner {
  const version = u8(bytes, offset) >> 4;
  if (version === 4) return { type: ETHERTYPE.ipv4, offset };
  return version === 6 ? { type: ETHERTYPE.ipv6, offset } : NOTHING;
}

/** RFC 1661, in HDLC framing (RFC 1662) or without; the protocol number may be compressed to one byte. */
export function pppInner(bytes: Uint8Array, start: number): Inner {
  let at = u16(bytes, start) === 0xff03 ? start + 2 : start;
  if (u16(bytes, start) === 0x0f00 || u16(bytes, start) === 0x8f00) return hdlcInner(bytes, start);
  let protocol = u8(bytes, at);
  at += 1;
  if ((protocol & 1) === 0) {
    protocol = (protocol << 8) | u8(bytes, at);
    at += 1;
  }
  switch (protocol) {
    case 0x0021:
      return { type: ETHERTYPE.ipv4, offset: at };
    case 0x0057:
      return { type: ETHERTYPE.ipv6, offset: at };
    case 0x0281:
      return { type: ETHERTYPE.mpls, offset: at };
    default:
      return NOTHING;
  }
}

/** Cisco HDLC: address, control, EtherType. */
function hdlcInner(bytes: Uint8Array, start: number): Inner {
  return { type: u16(bytes, start + 2), offset: start + 4 };
}

/** RFC 2427: a two-byte address, control, and the network layer's protocol id; or Cisco's way with an EtherType. */
function frameRelayInner(bytes: Uint8Array, start: number, end: number): Inner {
  if (end - start < 6) return NOTHING;
  const type = u16(bytes, start + 2);
  if (type === 0x03cc) return { type: ETHERTYPE.ipv4, offset: start + 4 };
  if (type === 0x038e) return { type: ETHERTYPE.ipv6, offset: start + 4 };
  return type === 0x0300 && u8(bytes, start + 4) === 0x80
    ? { type: u16(bytes, start + 8), offset: start + 10 }
    : { type, offset: start + 4 };
}

/** IEEE 802.11 9.3.2: data frames that are not encrypted. */
function wifiInner(bytes: Uint8Array, start: number, end: number): Inner {
  const control = u8(bytes, start);
  const flags = u8(bytes, start + 1);
  const isData = (control & 0x0c) === 0x08;
  const isEmpty = (control & 0x40) !== 0;
  const isEncrypted = (flags & 0x40) !== 0;
  if (!isData || isEmpty || isEncrypted || end - start < 32) return NOTHING;
  const fourthAddress = (flags & 0x03) === 0x03 ? 6 : 0;
  const isQos = (control & 0x80) !== 0;
  const highThroughput = isQos && (flags & 0x80) !== 0 ? 4 : 0;
  const header = 24 + fourthAddress + (isQos ? 2 + highThroughput : 0);
  // A-MSDU (9.3.2.2.2): several packets in one frame.
  if (isQos && (u8(bytes, start + 24 + fourthAddress) & 0x80) !== 0)
    return { type: ETHERTYPE.subframes, offset: start + header };
  const inner = llcInner(bytes, start + header);
  // Some drivers pad the header to 32 bits.
  return inner !== NOTHING || header % 4 === 0 ? inner : llcInner(bytes, start + header + 2);
}

/** The second field is the header's length, in the byte order of the machine that captured. */
function prismBytes(bytes: Uint8Array, start: number): number {
  return Math.min(u32le(bytes, start + 4), u32(bytes, start + 4));
}

/** Behind a header that tells its own length and the link type of what follows (CACE's PPI, Apple's PKTAP). */
function describedInner(bytes: Uint8Array, start: number, end: number, header: number, linkType: number): Inner {
  const isNested = linkType === LINK.ppi || linkType === LINK.pktap;
  return isNested || header > end - start ? NOTHING : linkInner(bytes, start + header, end, linkType);
}

/** Endace's extensible record format: extension headers of 8 bytes while a type's highest bit is set, then 2 bytes and the frame. */
function erfInner(bytes: Uint8Array, start: number, end: number): Inner {
  const kind = u8(bytes, start + 8) & 0x7f;
  const isEthernet = kind === 2 || kind === 11 || kind === 16 || kind === 20;
  let at = start + 16;
  for (let type = u8(bytes, start + 8); (type & 0x80) !== 0 && at < end; at += 8) type = u8(bytes, at);
  return isEthernet ? ethernetInner(bytes, at + 2, end) : NOTHING;
}

/** Linux nfnetlink_log.h: a family, then TLVs in the byte order of the machine; the packet is attribute 9. */
function nflogInner(bytes: Uint8Array, start: number, end: number): Inner {
  let at = start + 4;
  while (at + 4 <= end) {
    const little = u16le(bytes, at);
    const big = u16(bytes, at);
    const isLittle = little <= end - at;
    const length = isLittle ? little : big;
    const type = (isLittle ? u16le(bytes, at + 2) : u16(bytes, at + 2)) & 0x7fff;
    if (type === 9) return rawIp(bytes, at + 4);
    if (length < 4) return NOTHING;
    at += length + ((4 - (length % 4)) % 4);
  }
  return NOTHING;
}

/** OpenBSD net/if_pflog.h: the first byte is the header's length without its padding. */
function pflogInner(bytes: Uint8Array, start: number): Inner {
  const length = u8(bytes, start);
  return rawIp(bytes, start + length + ((4 - (length % 4)) % 4));
}

import { u16, u8 } from './bytes.ts';
import { ETHERTYPE, linkInner, LINK_WIFI, NOTHING, pppInner, rawIp, type Inner } from './link.ts';

const GRE = { checksum: 0x8000, routing: 0x4000, key: 0x2000, sequence: 0x1000, acknowledgment: 0x0080 } as const;
const GRE_TYPE = { ppp: 0x880b, wccp: 0x883e, erspan: 0x88be, erspan3: 0x22eb } as const;

/** RFC 2784, RFC 2890; version 1 is PPTP's (RFC 2637); ERSPAN's frames are draft-foschiano-erspan's. */
export function greInner(bytes: Uint8Array, start: number, end: number): Inner {
  if (end - start < 4) return NOTHING;
  const flags = u16(bytes, start);
  const type = u16(bytes, start + 2);
  const has = (bit: number) => ((flags & bit) !== 0 ? 4 : 0);
  const plain = start + 4 + has(GRE.key) + has(GRE.sequence);
  if ((flags & 7) === 1) return type === GRE_TYPE.ppp ? pppInner(bytes, plain + has(GRE.acknowledgment)) : NOTHING;
  const offset = plain + (has(GRE.checksum) || has(GRE.routing));
  // A cache's redirect header is there or not (draft-param-wccp-v2rev1): it does not begin like IP.
  if (type === GRE_TYPE.wccp) return rawIp(bytes, u8(bytes, offset) >> 4 === 4 ? offset : offset + 4);
  if (type === GRE_TYPE.erspan) {
    // Type I has neither a sequence number nor a header of its own.
    return { type: ETHERTYPE.ethernet, offset: has(GRE.sequence) === 0 ? offset : offset + 8 };
  }
  if (type === GRE_TYPE.erspan3) {
    const platformSpecific = (u8(bytes, offset + 11) & 1) * 8;
    return { type: ETHERTYPE.ethernet, offset: offset + 12 + platformSpecific };
  }
  return { type, offset };
}

const PORT = {
  l2tp: 1701,
  gtpUser: 2152,
  teredo: 3544,
  lisp: 4341,
  vxlan: 4789,
  vxlanGeneric: 4790,
  ayiya: 5072,
  capwapData: 5247,
  geneve: 6081,
  vxlanLinux: 8472,
  tazmenSniffer: 37_008,
} as const;

/** The packet inside a UDP tunnel, by the port of either end; null for every other datagram. */
export function udpTunnel(bytes: Uint8Array, start: number, end: number): Inner | null {
  return tunnelAt(u16(bytes, start + 2), bytes, start + 8, end) ?? tunnelAt(u16(bytes, start), bytes, start + 8, end);
}

function tunnelAt(port: number, bytes: Uint8Array, data: number, end: number): Inner | null {
  // Most datagrams go to none of these.
  if (port < PORT.l2tp || (port > PORT.vxlanLinux && port !== PORT.tazmenSniffer)) return null;
  switch (port) {
    case PORT.vxlan:
    case PORT.vxlanLinux:
      return (u8(bytes, data) & 0x08) === 0 ? null : { type: ETHERTYPE.ethernet, offset: data + 8 };
    case PORT.vxlanGeneric:
      return nextInner(u8(bytes, data + 3), data + 8);
    case PORT.ayiya:
      return rawIp(bytes, data + 8 + 2 ** (u8(bytes, data) >> 4) + (u8(bytes, data + 1) >> 4) * 4);
    case PORT.capwapData:
      return capwapInner(bytes, data);
    case PORT.tazmenSniffer:
      return tazmenInner(bytes, data, end);
    case PORT.geneve:
      return { type: u16(bytes, data + 2), offset: data + 8 + (u8(bytes, data) & 0x3f) * 4 };
    case PORT.gtpUser:
      return gtpInner(bytes, data, end);
    case PORT.l2tp:
      return l2tpInner(bytes, data);
    case PORT.lisp:
      return rawIp(bytes, data + 8);
    case PORT.teredo:
      return teredoInner(bytes, data);
    default:
      return null;
  }
}

/** RFC 4380 5.1.1: an authentication and an origin indication may stand before the IPv6 packet. */
function teredoInner(bytes: Uint8Array, start: number): Inner {
  const isAuthenticated = u16(bytes, start) === 1;
  const origin = isAuthenticated ? start + 13 + u8(bytes, start + 2) + u8(bytes, start + 3) : start;
  return rawIp(bytes, u16(bytes, origin) === 0 ? origin + 8 : origin);
}

/** 3GPP TS 29.281 5.1: version 1, a G-PDU (255), optional fields, and a chain of extension headers. */
function gtpInner(bytes: Uint8Array, start: number, end: number): Inner | null {
  const flags = u8(bytes, start);
  if (flags >> 5 !== 1 || u8(bytes, start + 1) !== 255) return null;
  if ((flags & 7) === 0) return rawIp(bytes, start + 8);
  let at = start + 12;
  let next = (flags & 4) === 0 ? 0 : u8(bytes, start + 11);
  while (next !== 0 && at < end) {
    const length = u8(bytes, at) * 4;
    if (length === 0) return null;
    at += length;
    next = u8(bytes, at - 1);
  }
  return rawIp(bytes, at);
}

/** RFC 2661 3.1: version 2 data messages carry PPP. */
function l2tpInner(bytes: Uint8Array, start: number): Inner | null {
  const flags = u16(bytes, start);
  if ((flags & 0x800f) !== 2) return null;
  let at = start + 2 + ((flags & 0x4000) === 0 ? 0 : 2) + 4 + ((flags & 0x0800) === 0 ? 0 : 4);
  if ((flags & 0x0200) !== 0) at += 2 + u16(bytes, at);
  return pppInner(bytes, at);
}

/** RFC 5415 4.3: a header of the length that it tells, and an Ethernet frame behind it unless the bit T says another. */
function capwapInner(bytes: Uint8Array, start: number): Inner | null {
  const isEthernet = u8(bytes, start) === 0 && (u8(bytes, start + 2) & 1) === 0;
  return isEthernet ? { type: ETHERTYPE.ethernet, offset: start + (u8(bytes, start + 1) >> 3) * 4 } : null;
}

/** TaZmen Sniffer Protocol, which access points and MikroTik's sniffer send: version 1, tags up to the one with number 1. */
function tazmenInner(bytes: Uint8Array, start: number, end: number): Inner | null {
  const encapsulated = u16(bytes, start + 2);
  if (u8(bytes, start) !== 1 || (encapsulated !== 1 && encapsulated !== 18)) return null;
  let at = start + 4;
  while (at < end && u8(bytes, at) !== 1) at += u8(bytes, at) === 0 ? 1 : 2 + u8(bytes, at + 1);
  return encapsulated === 1 ? { type: ETHERTYPE.ethernet, offset: at + 1 } : linkInner(bytes, at + 1, end, LINK_WIFI);
}

/** The next protocol in the numbers that RFC 8300 6.1 and VXLAN-GPE share. */
function nextInner(protocol: number, offset: number): Inner | null {
  const type = NEXT_PROTOCOLS[protocol];
  return type === undefined ? null : { type, offset };
}

const NEXT_PROTOCOLS: readonly (number | undefined)[] = [
  undefined,
  ETHERTYPE.ipv4,
  ETHERTYPE.ipv6,
  ETHERTYPE.ethernet,
  ETHERTYPE.serviceHeader,
  ETHERTYPE.mpls,
];

/** The content behind an EtherType that few networks use; null when it holds no packet. */
export function rareInner(type: number, bytes: Uint8Array, start: number): Inner | null {
  switch (type) {
    case ETHERTYPE.serviceHeader:
      return nextInner(u8(bytes, start + 3), start + (u16(bytes, start) & 0x3f) * 4);
    case ETHERTYPE.providerBackbone:
      return { type: ETHERTYPE.ethernet, offset: start + 4 };
    case ETHERTYPE.redundancy:
      return { type: u16(bytes, start + 4), offset: start + 6 };
    case ETHERTYPE.trill:
      // RFC 6325 3.1: the options' length in words is in bits 6 to 10.
      return { type: ETHERTYPE.ethernet, offset: start + 6 + ((u16(bytes, start) >> 6) & 0x1f) * 4 };
    case ETHERTYPE.batman:
      return u8(bytes, start) === BATMAN_UNICAST ? { type: ETHERTYPE.ethernet, offset: start + 10 } : null;
    case ETHERTYPE.macSec:
      return macSecInner(bytes, start);
    default:
      return null;
  }
}

const BATMAN_UNICAST = 0x40;

/** IEEE 802.1AE 9.3: readable unless the bits E and C say that the content is encrypted or changed. */
function macSecInner(bytes: Uint8Array, start: number): Inner | null {
  const control = u8(bytes, start);
  if ((control & 0x0c) !== 0) return null;
  const at = start + 6 + ((control & 0x20) === 0 ? 0 : 8);
  return { type: u16(bytes, at), offset: at + 2 };
}

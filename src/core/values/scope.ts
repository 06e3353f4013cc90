import * as z from 'zod/mini';
import { addressBytes, samePrefix, unmapped, withoutZone } from './address.ts';

/** The kind of an address, so that judgements stand when the address itself has been replaced by a pseudonym. */
export const addressScopeSchema = z.enum(['public', 'private', 'loopback', 'link-local', 'unspecified', 'reserved']);
export type AddressScope = z.infer<typeof addressScopeSchema>;

/** The purpose of a block, as far as something depends on it. */
export type AddressUse =
  | 'unicast'
  | 'private'
  | 'loopback'
  | 'link-local'
  | 'unspecified'
  | 'translated'
  | 'documentation'
  | 'protocol'
  | 'multicast'
  | 'broadcast'
  | 'future';

/**
 * The special blocks: the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890, RFC 8190; as of October 2024), with multicast and the
 * reserved top from the registries of the address spaces. Of blocks that overlap the smallest decides.
 */
const BLOCKS: readonly (readonly [network: string, bits: number, use: AddressUse, source: string])[] = [
  ['0.0.0.0', 8, 'unspecified', 'RFC 791 3.2'],
  ['10.0.0.0', 8, 'private', 'RFC 1918'],
  ['100.64.0.0', 10, 'private', 'RFC 6598'],
  ['127.0.0.0', 8, 'loopback', 'RFC 1122 3.2.1.3'],
  ['169.254.0.0', 16, 'link-local', 'RFC 3927'],
  ['172.16.0.0', 12, 'private', 'RFC 1918'],
  ['192.0.0.0', 24, 'protocol', 'RFC 6890 2.1'],
  ['192.0.0.9', 32, 'unicast', 'RFC 7723'],
  ['192.0.0.10', 32, 'unicast', 'RFC 8155'],
  ['192.0.2.0', 24, 'documentation', 'RFC 5737'],
  ['192.168.0.0', 16, 'private', 'RFC 1918'],
  ['198.18.0.0', 15, 'documentation', 'RFC 2544'],
  ['198.51.100.0', 24, 'documentation', 'RFC 5737'],
  ['203.0.113.0', 24, 'documentation', 'RFC 5737'],
  ['224.0.0.0', 4, 'multicast', 'RFC 5771'],
  ['240.0.0.0', 4, 'future', 'RFC 1112 4'],
  ['255.255.255.255', 32, 'broadcast', 'RFC 919 7'],
  ['::', 8, 'future', 'RFC 4291 4'],
  ['::', 128, 'unspecified', 'RFC 4291'],
  ['::1', 128, 'loopback', 'RFC 4291'],
  ['64:ff9b::', 96, 'translated', 'RFC 6052'],
  ['64:ff9b:1::', 48, 'translated', 'RFC 8215'],
  ['100::', 64, 'protocol', 'RFC 6666'],
  ['100:0:0:1::', 64, 'protocol', 'RFC 9780'],
  ['2001::', 23, 'protocol', 'RFC 2928'],
  ['2001::', 32, 'unicast', 'RFC 4380'],
  ['2001:1::1', 128, 'unicast', 'RFC 7723'],
  ['2001:1::2', 128, 'unicast', 'RFC 8155'],
  ['2001:1::3', 128, 'unicast', 'RFC 9665'],
  ['2001:3::', 32, 'unicast', 'RFC 7450'],
  ['2001:4:112::', 48, 'unicast', 'RFC 7535'],
  ['2001:20::', 28, 'unicast', 'RFC 7343'],
  ['2001:30::', 28, 'unicast', 'RFC 9374'],
  ['2001:db8::', 32, 'documentation', 'RFC 3849'],
  ['3fff::', 20, 'documentation', 'RFC 9637'],
  ['5f00::', 16, 'protocol', 'RFC 9602'],
  ['fc00::', 7, 'private', 'RFC 4193'],
  ['fe80::', 10, 'link-local', 'RFC 4291'],
  ['fec0::', 10, 'private', 'RFC 3879'],
  ['ff00::', 8, 'multicast', 'RFC 4291'],
];

const SCOPES: Readonly<Record<Exclude<AddressUse, 'translated'>, AddressScope>> = {
  unicast: 'public',
  private: 'private',
  loopback: 'loopback',
  'link-local': 'link-local',
  unspecified: 'unspecified',
  documentation: 'reserved',
  protocol: 'reserved',
  multicast: 'reserved',
  broadcast: 'reserved',
  future: 'reserved',
};

/** The smallest blocks first. */
const PREFIXES = BLOCKS.toSorted(([, a], [, b]) => b - a).map(([network, bits, use]) => ({
  network: addressBytes(network) ?? new Uint8Array(),
  bits,
  use,
}));

/** The purpose of the smallest block around an address. An IPv4 address inside of IPv6 counts as itself, where the prefix says that it is one. */
export function useOf(address: Uint8Array): Exclude<AddressUse, 'translated'> {
  const bytes = unmapped(address);
  const use = PREFIXES.find(({ network, bits }) => samePrefix(network, bytes, bits))?.use ?? 'unicast';
  // RFC 8215 leaves the length inside of its block open; 96 bits are usual.
  return use === 'translated' ? useOf(bytes.subarray(12)) : use;
}

/** The kind of address; null when the text is not an address. */
export function scopeOf(text: string): AddressScope | null {
  const bytes = addressBytes(withoutZone(text));
  return bytes === null ? null : SCOPES[useOf(bytes)];
}

/** Multicast, and the limited broadcast address: neither goes to one machine. */
export function isForMany(text: string): boolean {
  const bytes = addressBytes(withoutZone(text));
  const use = bytes === null ? null : useOf(bytes);
  return use === 'multicast' || use === 'broadcast';
}

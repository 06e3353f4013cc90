import { BlockList, isIP } from 'node:net';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isForMany, scopeOf, type AddressScope } from '../../../src/core/values/scope.ts';
import { randomAddress, textOfBytes } from '../../support/addresses.ts';
import { runs } from '../../support/fuzz.ts';

/** Blocks written down once more, from the registries' "Globally Reachable" column and from RFC 1918, 6598, 4193, 3879, 3927 and 4291. */
const EXPECTED: readonly (readonly [AddressScope, readonly string[]])[] = [
  ['unspecified', ['0.0.0.0/8', '::/128']],
  ['loopback', ['127.0.0.0/8', '::1/128']],
  ['link-local', ['169.254.0.0/16', 'fe80::/10']],
  ['private', ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fec0::/10']],
  ['public', ['192.0.0.9/32', '192.0.0.10/32', '2001::/32', '2001:1::1/128', '2001:1::2/128', '2001:1::3/128']],
  ['public', ['2001:3::/32', '2001:4:112::/48', '2001:20::/28', '2001:30::/28']],
  ['reserved', ['192.0.0.0/24', '192.0.2.0/24', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/3']],
  ['reserved', ['::/8', '100::/63', '2001::/23', '2001:db8::/32', '3fff::/20', '5f00::/16', 'ff00::/8']],
];

/** A list of its own for each family: BlockList takes IPv4 for mapped IPv6, which is in ::/8. */
const LISTS = EXPECTED.flatMap(([scope, blocks]) =>
  (['ipv4', 'ipv6'] as const).map((family) => {
    const list = new BlockList();
    for (const block of blocks.filter((each) => each.includes(':') === (family === 'ipv6'))) {
      const [network = '', bits] = block.split('/');
      list.addSubnet(network, Number(bits), family);
    }
    return { scope, family, list };
  }),
);

/** Addresses at the edges of the blocks, and just beyond. */
const nearBlocks = fc
  .tuple(fc.constantFrom(...EXPECTED.flatMap(([, blocks]) => blocks)), fc.nat(), randomAddress, fc.nat(128))
  .map(([block, toggled, noise, kept]) => {
    const [network = '', bits] = block.split('/');
    const bytes = isIP(network) === 4 ? network.split('.').map(Number) : bytesOfUrl(network);
    const length = 8 * bytes.length;
    const out = Uint8Array.from(bytes, (byte, i) =>
      i >= Math.ceil((Number(bits) + kept) / 8) ? (noise[i % 4] ?? 0) : byte,
    );
    const at = toggled % length;
    if (toggled % 3 === 0) out[at >> 3] = (out[at >> 3] ?? 0) ^ (0x80 >> (at & 7));
    return out;
  });

function bytesOfUrl(address: string): number[] {
  const [head = '', tail = ''] = address.split('::');
  const groups = [head, tail].map((side) => (side === '' ? [] : side.split(':').map((g) => Number.parseInt(g, 16))));
  const [before = [], after = []] = groups;
  const all = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
  return all.flatMap((group) => [group >> 8, group & 0xff]);
}

describe('the scope of an address', () => {
  it('is that of the registries', () => {
    fc.assert(
      fc.property(fc.oneof(randomAddress, nearBlocks), (bytes) => {
        const text = textOfBytes(bytes);
        // Addresses that carry one of IPv4 have rows of their own below.
        fc.pre(!/^(?:0:0:0:0:0:ffff|64:ff9b):/.test(text));
        const family = bytes.length === 4 ? 'ipv4' : 'ipv6';
        const expected =
          LISTS.find((each) => each.family === family && each.list.check(text, family))?.scope ?? 'public';
        expect([text, scopeOf(text)]).toEqual([text, expected]);
      }),
      runs(500),
    );
  });

  it('is that of the IPv4 address which is inside', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.constantFrom('::ffff:', '64:ff9b::', '64:ff9b:1::'), (inner, prefix) => {
        expect(scopeOf(prefix + inner)).toBe(scopeOf(inner));
      }),
    );
  });

  it('is known for addresses alone, with or without a zone', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), (text) => {
        expect(scopeOf(text) === null).toBe(isIP(text) === 0);
      }),
    );
    expect(scopeOf('fe80::1%eth0')).toBe('link-local');
  });

  it.each<[string, AddressScope | null]>([
    ['10.255.255.255', 'private'],
    ['100.128.0.1', 'public'],
    ['172.15.255.255', 'public'],
    ['172.31.255.255', 'private'],
    ['172.32.0.0', 'public'],
    ['192.0.0.8', 'reserved'],
    ['192.0.0.9', 'public'],
    ['255.255.255.255', 'reserved'],
    ['8.8.8.8', 'public'],
    ['2606:4700::1', 'public'],
    ['2002:c000:201::1', 'public'],
    ['plex.tv', null],
    ['1.2.3.04', null],
  ])('scopeOf(%j) is %s', (text, scope) => {
    expect(scopeOf(text)).toBe(scope);
  });

  it.each([
    ['239.255.255.250', true],
    ['255.255.255.255', true],
    ['::ffff:224.0.0.251', true],
    ['ff02::fb', true],
    ['ff02::fb%eth0', true],
    ['223.255.255.255', false],
    ['240.0.0.1', false],
    ['fe80::1', false],
    ['plex.tv', false],
  ])('%s is for many machines: %s', (text, expected) => {
    expect(isForMany(text)).toBe(expected);
  });
});

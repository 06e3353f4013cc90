import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/catalog/index.ts';
import { scopeOf } from '../../../src/core/values/scope.ts';
import { LAN, pmsSidePlan, PROXY, worldOf } from '../../../src/demo/outside/network.ts';

const world = worldOf(CATALOGUE);
const probed = CATALOGUE.filter(
  ({ kind, probeHost }) => probeHost !== null && (kind === 'host' || kind === 'wildcard'),
);

describe('the world of the demo', () => {
  it.each(probed.map(({ id, probeHost, port, telemetry }) => [id, probeHost ?? '', port, telemetry] as const))(
    'has %s',
    (_, host, port, telemetry) => {
      const answer = world.dns(host.toUpperCase());
      const [address = ''] = answer.kind === 'addresses' ? answer.addresses : [];
      expect(scopeOf(address)).toBe('public');
      expect(world.resolve(host, port)).toEqual({ host: '127.0.0.1', port });
      expect(world.allows({ method: 'CONNECT', host, port })).toBe(!telemetry);
    },
  );

  it('gives every name an address of its own', () => {
    const names = new Set(probed.map(({ probeHost }) => probeHost ?? ''));
    const addresses = [...names].map((name) => JSON.stringify(world.dns(name)));
    expect(new Set(addresses).size).toBe(names.size);
  });

  it.each([
    [PROXY.host, { kind: 'addresses', addresses: [LAN.outside] }],
    [`10-20-30-40.${'0a'.repeat(16)}.plex.direct`, { kind: 'addresses', addresses: ['10.20.30.40'] }],
    ['10-20-30.plex.direct', { kind: 'nxdomain' }],
    ['unknown.example', { kind: 'nxdomain' }],
  ])('resolves %s', (name, expected) => {
    expect(world.dns(name)).toEqual(expected);
  });

  it.each([
    ['an unknown host', 'unknown.example', 443],
    ['an unknown port', 'plex.tv', 22],
  ])('leads nowhere for %s', (_, host, port) => {
    expect(world.resolve(host, port)).toBeNull();
  });

  it('serves every https name with a certificate', () => {
    const https = probed.filter(({ scheme }) => scheme === 'https').map(({ probeHost }) => probeHost);
    expect(new Set(world.secureNames)).toEqual(new Set(https));
  });
});

it('the link leads to the namespace of the given process', () => {
  expect(pmsSidePlan(42).flat().join(' ')).toContain('peer name lan0 netns 42');
});

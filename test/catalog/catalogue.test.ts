import { describe, expect, it } from 'vitest';
import { CATALOGUE, PUBLIC_ADDRESS_PATH } from '../../src/catalog/index.ts';
import { agentSchema, endpointSchema, type Endpoint } from '../../src/core/model/endpoint.ts';

const byId = new Map(CATALOGUE.map((endpoint) => [endpoint.id, endpoint]));

describe('the catalogue as a whole', () => {
  it('has an own entry for every host, and enough to be useful', () => {
    expect(CATALOGUE.length).toBeGreaterThanOrEqual(45);
    expect(CATALOGUE.filter(({ probeHost }) => probeHost !== null).length).toBeGreaterThanOrEqual(30);
  });

  it('has unique ids and unique targets', () => {
    expect(new Set(CATALOGUE.map(({ id }) => id)).size).toBe(CATALOGUE.length);
    const targets = CATALOGUE.map(({ kind, scheme, host, port }) => `${kind} ${scheme}://${host}:${port}`);
    expect(new Set(targets).size).toBe(CATALOGUE.length);
  });

  it('needs exactly two endpoints for a scan by a modern agent', () => {
    expect(CATALOGUE.filter(({ need }) => need === 'scan').map(({ id }) => id)).toEqual([
      'plex-tv',
      'metadata-provider',
    ]);
  });
});

it('a host that is only listed is needed for nothing', () => {
  const listed = CATALOGUE.filter(({ mark }) => mark === 'listed');
  expect(listed.length).toBeGreaterThan(0);
  expect(listed.filter(({ need, needByAgent }) => need !== 'optional' || Object.keys(needByAgent).length > 0)).toEqual(
    [],
  );
});

describe.each(CATALOGUE.map((endpoint) => [endpoint.id, endpoint] as const))('%s', (id, endpoint) => {
  it('is well formed', () => {
    expect(endpointSchema.parse(endpoint)).toEqual(endpoint);
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(endpoint.port).toBeGreaterThan(0);
    expect(endpoint.path).toMatch(/^\/[!-~]*$/);
    expect(endpoint.path).not.toMatch(/token/i);
    expect(endpoint.custom).toBe(false);
  });

  it('says what for, what is lost, and who says so in public', () => {
    expect(endpoint.purpose.length).toBeGreaterThan(2);
    expect(endpoint.purpose.length).toBeLessThanOrEqual(24);
    expect(endpoint.breaks).toMatch(/^[A-Z].{3,}\.$/);
    for (const source of endpoint.source.split('; ')) {
      expect(source).toMatch(/^(https:\/\/\S+|[\w.-]+\/[\w.-]+( issue \d+| [\w./-]+)?)$/);
    }
  });

  it('is probed by a name that fits its kind', () => {
    expect(fitsKind(endpoint)).toBe(true);
  });

  it('speaks of known agents only', () => {
    for (const agent of Object.keys(endpoint.needByAgent)) expect(agentSchema.options).toContain(agent);
  });

  it('is called safe to block only if nothing needs it', () => {
    expect(endpoint.telemetry && (endpoint.need !== 'optional' || Object.keys(endpoint.needByAgent).length > 0)).toBe(
      false,
    );
  });
});

function fitsKind({ kind, host, probeHost }: Endpoint): boolean {
  if (kind === 'host') return probeHost === host && /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(host);
  if (kind === 'wildcard') return host.startsWith('*.') && (probeHost === null || probeHost.endsWith(host.slice(1)));
  return probeHost === null;
}

describe('single facts', () => {
  it.each([
    ['plex-tv', 'none', 'optional'],
    ['metadata-provider', 'none', 'optional'],
    ['resources-cdn', 'legacy', 'scan'],
    ['meta-plex-tv', 'legacy', 'scan'],
    ['tvdb2-plex-tv', 'legacy', 'scan'],
    ['epg-provider', 'live-tv', 'scan'],
  ])('%s is for agent %s: %s', (id, agent, need) => {
    expect(byId.get(id)?.needByAgent[agent]).toBe(need);
  });

  it('asks for the public address by one path on both families', () => {
    const asking = CATALOGUE.filter(({ path }) => path === PUBLIC_ADDRESS_PATH).map(({ host }) => host);
    expect(asking).toEqual(['v4.plex.tv', 'v6.plex.tv']);
  });

  it.each(['resources-cdn', 'opensubtitles', 'lencr-ocsp', 'tvthemes'])('%s is called without TLS', (id) => {
    expect(byId.get(id)).toMatchObject({ scheme: 'http', port: 80 });
  });
});

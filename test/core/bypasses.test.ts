import { describe, expect, it } from 'vitest';
import { configuredBypasses } from '../../src/core/bypasses.ts';
import { deriveFacts } from '../../src/core/derive.ts';
import { valueOf } from '../../src/core/evidence.ts';
import { evidenceFixture } from '../support/evidence-fixture.ts';
import { PROXY, type FixtureOptions } from '../support/facts-fixture.ts';

describe('configuredBypasses', () => {
  const bypasses = (variables: Readonly<Record<string, string>>, more: FixtureOptions = {}) => {
    const facts = deriveFacts(evidenceFixture({ variables, ...more }));
    const [results, routing] = [valueOf(facts.results), valueOf(facts.routing)];
    return results && routing ? configuredBypasses(results, routing) : null;
  };

  it('an excluded endpoint, for the clients of PMS that exclude it', () => {
    expect(bypasses({ https_proxy: PROXY, http_proxy: PROXY, no_proxy: 'plex.tv' })).toMatchObject([
      {
        host: 'plex.tv',
        port: 443,
        kind: 'configured',
        dialects: ['curl-7.87', 'python-urllib'],
        outcome: 'no-reply',
        evidence: ['settings'],
      },
      { host: 'metadata.provider.plex.tv' },
      { host: 'downloads.plex.tv' },
      { host: 'v4.plex.tv' },
      { host: 'metrics.plex.tv' },
    ]);
  });

  it('a scheme without a proxy', () => {
    expect(bypasses({ https_proxy: PROXY })?.map((b) => b.host)).toEqual(['resources-cdn.plexapp.com']);
  });

  it('none where everything goes through the proxy, or no proxy is configured', () => {
    expect(bypasses({ https_proxy: PROXY, http_proxy: PROXY })).toEqual([]);
    expect(bypasses({})).toEqual([]);
  });

  it('an attempt that was not made has no outcome', () => {
    expect(bypasses({ https_proxy: PROXY }, { direct: 'not-run' })).toMatchObject([{ outcome: null }]);
  });
});

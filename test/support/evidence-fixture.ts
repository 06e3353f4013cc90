import type { Evidence } from '../../src/core/evidence.ts';
import { TOOL } from '../../src/core/version.ts';
import { factsFixture, type FixtureOptions } from './facts-fixture.ts';

/** Evidence with the gathered items of {@link factsFixture}; what is derived from them is left to the code under test. */
export function evidenceFixture(options: FixtureOptions = {}, items: Partial<Evidence['items']> = {}): Evidence {
  const { routing: _routing, results: _results, observed: _observed, ...raw } = factsFixture(options);
  return {
    kind: 'pms-proxy-doctor/evidence',
    schemaVersion: 1,
    tool: TOOL,
    run: {
      command: 'check',
      startedAt: '2026-01-01T00:00:00.000Z',
      durationMs: 5,
      platform: 'linux',
      timeoutMs: 5_000,
      families: [4, 6],
      interrupted: false,
    },
    items: { ...raw, ...items },
    sanitized: {},
  };
}

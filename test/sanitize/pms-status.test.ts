import { expect, it } from 'vitest';
import { sanitizeEvidence } from '../../src/sanitize/documents.ts';
import { NO_LOCAL_NAMES, seedsFrom } from '../../src/sanitize/seeds-of-evidence.ts';
import { evidenceFixture } from '../support/fixtures/evidence.ts';
import { library, PMS_STATUS } from '../support/fixtures/facts.ts';

it('of what PMS said, where it was asked is hidden, and what judging needs stays', () => {
  const sections = [
    library('4', 'artist', 'tv.plex.agents.music'),
    library('5', 'movie', 'com.plexapp.agents.none'),
    { ...library('6', 'show', 'com.plexapp.agents.hama'), scanner: 'Plex Series Scanner' },
  ];
  const status = {
    ...PMS_STATUS,
    base: 'http://media.acmewidgets.example:32400',
    mapping: 'failed',
    mappingError: 'unreachable',
    providers: [
      { identifier: 'com.plexapp.plugins.library', online: null },
      { identifier: 'tv.plex.provider.metadata', online: false },
    ],
    sections,
    troubles: [{ call: '/myplex/account', code: 'HTTP_404', message: 'PMS answered 404 (Not Found)' } as const],
  };
  const evidence = evidenceFixture({ pmsStatus: status });
  const { document } = sanitizeEvidence(evidence, seedsFrom(evidence, NO_LOCAL_NAMES));
  expect(document.items.pmsStatus).toEqual({
    state: 'ok',
    value: { ...status, base: expect.stringMatching(/^http:\/\/<(?:host|domain)-\d+>:32400$/) },
  });
  expect(JSON.stringify(document)).not.toContain('acmewidgets');
});

it.each(['http://192.168.77.31:32400', 'https://93.184.216.34:32400'])('%s is hidden, too', (base) => {
  const evidence = evidenceFixture({ pmsStatus: { base } });
  const { document } = sanitizeEvidence(evidence, seedsFrom(evidence, NO_LOCAL_NAMES));
  expect(JSON.stringify(document.items.pmsStatus)).not.toMatch(/192\.168|93\.184/);
});

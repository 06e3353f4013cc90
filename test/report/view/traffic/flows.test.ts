import { describe, expect, it } from 'vitest';
import { REPORTS } from '../../../support/fixtures/report.ts';
import { PAGE, titlesOf, told, VERBOSE } from '../../../support/fixtures/sections.ts';

describe('every connection', () => {
  const lines = told(REPORTS.observedBypass, 'Every connection that was seen', VERBOSE).split('\n');
  it('is one line', () => {
    expect(lines).toHaveLength(REPORTS.observedBypass.traffic?.flows.length ?? 0);
    expect(lines).toContain(
      '14:02:12 Plex Media Scanner (pid 931) · tls direct · metadata.provider.plex.tv (SNI, DNS) · to 203.0.113.77:443 · no reply · 1×, 4 tries · seen by capture, sockets · metadata-provider · BYPASS',
    );
  });
  it.each([
    'quic direct · ech.example.com (SNI, outer name only)',
    "updates.example.org (proxy's log) port 8443 · ok (200 TCP_TUNNEL)",
    'seen by capture, process by elimination',
  ])('tells %s', (words) => {
    expect(lines.join('\n')).toContain(words);
  });
});

it('every DNS question is one line', () => {
  const lines = told(REPORTS.observedBypass, 'Every DNS question', VERBOSE);
  expect(lines).toContain(
    '14:02:12 Plex Media Scanner (pid 931) · A metadata.provider.plex.tv · answered: 203.0.113.77 · from 10.0.0.1 · 4×',
  );
  expect(lines).toContain('A nas.int.example.org · NXDOMAIN · from');
});

it('both are for --verbose alone', () => {
  for (const title of ['Every connection that was seen', 'Every DNS question that was seen'])
    expect(titlesOf(REPORTS.observedBypass, PAGE)).not.toContain(title);
});

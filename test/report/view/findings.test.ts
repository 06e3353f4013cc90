import { describe, expect, it } from 'vitest';
import { findings } from '../../../src/report/view/findings.ts';
import { finding, reportFixture, REPORTS } from '../../support/fixtures/report.ts';
import { BRIEF, PAGE, titlesOf, told, VERBOSE } from '../../support/fixtures/sections.ts';

const TITLE = 'Findings';

describe('findings', () => {
  const lines = told(REPORTS.denied, TITLE);
  it('show roots, and name what they explain', () => {
    expect(lines).toMatch(
      /^\[bad\] The proxy denies metadata\..* \[proxy-denies-needed\]\n {2}also explains endpoint-down$/m,
    );
    expect(lines).not.toContain('answers on no route');
  });
  it('show problems before information', () => {
    expect(lines.indexOf('proxy-denies-needed')).toBeLessThan(lines.indexOf('proxy-denies-unneeded'));
  });
  it('sum up many of one kind', () => {
    expect(lines).toContain('\n  and 1 more of this kind [proxy-denies-unneeded]\n');
    expect(lines).not.toContain('discover.provider.plex.tv');
    for (const options of [VERBOSE, PAGE])
      expect(told(REPORTS.denied, TITLE, options)).toContain('discover.provider.plex.tv');
  });
  it('give one line to what one missing thing left undecided', () => {
    expect(lines).toContain(
      '[undecided] not decided: rebinding-protection, dns-differs: the local DNS server did not answer',
    );
  });
  it('name a crash as a bug', () => {
    expect(lines).toContain('[bad] clock-skew crashed, a bug in this tool: Invalid time value');
  });
  it('list passes only with --verbose', () => {
    expect(told(REPORTS.allowed, TITLE)).not.toContain('certificate-swapped');
    expect(told(REPORTS.allowed, TITLE, VERBOSE)).toMatch(/^\[good\] .* \[certificate-swapped\]$/m);
  });
  it('show a consequence whose root says nothing bad', () => {
    const report = reportFixture({ findings: [finding('symptom', { supersededBy: 'root' })] });
    expect(told(report, TITLE)).toContain('[symptom]');
  });
  it('are counted', () => {
    expect(findings(REPORTS.denied, BRIEF)[0]?.gist).toBe('1 failure, 1 warning, 2 not decided');
  });
  it('are no section without any', () => {
    expect(titlesOf(reportFixture({ findings: [] }))).not.toContain(TITLE);
  });
});

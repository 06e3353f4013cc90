import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/core/model/report.ts';
import { DEFAULT_OPTIONS } from '../../../src/report/blocks/options.ts';
import { renderText } from '../../../src/report/text/report.ts';
import { REPORTS } from '../../support/fixtures/report.ts';

/** The part that a person sees without scrolling. */
const firstLines = (report: Report): string =>
  renderText(report, { ...DEFAULT_OPTIONS, width: 80 })
    .split('\n')
    .slice(0, 25)
    .join('\n')
    .replace(/\s+/g, ' ');

describe('the first 25 lines at 80 columns', () => {
  it.each(Object.entries(REPORTS).filter(([, { summary }]) => summary.verdict === 'problems'))(
    'of %s hold verdict, cause, the first step, and the command that checks',
    (_, report) => {
      const lines = firstLines(report);
      expect(lines).toMatch(/^✗ [A-Z]{4,}/);
      const cause = report.scan.causes.find(({ state }) => state === 'confirmed');
      const [step] = report.advice;
      const words = [
        ...(cause === undefined ? [] : [`${cause.title} [${cause.id}]`, cause.because[0]?.text ?? '']),
        ...(step === undefined ? [] : [step.step.text]),
      ];
      expect(words.filter((each) => !lines.includes(each))).toEqual([]);
      expect(lines).toMatch(/Then check: sudo pms-proxy-doctor \w+/);
      expect(lines).toMatch(/(?:Bypasses|Direct) /);
    },
  );
  it('name process and endpoint of a bypass', () => {
    expect(firstLines(REPORTS.observedBypass)).toContain(
      'Plex Media Scanner → metadata.provider.plex.tv:443 (no reply, 4×)',
    );
  });
  it('say that nothing was watched', () => {
    expect(firstLines(REPORTS.denied)).toContain("PMS's traffic was not watched in this run");
  });
  it('do not speak of a proxy that nobody configured', () => {
    const { proxy, ...rest } = REPORTS.observedBypass;
    const without = { ...rest, proxy: { ...proxy, configured: false, url: null } };
    const lines = firstLines({ ...without, scan: { ...rest.scan, condition: 'unknown' } });
    expect(lines).not.toMatch(/AROUND THE PROXY|Bypasses/);
  });
});

it('the first lines say which servers are not judged, and how to choose', () => {
  const { allowed } = REPORTS;
  const pms = allowed.pms && { ...allowed.pms, others: { pids: [900, 901], isChosen: false } };
  expect(firstLines({ ...allowed, pms })).toMatch(/not judged: 2 more on this machine, pid 900, 901[\s\S]*--env-from/);
  expect(firstLines(allowed)).not.toContain('not judged');
});

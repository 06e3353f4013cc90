import * as fc from 'fast-check';
import { runs } from '../../support/fuzz.ts';
import { describe, expect, it } from 'vitest';
import { CAUSES } from '../../../src/causes/index.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import type { Diagnosis } from '../../../src/core/model/report.ts';
import type { Scan } from '../../../src/core/model/experiment.ts';
import { conditionWords } from '../../../src/report/view/condition.ts';
import { aScan, experiment, MEANWHILE } from '../../support/fixtures/experiment.ts';
import { factsFixture } from '../../support/fixtures/facts.ts';
import { REPORTS } from '../../support/fixtures/report.ts';
import { directFlow, traffic } from '../../support/fixtures/traffic.ts';

const NEEDED = 'metadata.provider.plex.tv';

function wordsOf(scan: Diagnosis): string {
  return conditionWords({ ...REPORTS.reproduced, scan });
}

describe('the condition is reproduced', () => {
  it.each<[string, Partial<Scan>, boolean, string]>([
    ['by a refusal', { end: 'refused', status: 503 }, false, 'REPRODUCED on section 1 (music): 503'],
    ['by a scan that was taken', {}, true, 'REPRODUCED on section 1 (music): it did not reach what it needs'],
    ['not by a scan that was taken', {}, false, 'NOT FOUND'],
    ['not by a request that was wrong', { end: 'refused', status: 404 }, false, 'NOT FOUND'],
  ])('%s', (_, scan, isBlocked, words) => {
    const flows = isBlocked ? [directFlow(NEEDED, MEANWHILE)] : [];
    const facts = factsFixture({
      direct: isBlocked ? 'no-reply' : 'ok',
      experiment: experiment([aScan(scan)]),
      traffic: traffic(flows),
    });
    const judged = diagnose(CAUSES, facts, []);
    expect(wordsOf(judged)).toMatch(new RegExp(`^${words.replace(/[()]/g, String.raw`\$&`)}`));
  });

  it('only with a scan that was refused or did not reach what it needs, and never by the status of a success', () => {
    const anyScan = fc.record({
      status: fc.constantFrom(null, 200, 202, 204, 302, 401, 403, 404, 500, 503),
      end: fc.constantFrom<Scan['end']>('refused', 'finished', 'running', 'cancelled', 'unanswered'),
      outcome: fc.constantFrom('ok', 'no-reply', 'unresolved', 'cut', null),
    });
    fc.assert(
      fc.property(fc.array(anyScan, { minLength: 1, maxLength: 3 }), (scans) => {
        const facts = factsFixture({
          experiment: experiment(scans.map(({ status, end }) => aScan({ status, end }))),
          traffic: traffic(scans.map(({ outcome }) => directFlow(NEEDED, { outcome, ...MEANWHILE }))),
        });
        const judged = diagnose(CAUSES, facts, []);
        const shown = judged.sections.filter(({ condition }) => condition === 'reproduced');
        expect(judged.condition === 'reproduced').toBe(shown.length > 0);
        expect(wordsOf(judged)).not.toMatch(/REPRODUCED.*: [1-4]\d\d/);
      }),
      runs(70),
    );
  });
});

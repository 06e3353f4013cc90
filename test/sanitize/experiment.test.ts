import { expect, it } from 'vitest';
import { judge } from '../../src/app/judge.ts';
import { sanitizeEvidence, sanitizeReport } from '../../src/sanitize/documents.ts';
import { NO_LOCAL_NAMES, seedsFrom } from '../../src/sanitize/seeds-of-evidence.ts';
import { failed } from '../../src/core/model/evidence.ts';
import { evidenceFixture } from '../support/fixtures/evidence.ts';
import { aScan, experiment, updatesCheck } from '../support/fixtures/experiment.ts';

const SECRET = /zqjdoe|192\.168\.77|zqtoken/i;
const LEAKY = 'refused by nas.zqjdoe.example (192.168.77.31), see http://zqjdoe:zqtoken@proxy.zqjdoe.example:3128';

it('what judging needs stays', () => {
  const made = experiment([
    aScan({ end: 'refused', status: 503, body: 'Server cannot refresh a music library when not signed in' }),
    aScan({
      end: 'unanswered',
      trouble: { call: '/activities', code: 'PMS_NOT_LISTENING', message: 'nothing listens there' },
    }),
  ]);
  const evidence = evidenceFixture({ experiment: made });
  const { document } = sanitizeEvidence(evidence, seedsFrom(evidence, NO_LOCAL_NAMES));
  expect(document.items.experiment).toEqual({ state: 'ok', value: made });
});

it('what PMS or the network said of private things goes, in saved evidence and in the report', () => {
  const trouble = { call: '/library/sections/1/refresh', code: 'FAILED', message: LEAKY } as const;
  const made = experiment(
    [aScan({ end: 'refused', status: 503, body: LEAKY }), aScan({ end: 'unanswered', trouble })],
    [updatesCheck({ trouble })],
  );
  const evidence = evidenceFixture({ experiment: made });
  const seeds = seedsFrom(evidence, NO_LOCAL_NAMES);
  const saved = sanitizeEvidence(evidence, seeds).document;
  const report = sanitizeReport(judge(evidence, null), seeds).document;
  for (const text of [JSON.stringify(saved), JSON.stringify(report)]) {
    expect(text).toContain('refused by');
    expect(text).not.toMatch(SECRET);
  }
});

it('so does the reason why there was none', () => {
  const evidence = evidenceFixture({}, { experiment: failed('FAILED', LEAKY) });
  const reproduced = { ...evidence, run: { ...evidence.run, command: 'reproduce' } };
  const seeds = seedsFrom(reproduced, NO_LOCAL_NAMES);
  const report = sanitizeReport(judge(reproduced, null), seeds).document;
  expect(report.experimentReason?.code).toBe('FAILED');
  expect(report.summary).toMatchObject({ verdict: 'undecided', exitCode: 3 });
  expect(JSON.stringify(report)).not.toMatch(SECRET);
});

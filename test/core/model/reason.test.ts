import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defineCheck } from '../../../src/core/check.ts';
import { deriveFacts } from '../../../src/core/judge/derive.ts';
import { evidenceSchema, failed, notRun } from '../../../src/core/model/evidence.ts';
import {
  isReasonCode,
  REASON_CODES,
  reasonCodeOf,
  REASONS,
  reasonSchema,
  troubleCodeSchema,
} from '../../../src/core/model/reason.ts';
import { evidenceFixture } from '../../support/fixtures/evidence.ts';

describe('the words for why something is missing', () => {
  it('are a closed list, each with a default sentence', () => {
    for (const code of REASON_CODES) {
      expect(failed(code)).toEqual({ state: 'failed', reason: { code, message: REASONS[code] } });
      expect(notRun(code, 'because')).toEqual({ state: 'not-run', reason: { code, message: 'because' } });
    }
  });

  it.each([
    ['EACCES', 'EACCES'],
    ['ENAMETOOLONG', 'OTHER'],
    ['toString', 'OTHER'],
    ['', 'OTHER'],
  ])('%j of another list is %s', (code, expected) => {
    expect(reasonCodeOf(code)).toBe(expected);
    expect(isReasonCode(code)).toBe(code === expected);
  });

  it.each([
    ['UNAUTHORIZED', 'UNAUTHORIZED'],
    ['HTTP_500', 'HTTP_500'],
    ['HTTP_', 'OTHER'],
    ['FROM_TOMORROW', 'OTHER'],
  ])('trouble %s is read as %s', (code, expected) => {
    expect(troubleCodeSchema.parse(code)).toBe(expected);
  });

  it('has no word that nothing uses', () => {
    const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('model/reason.ts'))
      .map((path) => readFileSync(`src/${path}`, 'utf8'));
    expect(REASON_CODES.filter((code) => !sources.some((text) => text.includes(`'${code}'`)))).toEqual([]);
  });
});

describe('a word of a newer version', () => {
  const saved = JSON.parse(
    JSON.stringify(evidenceFixture({}, { resolver: failed('OTHER', 'told') })).replace('"OTHER"', '"FROM_TOMORROW"'),
  );

  it('is tolerated, and its message stays', () => {
    expect(reasonSchema.parse({ code: 'FROM_TOMORROW', message: 'told' })).toEqual({ code: 'OTHER', message: 'told' });
    expect(evidenceSchema.parse(saved).items.resolver).toEqual(failed('OTHER', 'told'));
  });

  it('decides nothing', () => {
    const check = defineCheck({
      id: 'x',
      title: '',
      why: '',
      remedy: '',
      severity: 'low',
      needs: ['resolver'],
      messages: { fine: '' },
      evaluate: (_, say) => say('pass', 'fine', {}),
    });
    const verdicts = check.run(deriveFacts(evidenceSchema.parse(saved))).map(({ verdict }) => verdict);
    expect(verdicts).toEqual(['inconclusive']);
  });
});

const WORDS_OF_0_1_0 = `
  NO_PROXY_CONFIGURED NOT_WATCHED NO_PMS_LOG PMS_NOT_ASKED NOT_PROBED NO_EXPERIMENT FILES_ONLY
  EACCES ENOENT ESRCH EISDIR EFBIG NO_CONTAINER MASKED NO_SETTINGS SETTINGS_UNKNOWN BUDGET_SPENT INTERRUPTED
  NEVER_ASKED NO_REPRESENTATIVE_NAME OUTCOME_NOT_SEEN UNAUTHORIZED FORBIDDEN PMS_NOT_LISTENING NOT_PMS CUT TIMEOUT
  NO_LIBRARY NO_SECTIONS ETIMEOUT`;

it.each(WORDS_OF_0_1_0.trim().split(/\s+/))('%s of version 0.1.0, on which verdicts rest, is still known', (word) => {
  expect(isReasonCode(word)).toBe(true);
});

import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../checks/index.ts';
import { CATALOGUE } from '../../src/catalog/catalogue.ts';
import { CAUSES } from '../../src/causes/index.ts';
import { DIALECTS } from '../../src/core/dialects/index.ts';
import { SHARED_MESSAGES } from '../../src/core/words/shared.ts';
import { Sanitizer } from '../../src/sanitize/sanitizer.ts';
import { NO_SEEDS } from '../../src/sanitize/values/seeds.ts';

/** Names of the catalogue are readable in a run, because the evidence carries it. */
const SANITIZER = new Sanitizer({
  ...NO_SEEDS,
  readableHosts: CATALOGUE.flatMap(({ host, probeHost }) => [host.replace(/^\*\./, ''), probeHost ?? host]),
});

/** The words of it that get into a report. */
const WORDS = [
  ...[...CHECKS, ...CAUSES].flatMap(({ id, remedy, messages }) => [id, remedy, ...Object.entries(messages).flat()]),
  ...CAUSES.flatMap(({ title, why, judgedBy }) => [title, why, judgedBy]),
  ...Object.entries(SHARED_MESSAGES).flat(),
  ...Object.values(DIALECTS).map(({ title }) => title),
  ...CATALOGUE.flatMap(({ id, host, purpose, breaks }) => [id, host, purpose, breaks]),
];

describe('the words of the tool itself are never taken for private data', () => {
  it.each([...new Set(WORDS)])('%s', (words) => {
    expect(SANITIZER.text(words)).toBe(words);
  });
});

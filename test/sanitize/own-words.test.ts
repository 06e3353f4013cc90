import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../checks/index.ts';
import { CATALOGUE } from '../../src/catalog/catalogue.ts';
import { CAUSE_WORDS } from '../../src/core/causes.ts';
import { DIALECTS } from '../../src/core/dialects/index.ts';
import { NO_SEEDS, Sanitizer } from '../../src/sanitize/sanitizer.ts';

/** Names of the catalogue are readable in a run, because the evidence carries it. */
const SANITIZER = new Sanitizer({
  ...NO_SEEDS,
  readableHosts: CATALOGUE.flatMap(({ host, probeHost }) => [host.replace(/^\*\./, ''), probeHost ?? host]),
});

/** What of it gets into a report. */
const WORDS = [
  ...CHECKS.flatMap(({ id, remedy, messages }) => [id, remedy, ...Object.values(messages)]),
  ...Object.entries(CAUSE_WORDS).flatMap(([id, { title, why, judgedBy, remedy }]) => [
    id,
    title,
    why,
    judgedBy,
    remedy,
  ]),
  ...Object.values(DIALECTS).map(({ title }) => title),
  ...CATALOGUE.flatMap(({ id, host, purpose, breaks }) => [id, host, purpose, breaks]),
];

describe('the words of the tool itself are never taken for private data', () => {
  it.each([...new Set(WORDS)])('%s', (words) => {
    expect(SANITIZER.text(words)).toBe(words);
  });
});

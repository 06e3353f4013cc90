import { describe, expect, it } from 'vitest';
import { hideLogParts } from '../../src/sanitize/rules/log-lines.ts';
import { hidePreferences } from '../../src/sanitize/rules/preferences.ts';
import { Sanitizer } from '../../src/sanitize/sanitizer.ts';
import { NO_SEEDS } from '../../src/sanitize/values/seeds.ts';
import { CANARIES, type Canary } from '../support/canaries.ts';
import { ENCODINGS, formsOf } from '../support/encodings.ts';
import { FUZZ } from '../support/fuzz.ts';
import { PLANTED } from '../support/planted/index.ts';
import { spellingsOf } from '../support/planted/values.ts';

const ALL: readonly Canary[] = [...PLANTED, ...CANARIES];
const WAYS = Object.entries(ENCODINGS);

/** Nothing is known beforehand: what is private has to be told by its looks. */
const sanitizer = new Sanitizer(NO_SEEDS, [hidePreferences, hideLogParts], true);

/** The lines in which a value is found again. All of them are looked through in one go first. */
function surviving(rows: readonly (readonly [Canary, string])[]): readonly string[] {
  const clean = rows.map(([canary, line]) => [canary, sanitizer.text(line)] as const);
  const survives = (text: string, canaries: readonly Canary[]): boolean => {
    const forms = formsOf(text);
    return [...new Set(canaries.flatMap(spellingsOf))].some((spelling) =>
      forms.some((form) => form.includes(spelling)),
    );
  };
  const whole = clean.map(([, line]) => line).join('\n');
  if (
    !survives(
      whole,
      clean.map(([canary]) => canary),
    )
  )
    return [];
  return clean
    .filter(([canary, line]) => survives(line, [canary]))
    .map(([{ kind, value }, line]) => `${kind} ${value}: ${line}`);
}

describe('planted values, of which nothing is known', () => {
  it('are many, and all of them different', () => {
    expect(new Set(PLANTED.map(({ value }) => value)).size).toBe(PLANTED.length);
    expect(PLANTED.length).toBeGreaterThan(1000);
  });

  it('as they stand', () => {
    expect(surviving(ALL.map((canary) => [canary, canary.line]))).toEqual([]);
  });

  // Each line in one way; a long run takes all ways for all lines.
  it('in every way of writing them', () => {
    for (let turn = 0; turn < Math.min(FUZZ, WAYS.length); turn += 1)
      expect(
        surviving(ALL.map((canary, i) => [canary, WAYS[(i + turn) % WAYS.length]?.[1](canary.line) ?? ''])),
      ).toEqual([]);
  });
});

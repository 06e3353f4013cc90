import { expect, it } from 'vitest';
import type { Report } from '../../../src/core/model/report.ts';
import { reportFixture } from '../../support/fixtures/report.ts';
import { ALL, BRIEF, PAGE, titlesOf, told, VERBOSE } from '../../support/fixtures/sections.ts';

const TITLE = 'Do this';

function withSteps(count: number): Report {
  const advice = Array.from({ length: count }, (_, i) => ({
    step: { message: 'remedy', args: {}, text: `Fix check-${i}.` },
    commands: i === 0 ? ['sudo true'] : [],
    cause: null,
    check: `check-${i}`,
  }));
  return reportFixture({ advice });
}

it('steps come with their commands', () => {
  expect(told(withSteps(2), TITLE).split('\n').slice(0, 3)).toEqual(['Fix check-0.', '  $ sudo true', 'Fix check-1.']);
});

it('many steps are cut in short', () => {
  const short = told(withSteps(9), TITLE, BRIEF);
  expect(short).not.toContain('Fix check-1.');
  expect(short.split('\n').at(-1)).toBe('and 8 more with --all');
  for (const options of [ALL, VERBOSE, PAGE]) expect(told(withSteps(9), TITLE, options)).toContain('Fix check-8.');
});

it('no section where there is nothing to do', () => {
  expect(titlesOf(withSteps(0), BRIEF)).not.toContain(TITLE);
});

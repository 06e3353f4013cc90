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

it.each<[string, boolean]>([
  ['check', true],
  ['reproduce', true],
  // Files are checked live, where other options apply.
  ['read', false],
])('the same question again needs the options that were given: %s', (command, isRepeated) => {
  const report = reportFixture({ ...withSteps(1), run: { ...reportFixture().run, command } });
  const invocation = { ...BRIEF.invocation, options: { shown: ' --timeout 20s', named: ['--proxy', '--ca'] } };
  const text = told({ ...report, summary: { ...report.summary, verdict: 'problems' } }, TITLE, {
    ...BRIEF,
    invocation,
  });
  expect(text.includes('Then check, with the same --proxy, --ca:')).toBe(isRepeated);
  expect(/pms-proxy-doctor \w+ .*--timeout 20s/.test(text)).toBe(isRepeated);
});

it('no section where there is nothing to do', () => {
  expect(titlesOf(withSteps(0), BRIEF)).not.toContain(TITLE);
});

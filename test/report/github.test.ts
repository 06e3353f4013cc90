import { describe, expect, it } from 'vitest';
import { annotationsOf } from '../../src/report/github.ts';
import { suitesOf, type Case } from '../../src/report/view/cases.ts';
import { REPORTS } from '../support/fixtures/report.ts';
import { HOSTILE, hostileReport } from '../support/formats/hostile.ts';
import { parseCommand } from '../support/formats/workflow.ts';

function suite(...statuses: readonly Case['status'][]): Parameters<typeof annotationsOf>[0] {
  return [
    { name: 'suite', cases: statuses.map((status, i) => ({ name: `case ${i}`, status, message: 'told', ms: null })) },
  ];
}

describe('annotations', () => {
  it.each<[string, readonly Case['status'][], readonly (string | undefined)[]]>([
    ['a failure', ['failed'], ['error']],
    ['a crash', ['crashed'], ['error']],
    ['a warning, behind the errors', ['warned', 'failed'], ['error', 'warning']],
    ['nothing for what passed or was skipped', ['passed', 'skipped'], []],
    ['ten of a kind', Array.from({ length: 10 }, () => 'failed'), Array.from({ length: 10 }, () => 'error')],
    [
      'no more than ten of a kind',
      Array.from({ length: 40 }, () => 'warned'),
      Array.from({ length: 10 }, () => 'warning'),
    ],
  ])('%s', (_, statuses, kinds) => {
    expect(annotationsOf(suite(...statuses)).map((line) => parseCommand(line)?.name)).toEqual(kinds);
  });

  it('the last one counts the rest', () => {
    const last = annotationsOf(suite(...Array.from({ length: 40 }, () => 'failed' as const)))
      .map(parseCommand)
      .at(-1);
    expect(last?.properties).toEqual({ title: '31 more' });
  });

  it('name suite, case and reason', () => {
    const commands = annotationsOf(suitesOf(REPORTS.denied)).map(parseCommand);
    expect(commands[0]).toEqual({
      name: 'error',
      properties: { title: 'run: verdict' },
      data: REPORTS.denied.summary.because,
    });
  });

  it.each([...HOSTILE, '::add-mask::secret', 'x%0A::stop-commands::x', '%', 'a,b=c:d::e', '##[add-path]/tmp'])(
    '%j stays within its annotation',
    (words) => {
      const lines = annotationsOf(suitesOf(hostileReport(words)));
      expect(lines.join('\n').split(/[\n\r]/)).toHaveLength(lines.length);
      expect(parseCommand(lines[0] ?? '')).toMatchObject({ name: 'error', data: words });
      expect(lines.filter((line) => !/^(?:error|warning)$/.test(parseCommand(line)?.name ?? ''))).toEqual([]);
    },
  );
});

import { describe, expect, it } from 'vitest';
import { sectionsOf } from '../../src/report/view/sections.ts';
import { REPORTS } from '../support/fixtures/report.ts';
import { ALL } from '../support/fixtures/sections.ts';
import { CHECKS } from '../../checks/index.ts';
import { CAUSES } from '../../src/causes/index.ts';
import { explain } from '../../src/report/explain.ts';
import { OUTCOME, OUTCOMES } from '../../src/core/model/outcome.ts';
import type { Settings, SettingsSource } from '../../src/core/model/evidence.ts';
import type { Bypass, Cause, EndpointResult, Report } from '../../src/core/model/report.ts';
import { REASONS } from '../../src/core/model/reason.ts';

const UNITS = { checks: CHECKS, causes: CAUSES };
const TOPICS = [...new Set([...OUTCOMES, ...[...CAUSES, ...CHECKS].map(({ id }) => id)])];

function textOf(topic: string | null): string {
  const explained = explain(topic, UNITS);
  return explained.ok ? explained.text : '';
}

/** The closed lists of words in a report: the compiler asks for new ones. */
const CLOSED: readonly string[] = [
  { reproduced: 1, 'would-occur': 1, 'not-found': 1, unknown: 1 } satisfies Record<Report['scan']['condition'], 1>,
  { confirmed: 1, likely: 1, possible: 1, 'ruled-out': 1, unknown: 1 } satisfies Record<Cause['state'], 1>,
  { ok: 1, problems: 1, undecided: 1 } satisfies Record<Report['summary']['verdict'], 1>,
  { pass: 1, warn: 1, fail: 1, 'not-applicable': 1, inconclusive: 1, crashed: 1 } satisfies Record<
    Report['findings'][number]['verdict'],
    1
  >,
  { both: 1, 'proxy-only': 1, 'direct-only': 1, neither: 1, intercepted: 1, undecided: 1 } satisfies Record<
    EndpointResult['conclusion'],
    1
  >,
  { scan: 1, feature: 1, optional: 1 } satisfies Record<EndpointResult['need'], 1>,
  { observed: 1, configured: 1 } satisfies Record<Bypass['kind'], 1>,
  { process: 1, child: 1, unit: 1, 'default-file': 1, container: 1, file: 1, shell: 1, option: 1 } satisfies Record<
    SettingsSource['kind'],
    1
  >,
  { observed: 1, declared: 1, asserted: 1, assumed: 1 } satisfies Record<Settings['basis'], 1>,
].flatMap(Object.keys);

describe('explain', () => {
  it.each([...new Set(CLOSED)])('knows the word %s of a report', (word) => {
    expect(textOf(word)).toMatch(/\n.*\S/);
  });

  it.each([null, ...TOPICS])('%s fits into 100 columns and leaves no placeholder', (topic) => {
    const lines = textOf(topic).split('\n');
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
    expect(lines.filter((line) => /\{\w+\}/.test(line))).toEqual([]);
    expect(lines.at(-1)).toBe('');
  });

  it('lists every topic when none is asked for', () => {
    const listed = new Set([...textOf(null).matchAll(/^ {2}(\S+)/gm)].map((match) => match[1]));
    expect(TOPICS.filter((topic) => !listed.has(topic))).toEqual([]);
  });

  it('explains a name that is a cause, a check and an outcome as all three', () => {
    const headings = textOf('proxy-unreachable').match(/^proxy-unreachable · .*$/gm);
    expect(headings).toEqual([
      'proxy-unreachable · cause of the scan condition',
      'proxy-unreachable · check · severity high',
      'proxy-unreachable · outcome of an attempt · in the report: proxy unreachable',
    ]);
  });

  it('names the checks that speak about a cause', () => {
    expect(textOf('tls-intercepted')).toMatch(/certificate-swapped/);
  });

  it.each(OUTCOMES)('explains %s by the words that the report shows, too', (outcome) => {
    expect(textOf(OUTCOME[outcome].words)).toContain(`${outcome} · outcome of an attempt`);
  });

  it.each(CHECKS)('says in words what $id is judged from, the keys in brackets', ({ id, needs }) => {
    for (const need of needs)
      expect(textOf(id).replace(/\s+/g, ' ')).toMatch(new RegExp(`From .*[a-zA-Z'] \\(${need}\\)`));
  });

  it('does not mind capitals and blanks around a topic', () => {
    expect(textOf(' Denied ')).toBe(textOf('denied'));
  });

  it('explains the codes in capitals, which are no topics of the list', () => {
    expect(textOf('NEVER_ASKED')).toContain(REASONS.NEVER_ASKED.slice(1));
    expect(textOf('cut')).not.toContain('CUT');
    expect(textOf('CUT')).toContain('cut · outcome');
  });

  it.each([
    { topic: 'proxy-unreachabel', suggested: 'proxy-unreachable' },
    { topic: 'clock', suggested: 'clock-skew' },
    { topic: 'interceptd', suggested: 'intercepted' },
  ])('suggests $suggested for $topic', ({ topic, suggested }) => {
    const explained = explain(topic, UNITS);
    expect(explained.ok ? [] : explained.suggestions).toContain(suggested);
  });

  it('suggests nothing for what is like nothing', () => {
    expect(explain('xyzzyxyzzyxyzzy', UNITS)).toEqual({ ok: false, suggestions: [] });
  });

  it.each(Object.entries(REPORTS))('knows every word that the tables of %s print', (_, report) => {
    const tables = sectionsOf(report, ALL).flatMap(({ blocks }) =>
      blocks.flatMap((block) => (block.kind === 'table' ? [block.table] : [])),
    );
    const words = tables.flatMap(({ rows }) => rows.map(({ cells }) => cells.at(-1)?.text ?? ''));
    expect(words.length).toBeGreaterThan(0);
    for (const word of new Set(words)) expect([word, textOf(word)]).toEqual([word, expect.stringContaining('\n')]);
  });
  it('has a legend of them', () => {
    expect(textOf('legend')).toMatch(/^ {2}proxy only +answers through the proxy and not directly/m);
  });
});

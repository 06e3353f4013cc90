import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../checks/index.ts';
import { explain } from '../../src/core/explain.ts';
import { OUTCOMES } from '../../src/core/outcome.ts';
import { CAUSES } from '../../src/core/report.ts';

const TOPICS = [...new Set([...CAUSES, ...OUTCOMES, ...CHECKS.map(({ id }) => id)])];

function textOf(topic: string | null): string {
  const explained = explain(topic, CHECKS);
  return explained.ok ? explained.text : '';
}

describe('explain', () => {
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
      'proxy-unreachable · outcome of an attempt',
    ]);
  });

  it('names the checks that speak about a cause', () => {
    expect(textOf('tls-intercepted')).toMatch(/certificate-swapped/);
  });

  it('does not mind capitals and blanks around a topic', () => {
    expect(textOf(' Denied ')).toBe(textOf('denied'));
  });

  it.each([
    { topic: 'proxy-unreachabel', suggested: 'proxy-unreachable' },
    { topic: 'clock', suggested: 'clock-skew' },
    { topic: 'interceptd', suggested: 'intercepted' },
  ])('suggests $suggested for $topic', ({ topic, suggested }) => {
    const explained = explain(topic, CHECKS);
    expect(explained.ok ? [] : explained.suggestions).toContain(suggested);
  });

  it('suggests nothing for what is like nothing', () => {
    expect(explain('xyzzyxyzzyxyzzy', CHECKS)).toEqual({ ok: false, suggestions: [] });
  });
});

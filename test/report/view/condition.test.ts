import { describe, expect, it } from 'vitest';
import { CAUSE_IDS } from '../../../src/core/model/cause-ids.ts';
import type { Report } from '../../../src/core/model/report.ts';
import { plainText } from '../../../src/report/blocks/blocks.ts';
import { conditionWords, expectations, otherCauses } from '../../../src/report/view/condition.ts';
import { allCauses, cause, reportFixture, REPORTS } from '../../support/fixtures/report.ts';
import { BRIEF, linesOf, PAGE, sectionOf, told, VERBOSE } from '../../support/fixtures/sections.ts';

const TITLE = '"An internet connection is required to scan library files"';

describe('the condition', () => {
  it.each([
    ['reproduced', 'REPRODUCED on section 1 (music): 503'],
    ['denied', 'WOULD OCCUR'],
    ['allowed', 'NOT FOUND'],
    ['noProxy', 'UNKNOWN'],
  ] as const)('%s', (name, words) => {
    expect(plainText(sectionOf(REPORTS[name], TITLE).result?.text ?? '')).toBe(words);
  });

  it('in files was not reproduced', () => {
    const scan = { ...REPORTS.readOnly.scan, condition: 'reproduced' } as const;
    expect(conditionWords({ ...REPORTS.readOnly, scan })).toMatch(/^IN PMS'S LOG/);
  });

  it.each<[keyof typeof REPORTS, string]>([
    ['readOnly', "judged from what was seen, and what PMS's log says: no scan was started in this run"],
    ['watchedClean', 'judged from what was seen: no scan was started in this run'],
    ['allowed', 'judged from what was probed: no scan was started in this run'],
  ])('says what was judged: %s', (name, words) => {
    const { scan } = REPORTS[name];
    expect(told({ ...REPORTS[name], scan: { ...scan, sections: [] } }, TITLE)).toContain(words);
    expect(told(REPORTS.reproduced, TITLE)).not.toContain('no scan was started');
  });
});

describe('causes', () => {
  const withCauses = (...causes: readonly ReturnType<typeof cause>[]): Report =>
    reportFixture({ scan: { condition: 'unknown', sections: [], causes: allCauses(causes) } });

  it('that stand are told with the condition, the surest first', () => {
    const report = withCauses(
      cause('ipv6-differs', 'possible', ['c']),
      cause('proxy-denies', 'likely', ['b']),
      cause('endpoint-down', 'confirmed', ['a']),
      cause('tls-intercepted', 'ruled-out', ['d']),
    );
    expect(told(report, TITLE).split('\n').slice(1)).toEqual([
      'confirmed: The endpoint itself does not answer [endpoint-down]',
      '  a',
      'likely: The proxy refuses an endpoint [proxy-denies]',
      '  b',
      'possible: One address family is blocked, the other is not [ipv6-differs]',
      '  c',
    ]);
    expect(told(report, 'Other causes').split('\n').slice(0, 2)).toEqual([
      'ruled out: TLS is decrypted on the way [tls-intercepted]',
      '  d',
    ]);
  });

  it('give three reasons in short', () => {
    const report = withCauses(cause('proxy-denies', 'likely', ['a', 'b', 'c', 'd', 'e']));
    const shown = ['likely: The proxy refuses an endpoint [proxy-denies]', '  a', '  b', '  c'];
    expect(told(report, TITLE).split('\n').slice(1)).toEqual([...shown, '  and 2 more reasons with --verbose']);
    for (const options of [VERBOSE, PAGE])
      expect(told(report, TITLE, options).split('\n').slice(1)).toEqual([...shown, '  d', '  e']);
  });

  it('that nothing decides are named in short', () => {
    expect(told(REPORTS.denied, 'Other causes')).toMatch(/^unknown: (?:\S+, )+\S+ \(--verbose says why\)$/m);
    expect(told(REPORTS.denied, 'Other causes', VERBOSE)).toMatch(
      /^unknown: PMS is not signed in \[not-signed-in\]\n {2}needs PMS's own state/m,
    );
  });

  it('of the other kinds are counted', () => {
    expect(otherCauses(REPORTS.denied, BRIEF)[0]?.gist).toBe(`1 ruled out, ${CAUSE_IDS.length - 2} unknown`);
    expect(otherCauses(withCauses(), BRIEF)[0]?.gist).toBe('13 unknown');
  });
});

describe('expectations', () => {
  it('that are not met are listed', () => {
    const [section] = expectations(REPORTS.expectations);
    expect(section).toMatchObject({
      title: 'Expected by egress-policy.yaml',
      result: { text: '2 of 62 expectations not met', tone: 'bad' },
    });
    expect(expectations(REPORTS.expectations).flatMap(linesOf)).toEqual([
      '[bad] plex.tv: direct should be blocked, is ok',
      '[bad] metrics.plex.tv: proxy should be denied, is ok',
    ]);
  });
  it('that are all met are counted', () => {
    const report = reportFixture({ expectations: { policy: 'p.yaml', checked: 3, violations: [] } });
    expect(expectations(report)).toMatchObject([
      { result: { text: 'all 3 expectations met', tone: 'good' }, blocks: [] },
    ]);
  });
  it('are absent without a policy', () => {
    expect(expectations(REPORTS.allowed)).toEqual([]);
  });
});

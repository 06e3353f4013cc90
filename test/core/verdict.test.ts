import { describe, expect, it } from 'vitest';
import type { InputFile } from '../../src/core/evidence.ts';
import type { Bypass, Diagnosis, Finding, Violation } from '../../src/core/report.ts';
import { EXIT, summarize } from '../../src/core/verdict.ts';
import { aScan, experiment } from '../support/experiment-fixture.ts';
import { library } from '../support/facts-fixture.ts';

const scan = (condition: Diagnosis['condition'], because?: string): Diagnosis => ({
  condition,
  sections: [],
  causes: because === undefined ? [] : [{ id: 'provider-offline', state: 'unknown', because: [because], remedy: null }],
});
const finding = (verdict: Finding['verdict'], supersededBy: string | null = null): Finding => ({
  check: 'x',
  verdict,
  severity: 'high',
  message: 'm',
  args: {},
  text: 't',
  causes: [],
  remedy: null,
  endpoint: null,
  supersededBy,
});
const BYPASS: Bypass = {
  host: 'plex.tv',
  address: null,
  port: 443,
  process: null,
  pid: null,
  outcome: null,
  count: 0,
  kind: 'configured',
  dialects: ['curl'],
  evidence: ['settings'],
};
const SEEN: Bypass = { ...BYPASS, kind: 'observed', count: 4, process: 'Plex Media Scanner', evidence: ['capture'] };
const NOT_READ: InputFile = { name: 'x.log', kind: 'unknown', state: 'not-read', note: 'binary' };
const VIOLATION: Violation = { endpoint: 'a', host: 'a', aspect: 'direct', expected: 'blocked', actual: 'ok' };
const policy = (...violations: readonly Violation[]) => ({ policy: 'p.yaml', checked: 1, violations });

const HOME_VIDEOS = library('2', 'movie', 'com.plexapp.agents.none');
const asked = (...scans: readonly Parameters<typeof aScan>[0][]) => experiment(scans.map(aScan));

const NOTHING = { endpoints: [], bypasses: [], findings: [], expectations: null, scan: scan('not-found') };

describe('summarize', () => {
  it.each<[string, Partial<Parameters<typeof summarize>[0]>, number]>([
    ['nothing wrong', {}, EXIT.ok],
    ['a warning', { findings: [finding('warn')] }, EXIT.ok],
    ['inconclusive', { findings: [finding('inconclusive')] }, EXIT.ok],
    ['the condition would occur', { scan: scan('would-occur') }, EXIT.problems],
    ['the condition was reproduced', { scan: scan('reproduced') }, EXIT.problems],
    ['a bypass', { bypasses: [BYPASS] }, EXIT.problems],
    ['a bypass that was seen', { bypasses: [SEEN] }, EXIT.problems],
    ['a file that was not read', { inputs: [NOT_READ] }, EXIT.undecided],
    ['a file that was not read beside a problem', { inputs: [NOT_READ], bypasses: [SEEN] }, EXIT.problems],
    ['a file that was read in part', { inputs: [{ ...NOT_READ, state: 'partly' }] }, EXIT.ok],
    ['a failed check', { findings: [finding('fail')] }, EXIT.problems],
    ['a consequence only', { findings: [finding('fail', 'root')] }, EXIT.ok],
    ['an unmet expectation', { expectations: policy(VIOLATION) }, EXIT.problems],
    ['a met expectation', { expectations: policy() }, EXIT.ok],
    ['undecided', { scan: scan('unknown') }, EXIT.undecided],
    ['undecided by files', { scan: scan('unknown'), inputs: [{ ...NOT_READ, state: 'read' }] }, EXIT.undecided],
    ['undecided, but the policy is met', { scan: scan('unknown'), expectations: policy() }, EXIT.ok],
    ['a crashed check', { findings: [finding('crashed')] }, EXIT.undecided],
    ['a crashed check beside a problem', { findings: [finding('crashed'), finding('fail')] }, EXIT.problems],
    [
      'a crashed check with a policy that is met',
      { findings: [finding('crashed')], expectations: policy() },
      EXIT.undecided,
    ],
    ['no scan that came to its end', { experiment: asked({ end: 'running' }) }, EXIT.undecided],
    ['a scan that PMS did not answer', { experiment: asked({}, { end: 'unanswered' }) }, EXIT.undecided],
    [
      'a scan that was asked for in the wrong way',
      { experiment: asked({ end: 'refused', status: 404 }) },
      EXIT.undecided,
    ],
    ['a scan that ended', { experiment: asked({}, { end: 'running' }) }, EXIT.ok],
    ['no scan that needs anybody', { experiment: asked({ library: HOME_VIDEOS }) }, EXIT.ok],
    [
      'no scan that came to its end, beside a problem',
      { experiment: asked({ end: 'running' }), bypasses: [SEEN] },
      EXIT.problems,
    ],
    ['undecided beside a problem', { scan: scan('unknown'), bypasses: [BYPASS] }, EXIT.problems],
  ])('%s', (_, judged, exitCode) => {
    const summary = summarize({ ...NOTHING, ...judged }, false);
    expect(summary.exitCode).toBe(exitCode);
    expect(EXIT[summary.verdict]).toBe(exitCode);
    expect(summary.because).not.toBe('');
  });

  it('says what is missing', () => {
    expect(summarize({ ...NOTHING, scan: scan('unknown', 'nobody looked') }, false).because).toBe('nobody looked');
  });

  it('counts the hosts of bypasses once, by their address where no name is known', () => {
    const bypasses = [
      SEEN,
      { ...SEEN, process: 'Plex Script Host', outcome: 'ok' as const },
      { ...SEEN, host: null, address: '2a00::7' },
      { ...SEEN, host: null, address: '2a00::8' },
      BYPASS,
    ];
    const { because } = summarize({ ...NOTHING, bypasses }, false);
    expect(because.match(/\d+/g)).toEqual(['3', '1']);
  });

  it('an interruption decides the exit code and keeps the verdict', () => {
    const summary = summarize({ ...NOTHING, bypasses: [BYPASS] }, true);
    expect(summary).toMatchObject({ verdict: 'problems', exitCode: EXIT.interrupted });
  });

  it('counts', () => {
    const { counts } = summarize({ ...NOTHING, findings: [finding('warn'), finding('warn'), finding('pass')] }, false);
    expect(counts).toEqual({ 'finding:warn': 2, 'finding:pass': 1 });
  });
});

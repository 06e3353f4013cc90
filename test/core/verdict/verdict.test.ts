import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/core/model/outcome.ts';
import type { InputFile } from '../../../src/core/model/evidence.ts';
import type { Bypass, Diagnosis, Finding, Violation } from '../../../src/core/model/report.ts';
import { EXIT, summarize } from '../../../src/core/verdict/verdict.ts';
import { aScan, experiment } from '../../support/fixtures/experiment.ts';
import { cause, REPORTS } from '../../support/fixtures/report.ts';
import { library } from '../../support/fixtures/facts.ts';

const scan = (condition: Diagnosis['condition'], why?: string): Diagnosis => ({
  condition,
  sections: [],
  causes: [],
  ...(why === undefined ? {} : { why: { message: 'told', args: {}, text: why } }),
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

const server = (isChosen: boolean) => ({
  found: true,
  version: null,
  pid: 812,
  unit: null,
  container: null,
  others: { pids: [900], isChosen },
  signIn: null,
  mapping: null,
});

const PROOF = {
  hosts: [],
  proxy: 'http://proxy.lan:3128',
  steps: [],
  asked: [],
  stopped: null,
  remarks: [],
  restored: null,
  detail: null,
  because: [],
  notes: [],
};
const NOT_ASKED = { code: 'PMS_NOT_LISTENING', message: 'PMS did not answer' } as const;

const NOTHING = { endpoints: [], bypasses: [], findings: [], expectations: null, scan: scan('not-found') };

describe('summarize', () => {
  it('says where only plug-ins would go around the proxy', () => {
    const told = (...dialects: readonly string[]) =>
      summarize({ ...NOTHING, bypasses: [{ ...BYPASS, dialects: [...dialects] }] }, false).because;
    expect(told('python-urllib')).toBe('1 endpoint would go around the proxy in plug-ins of PMS (Python)');
    expect(told('curl', 'python-urllib')).toBe('1 endpoint would go around the proxy');
  });

  it.each<[string, readonly Outcome[], string]>([
    ['answers directly', ['ok', 'ok'], 'everything that a scan needs answers directly'],
    ['answers directly in part', ['ok', 'no-reply'], 'nothing wrong was found'],
    ['is not known', [], 'nothing wrong was found'],
  ])('says how far it looked where what a scan needs %s', (_, outcomes, because) => {
    const endpoints = outcomes.map((outcome) => {
      const [endpoint] = REPORTS.denied.endpoints;
      if (endpoint === undefined) throw new Error('the fixture has no endpoint');
      return { ...endpoint, need: 'scan' as const, direct: { ...endpoint.direct, outcome } };
    });
    expect(summarize({ ...NOTHING, endpoints }, false)).toMatchObject({ verdict: 'ok', because });
  });

  it.each<[string, Partial<Parameters<typeof summarize>[0]>, number]>([
    ['nothing wrong', {}, EXIT.ok],
    ['nothing wrong with one of two servers', { pms: server(false) }, EXIT.undecided],
    ['nothing wrong with the one of two servers that was asked for', { pms: server(true) }, EXIT.ok],
    ['a problem of one of two servers', { pms: server(false), bypasses: [SEEN] }, EXIT.problems],
    ['a policy that one of two servers meets', { pms: server(false), expectations: policy() }, EXIT.ok],
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
    [
      'files with trouble that is over',
      { scan: scan('unknown'), inputs: [{ ...NOT_READ, state: 'read' }], isTroubleOver: true },
      EXIT.ok,
    ],
    ['the same in a run that probes', { scan: scan('unknown'), isTroubleOver: true }, EXIT.undecided],
    [
      'the same, and a cause may be at work still',
      {
        scan: { ...scan('unknown'), causes: [cause('proxy-denies', 'possible', [])] },
        inputs: [{ ...NOT_READ, state: 'read' }],
        isTroubleOver: true,
      },
      EXIT.undecided,
    ],
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
    ['a bridge that is proved beside a problem', { bridge: { ...PROOF, state: 'proved' }, bypasses: [SEEN] }, EXIT.ok],
    ['a bridge that cures nothing', { bridge: { ...PROOF, state: 'not-proved' } }, EXIT.problems],
    [
      'a bridge without a scan, beside a problem',
      { bridge: { ...PROOF, state: 'undecided' }, experimentReason: NOT_ASKED, bypasses: [SEEN] },
      EXIT.undecided,
    ],
    ['undecided beside a problem', { scan: scan('unknown'), bypasses: [BYPASS] }, EXIT.problems],
  ])('%s', (_, judged, exitCode) => {
    const summary = summarize({ ...NOTHING, ...judged }, false);
    expect(summary.exitCode).toBe(exitCode);
    expect(EXIT[summary.verdict]).toBe(exitCode);
    expect(summary.because).not.toBe('');
  });

  it('says what is missing', () => {
    expect(summarize({ ...NOTHING, scan: scan('unknown', 'PMS was not watched') }, false).because).toBe(
      'PMS was not watched',
    );
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

import { describe, expect, it } from 'vitest';
import { buildReport } from '../../../src/core/verdict/build-report.ts';
import { deriveFacts } from '../../../src/core/judge/derive.ts';
import { failed, ok, valueOf, type Evidence, type Pms } from '../../../src/core/model/evidence.ts';
import { NO_EXPECTATION } from '../../../src/core/judge/traffic/policy.ts';
import type { Diagnosis } from '../../../src/core/model/report.ts';
import { evidenceFixture as evidence } from '../../support/fixtures/evidence.ts';
import { PROXY } from '../../support/fixtures/facts.ts';
import { directFlow, pmsLog, proxiedFlow, question, traffic } from '../../support/fixtures/traffic.ts';

const SCAN: Diagnosis = { condition: 'not-found', sections: [], causes: [] };

function evidencePms({ items }: Evidence): Pms {
  const pms = valueOf(items.pms);
  if (pms === null) throw new Error('the fixture has a PMS');
  return pms;
}

describe('buildReport', () => {
  const report = (given: Evidence, policy: Parameters<typeof buildReport>[0]['policy'] = null) =>
    buildReport({ evidence: given, facts: deriveFacts(given), findings: [], diagnosis: SCAN, policy });

  it('tells whose settings are judged and what they mean', () => {
    const { proxy, pms, run } = report(evidence());
    expect(proxy).toMatchObject({
      configured: true,
      url: PROXY,
      noProxy: 'localhost,127.0.0.1,::1,[::1]',
      source: 'pid:812',
      basis: 'observed',
    });
    expect(proxy.dialects['curl-7.87']).toMatchObject({ url: PROXY, notes: ['PMS follows these rules'] });
    expect(pms).toMatchObject({ found: true, pid: 812, signIn: null });
    expect(run).toMatchObject({ sanitized: false, interrupted: false });
  });

  it('stands when nothing could be gathered', () => {
    const nothing = failed('OTHER', 'x');
    const items = {
      endpoints: nothing,
      pms: nothing,
      settings: nothing,
      proxies: nothing,
      'attempts.direct': nothing,
      'attempts.proxy': nothing,
      resolver: nothing,
    };
    expect(report(evidence({}, items))).toMatchObject({
      pms: null,
      endpoints: [],
      bypasses: [],
      proxy: { configured: false, url: null, source: 'none', variables: [], dialects: {} },
    });
  });

  it('judges a policy', () => {
    const policy = { default: { ...NO_EXPECTATION, direct: 'ok' as const }, endpoints: {} };
    const { expectations, summary } = report(evidence(), { name: 'p.yaml', policy });
    expect(expectations).toMatchObject({ policy: 'p.yaml', checked: 6 });
    expect(expectations?.violations).toHaveLength(6);
    expect(summary.exitCode).toBe(1);
  });

  it('carries an interruption and the count of what was removed', () => {
    const given = evidence();
    const interrupted = { ...given, run: { ...given.run, interrupted: true }, sanitized: { 'lan-ip': 3 } };
    expect(report(interrupted)).toMatchObject({
      run: { interrupted: true },
      summary: { exitCode: 130 },
      sanitizer: { removed: { 'lan-ip': 3 } },
    });
  });

  it('shows what was seen, each flow with its endpoint', () => {
    const questions = [question('plex.tv')];
    const flows = [directFlow('plex.tv'), proxiedFlow('api.example')];
    const shown = report(evidence({ traffic: traffic(flows, { questions, omitted: 2 }) }));
    expect(shown.traffic).toMatchObject({
      watchers: [{ kind: 'capture' }, { kind: 'access-log' }],
      flows: [
        { ...flows[0], endpoint: 'plex.tv', bypass: true },
        { ...flows[1], endpoint: null, bypass: false },
      ],
      questions,
      unlisted: [{ host: 'api.example', routes: ['proxy'] }],
      omitted: 2,
    });
    expect(shown.bypasses).toMatchObject([{ kind: 'observed', host: 'plex.tv', count: 4 }]);
    expect(shown.summary.exitCode).toBe(1);
  });

  it('nobody watched, and no log was read', () => {
    expect(report(evidence())).toMatchObject({ traffic: null, pmsLog: null });
  });

  it('a policy holds for what was seen', () => {
    const policy = { default: { ...NO_EXPECTATION, bypass: 'none' as const }, endpoints: {} };
    const flows = [
      directFlow('plex.tv', { names: [{ name: 'Plex.TV.', source: 'sni', outer: false }] }),
      directFlow(null, { address: '2a00::7', family: 6 }),
    ];
    const { expectations } = report(evidence({ traffic: traffic(flows) }), { name: 'p.yaml', policy });
    expect(expectations?.violations.map(({ endpoint, aspect }) => [endpoint, aspect])).toEqual([
      ['plex.tv', 'bypass'],
      ['2a00::7', 'bypass'],
    ]);
  });

  it('takes the last states and the version from the log of PMS', () => {
    const states = [
      { at: null, kind: 'sign-in', value: 'none' },
      { at: null, kind: 'mapping', value: 'mapped' },
      { at: null, kind: 'sign-in', value: 'ok' },
    ] as const;
    const given = evidence({ pmsLog: pmsLog({ states }) });
    expect(report(given).pms).toMatchObject({ pid: 812, signIn: 'ok', mapping: 'mapped' });
    const withoutPms = { ...given, items: { ...given.items, pms: failed('OTHER', 'x') } };
    expect(report(withoutPms).pms).toMatchObject({ found: true, version: '1.41.3.9314', pid: null, signIn: 'ok' });
    const pms = { found: false, version: null, pid: null, unit: null, container: null };
    const elsewhere = evidence({ pmsLog: pmsLog({ states }) }, { pms: ok({ ...evidencePms(given), ...pms }) });
    expect(report(elsewhere).pms).toMatchObject({ found: true, version: '1.41.3.9314', signIn: 'ok' });
  });

  it('no_proxy in capitals counts, an empty one does not hide it', () => {
    const variables = { https_proxy: PROXY, no_proxy: '', NO_PROXY: 'plex.tv' };
    expect(report(evidence({ variables })).proxy.noProxy).toBe('plex.tv');
  });
});

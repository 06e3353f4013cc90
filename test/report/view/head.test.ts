import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/core/model/report.ts';
import { closing, notice, settings, variables } from '../../../src/report/view/head.ts';
import { library, PMS_STATUS } from '../../support/fixtures/facts.ts';
import { EMPTY_TRAFFIC, reportFixture, REPORTS } from '../../support/fixtures/report.ts';
import { BRIEF, linesOf, PAGE, VERBOSE } from '../../support/fixtures/sections.ts';
import { proxiedFlow } from '../../support/fixtures/traffic.ts';

const facts = (report: Report, options = BRIEF): readonly string[] => settings(report, options).flatMap(linesOf);
const fact = (report: Report, label: string, options = BRIEF): string =>
  facts(report, options).find((line) => line.startsWith(`${label}: `)) ?? '';

describe('PMS', () => {
  it.each<[string, Report, string]>([
    ['found', REPORTS.allowed, '1.41.8.9834-aaaabbbbc · pid 812 · plexmediaserver.service'],
    ['not looked for', REPORTS.noProxy, 'not looked for'],
    ['known by its log alone', REPORTS.readOnly, '1.41.3.9314-a0bfb8370 · by its log · signed in · mapping: Unknown'],
  ])('%s', (_, report, words) => {
    expect(fact(report, 'Plex Media Server')).toBe(`Plex Media Server: ${words}`);
  });
});

describe('what PMS said', () => {
  const status = { ...PMS_STATUS, sections: [library('4', 'artist', 'tv.plex.agents.music')] };
  const withStatus = (more: Partial<NonNullable<Report['pms']>>): Report => {
    const base = reportFixture();
    return { ...base, pms: base.pms && { ...base.pms, signIn: 'ok', mapping: 'mapped', status, ...more } };
  };

  it('stands beside what was found', () => {
    expect(fact(withStatus({}), 'Plex Media Server')).toContain('signed in · mapping: mapped');
    expect(fact(withStatus({}), 'Libraries')).toBe(
      'Libraries: music (tv.plex.agents.music): needs the metadata provider',
    );
  });

  it('says where it was asked, when it is not on this machine', () => {
    const words = fact(withStatus({ found: false, pid: null, unit: null, container: 'here' }), 'Plex Media Server');
    expect(words).toContain('asked at http://127.0.0.1:32400 · signed in');
    expect(words).not.toContain('container here');
  });

  it('says how a sign-in stands that is not well', () => {
    expect(fact(withStatus({ signIn: 'none' }), 'Plex Media Server')).toContain('sign-in: none');
  });

  it('equal libraries are counted, and many kinds are cut', () => {
    const sections = [
      ...['1', '2', '3'].map((id) => library(id, 'show', 'com.plexapp.agents.thetvdb')),
      ...Array.from({ length: 20 }, (_, i) => library(`${i + 10}`, 'movie', `com.plexapp.agents.maker${i}`)),
    ];
    const lines = facts(withStatus({ status: { ...status, sections } }));
    expect(lines.join('\n')).toContain('3 × series (com.plexapp.agents.thetvdb): goes out through plug-ins');
    expect(lines).toContain('  and 13 other kinds');
  });

  it('what it did not answer is for --verbose', () => {
    const troubles = [
      { call: '/media/providers', code: 'TIMEOUT', message: 'no answer within 3000 ms (GET /media/providers)' },
    ] as const;
    const report = withStatus({ status: { ...status, troubles } });
    expect(fact(report, 'Not answered')).toBe('');
    expect(fact(report, 'Not answered', VERBOSE)).toBe(
      'Not answered: no answer within 3000 ms (GET /media/providers) [TIMEOUT]',
    );
  });
});

describe('the proxy', () => {
  it('is told with its source and its exclusions', () => {
    expect(fact(REPORTS.allowed, 'Proxy')).toBe('Proxy: http://<proxy-1>:3128, from the environment of pid 812');
    expect(facts(REPORTS.allowed)).toContain('  no_proxy localhost,127.0.0.1,.<domain-1>');
  });

  it.each([
    [
      'unit:plexmediaserver.service',
      'declared',
      'the unit plexmediaserver.service (declared, not seen in a running PMS)',
    ],
    ['container:plex', 'declared', 'the container plex (declared, not seen in a running PMS)'],
    [
      'file:/etc/default/plexmediaserver',
      'declared',
      'the file /etc/default/plexmediaserver (declared, not seen in a running PMS)',
    ],
    ['shell', 'assumed', "this shell's environment (assumed: PMS may have others)"],
    ['option', 'asserted', 'the command line'],
  ])('source %s', (source, basis, words) => {
    const proxy = { ...REPORTS.allowed.proxy, source, basis };
    expect(fact(reportFixture({ proxy }), 'Proxy')).toBe(`Proxy: http://<proxy-1>:3128, from ${words}`);
  });

  it('says why this source where that is no matter of course', () => {
    expect(facts(REPORTS.allowed)).not.toContain('  its environment was read.');
    expect(facts(REPORTS.allowed, VERBOSE)).toContain('  its environment was read.');
    expect(facts(reportFixture({ proxy: { ...REPORTS.allowed.proxy, basis: 'assumed' } }))).toContain(
      '  its environment was read.',
    );
  });

  it('none is configured', () => {
    expect(fact(REPORTS.noProxy, 'Proxy')).toBe(
      "Proxy: none configured; looked at this shell's environment (assumed: PMS may have others)",
    );
  });

  it('is not known, but was perhaps seen in use', () => {
    expect(fact(REPORTS.readOnly, 'Proxy')).toBe('Proxy: not known: no settings were read');
    const flow = { ...proxiedFlow('plex.tv', { address: '10.0.0.3', port: 3128 }), endpoint: null, bypass: false };
    const report = reportFixture({ proxy: REPORTS.readOnly.proxy, traffic: { ...EMPTY_TRAFFIC, flows: [flow, flow] } });
    expect(fact(report, 'Proxy')).toBe('Proxy: not known: no settings were read; seen in use: 10.0.0.3:3128');
  });
});

describe('variables and clients', () => {
  it('are for pages and --verbose', () => {
    expect(variables(REPORTS.allowed, BRIEF)).toEqual([]);
    for (const options of [PAGE, VERBOSE])
      expect(variables(REPORTS.allowed, options).flatMap(linesOf)).toEqual([
        'https_proxy=http://<proxy-1>:3128 (/proc/812/environ)',
        'http_proxy=http://<proxy-1>:3128 (/proc/812/environ)',
        'no_proxy=localhost,127.0.0.1,.<domain-1> (/proc/812/environ)',
        'curl-7.87: http://<proxy-1>:3128; the rules of the libcurl that PMS bundles',
        'java: no proxy; reads no variables',
      ]);
  });
});

describe('the end', () => {
  const words = (report: Report, isWhole = false): readonly string[] => closing(report, isWhole).flatMap(linesOf);
  it.each([
    ['allowed', 'exit 0: nothing wrong'],
    ['denied', 'exit 1: the condition was found'],
    ['expectations', 'exit 1: an expectation is not met'],
    ['observedBypass', 'exit 1: the condition was found'],
    ['noProxy', 'exit 3: could not decide'],
    ['interrupted', 'exit 130: interrupted'],
  ] as const)('%s', (name, code) => {
    expect(words(REPORTS[name])[1]?.split(' · ')[0]).toBe(code);
  });
  it('counts the causes, and says where the rest is', () => {
    expect(words(REPORTS.denied)).toEqual([
      expect.stringMatching(/^Causes: 1 confirmed, 1 ruled out, \d+ unknown$/),
      'exit 1: the condition was found · everything: --all · words: explain legend',
    ]);
    expect(words(REPORTS.denied, true)[1]).toBe('exit 1: the condition was found');
  });
});

describe('the notice', () => {
  const words = (report: Report): string => notice(report).flatMap(linesOf).join();
  it('says what the sanitizer did', () => {
    expect(words(REPORTS.allowed)).toBe(
      'Sanitized: replaced 37 times (proxy names 4, domains 2, public addresses 31); --raw keeps them.',
    );
    expect(words(reportFixture({ sanitizer: { removed: { proxy: 0 } } }))).toBe(
      'Sanitized: nothing private was found.',
    );
  });
  it('warns when it did nothing', () => {
    expect(words(reportFixture({ run: { ...REPORTS.allowed.run, sanitized: false } }))).toMatch(
      /^Not sanitized \(--raw\)/,
    );
  });
});

import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { EndpointResult, Report } from '../../src/core/report.ts';
import { DEFAULT_OPTIONS, type RenderOptions } from '../../src/report/style.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { renderText } from '../../src/report/text.ts';
import { endpoint, library, PMS_STATUS } from '../support/facts-fixture.ts';
import {
  allCauses,
  cause,
  EMPTY_TRAFFIC,
  endpointResult,
  finding,
  reportFixture,
  REPORTS,
} from '../support/report-fixture.ts';

function render(report: Report, options: Partial<RenderOptions> = {}): string {
  return renderText(report, { ...DEFAULT_OPTIONS, ...options });
}
/** The one line that begins so, after its mark. */
function line(text: string, start: string): string {
  const found = text.split('\n').filter((each) => each.replace(/^\s*[✓✗–!?]?\s*/, '').startsWith(start));
  expect(found, `lines that begin with "${start}"`).toHaveLength(1);
  return found[0] ?? '';
}
function section(text: string, title: string): string {
  const found = text.split('\n\n').filter((each) => each.startsWith(title));
  expect(found, `sections that begin with "${title}"`).toHaveLength(1);
  return found[0] ?? '';
}

describe('the head', () => {
  const text = render(REPORTS.allowed);
  it('says what ran and when', () => {
    expect(text.split('\n')[0]).toBe('pms-proxy-doctor 0.1.0 · check · 2026-11-22 14:03 UTC');
  });
  it('says which PMS', () => {
    expect(line(text, 'Plex Media Server')).toMatch(/1\.41\.8\.9834-aaaabbbbc · pid 812 · plexmediaserver\.service$/);
  });
  it('says whose proxy settings', () => {
    expect(line(text, 'Proxy')).toMatch(/http:\/\/<proxy-1>:3128, from the environment of pid 812$/);
    expect(line(text, 'no_proxy')).toContain('localhost,127.0.0.1,.<domain-1>');
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
    const proxy = { ...REPORTS.allowed.proxy, source, basis, noProxy: null };
    expect(render(reportFixture({ proxy }), { width: 200 })).toContain(`, from ${words}\n`);
  });
  it('says that there is no proxy and no PMS', () => {
    const none = render(REPORTS.noProxy);
    expect(line(none, 'Plex Media Server')).toContain('not looked for');
    expect(line(none, 'Proxy')).toContain("none configured; looked at this shell's environment");
  });
  it('says that it was interrupted', () => {
    expect(render(REPORTS.interrupted)).toContain('Interrupted: this is what was gathered until then');
    expect(render(REPORTS.allowed)).not.toContain('nterrupted');
  });
});

describe('the table of endpoints', () => {
  const denied = render(REPORTS.denied);
  it.each([
    ['plex.tv', /^ {2}✓ plex\.tv +sign-in · scan +no reply 3\.0 s {2}302 +41 ms {2}proxy only$/],
    [
      'metadata.provider.plex.tv',
      /^ {2}✗ metadata\.provider\.plex\.tv +matching · scan +no reply 3\.0 s {2}403 denied 2 ms {2}unreachable$/,
    ],
    [
      'metrics.plex.tv',
      /^ {2}– metrics\.plex\.tv +telemetry +no reply 3\.0 s {2}403 denied 2 ms {2}blocked, not needed$/,
    ],
    ['images.plex.tv', /^ {2}! images\.plex\.tv .* unreachable$/],
    ['resources-cdn.plexapp.com:80', /^ {2}– resources-cdn\.plexapp\.com:80 /],
  ])('%s', (host, expected) => {
    expect(line(section(denied, '    ENDPOINT'), host.endsWith('80') ? host : `${host} `)).toMatch(expected);
  });
  it('lists what a scan needs first', () => {
    const rows = section(denied, '    ENDPOINT').split('\n');
    expect(rows[1]).toContain('plex.tv');
    expect(rows[2]).toContain('metadata.provider.plex.tv');
  });
  it('counts results and says where the rest is', () => {
    expect(denied).toMatch(
      /\d+ endpoints in 3\.4 s: 5 proxy only · 2 unreachable · \d+ blocked, not needed; --verbose lists/,
    );
  });
  it('says what was not tried', () => {
    expect(line(section(render(REPORTS.interrupted), '    ENDPOINT'), 'metadata.provider.plex.tv')).toMatch(
      /not tried +302 +41 ms +undecided$/,
    );
  });
  it('says that nothing was probed', () => {
    expect(render(reportFixture({ endpoints: [] }))).toContain('No endpoint was probed, and no connection was seen.');
  });

  const plan = { direct: { outcome: 'no-reply', ms: 3000 }, proxy: { outcome: 'ok', status: 200 } } as const;
  const one = (more: Partial<EndpointResult>, configured = true): string => {
    const result = { ...endpointResult(endpoint('plex.tv', { need: 'scan' }), plan), ...more };
    const { proxy } = REPORTS.allowed;
    return line(render(reportFixture({ endpoints: [result], proxy: { ...proxy, configured } })), 'plex.tv');
  };
  it.each([
    ['both', 'scan', true, '✓', 'both routes'],
    ['proxy-only', 'scan', true, '✓', 'proxy only'],
    ['direct-only', 'scan', true, '✗', 'direct only'],
    ['direct-only', 'feature', true, '!', 'direct only'],
    ['direct-only', 'scan', false, '✓', 'direct only'],
    ['neither', 'scan', true, '✗', 'unreachable'],
    ['neither', 'feature', true, '!', 'unreachable'],
    ['neither', 'optional', true, '–', 'blocked, not needed'],
    ['intercepted', 'scan', true, '✗', 'intercepted'],
    ['intercepted', 'optional', true, '!', 'intercepted'],
    ['undecided', 'scan', true, '?', 'undecided'],
    ['undecided', 'optional', true, '–', 'undecided'],
  ] as const)('%s, %s, proxy configured: %s', (conclusion, need, configured, mark, words) => {
    const text = one({ conclusion, need }, configured);
    expect(text.startsWith(`  ${mark} plex.tv`)).toBe(true);
    expect(text.endsWith(`  ${words}`)).toBe(true);
  });
});

describe('bypassing the proxy', () => {
  it('never claims that there is none when nobody looked', () => {
    for (const report of [REPORTS.allowed, REPORTS.denied, REPORTS.noProxy, REPORTS.interrupted]) {
      const text = section(render(report), 'Bypassing the proxy');
      expect(text).toContain("not observed: nobody watched PMS's traffic in this run");
      expect(text).not.toMatch(/\bnone\b/);
    }
  });
  it('says that none was seen when somebody looked', () => {
    const text = section(render(reportFixture({ traffic: EMPTY_TRAFFIC })), 'Bypassing the proxy');
    expect(text).toContain("none seen while PMS's traffic was watched");
    expect(text).not.toContain('not observed');
  });
  it('names process, target, outcome and evidence', () => {
    const text = section(render(REPORTS.reproduced, { width: 200 }), 'Bypassing the proxy');
    expect(text).toMatch(
      /\n {2}Plex Media Scanner \(pid 931\) → metadata\.provider\.plex\.tv:443 {3}direct, no reply, 4 attempts {3}capture, the proxy's log\n +never asked of the proxy {7}capture for 60 s$/,
    );
  });
  it('joins the clients of one configured bypass', () => {
    expect(section(render(REPORTS.denied), 'Bypassing the proxy')).toContain(
      'configured to go direct in curl-7.87, python-urllib, wget: downloads.plex.tv:443',
    );
  });
});

describe('the scan condition', () => {
  it.each([
    ['reproduced', 'REPRODUCED on section 1 (music): 503'],
    ['denied', 'WOULD OCCUR'],
    ['allowed', 'NOT FOUND'],
    ['noProxy', 'UNKNOWN'],
  ] as const)('%s', (name, words) => {
    const title = '"An internet connection is required to scan library files"';
    expect(render(REPORTS[name])).toContain(`${title}   ${words}\n`);
  });
  it('says that nothing was scanned', () => {
    expect(render(REPORTS.denied)).toContain('no scan was started in this run');
    expect(render(REPORTS.reproduced)).not.toContain('no scan was started in this run');
  });
  it('lists causes, the surest first, unknown ones in short', () => {
    const text = section(render(REPORTS.denied), '"An internet connection');
    expect(text).toMatch(/\n {2}confirmed {3}proxy-denies +the proxy answered 403 for metadata/);
    expect(text).toMatch(/\n {2}ruled out {3}tls-intercepted +every certificate/);
    expect(text.indexOf('confirmed')).toBeLessThan(text.indexOf('ruled out'));
    expect(text).toMatch(/\n {2}unknown +scanner-bypasses-proxy, /);
    expect(text).toContain('--verbose says why');
  });
  it('says all of it with --verbose', () => {
    const text = section(render(REPORTS.denied, { verbose: true }), '"An internet connection');
    expect(text).toMatch(/\n {2}unknown +not-signed-in +needs PMS's own state/);
  });
});

describe('expectations', () => {
  it('lists what is not met', () => {
    const text = section(render(REPORTS.expectations), 'Expected by egress-policy.yaml   2 of 62 expectations not met');
    expect(text).toContain('✗ plex.tv: direct should be blocked, is ok');
    expect(text).toContain('✗ metrics.plex.tv: proxy should be denied, is ok');
  });
  it('says that all are met', () => {
    const expectations = { policy: 'p.yaml', checked: 3, violations: [] };
    expect(render(reportFixture({ expectations }))).toContain('Expected by p.yaml   all 3 expectations met');
  });
  it('are absent without a policy', () => {
    expect(render(REPORTS.allowed)).not.toContain('Expected by');
  });
});

describe('findings', () => {
  const text = section(render(REPORTS.denied), 'Findings');
  it('shows roots and folds their consequences', () => {
    expect(text).toMatch(
      /✗ The proxy denies metadata\.provider\.plex\.tv .*\[proxy-denies-needed\]\n {4}└ follow from it: endpoint-down/,
    );
    expect(text).not.toContain('answers on no route');
  });
  it('shows problems before information', () => {
    expect(text.indexOf('proxy-denies-needed')).toBeLessThan(text.indexOf('proxy-denies-unneeded'));
  });
  it('sums up many of one kind', () => {
    expect(text).toContain('and 1 more of this kind [proxy-denies-unneeded]');
    expect(text).not.toContain('discover.provider.plex.tv');
    expect(section(render(REPORTS.denied, { verbose: true }), 'Findings')).toContain('discover.provider.plex.tv');
  });
  it('gives one line to what one missing thing left undecided', () => {
    expect(text).toContain('? not decided: rebinding-protection, dns-differs: the local DNS server did not answer');
  });
  it('names a crash as a bug', () => {
    expect(text).toContain('clock-skew crashed, a bug in this tool: Invalid time value');
  });
  it('lists passes only with --verbose', () => {
    expect(render(REPORTS.allowed)).not.toContain('certificate-swapped');
    expect(render(REPORTS.allowed, { verbose: true })).toContain(
      '✓ No endpoint is answered by somebody in the middle. [certificate-swapped]',
    );
  });
  it('shows a consequence whose root says nothing bad', () => {
    const findings = [finding('symptom', { supersededBy: 'root' })];
    expect(render(reportFixture({ findings }))).toContain('[symptom]');
  });
});

describe('what to do', () => {
  const advice = (report: Report): readonly string[] =>
    section(render(report, { width: 400 }), 'What to do')
      .split('\n')
      .slice(1);

  it('numbers, causes first, one remedy once', () => {
    const remedy = 'Allow plex.tv on the proxy.';
    const report = reportFixture({
      scan: {
        condition: 'would-occur',
        sections: [],
        causes: allCauses([cause('proxy-denies', 'confirmed', [], remedy)]),
      },
      findings: [finding('b', { remedy: 'Second.' }), finding('a', { remedy: 'allow plex.tv  on the proxy' })],
    });
    expect(advice(report)).toEqual(['  1. Allow plex.tv on the proxy.', '  2. Second.']);
  });
  it('advises by possible causes only when nothing is surer', () => {
    const possible = cause('ipv6-differs', 'possible', [], 'Maybe.');
    const likely = cause('proxy-denies', 'likely', [], 'Surely.');
    const report = (causes: readonly (typeof likely)[]): Report =>
      reportFixture({ scan: { condition: 'unknown', sections: [], causes: allCauses(causes) }, findings: [] });
    expect(advice(report([possible, likely]))).toEqual(['  1. Surely.']);
    expect(advice(report([possible]))).toEqual(['  1. Maybe.']);
  });
  const unknown = { condition: 'unknown', sections: [], causes: allCauses([]) } as const;
  it('gives none for consequences and information', () => {
    const findings = [
      finding('root', { remedy: 'Yes.' }),
      finding('info', { severity: 'info', verdict: 'warn', remedy: 'Nothing.' }),
      finding('symptom', { supersededBy: 'root', remedy: 'No.' }),
    ];
    expect(advice(reportFixture({ findings, scan: unknown }))).toEqual(['  1. Yes.']);
  });
  it('names the endpoints that one remedy is for', () => {
    const findings = REPORTS.allowed.endpoints
      .slice(0, 6)
      .map(({ id, host }) => finding('many', { remedy: `Allow ${host}.`, endpoint: id }));
    expect(advice(reportFixture({ findings, scan: unknown }))).toEqual([
      expect.stringMatching(/^ {2}1\. Allow plex\.tv\. The same for (?:\S+, ){2}\S+ and 2 more\.$/),
    ]);
  });
  it('stops somewhere without --verbose', () => {
    const findings = Array.from({ length: 9 }, (_, i) => finding(`check-${i}`));
    const report = reportFixture({ findings, scan: unknown });
    expect(advice(report)).toHaveLength(8);
    expect(advice(report).at(-1)).toBe('  and 2 more with --verbose');
    expect(section(render(report, { verbose: true }), 'What to do')).toContain('  9. Mend check-8.');
  });
});

describe('the end', () => {
  it.each([
    ['allowed', /^OK {2}every endpoint that a scan needs answers through the proxy \(exit code 0: nothing wrong\)$/m],
    [
      'denied',
      /^PROBLEMS {2}the proxy denies metadata\.provider\.plex\.tv \(exit code 1: the condition, a bypass or an unmet expectation was found\)$/m,
    ],
    ['noProxy', /^UNDECIDED {2}no PMS was found and no proxy is configured \(exit code 3: could not decide\)$/m],
    ['interrupted', /^INTERRUPTED {2}the run was interrupted by SIGINT \(exit code 130: interrupted\)$/m],
  ] as const)('%s', (name, expected) => {
    expect(render(REPORTS[name], { width: 200 })).toMatch(expected);
  });
  it('says what the sanitizer did', () => {
    expect(render(REPORTS.allowed)).toContain(
      'Sanitized: replaced 37 times (proxy names 4, domains 2, public addresses 31); --raw keeps them.',
    );
  });
  it('warns when it did nothing', () => {
    const run = { ...REPORTS.allowed.run, sanitized: false };
    expect(render(reportFixture({ run }))).toContain('Not sanitized (--raw)');
  });
});

describe('--verbose', () => {
  const text = render(REPORTS.denied, { verbose: true });
  it('lists variables with their sources and what clients make of them', () => {
    expect(line(text, 'Variables')).toContain('https_proxy=http://<proxy-1>:3128 (/proc/812/environ)');
    expect(line(text, 'Clients')).toContain(
      'curl-7.87: http://<proxy-1>:3128; the rules of the libcurl that PMS bundles',
    );
    expect(line(text, 'java')).toContain('no proxy; reads no variables');
  });
  it('lists every attempt with its stages', () => {
    const attempts = section(text, 'Every attempt');
    expect(attempts).toContain('direct  IPv4 203.0.113.10: no-reply BUDGET_SPENT · tcp failed 3.0 s');
    expect(attempts).toContain('proxy   denied ERR_ACCESS_DENIED · tunnel failed 2 ms');
    expect(render(REPORTS.denied)).not.toContain('Every attempt');
  });
  it('names an untrusted issuer', () => {
    expect(render(REPORTS.intercepted, { verbose: true, width: 200 })).toContain(
      'UNTRUSTED issued by CN=Inspection CA, O=Example Corp',
    );
  });
});

describe('the terminal', () => {
  const widths = [20, 60, 75, 89, 90, 100, 140];
  it.each(widths.flatMap((width) => Object.keys(REPORTS).map((name) => [width, name] as const)))(
    'at %i columns nothing is wider (%s)',
    (width, name) => {
      const report = Object.entries(REPORTS).find(([key]) => key === name)?.[1] ?? REPORTS.allowed;
      const lines = render(report, { width, verbose: true }).split('\n');
      expect(Math.max(...lines.map((each) => stringWidth(each)))).toBeLessThanOrEqual(Math.max(60, width));
    },
  );
  it.each(widths)('at %i columns every host name is whole', (width) => {
    const text = render(REPORTS.denied, { width });
    for (const { host } of REPORTS.denied.endpoints) expect(text).toContain(host);
  });
  it('colours do not move columns', () => {
    const coloured = render(REPORTS.denied, { colour: true });
    expect(coloured).toContain('\u001B[');
    expect(stripVTControlCharacters(coloured)).toBe(render(REPORTS.denied));
  });
  it('a direct failure is not red when the proxy route works', () => {
    const text = render(reportFixture({ endpoints: REPORTS.allowed.endpoints.slice(0, 1), findings: [] }), {
      colour: true,
    });
    expect(section(text, '    ')).not.toContain('\u001B[31m');
  });
  it('without UTF-8 only ASCII is left', () => {
    for (const report of Object.values(REPORTS)) {
      expect(render(report, { unicode: false, verbose: true })).toMatch(/^[\n\x20-\x7E]*$/);
    }
  });
  it('wide characters keep the columns', () => {
    const wide = endpointResult(endpoint('plex.tv', { purpose: '音楽ライブラリの照合と詳細情報' }), {
      direct: { outcome: 'ok' },
      proxy: { outcome: 'ok' },
    });
    const plain = endpointResult(endpoint('plex.tv', { purpose: 'x' }), {
      direct: { outcome: 'ok' },
      proxy: { outcome: 'ok' },
    });
    const rows = render(reportFixture({ endpoints: [wide, plain] }))
      .split('\n')
      .filter((each) => each.includes('✓ plex.tv'));
    const positions = rows.map((row) => stringWidth(row.slice(0, row.indexOf('both routes'))));
    expect(positions[0]).toBe(positions[1]);
  });
});

describe('what PMS said', () => {
  const status = { ...PMS_STATUS, sections: [library('4', 'artist', 'tv.plex.agents.music')] };
  const withStatus = (more: Partial<NonNullable<Report['pms']>>): Report => {
    const base = reportFixture();
    return { ...base, pms: base.pms && { ...base.pms, signIn: 'ok', mapping: 'mapped', status, ...more } };
  };

  it('stands beside what was found', () => {
    const text = render(withStatus({}));
    expect(line(text, 'Plex Media Server')).toContain('signed in · mapping:');
    expect(line(text, 'Libraries')).toBe(
      'Libraries          music (tv.plex.agents.music): needs the metadata provider',
    );
    expect(renderMarkdown(withStatus({}), { verbose: false })).toContain(
      '- **Libraries**: music (tv.plex.agents.music): needs the metadata provider',
    );
  });

  it('says where it was asked, when it is not on this machine', () => {
    const text = render(withStatus({ found: false, pid: null, unit: null, container: 'here' }));
    expect(line(text, 'Plex Media Server')).toContain('asked at http://127.0.0.1:32400 · signed in');
    expect(text).not.toContain('container here');
  });

  it('says how a sign-in stands that is not well', () => {
    expect(line(render(withStatus({ signIn: 'none' })), 'Plex Media Server')).toContain('sign-in: none');
  });

  it('equal libraries are counted, and many kinds are cut', () => {
    const sections = [
      ...['1', '2', '3'].map((id) => library(id, 'show', 'com.plexapp.agents.thetvdb')),
      ...Array.from({ length: 20 }, (_, i) => library(`${i + 10}`, 'movie', `com.plexapp.agents.maker${i}`)),
    ];
    const text = render(withStatus({ status: { ...status, sections } }));
    expect(line(text, 'Libraries')).toContain('3 × series (com.plexapp.agents.thetvdb): goes out through plug-ins');
    expect(line(text, 'and 13 other kinds')).toContain('other kinds');
  });

  it('what it did not answer is for --verbose', () => {
    const troubles = [{ call: '/media/providers', code: 'TIMEOUT', message: 'no answer within 3000 ms' }];
    const report = withStatus({ status: { ...status, troubles } });
    expect(render(report)).not.toContain('TIMEOUT');
    expect(line(render(report, { verbose: true }), 'Not answered')).toBe(
      'Not answered       /media/providers: no answer within 3000 ms (TIMEOUT)',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { parseEndpointsFile } from '../../src/catalog/endpoints-file.ts';
import type { Report, TrafficReport, Unlisted } from '../../src/core/report.ts';
import type { PmsLog, PmsRequest } from '../../src/core/traffic.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { DEFAULT_OPTIONS, type RenderOptions } from '../../src/report/style.ts';
import { renderText } from '../../src/report/text.ts';
import { EMPTY_TRAFFIC, reportFixture, REPORTS } from '../support/report-fixture.ts';
import { directFlow, pmsLog, proxiedFlow, watcher } from '../support/traffic-fixture.ts';

function render(report: Report, options: Partial<RenderOptions> = {}): string {
  return renderText(report, { ...DEFAULT_OPTIONS, width: 200, ...options });
}
function section(report: Report, title: string, options: Partial<RenderOptions> = {}): string {
  const found = render(report, options)
    .split('\n\n')
    .filter((each) => each.startsWith(title));
  expect(found, `sections that begin with "${title}"`).toHaveLength(1);
  return found[0] ?? '';
}
const BYPASSING = 'Bypassing the proxy';
const TABLE = '    ENDPOINT';

describe('endpoints that nobody probed', () => {
  const table = section(REPORTS.readOnly, TABLE);
  it.each([
    [
      'how often and how the proxy let it through',
      / ✓ plex\.tv +sign-in · scan +not watched +tunnel 200 12× +via proxy\n/,
    ],
    ['what the proxy refused', / – metrics\.plex\.tv +telemetry +not watched +403 denied +3× +denied, not needed\n/],
    ['what a scan needs and nobody asked for', / \? metadata\.provider\.plex\.tv .* never asked +not seen\n/],
    [
      'that it was not probed',
      /\n {4}2 of 45 endpoints seen \(1 via proxy · 1 denied, not needed\), 43 not; nothing was probed;/,
    ],
    ['that its columns were seen', /^ {4}ENDPOINT +NEEDED FOR +SEEN DIRECT +SEEN VIA PROXY +WAY TAKEN\n/],
  ])('tell %s', (_, expected) => {
    expect(table).toMatch(expected);
  });
  it('tell how many requests of all came that far', () => {
    const some = (each: Report['endpoints'][number]): Report['endpoints'][number] =>
      each.observed === null || each.host !== 'plex.tv'
        ? each
        : { ...each, observed: { ...each.observed, proxyReached: 5 } };
    const mixed = { ...REPORTS.readOnly, endpoints: REPORTS.readOnly.endpoints.map(some) };
    expect(section(mixed, TABLE)).toMatch(
      / ! plex\.tv +sign-in · scan +not watched +tunnel 200 5\/12× +failed at times\n/,
    );
    expect(render(mixed, { verbose: true })).toContain('proxy 12× of which 5 ok');
  });
  it('are left out where they were not seen and no scan needs them', () => {
    expect(table).not.toContain('downloads.plex.tv');
    expect(table).not.toContain(' in 12.4 s');
  });
  it('are not told as probed in narrow columns either', () => {
    const narrow = section(REPORTS.readOnly, TABLE, { width: 60 });
    expect(narrow).toMatch(/plex\.tv +unwatched +tunnel 200 +via proxy\n/);
    expect(narrow).toMatch(/ unwatched +not asked +not seen\n/);
  });
  it('tell the direct way', () => {
    const flows = [
      { ...directFlow('plex.tv', { outcome: 'ok', count: 3 }), endpoint: 'plex-tv', bypass: true },
      { ...directFlow('metadata.provider.plex.tv'), endpoint: 'metadata-provider', bypass: true },
    ];
    const observed = {
      direct: 3,
      proxy: 0,
      directOutcome: 'ok',
      proxyOutcome: null,
      proxyWatched: true,
      processes: [],
    } as const;
    const route = {
      outcome: 'ok',
      stage: null,
      code: null,
      ms: null,
      status: null,
      attempts: [],
      basis: 'observed',
    } as const;
    const never = { ...route, outcome: 'not-run', code: 'NEVER_ASKED' } as const;
    const endpoints = REPORTS.allowed.endpoints
      .filter(({ need }) => need === 'scan')
      .map((each, i) => ({
        ...each,
        direct: { ...route, outcome: i === 0 ? ('ok' as const) : ('no-reply' as const) },
        proxy: never,
        observed,
      }));
    const told = section(reportFixture({ endpoints, traffic: { ...EMPTY_TRAFFIC, flows } }), TABLE);
    expect(told).toMatch(/✗ plex\.tv .*connected 3× +never asked +bypass\n/);
    expect(told).toMatch(/✗ metadata\.provider\.plex\.tv .*no reply +3× +never asked +bypass, blocked\n/);
  });
});

describe('endpoints that were probed and seen', () => {
  const table = section(REPORTS.observedBypass, TABLE);
  it('tell below what probing cannot tell', () => {
    expect(table).toMatch(
      /✗ metadata\.provider\.plex\.tv .* proxy only\n {4}└ seen going around the proxy 1×, no reply; never asked of the proxy\n/,
    );
    expect(table).toMatch(
      /✗ plex\.tv .*\n {4}└ seen going around the proxy 3×, prohibited; asked of the proxy too, 12×\n/,
    );
    expect(table).toMatch(/! image\.tmdb\.org .*\n {4}└ seen going around/);
    expect(table.match(/└/g)).toHaveLength(3);
    expect(table).toMatch(/45 endpoints in 12\.4 s: 45 proxy only; 3 seen going around the proxy;/);
  });
  it('tell all counts with --verbose', () => {
    const text = section(REPORTS.observedBypass, 'Every attempt', { verbose: true });
    expect(text).toMatch(
      /\n {2}plex\.tv\n(?: {4}.*\n)* {4}seen +direct 3× prohibited, proxy 12× ok · by Plex Media Scanner\n/,
    );
  });
  it('tell that a needed one was not asked for, and of others nothing', () => {
    const observed = {
      direct: 0,
      proxy: 0,
      directOutcome: null,
      proxyOutcome: null,
      proxyWatched: true,
      processes: [],
    };
    const endpoints = REPORTS.allowed.endpoints.map((each) => ({ ...each, observed }));
    const text = section(reportFixture({ endpoints, traffic: EMPTY_TRAFFIC }), TABLE);
    expect(text.match(/└ not asked of the proxy while PMS was watched/g)).toHaveLength(2);
  });
});

describe('bypasses', () => {
  const text = section(REPORTS.observedBypass, BYPASSING);
  it.each([
    'Plex Media Scanner (pid 931) → metadata.provider.plex.tv:443',
    'Plex Media Scanner (3 processes, by elimination) → plex.tv:443',
    'Plex Tuner Service (pid 950) → [2001:db8::77]:443',
    'one of a.cdn.example.net, b.cdn.example.net (203.0.113.80:443)',
    'probably image.tmdb.org:443',
    "a process in PMS's network at 10.0.0.2 → ech.example.com:443",
    '"ech.example.com" is the outer name of an encrypted hello: the true name may be hidden',
    'direct, prohibited (admin-prohibited), 3 attempts',
    'direct over QUIC (UDP), connected, 2 attempts',
    'direct, end not seen, 1 attempt\n',
    'capture, sockets: SNI, DNS · never asked of the proxy (capture for 12 s, access.log for 55 s)',
    'asked of the proxy too, 12× ok (access.log for 55 s)',
    'sockets: no name seen · its name is not known, by which the proxy would be asked',
    'sockets; name by our own lookup of its address',
  ])('%s', (words) => {
    expect(text).toContain(words);
  });
  it('take two lines of three columns where there is room', () => {
    const one = { ...REPORTS.observedBypass, bypasses: REPORTS.observedBypass.bypasses.slice(0, 1) };
    expect(section(one, BYPASSING, { width: 140 }).split('\n').slice(1, 3)).toEqual([
      '  Plex Media Scanner (pid 931) → metadata.provider.plex.tv:443   direct, no reply, 4 attempts   capture, sockets: SNI, DNS',
      '                                                                 never asked of the proxy       capture for 12 s, access.log for 55 s',
    ]);
    expect(section(one, BYPASSING, { width: 100 }).split('\n').slice(1)).toEqual([
      '  Plex Media Scanner (pid 931) → metadata.provider.plex.tv:443   direct, no reply, 4 attempts',
      '    capture, sockets: SNI, DNS · never asked of the proxy (capture for 12 s, access.log for 55 s)',
    ]);
  });

  const flow = { ...directFlow('plex.tv'), endpoint: null, bypass: true };
  const bypass = REPORTS.reproduced.bypasses[0]!;
  const one = (traffic: Partial<TrafficReport>): string =>
    section(
      reportFixture({
        traffic: { ...EMPTY_TRAFFIC, flows: [flow], ...traffic },
        bypasses: [{ ...bypass, host: 'plex.tv', address: flow.address }],
      }),
      BYPASSING,
      { width: 60 },
    ).replace(/\s+/g, ' ');
  it.each([
    ['nobody watched the proxy', [watcher('socket')], 'whether the proxy was asked too, nobody watched'],
    [
      'the proxy was watched at another time',
      [watcher('access-log', { from: '2025-01-01T00:00:00.000Z', to: '2025-01-02T00:00:00.000Z' })],
      'not asked of the proxy, but that was watched at another time (access-log for 24.0 h)',
    ],
    [
      'one of two watched meanwhile',
      [watcher('capture'), watcher('access-log', { to: '2025-01-02T00:00:00.000Z' })],
      'never asked of the proxy (capture for 60 s)',
    ],
  ])('%s', (_, watchers, words) => {
    expect(one({ watchers })).toContain(words);
  });
  it('asked too, by a name that the catalogue lacks', () => {
    const proxied = { ...proxiedFlow('plex.tv', { count: 5, outcome: 'denied' }), endpoint: null, bypass: false };
    expect(one({ watchers: [watcher('access-log')], flows: [flow, proxied] })).toContain(
      'asked of the proxy too, 5× denied',
    );
  });
  it('are many', () => {
    const bypasses = Array.from({ length: 15 }, (_, i) => ({ ...bypass, host: `h${i}.plex.tv` }));
    const report = reportFixture({ traffic: EMPTY_TRAFFIC, bypasses });
    expect(section(report, BYPASSING)).toContain('\n  and 3 more with --verbose');
    expect(section(report, BYPASSING, { verbose: true })).toContain('h14.plex.tv');
  });
  it('none, by whom, and what was perhaps missed', () => {
    expect(section(REPORTS.watchedClean, BYPASSING).split('\n').slice(1)).toEqual([
      "  none seen while PMS's traffic was watched: sockets for 12 s, capture for 12 s",
      '  may have been missed: a connection that lives for less than 100 ms; names of connections that were open before',
    ]);
  });
  it('are not denied by who could not have seen them', () => {
    const told = section(REPORTS.readOnly, BYPASSING);
    expect(told).toContain('not observed: access.log for 55 s cannot show connections around the proxy');
    expect(told).not.toMatch(/\bnone\b/);
  });
});

describe('who watched', () => {
  it('is told with source, period and trouble', () => {
    expect(section(REPORTS.readOnly, 'What was watched').split('\n').slice(1)).toEqual([
      "    the proxy's log  /var/log/squid/access.log · 2026-11-22 14:02:00–14:02:55 UTC (55 s) · shows what the proxy was asked",
      '  !                  2 of 500 lines could not be read, the first is line 17 (column 9: no status)',
      '    4 kinds of connections beyond what is kept are not listed',
    ]);
  });
  it('leaves what is wrong with a file to the list of files', () => {
    const trouble = 'it ends inside a packet';
    const watchers = [watcher('capture', { source: 'a.pcap', problems: [trouble, 'no client was found'] })];
    const inputs = [{ name: 'a.pcap', kind: 'pcap', state: 'partly', note: `${trouble}; it grew` }] as const;
    const report = reportFixture({ run: { ...REPORTS.readOnly.run, inputs }, traffic: { ...EMPTY_TRAFFIC, watchers } });
    expect(render(report).split(trouble)).toHaveLength(2);
    expect(section(report, 'What was watched')).toContain('no client was found');
    const rotated = [watcher('access-log', { problems: [`access.log.1: ${trouble}`] })];
    expect(render({ ...report, traffic: { ...EMPTY_TRAFFIC, watchers: rotated } }).split(trouble)).toHaveLength(2);
  });
  it('tells with --verbose what it can miss', () => {
    expect(section(REPORTS.readOnly, 'What was watched', { verbose: true })).toContain(
      'can miss: a tunnel that is still open is not logged yet',
    );
  });
  it('are many', () => {
    const many = Array.from({ length: 9 }, () => watcher('capture'));
    const watchers = [...many, watcher('access-log', { problems: ['cut'] })];
    const text = section(reportFixture({ traffic: { ...EMPTY_TRAFFIC, watchers } }), 'What was watched');
    expect(text.match(/\n {4}capture/g)).toHaveLength(6);
    expect(text).toContain('cut');
    expect(text).toContain('and 3 more with --verbose');
  });
  it('is nobody', () => {
    const text = section(reportFixture({ traffic: { ...EMPTY_TRAFFIC, watchers: [] } }), 'What was watched');
    expect(text).toContain('nobody: no source of traffic could be used');
  });
  it('is not told where nobody was asked to', () => {
    expect(render(REPORTS.allowed)).not.toContain('What was watched');
  });
});

describe('files', () => {
  it('are counted where they were read, and named where not', () => {
    expect(section(REPORTS.readOnly, 'Files').split('\n').slice(1)).toEqual([
      '    1 file read: 1 pms-log',
      '  ! /var/log/squid/access.log  read in part · squid · 2 of 500 lines could not be read',
      '  ✗ notes.pdf                  not read · pdf · a PDF document; expected a log or a capture',
    ]);
    expect(section(REPORTS.readOnly, 'Files', { verbose: true })).toContain('    Plex Media Server.log (pms-log)');
  });
});

describe('hosts that the catalogue lacks', () => {
  const host = (name: string, more: Partial<Unlisted> = {}): Unlisted => ({
    host: name,
    port: 443,
    scheme: 'https',
    routes: ['proxy'],
    outcome: 'ok',
    processes: [],
    count: 2,
    ...more,
  });
  const UNLISTED = [
    host('posters.example.org'),
    host('10.0.0.7', { port: 8080, scheme: 'http' }),
    host('2001:db8::7', { routes: ['direct', 'proxy'], outcome: null }),
    host('no', { port: 80, scheme: 'http', processes: ['Plex Script Host'] }),
    host('a-very-long-name-of-a-host-that-needs-a-line-of-its-own.cdn.example.net', { port: 8443 }),
  ];
  const report = (unlisted: readonly Unlisted[]): Report => reportFixture({ traffic: { ...EMPTY_TRAFFIC, unlisted } });
  const TITLE = 'Not in the catalogue';

  it.each([60, 100, 200])('are lines that --endpoints reads, at %d columns', (width) => {
    const yaml = section(report(UNLISTED), TITLE, { width }).split('\n').slice(1).join('\n');
    const parsed = parseEndpointsFile(yaml, 'seen.yaml', []);
    expect(parsed).toMatchObject({ ok: true });
    expect(
      parsed.ok ? parsed.endpoints.map(({ host: name, port, scheme }) => `${scheme} ${name} ${port}`) : [],
    ).toEqual([
      'https 2001:db8::7 443',
      'https posters.example.org 443',
      'http 10.0.0.7 8080',
      'http no 80',
      'https a-very-long-name-of-a-host-that-needs-a-line-of-its-own.cdn.example.net 8443',
    ]);
  });
  it('tell what was seen of them', () => {
    expect(section(report(UNLISTED), TITLE)).toMatch(/'2001:db8::7' +# 2× direct and via proxy\n/);
    expect(section(report(UNLISTED), TITLE)).toMatch(/ +# 2× via proxy, ok, Plex Script Host\n/);
    expect(section(REPORTS.observedBypass, TITLE)).toContain(
      '# 1× direct, connected, the outer name of encrypted hellos',
    );
  });
  it('are ten at most without --verbose', () => {
    const many = report(Array.from({ length: 12 }, (_, i) => host(`h${i}.example.org`)));
    expect(section(many, TITLE)).toContain('\n  and 2 more with --verbose');
    expect(section(many, TITLE, { verbose: true })).toContain('h11.example.org');
  });
  it('say that pseudonyms are none', () => {
    expect(section(report([host('<domain-1>')]), TITLE)).toContain('--raw gives the names');
    expect(section(report(UNLISTED), TITLE)).not.toContain('--raw');
  });
});

it('does not say that files reproduced anything', () => {
  const scan = { ...REPORTS.readOnly.scan, condition: 'reproduced' } as const;
  expect(render({ ...REPORTS.readOnly, scan })).toContain('scan library files"   IN PMS\'S LOG');
});

describe("PMS's own log", () => {
  const TITLE = "PMS's own log";
  it('tells states, refusals and failed requests', () => {
    expect(section(REPORTS.readOnly, TITLE).split('\n').slice(1)).toEqual([
      '  Plex Media Server.log · 2026-11-22 14:02:00–14:02:55 UTC (55 s) · version 1.41.3.9314-a0bfb8370',
      '    sign-in             ok since 14:02:02; before: none at 14:02:01',
      '    mapping             Unknown since 14:02:02',
      '  ! cloud providers     0 online since 14:02:19; before: 1 online at 14:02:05',
      '    provider            tv.plex.provider.metadata online since 14:02:05',
      '  ✗ scan refused        section 4: 503 at 14:02:11',
      '    scan started        1×, last at 14:02:12 (section 1)',
      '    scanner started     1×, last at 14:02:12',
      '    answered            31 requests to 1 host: plex.tv',
      '    end not in the log  1 request',
      '  failed requests',
      '    metadata.provider.plex.tv  Connection timed out (curl 28), 4×, last 14:02:19 · Plex Media Scanner Matcher',
      '    plex.tv                    Could not resolve host (curl 6), 2×, last 14:02:19 · Plex Media Scanner Matcher',
      '  Plex Media Server.log: 3 of 4812 lines could not be read',
      "  PMS's clock is 3.2 s ahead of the proxy's",
    ]);
  });
  it('lists each event of a scan with --verbose', () => {
    expect(section(REPORTS.readOnly, TITLE, { verbose: true })).toContain(
      'child · Plex Media Scanner --match --type 8',
    );
  });

  const told = (log: Partial<PmsLog>): string => section(reportFixture({ pmsLog: pmsLog(log) }), TITLE);
  const [file] = pmsLog().files;
  const request: PmsRequest = {
    log: 'Plex Media Server',
    scheme: 'https',
    host: 'plex.tv',
    port: 443,
    method: 'GET',
    status: null,
    curl: 7,
    error: null,
    outcome: null,
    count: 1,
    firstAt: null,
    lastAt: '2026-01-01T00:00:30',
  };
  const refused = (at: string, section_: string | null) =>
    ({ at, kind: 'refused', section: section_, status: 503, command: null }) as const;
  it.each<[string, Partial<PmsLog>, string]>([
    ['a clock behind', { proxyClockOffsetSeconds: -7200 }, "PMS's clock is 2.0 h behind the proxy's"],
    ['clocks that agree', { proxyClockOffsetSeconds: 0.4 }, "PMS's clock and the proxy's agree"],
    [
      'no zone',
      { files: [{ ...file!, zoneOffsetMinutes: null, from: '2026-01-01T00:00:00', to: '2026-01-01T00:01:00' }] },
      '2026-01-01 00:00:00–00:01:00 local time (60 s)',
    ],
    [
      'no zone, in words',
      { files: [{ ...file!, zoneOffsetMinutes: null }] },
      'time zone not known of Plex Media Server.log: times as written',
    ],
    ['a failure without words', { requests: [request] }, 'plex.tv  failed (curl 7), 1×, last 00:00:30'],
    [
      'the same of two logs',
      { requests: [request, { ...request, log: 'com.plexapp.system', count: 2 }] },
      'failed (curl 7), 3×, last 00:00:30 · Plex Media Server, com.plexapp.system',
    ],
    [
      'an answer that says no',
      { requests: [{ ...request, curl: null, status: 401, outcome: 'ok' }] },
      'plex.tv  answered 401, 1×',
    ],
    ['another port', { requests: [{ ...request, port: 80 }] }, 'plex.tv:80  failed'],
    [
      'days, where there are several',
      { scans: [refused('2026-01-01T10:00:00Z', '4'), refused('2026-01-02T11:00:00Z', '4')] },
      'section 4: 503 at 2026-01-01 10:00:00, at 2026-01-02 11:00:00',
    ],
    [
      'many refusals of all sections',
      { scans: Array.from({ length: 6 }, (_, i) => refused(`2026-01-01T10:00:0${i}Z`, null)) },
      'all sections: 503 6×, last at 10:00:05',
    ],
  ])('%s', (_, log, words) => {
    expect(told(log)).toContain(words);
  });
  it('tells a 404 with --verbose only', () => {
    const missing = reportFixture({ pmsLog: pmsLog({ requests: [{ ...request, curl: null, status: 404 }] }) });
    expect(section(missing, TITLE)).not.toContain('answered 404');
    expect(section(missing, TITLE, { verbose: true })).toContain('answered 404');
  });
});

describe('--verbose', () => {
  const flows = section(REPORTS.observedBypass, 'Every connection that was seen', { verbose: true, width: 300 });
  it('lists every connection, one entry each', () => {
    expect(flows.split('\n')).toHaveLength(1 + (REPORTS.observedBypass.traffic?.flows.length ?? 0));
    expect(flows).toContain(
      '  14:02:12 Plex Media Scanner (pid 931) · tls direct · metadata.provider.plex.tv (SNI, DNS) · to 203.0.113.77:443 · no reply · 1×, 4 tries · seen by capture, sockets · metadata-provider · BYPASS',
    );
    expect(flows).toContain('quic direct · ech.example.com (SNI, outer name only)');
    expect(flows).toContain("updates.example.org (proxy's log) port 8443 · ok (200 TCP_TUNNEL)");
    expect(flows).toContain('seen by capture, process by elimination');
  });
  it('lists every DNS question', () => {
    const text = section(REPORTS.observedBypass, 'Every DNS question', { verbose: true, width: 300 });
    expect(text).toContain(
      '  14:02:12 Plex Media Scanner (pid 931) · A metadata.provider.plex.tv · answered: 203.0.113.77 · from 10.0.0.1 · 4×',
    );
    expect(text).toContain('A nas.int.example.org · NXDOMAIN · from');
  });
  it('alone', () => {
    expect(render(REPORTS.observedBypass)).not.toContain('Every connection');
  });
});

describe('what is known of PMS and its proxy', () => {
  const head = render(REPORTS.readOnly).split('\n\n')[1];
  it('does not claim that it is not running', () => {
    expect(head).toContain('1.41.3.9314-a0bfb8370 · by its log · signed in · mapping: Unknown');
  });
  it('does not claim that no proxy is configured', () => {
    expect(head).toContain('not known: no settings were read');
    const { proxy } = REPORTS.readOnly;
    const flow = { ...proxiedFlow('plex.tv', { address: '10.0.0.3', port: 3128 }), endpoint: null, bypass: false };
    const report = reportFixture({ proxy, traffic: { ...EMPTY_TRAFFIC, flows: [flow, flow] } });
    expect(render(report)).toContain('no settings were read; seen in use: 10.0.0.3:3128\n');
  });
  it.each([
    ['readOnly', "judged from what was seen, and what PMS's log says: no scan"],
    ['watchedClean', 'judged from what was seen: no scan'],
    ['allowed', 'judged from what was probed: no scan'],
  ] as const)('says what was judged: %s', (name, words) => {
    const { scan } = REPORTS[name];
    expect(render({ ...REPORTS[name], scan: { ...scan, sections: [] } })).toContain(words);
  });
});

describe('the forum post', () => {
  const text = renderMarkdown(REPORTS.observedBypass, { verbose: false });
  it.each([
    '- **Bypassing the proxy**: observed to metadata.provider.plex.tv:443, plex.tv:443,',
    '- `Plex Media Scanner (pid 931)` to `metadata.provider.plex.tv:443`: direct, no reply, 4 attempts\n  - capture, sockets: SNI, DNS\n  - never asked of the proxy',
    '<summary>What was watched</summary>',
    '```yaml\nadd:\n  - host: ech.example.com',
    '- ❌ scan refused: section 4: 503 at 14:02:11',
    '- failed: `metadata.provider.plex.tv`: Connection timed out (curl 28), 4×',
    'proxy only; seen going around the proxy 1×, no reply; never asked of the proxy |',
  ])('says %s', (words) => {
    expect(text).toContain(words);
  });
  it('tells what was seen as seen', () => {
    const read = renderMarkdown(REPORTS.readOnly, { verbose: false });
    expect(read).toContain('|  | Endpoint | Needed for | Seen direct | Seen via proxy | Way taken |');
    expect(read).toContain('- ❌ `notes.pdf`: not read · pdf');
    expect(read).toContain('- ⚠️ `/var/log/squid/access.log`: read in part');
  });
  it('lists all connections with --verbose', () => {
    expect(text).not.toContain('Every connection');
    const verbose = renderMarkdown(REPORTS.observedBypass, { verbose: true });
    expect(verbose).toContain('<summary>Every connection that was seen</summary>');
    expect(verbose).toContain('<summary>Every DNS question that was seen</summary>');
  });
  it('keeps its code block closed whatever a host is called', () => {
    const unlisted = [{ ...REPORTS.readOnly.traffic!.unlisted[0]!, host: 'a```b' }];
    const hostile = renderMarkdown(reportFixture({ traffic: { ...EMPTY_TRAFFIC, unlisted } }), { verbose: false });
    expect(hostile).toContain('````yaml\n');
    expect(hostile).toContain('\n````\n');
  });
});

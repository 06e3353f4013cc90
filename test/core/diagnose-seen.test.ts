import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/core/diagnose.ts';
import type { CauseId, Cause, Diagnosis } from '../../src/core/report.ts';
import type { PmsRequest } from '../../src/core/traffic.ts';
import { notRun } from '../../src/core/evidence.ts';
import type { Experiment, Scan } from '../../src/core/experiment.ts';
import { factsFixture, library, PROXY, source, type FixtureOptions } from '../support/facts-fixture.ts';
import { directFlow, pmsLog, proxiedFlow, question, traffic, watcher } from '../support/traffic-fixture.ts';

const NEEDED = 'metadata.provider.plex.tv';
const OTHER = 'plex.tv';

/** Nothing but files: no probe, no settings. */
const FILES_ONLY = notRun('FILES_ONLY', 'only files were read');
const ONLY_FILES: FixtureOptions['items'] = { settings: FILES_ONLY, routing: FILES_ONLY };

function failedRequest(host: string, more: Partial<PmsRequest>): PmsRequest {
  return {
    log: 'Plex Media Server',
    scheme: 'https',
    host,
    port: 443,
    method: 'GET',
    status: null,
    curl: 6,
    error: "Couldn't resolve host name",
    outcome: 'unresolved',
    count: 3,
    firstAt: null,
    lastAt: null,
    ...more,
  };
}

interface Row {
  readonly name: string;
  readonly options: FixtureOptions;
  readonly condition: Diagnosis['condition'];
  readonly causes: Readonly<Partial<Record<CauseId, Cause['state']>>>;
  /** Texts that the evidence of a cause has to contain. */
  readonly because?: Readonly<Partial<Record<CauseId, RegExp>>>;
}

const ROWS: readonly Row[] = [
  {
    name: 'the scanner goes around the proxy and is dropped',
    options: { traffic: traffic([directFlow(NEEDED), proxiedFlow(OTHER)]) },
    condition: 'would-occur',
    causes: { 'scanner-bypasses-proxy': 'confirmed', 'proxy-denies': 'ruled-out' },
    because: {
      'scanner-bypasses-proxy':
        /Plex Media Scanner \(pid 931\) connects to metadata\.provider\.plex\.tv:443 directly: no reply, 4 tries \(packets\)/,
    },
  },
  {
    name: 'the same, and nobody watched the proxy',
    options: { traffic: traffic([directFlow(NEEDED, { seenBy: ['socket'] })], { watchers: [watcher('socket')] }) },
    condition: 'unknown',
    causes: { 'scanner-bypasses-proxy': 'likely' },
    because: { 'scanner-bypasses-proxy': /was not watched/ },
  },
  {
    name: 'the same, and the log of the proxy is of another day',
    options: {
      traffic: traffic([directFlow(NEEDED, { seenBy: ['socket'] })], {
        watchers: [
          watcher('socket'),
          watcher('access-log', { from: '2025-12-01T00:00:00Z', to: '2025-12-02T00:00:00Z' }),
        ],
      }),
    },
    condition: 'unknown',
    causes: { 'scanner-bypasses-proxy': 'likely' },
    because: { 'scanner-bypasses-proxy': /then was not watched/ },
  },
  {
    name: 'a connection of an unknown process',
    options: { traffic: traffic([directFlow(NEEDED, { process: null, pid: null, attribution: null })]) },
    condition: 'unknown',
    causes: { 'scanner-bypasses-proxy': 'likely' },
  },
  {
    name: 'a connection of an unknown process that fails by the log of PMS too',
    options: {
      traffic: traffic([directFlow(NEEDED, { process: null, pid: null, attribution: null })]),
      pmsLog: pmsLog({ requests: [failedRequest(NEEDED, { curl: 28, error: 'timeout', outcome: 'no-reply' })] }),
    },
    condition: 'would-occur',
    causes: { 'scanner-bypasses-proxy': 'confirmed' },
    because: { 'scanner-bypasses-proxy': /logs that metadata\.provider\.plex\.tv failed 3 times \(curl 28: timeout\)/ },
  },
  {
    name: 'the bypass is dropped, and of the last attempt the end was not seen',
    options: { traffic: traffic([directFlow(NEEDED), directFlow(NEEDED, { outcome: null, tries: 1 })]) },
    condition: 'would-occur',
    causes: { 'scanner-bypasses-proxy': 'confirmed' },
  },
  {
    name: 'the bypass gets through',
    options: { traffic: traffic([directFlow(NEEDED, { outcome: 'ok', tries: 1 })]) },
    condition: 'not-found',
    causes: { 'scanner-bypasses-proxy': 'ruled-out' },
  },
  {
    name: 'sampling saw a socket and not what became of it',
    options: {
      traffic: traffic([directFlow(NEEDED, { outcome: null, tries: 1, seenBy: ['socket'] })], {
        watchers: [watcher('socket')],
      }),
    },
    condition: 'unknown',
    causes: { 'scanner-bypasses-proxy': 'likely' },
    because: { 'scanner-bypasses-proxy': /outcome not seen/ },
  },
  {
    name: 'the proxy is asked as well',
    options: { traffic: traffic([directFlow(NEEDED), proxiedFlow(NEEDED)]) },
    condition: 'unknown',
    causes: { 'scanner-bypasses-proxy': 'likely' },
    because: { 'scanner-bypasses-proxy': /the proxy was asked for metadata\.provider\.plex\.tv:443 once: connected/ },
  },
  {
    name: 'the process has no proxy in its environment',
    options: {
      traffic: traffic([directFlow(NEEDED)]),
      otherSources: [source('pid:931', 'child', {}, { process: 'Plex Media Scanner', pid: 931 })],
    },
    condition: 'would-occur',
    causes: { 'proxy-not-in-process': 'confirmed' },
    because: { 'scanner-bypasses-proxy': /obeys its settings/ },
  },
  {
    name: 'no_proxy sends it direct',
    options: {
      traffic: traffic([directFlow(NEEDED)]),
      variables: { https_proxy: PROXY, http_proxy: PROXY, no_proxy: 'localhost,127.0.0.1,.plex.tv' },
    },
    condition: 'would-occur',
    causes: { 'excluded-by-no-proxy': 'confirmed' },
    because: { 'scanner-bypasses-proxy': /obeys its settings/ },
  },
  {
    name: 'a local question for a name of the proxy',
    options: { traffic: traffic([], { questions: [question(NEEDED)] }) },
    condition: 'unknown',
    causes: { 'scanner-bypasses-proxy': 'likely' },
    because: { 'scanner-bypasses-proxy': /asks 10\.0\.0\.1 for metadata\.provider\.plex\.tv: answered/ },
  },
  {
    name: 'a local question in vain',
    options: { traffic: traffic([], { questions: [question(NEEDED, { result: 'no reply', addresses: [] })] }) },
    condition: 'would-occur',
    causes: { 'dns-fails-locally': 'confirmed', 'scanner-bypasses-proxy': 'likely' },
  },
  {
    name: 'a scan at work that asks only the proxy',
    options: {
      traffic: traffic([proxiedFlow(NEEDED), proxiedFlow(OTHER)]),
      pmsLog: pmsLog({ scans: [{ at: null, kind: 'started', section: '1', status: 200, command: null }] }),
    },
    condition: 'not-found',
    causes: { 'scanner-bypasses-proxy': 'ruled-out', 'proxy-denies': 'ruled-out' },
  },
  {
    name: 'nothing seen while no scan is known to be at work',
    options: { traffic: traffic([]) },
    condition: 'not-found',
    causes: { 'scanner-bypasses-proxy': 'possible' },
    because: { 'scanner-bypasses-proxy': /whether a scan was at work meanwhile is not known/ },
  },
  {
    name: 'the log of the proxy says denied',
    options: {
      traffic: traffic([proxiedFlow(NEEDED, { outcome: 'denied', status: 403, code: 'TCP_DENIED', count: 7 })]),
    },
    condition: 'would-occur',
    causes: { 'proxy-denies': 'confirmed' },
    because: {
      'proxy-denies': /asked for metadata\.provider\.plex\.tv:443 7 times: denied by the proxy \(403 TCP_DENIED\)/,
    },
  },
  {
    name: 'denied and let through',
    options: {
      traffic: traffic([proxiedFlow(NEEDED, { outcome: 'denied', status: 403 }), proxiedFlow(NEEDED)]),
    },
    condition: 'not-found',
    causes: { 'proxy-denies': 'possible' },
  },
  {
    name: 'denied, and let through later',
    options: {
      traffic: traffic([
        proxiedFlow(NEEDED, { outcome: 'denied', status: 403 }),
        proxiedFlow(NEEDED, { lastAt: '2030-01-01T00:00:00Z' }),
      ]),
    },
    condition: 'not-found',
    causes: { 'proxy-denies': 'ruled-out' },
    because: { 'proxy-denies': /; it was let through later/ },
  },
  {
    name: 'the log of PMS has the 403 of the proxy',
    options: { pmsLog: pmsLog({ requests: [failedRequest(NEEDED, { curl: 56, error: '403', outcome: 'denied' })] }) },
    condition: 'would-occur',
    causes: { 'proxy-denies': 'confirmed' },
  },
  {
    name: 'nothing but a log of PMS, with a timeout',
    options: {
      items: ONLY_FILES,
      pmsLog: pmsLog({ requests: [failedRequest(NEEDED, { curl: 28, error: 'timeout', outcome: 'no-reply' })] }),
    },
    condition: 'unknown',
    causes: { 'scanner-bypasses-proxy': 'possible' },
    because: { 'scanner-bypasses-proxy': /failed 3 times \(curl 28: timeout\)\nso ends a direct connection/ },
  },
  ...(
    [
      ['of that time', '2026-01-01T00:00:15.000Z', 'likely'],
      ['of another time', '2026-01-02T00:00:15.000Z', 'possible'],
      ['of a time whose zone is not known', '2026-01-01T00:00:15.000', 'possible'],
    ] as const
  ).map(([when, at, state]): Row => {
    const failed = { curl: 28, error: 'timeout', outcome: 'no-reply', firstAt: at, lastAt: at } as const;
    return {
      name: `a timeout in the log of PMS ${when}, and a log of the proxy without it`,
      options: {
        items: ONLY_FILES,
        traffic: traffic([proxiedFlow(OTHER)], { watchers: [watcher('access-log')] }),
        pmsLog: pmsLog({ requests: [failedRequest(NEEDED, failed)] }),
      },
      condition: 'unknown',
      causes: { 'scanner-bypasses-proxy': state },
    };
  }),
  {
    name: 'the proxy is not reached',
    options: { traffic: traffic([proxiedFlow(null, { outcome: 'proxy-unreachable', seenBy: ['capture'] })]) },
    condition: 'would-occur',
    causes: { 'proxy-unreachable': 'confirmed' },
  },
  {
    name: 'the log of PMS has a certificate error',
    options: {
      pmsLog: pmsLog({
        requests: [failedRequest(NEEDED, { curl: 60, error: 'SSL peer certificate', outcome: 'tls-untrusted' })],
      }),
    },
    condition: 'unknown',
    causes: { 'tls-intercepted': 'possible' },
  },
  {
    name: 'PMS refused a scan, and no provider is online',
    options: {
      pmsLog: pmsLog({
        states: [{ at: '2026-01-01T00:00:00Z', kind: 'providers', value: '0' }],
        scans: [{ at: null, kind: 'refused', section: '4', status: 503, command: null }],
      }),
    },
    condition: 'reproduced',
    causes: { 'provider-offline': 'confirmed' },
    because: { 'provider-offline': /refused to scan section 4: 503/ },
  },
  {
    name: 'PMS refused a scan and took it later',
    options: {
      pmsLog: pmsLog({
        states: [{ at: null, kind: 'providers', value: '1' }],
        scans: [
          { at: null, kind: 'refused', section: '4', status: 503, command: null },
          { at: null, kind: 'started', section: '4', status: 200, command: null },
        ],
      }),
    },
    condition: 'not-found',
    causes: { 'provider-offline': 'ruled-out' },
  },
  {
    name: 'calls of PMS to itself reach the proxy',
    options: {
      variables: { https_proxy: PROXY, http_proxy: PROXY },
      traffic: traffic([proxiedFlow('127.0.0.1', { targetPort: 32_400, outcome: 'denied', status: 403 })]),
    },
    condition: 'not-found',
    causes: { 'loopback-through-proxy': 'likely' },
    because: { 'loopback-through-proxy': /127\.0\.0\.1:32400/ },
  },
  {
    name: 'one family gets through, the other does not',
    options: {
      traffic: traffic([
        directFlow(NEEDED, { family: 6, outcome: 'ok' }),
        directFlow(NEEDED, { family: 4, outcome: 'no-reply' }),
      ]),
    },
    condition: 'unknown',
    causes: { 'ipv6-differs': 'possible' },
  },
  {
    name: 'files alone: a bypass',
    options: { items: ONLY_FILES, traffic: traffic([directFlow(NEEDED), proxiedFlow(OTHER)]) },
    condition: 'would-occur',
    causes: { 'scanner-bypasses-proxy': 'confirmed', 'loopback-through-proxy': 'unknown' },
  },
  {
    name: 'files alone: nothing',
    options: { items: ONLY_FILES, traffic: traffic([]) },
    condition: 'unknown',
    causes: { 'scanner-bypasses-proxy': 'unknown' },
  },
];

const MUSIC = library('1', 'artist', 'tv.plex.agents.music');
/** The first half of the minute that the watchers of the fixture were there. */
const SCANNED = { startedAt: '2026-01-01T00:00:05.000Z', endedAt: '2026-01-01T00:00:30.000Z' };
const DURING = { firstAt: '2026-01-01T00:00:10.000Z', lastAt: '2026-01-01T00:00:20.000Z' };
const AFTER = { firstAt: '2026-01-01T00:00:40.000Z', lastAt: '2026-01-01T00:00:50.000Z' };

function scan(more: Partial<Scan> = {}): Scan {
  const outcome = { status: 200, body: null, end: 'finished', trouble: null } as const;
  return { library: MUSIC, role: 'agent', attempt: 1, narrowed: false, ...SCANNED, ...outcome, ...more };
}

function refused(body = 'Service Unavailable'): Scan {
  return scan({ status: 503, body, end: 'refused' });
}

function experiment(...scans: readonly Scan[]): Experiment {
  return { scans, controls: [{ kind: 'updater-check', at: '2026-01-01T00:00:04.000Z', status: 200, trouble: null }] };
}

const CALL_TO_PMS = { targetPort: 32_400, outcome: 'denied', status: 403, ...DURING } as const;
const CALL_LOGGED = failedRequest('127.0.0.1', {
  log: 'Plex Media Scanner Matcher',
  port: 32_400,
  curl: null,
  status: 403,
});

const EXPERIMENTS: readonly Row[] = [
  {
    name: 'a scan was refused before it asked anybody: which way the scanner goes stays open',
    options: {
      experiment: experiment(refused('Server cannot refresh a music library when not signed in')),
      traffic: traffic([proxiedFlow(OTHER, DURING)]),
      pmsStatus: { signIn: 'none', sections: [MUSIC] },
    },
    condition: 'reproduced',
    causes: { 'not-signed-in': 'confirmed', 'scanner-bypasses-proxy': 'possible', 'provider-offline': 'unknown' },
    because: {
      'not-signed-in': /plex\.tv answers on PMS's way now: .* a restart is enough/,
      'scanner-bypasses-proxy': /not seen to ask anybody/,
    },
  },
  {
    name: 'the same, and the way to plex.tv is closed still',
    options: {
      experiment: experiment(refused('Server cannot refresh a music library when not signed in')),
      traffic: traffic([]),
      viaProxy: 'denied',
      pmsStatus: { signIn: 'none', sections: [MUSIC] },
    },
    condition: 'reproduced',
    causes: { 'not-signed-in': 'confirmed' },
    because: { 'not-signed-in': /^(?!.*restart is enough)/s },
  },
  {
    name: 'a refused scan had asked the proxy: nothing went around it',
    options: {
      experiment: experiment(refused()),
      traffic: traffic([proxiedFlow(NEEDED, { outcome: 'denied', status: 403, ...DURING })]),
    },
    condition: 'reproduced',
    causes: { 'scanner-bypasses-proxy': 'ruled-out', 'proxy-denies': 'confirmed', 'provider-offline': 'unknown' },
  },
  {
    name: 'a scan was finished, and what it needs let it in',
    options: {
      experiment: experiment(scan()),
      traffic: traffic([proxiedFlow(NEEDED, DURING)]),
      pmsStatus: { providers: [{ identifier: 'tv.plex.provider.metadata', online: null }] },
    },
    condition: 'not-found',
    causes: { 'scanner-bypasses-proxy': 'ruled-out', 'provider-offline': 'ruled-out', 'not-signed-in': 'ruled-out' },
    // What PMS's list does not tell contradicts nothing.
    because: { 'provider-offline': /^(?!.*otherwise)/s },
  },
  {
    name: 'the same, and somebody had asked for it before, who is not told from the scan',
    options: {
      experiment: experiment(scan()),
      traffic: traffic([proxiedFlow(NEEDED, { count: 2, firstAt: '2026-01-01T00:00:01.000Z', lastAt: DURING.lastAt })]),
    },
    condition: 'not-found',
    causes: { 'scanner-bypasses-proxy': 'ruled-out', 'provider-offline': 'ruled-out' },
  },
  {
    name: 'a scan was finished, and what it needs was asked only after it',
    options: { experiment: experiment(scan()), traffic: traffic([proxiedFlow(NEEDED, AFTER)]) },
    condition: 'not-found',
    causes: { 'scanner-bypasses-proxy': 'possible', 'provider-offline': 'unknown' },
  },
  {
    name: 'the request of a control that fails during a scan is not the failure of the scan',
    options: {
      experiment: experiment(scan()),
      traffic: traffic([directFlow(OTHER, { process: 'Plex Media Server', ...DURING })]),
      variables: {},
      viaProxy: null,
      direct: 'ok',
    },
    condition: 'not-found',
    causes: { 'provider-offline': 'unknown' },
  },
  {
    name: 'the same request by the scanner is',
    options: {
      experiment: experiment(scan()),
      traffic: traffic([directFlow(OTHER, DURING)]),
      variables: {},
      viaProxy: null,
      direct: 'ok',
    },
    condition: 'reproduced',
    causes: {},
  },
  {
    name: 'a call of the scanner to PMS was denied by the proxy, and the scan refused',
    options: {
      experiment: experiment(refused()),
      variables: { https_proxy: PROXY, http_proxy: PROXY },
      traffic: traffic([proxiedFlow('127.0.0.1', CALL_TO_PMS)]),
      pmsLog: pmsLog({ requests: [CALL_LOGGED] }),
    },
    condition: 'reproduced',
    causes: { 'loopback-through-proxy': 'confirmed', 'scanner-bypasses-proxy': 'ruled-out' },
    because: {
      'loopback-through-proxy': /meanwhile PMS refused to scan library 1 \(artist, tv\.plex\.agents\.music\): 503/,
    },
  },
  {
    name: 'such a call was denied, and the scan taken',
    options: {
      experiment: experiment(scan()),
      variables: { https_proxy: PROXY, http_proxy: PROXY },
      traffic: traffic([proxiedFlow('127.0.0.1', CALL_TO_PMS)]),
    },
    condition: 'not-found',
    causes: { 'loopback-through-proxy': 'likely', 'scanner-bypasses-proxy': 'possible' },
  },
  {
    name: 'the scanner could not resolve a name that is left to the proxy',
    options: {
      experiment: experiment(refused()),
      traffic: traffic([], { questions: [question(NEEDED, { result: 'no reply', addresses: [], ...DURING })] }),
      pmsLog: pmsLog({ requests: [failedRequest(NEEDED, { log: 'Plex Media Scanner Matcher', ...DURING })] }),
    },
    condition: 'reproduced',
    causes: { 'scanner-bypasses-proxy': 'confirmed', 'dns-fails-locally': 'confirmed' },
    because: { 'scanner-bypasses-proxy': /the proxy was never asked for metadata\.provider\.plex\.tv while watched/ },
  },
  {
    name: 'the same, and somebody did ask the proxy for it',
    options: {
      experiment: experiment(refused()),
      traffic: traffic([proxiedFlow(NEEDED, DURING)], {
        questions: [question(NEEDED, { result: 'no reply', addresses: [], ...DURING })],
      }),
      pmsLog: pmsLog({ requests: [failedRequest(NEEDED, DURING)] }),
    },
    condition: 'reproduced',
    causes: { 'scanner-bypasses-proxy': 'likely' },
  },
  {
    name: 'the scanner was stopped over the one family, and the other is open',
    options: {
      experiment: experiment(refused()),
      traffic: traffic([directFlow(NEEDED, { family: 4, ...DURING })]),
      direct: { 4: 'no-reply', 6: 'ok' },
    },
    condition: 'reproduced',
    causes: { 'scanner-bypasses-proxy': 'confirmed', 'ipv6-differs': 'confirmed' },
    because: { 'ipv6-differs': /answers directly over IPv6, which it did not try/ },
  },
  {
    name: 'the families differ, and a scan got through',
    options: {
      experiment: experiment(scan()),
      traffic: traffic([directFlow(NEEDED, { family: 6, outcome: 'ok', ...DURING })]),
      variables: {},
      viaProxy: null,
      direct: { 4: 'no-reply', 6: 'ok' },
    },
    condition: 'not-found',
    causes: { 'ipv6-differs': 'possible' },
    because: { 'ipv6-differs': /got through all the same/ },
  },
];

describe('the diagnosis of what was seen', () => {
  it.each([...ROWS, ...EXPERIMENTS])('$name', ({ options, condition, causes, because = {} }) => {
    const found = diagnose(factsFixture(options), []);
    const byId = new Map(found.causes.map((cause) => [cause.id, cause]));
    const states = Object.fromEntries(
      Object.keys(causes).map((id) => [id, found.causes.find((c) => c.id === id)?.state]),
    );
    expect({ condition: found.condition, states }).toEqual({ condition, states: causes });
    for (const [id, pattern] of Object.entries(because))
      expect([...byId].find(([key]) => key === id)?.[1].because.join('\n')).toMatch(pattern);
  });
});

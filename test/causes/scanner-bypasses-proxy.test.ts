import cause from '../../src/causes/scanner-bypasses-proxy.ts';
import { failed, notRun } from '../../src/core/model/evidence.ts';
import { causeRows, type CauseRow } from '../support/fixtures/cause-rows.ts';
import { aRefusal, aScan, experiment, MEANWHILE } from '../support/fixtures/experiment.ts';
import { PROXY, source, type FixtureOptions } from '../support/fixtures/facts.ts';
import { aLibrary } from '../support/servers/scanning-pms.ts';
import {
  completeTrace,
  directFlow,
  failedRequest,
  pmsLog,
  proxiedFlow,
  question,
  traffic,
  watcher,
} from '../support/fixtures/traffic.ts';

const NEEDED = 'metadata.provider.plex.tv';
const OTHER = 'plex.tv';
const FILES_ONLY = notRun('FILES_ONLY', 'only files were read');
const ONLY_FILES: FixtureOptions['items'] = { settings: FILES_ONLY, routing: FILES_ONLY };
const SCANNER_WITHOUT_PROXY = source('pid:931', 'child', {}, { process: 'Plex Media Scanner', pid: 931 });
const UNREAD = failed('ESRCH', 'it had ended');
const SCANNER_UNREAD = { ...SCANNER_WITHOUT_PROXY, variables: UNREAD };
const SCANNER_WITH_PROXY = source(
  'pid:932',
  'child',
  { https_proxy: PROXY },
  { process: 'Plex Media Scanner', pid: 932 },
);
const UNKNOWN_PROCESS = { process: null, pid: null, attribution: null } as const;
const CUT = { curl: 35, error: 'Connection reset by peer', outcome: 'cut' } as const;
const TIMEOUT = { curl: 28, error: 'timeout', outcome: 'no-reply' } as const;
const BY_SOCKET = { seenBy: ['socket'] } as const;
const NAMED_AS_TARGET = {
  log: 'Plex Media Scanner Matcher',
  curl: 7,
  error: "Couldn't connect to server",
  outcome: null,
  route: 'direct',
} as const;
const IN_VAIN = { result: 'no reply', addresses: [] } as const;
const WHOLE = { watchers: [completeTrace(), watcher('capture'), watcher('access-log')] } as const;
const AT_WORK = pmsLog({
  scans: [{ at: '2026-01-01T00:00:20.000Z', kind: 'started', section: '1', status: 200, command: null }],
});

const ROWS: readonly CauseRow[] = [
  // ── settings and probes
  {
    name: 'a child without the variables that connects',
    options: {
      otherSources: [SCANNER_WITHOUT_PROXY],
      traffic: traffic([directFlow('other.example', { ...MEANWHILE, outcome: null })]),
    },
    state: 'likely',
    because: [
      { message: 'child-unproxied', args: { process: 'Plex Media Scanner (pid:931)' } },
      'direct-failed',
      'direct-failed',
      'none-around',
      'scan-unknown',
    ],
  },
  {
    name: 'a child without the variables that was not seen to connect',
    options: { otherSources: [SCANNER_WITHOUT_PROXY] },
    state: 'possible',
    because: [
      { message: 'child-unproxied', args: { process: 'Plex Media Scanner (pid:931)' } },
      'direct-failed',
      'direct-failed',
      'unwatched',
    ],
  },
  {
    name: 'direct connections are blocked',
    options: {},
    state: 'possible',
    because: ['direct-failed', 'direct-failed', 'unwatched'],
  },
  {
    name: 'direct connections work',
    options: { direct: 'ok' },
    state: 'not-found',
    because: ['direct-open', 'direct-answers', 'direct-answers'],
  },
  {
    name: 'the direct route was not tried',
    options: { direct: 'not-run' },
    state: 'unknown',
    because: ['direct-not-attempted', 'direct-not-attempted'],
  },
  { name: 'there is no proxy to go around', options: { variables: {} }, state: 'ruled-out', because: ['no-proxy'] },
  {
    name: 'no proxy by settings that are only assumed',
    options: { variables: {}, basis: 'assumed' },
    state: 'unknown',
    because: ['no-proxy', 'settings-assumed'],
  },
  { name: 'no endpoint is needed', options: { endpoints: [] }, state: 'unknown', because: ['no-endpoint-examined'] },
  // ── connections
  {
    name: 'the scanner goes around the proxy and is dropped',
    options: { traffic: traffic([directFlow(NEEDED), proxiedFlow(OTHER)]) },
    state: 'confirmed',
    because: ['direct-connection', { message: 'never-asked', args: { host: NEEDED } }],
    condition: 'would-occur',
  },
  {
    name: 'the same, and it is not the one scanner that stands for all whose environment was not read',
    options: {
      traffic: traffic([directFlow(NEEDED, { pid: 977 }), proxiedFlow(OTHER)]),
      otherSources: [SCANNER_UNREAD],
    },
    state: 'likely',
    because: ['direct-connection', { message: 'never-asked', args: { host: NEEDED } }, 'variables-unread'],
  },
  {
    name: 'the same, and the environment of this scanner was not read, nor that of another one',
    options: { traffic: traffic([directFlow(NEEDED), proxiedFlow(OTHER)]), otherSources: [SCANNER_UNREAD] },
    state: 'likely',
    because: ['direct-connection', { message: 'never-asked', args: { host: NEEDED } }, 'variables-unread'],
  },
  {
    name: 'the same, and other scanners were given the proxy',
    options: {
      traffic: traffic([directFlow(NEEDED), proxiedFlow(OTHER)]),
      otherSources: [SCANNER_UNREAD, SCANNER_WITH_PROXY],
    },
    state: 'confirmed',
    because: ['direct-connection', { message: 'never-asked', args: { host: NEEDED } }],
  },
  {
    name: 'the same, and the proxy was not watched',
    options: { traffic: traffic([directFlow(NEEDED, BY_SOCKET)], { watchers: [watcher('socket')] }) },
    state: 'likely',
    because: ['direct-connection', { message: 'proxy-unwatched', args: { host: NEEDED } }],
    condition: 'unknown',
  },
  {
    name: 'the same, and the log of the proxy is of another day',
    options: {
      traffic: traffic([directFlow(NEEDED, BY_SOCKET)], {
        watchers: [
          watcher('socket'),
          watcher('access-log', { from: '2025-12-01T00:00:00Z', to: '2025-12-02T00:00:00Z' }),
        ],
      }),
    },
    state: 'likely',
    because: ['direct-connection', { message: 'proxy-unwatched', args: { host: NEEDED } }],
    condition: 'unknown',
  },
  {
    name: 'a connection of an unknown process',
    options: { traffic: traffic([directFlow(NEEDED, UNKNOWN_PROCESS)]) },
    state: 'likely',
    because: ['direct-connection', { message: 'never-asked', args: { host: NEEDED } }, 'variables-unread'],
    condition: 'unknown',
  },
  {
    name: 'a connection of an unknown process that fails by the log of PMS too',
    options: {
      traffic: traffic([directFlow(NEEDED, UNKNOWN_PROCESS)]),
      pmsLog: pmsLog({ requests: [failedRequest(NEEDED, TIMEOUT)] }),
    },
    state: 'confirmed',
    because: ['direct-connection', { message: 'never-asked', args: { host: NEEDED } }, 'logged-failure'],
    condition: 'would-occur',
  },
  {
    name: 'the bypass is dropped, and the end of the last attempt was not seen',
    options: { traffic: traffic([directFlow(NEEDED), directFlow(NEEDED, { outcome: null, tries: 1 })]) },
    state: 'confirmed',
    because: ['direct-connection', { message: 'never-asked', args: { host: NEEDED } }],
    condition: 'would-occur',
  },
  {
    name: 'the bypass was seen to connect, and its packets were not watched',
    options: {
      direct: 'ok',
      traffic: traffic([directFlow(NEEDED, { outcome: 'ok', tries: 1, seenBy: ['trace'] })]),
    },
    state: 'not-found',
    because: ['direct-open', 'direct-answers', 'direct-answers', 'own-probe-only', 'direct-connection', 'connects'],
    condition: 'not-found',
  },
  {
    name: 'the bypass gets through',
    options: { direct: 'ok', traffic: traffic([directFlow(NEEDED, { outcome: 'ok', tries: 1 })]) },
    state: 'ruled-out',
    because: ['direct-connection', 'gets-through'],
    condition: 'not-found',
  },
  {
    name: 'the bypass is connected, and nobody knows what became of it',
    options: { traffic: traffic([directFlow(NEEDED, { outcome: 'ok', tries: 1 })]) },
    state: 'likely',
    because: ['direct-connection', 'end-not-seen'],
    condition: 'unknown',
  },
  ...(['intercepted', 'cut', 'stalled', 'captive'] as const).map((behind): CauseRow => ({
    name: `the bypass is connected, and behind such a connection it is ${behind}`,
    options: { direct: behind, traffic: traffic([directFlow(NEEDED, { outcome: 'ok', tries: 1 })]) },
    state: 'confirmed',
    because: ['direct-connection', 'never-asked'],
    condition: 'would-occur',
  })),
  {
    name: 'sampling saw a socket, but not how it ended',
    options: {
      traffic: traffic([directFlow(NEEDED, { outcome: null, tries: 1, seenBy: ['socket'] })], {
        watchers: [watcher('socket')],
      }),
    },
    state: 'likely',
    because: ['direct-connection', 'end-not-seen'],
    condition: 'unknown',
  },
  {
    name: 'the proxy is asked as well',
    options: { traffic: traffic([directFlow(NEEDED), proxiedFlow(NEEDED)]) },
    state: 'likely',
    because: ['direct-connection', 'proxy-asked'],
    condition: 'unknown',
  },
  {
    name: 'the process has no proxy in its environment, and obeys',
    options: { traffic: traffic([directFlow(NEEDED)]), otherSources: [SCANNER_WITHOUT_PROXY] },
    state: 'ruled-out',
    because: [
      'not-these-attempts',
      'direct-connection',
      'obeys',
      { message: 'child-unproxied', args: { process: 'Plex Media Scanner (pid:931)' } },
      'direct-failed',
      'direct-failed',
    ],
    condition: 'would-occur',
  },
  {
    name: 'no_proxy sends it direct',
    options: {
      traffic: traffic([directFlow(NEEDED)]),
      variables: { https_proxy: PROXY, http_proxy: PROXY, no_proxy: 'localhost,127.0.0.1,.plex.tv' },
    },
    state: 'ruled-out',
    because: ['direct-connection', 'obeys', 'direct-failed', 'direct-failed'],
    condition: 'would-occur',
  },
  // ── DNS
  {
    name: 'a local question for a name that belongs to the proxy',
    options: { traffic: traffic([], { questions: [question(NEEDED)] }) },
    state: 'likely',
    because: ['dns-question', 'names-belong-to-proxy'],
    condition: 'unknown',
  },
  {
    name: 'a local question, where the client of a SOCKS proxy has to ask',
    options: {
      decide: () => ({ proxy: 'socks5://proxy.example.net:1080' }),
      traffic: traffic([], { questions: [question(NEEDED, IN_VAIN)] }),
      pmsLog: pmsLog({ requests: [failedRequest(NEEDED, { curl: 6, outcome: 'unresolved', error: 'no such name' })] }),
    },
    state: 'possible',
    because: ['direct-failed', 'direct-failed', 'none-around', 'scan-unknown'],
  },
  {
    name: 'a name was not resolved in time, and the proxy was not asked: perhaps its own name',
    options: {
      traffic: traffic([], WHOLE),
      pmsLog: pmsLog({
        requests: [
          failedRequest(NEEDED, {
            log: 'Plex Media Scanner Matcher',
            curl: 28,
            error: 'Resolving timed out after N milliseconds',
            outcome: 'unresolved',
            ...MEANWHILE,
          }),
        ],
      }),
    },
    state: 'possible',
    because: ['direct-failed', 'direct-failed', 'none-around', 'scan-unknown'],
  },
  {
    name: 'the same question several times is said once',
    options: { traffic: traffic([], { questions: [question(NEEDED), question(NEEDED, { type: 'AAAA' })] }) },
    state: 'likely',
    because: ['dns-question', 'names-belong-to-proxy'],
  },
  {
    name: 'a local question in vain',
    options: { traffic: traffic([], { questions: [question(NEEDED, IN_VAIN)] }) },
    state: 'likely',
    because: ['dns-question', 'names-belong-to-proxy'],
    condition: 'would-occur',
  },
  // ── absence
  {
    name: 'a scan at work asks only the proxy',
    options: { traffic: traffic([proxiedFlow(NEEDED), proxiedFlow(OTHER)], WHOLE), pmsLog: AT_WORK },
    state: 'ruled-out',
    because: ['none-around', 'proxy-asked', 'proxy-asked', 'direct-failed', 'direct-failed'],
    condition: 'unknown',
  },
  {
    name: 'the same, while nothing is proven to be complete',
    options: { traffic: traffic([proxiedFlow(NEEDED), proxiedFlow(OTHER)]), pmsLog: AT_WORK },
    state: 'possible',
    because: ['direct-failed', 'direct-failed', 'none-around', 'not-proven'],
    condition: 'unknown',
  },
  {
    name: 'the same, by a trace of another time',
    options: {
      traffic: traffic([proxiedFlow(NEEDED), proxiedFlow(OTHER)], WHOLE),
      pmsLog: pmsLog({
        scans: [{ at: '2026-01-01T09:00:00.000Z', kind: 'started', section: '1', status: 200, command: null }],
      }),
    },
    state: 'possible',
    because: ['direct-failed', 'direct-failed', 'none-around', 'not-proven'],
  },
  // ── name servers outside
  ...(
    [
      ['in the clear', { transport: 'udp', protocol: 'dns', address: '8.8.8.8', port: 53, targetPort: 53 }],
      ['over TLS', { address: '192.0.2.53', port: 853, targetPort: 853 }],
      ['over HTTPS, by address', { address: '1.1.1.1' }],
      ['over HTTPS, by name', { names: [{ name: 'dns.google', source: 'sni', outer: false }] }],
    ] as const
  ).map(([how, more]): CauseRow => ({
    name: `the scanner asks a name server outside ${how}`,
    options: { traffic: traffic([directFlow(null, { ...more, outcome: 'no-reply' })]) },
    state: 'likely',
    because: ['direct-connection', 'names-belong-to-proxy'],
  })),
  {
    name: 'PMS itself asks one',
    options: {
      traffic: traffic([directFlow(null, { process: 'Plex Media Server', pid: 812, port: 853, targetPort: 853 })]),
    },
    state: 'possible',
    because: ['direct-connection', 'names-belong-to-proxy', 'direct-failed', 'direct-failed'],
  },
  {
    name: 'nothing seen while no scan is known to be at work',
    options: { traffic: traffic([]) },
    state: 'possible',
    because: ['direct-failed', 'direct-failed', 'none-around', 'scan-unknown'],
    condition: 'unknown',
  },
  // ── PMS's log
  {
    name: 'nothing but a log of PMS, with a timeout',
    options: { items: ONLY_FILES, pmsLog: pmsLog({ requests: [failedRequest(NEEDED, TIMEOUT)] }) },
    state: 'possible',
    because: ['logged-failure', 'ends-as-blocked'],
    condition: 'unknown',
  },
  {
    name: 'a handshake that was cut, as a filter does that judges by name',
    options: { items: ONLY_FILES, pmsLog: pmsLog({ requests: [failedRequest(NEEDED, CUT)] }) },
    state: 'possible',
    because: ['logged-failure', 'ends-as-cut'],
    condition: 'unknown',
  },
  {
    name: 'a handshake that was cut through the proxy',
    options: { items: ONLY_FILES, pmsLog: pmsLog({ requests: [failedRequest(NEEDED, { ...CUT, route: 'proxy' })] }) },
    state: 'unknown',
    because: ['FILES_ONLY'],
  },
  {
    name: 'an answer that was cut',
    options: { items: ONLY_FILES, pmsLog: pmsLog({ requests: [failedRequest(NEEDED, { ...CUT, curl: 56 })] }) },
    state: 'unknown',
    because: ['FILES_ONLY'],
  },
  ...(
    [
      ['of that time', '2026-01-01T00:00:15.000Z', true],
      ['of another time', '2026-01-02T00:00:15.000Z', false],
      ['of a time whose zone is not known', '2026-01-01T00:00:15.000', false],
    ] as const
  ).map(([when, at, isWatched]): CauseRow => ({
    name: `a timeout in the log of PMS ${when}, and a log of the proxy without it`,
    options: {
      items: ONLY_FILES,
      traffic: traffic([proxiedFlow(OTHER)], { watchers: [watcher('access-log')] }),
      pmsLog: pmsLog({ requests: [failedRequest(NEEDED, { ...TIMEOUT, firstAt: at, lastAt: at })] }),
    },
    state: isWatched ? 'likely' : 'possible',
    because: ['logged-failure', ...(isWatched ? ['not-asked-then'] : []), 'ends-as-blocked'],
    condition: 'unknown',
  })),
  {
    name: 'files alone: a bypass',
    options: { items: ONLY_FILES, traffic: traffic([directFlow(NEEDED), proxiedFlow(OTHER)]) },
    state: 'confirmed',
    because: ['direct-connection', { message: 'never-asked', args: { host: NEEDED } }],
    condition: 'would-occur',
  },
  {
    name: 'files alone: nothing',
    options: { items: ONLY_FILES, traffic: traffic([]) },
    state: 'unknown',
    because: ['FILES_ONLY', 'none-around', 'scan-unknown'],
    condition: 'unknown',
  },
  // ── the experiment
  {
    name: 'a scan is refused while the scanner goes around the proxy',
    options: { experiment: experiment([aRefusal()]), traffic: traffic([directFlow(NEEDED, MEANWHILE)]) },
    state: 'confirmed',
    because: ['direct-connection', { message: 'never-asked', args: { host: NEEDED } }],
    condition: 'reproduced',
  },
  {
    name: 'the same, and a control asks the proxy between the scans',
    options: {
      experiment: experiment([aRefusal()]),
      traffic: traffic([
        directFlow(NEEDED, MEANWHILE),
        proxiedFlow(NEEDED, { firstAt: '2026-01-01T00:00:20.000Z', lastAt: '2026-01-01T00:00:21.000Z' }),
      ]),
    },
    state: 'confirmed',
    because: ['direct-connection', 'proxy-asked', { message: 'never-asked-by-scans', args: { host: NEEDED } }],
    condition: 'reproduced',
  },
  {
    name: 'the same, and the proxy is asked during the scan',
    options: {
      experiment: experiment([aRefusal()]),
      traffic: traffic([directFlow(NEEDED, MEANWHILE), proxiedFlow(NEEDED, MEANWHILE)]),
    },
    state: 'likely',
    because: ['direct-connection', 'proxy-asked'],
    condition: 'reproduced',
  },
  {
    name: 'a scan is taken, and what it needs is not reached',
    options: { experiment: experiment([aScan()]), traffic: traffic([directFlow(NEEDED, MEANWHILE)]) },
    state: 'confirmed',
    because: ['direct-connection', { message: 'never-asked', args: { host: NEEDED } }],
    condition: 'reproduced',
  },
  {
    name: 'a scan is taken, and a connection is of another time',
    options: {
      experiment: experiment([aScan()]),
      traffic: traffic([
        directFlow(NEEDED, { firstAt: '2025-01-01T00:00:00.000Z', lastAt: '2025-01-01T00:00:01.000Z' }),
      ]),
    },
    state: 'likely',
    because: ['direct-connection', { message: 'proxy-unwatched', args: { host: NEEDED } }],
    condition: 'unknown',
  },
  {
    name: 'a scan is taken, and what it needs is asked of the proxy',
    options: { experiment: experiment([aScan()]), traffic: traffic([proxiedFlow(NEEDED, MEANWHILE)], WHOLE) },
    state: 'ruled-out',
    because: ['none-around-during-scans', 'proxy-asked', 'direct-failed', 'direct-failed'],
    condition: 'not-found',
  },
  {
    name: 'a scan is refused after it asked the proxy, and nothing was missed',
    options: {
      experiment: experiment([aRefusal()]),
      traffic: traffic([proxiedFlow(NEEDED, { outcome: 'denied', status: 403, ...MEANWHILE })], WHOLE),
    },
    state: 'ruled-out',
    because: ['none-around-during-scans', 'proxy-asked', 'direct-failed', 'direct-failed'],
    condition: 'reproduced',
  },
  {
    name: 'a scan is refused before it asks any host',
    options: { experiment: experiment([aRefusal()]), traffic: traffic([proxiedFlow(OTHER, MEANWHILE)], WHOLE) },
    state: 'possible',
    because: ['direct-failed', 'direct-failed', 'scans-asked-none'],
    condition: 'reproduced',
  },
  {
    name: 'sockets alone miss what a scan sends',
    options: {
      experiment: experiment([aScan()]),
      traffic: traffic([proxiedFlow(NEEDED, MEANWHILE)], { watchers: [watcher('socket'), watcher('access-log')] }),
    },
    state: 'possible',
    because: ['direct-failed', 'direct-failed', 'none-around-during-scans', 'not-proven'],
  },
  {
    name: 'direct connections were not watched during the scans, and the log tells of none',
    options: {
      experiment: experiment([aRefusal()]),
      traffic: traffic([proxiedFlow(OTHER, MEANWHILE)], { watchers: [watcher('access-log')] }),
    },
    state: 'possible',
    because: ['direct-failed', 'direct-failed'],
  },
  {
    name: 'the scanner sends even its calls to PMS to the proxy',
    options: {
      experiment: experiment([aRefusal()]),
      variables: { https_proxy: PROXY, http_proxy: PROXY },
      traffic: traffic([
        proxiedFlow('127.0.0.1', { targetPort: 32_400, outcome: 'denied', status: 403, ...MEANWHILE }),
      ]),
      pmsLog: pmsLog({
        requests: [
          failedRequest('127.0.0.1', { log: 'Plex Media Scanner Matcher', port: 32_400, curl: null, status: 403 }),
        ],
      }),
    },
    state: 'possible',
    because: ['direct-failed', 'direct-failed', 'proxy-asked', 'calls-proxied', 'other-attempt'],
    condition: 'reproduced',
  },
  {
    name: 'a name that is left to the proxy was not resolved, and the proxy was not asked for it',
    options: {
      experiment: experiment([aRefusal()]),
      traffic: traffic([], { questions: [question(NEEDED, { ...IN_VAIN, ...MEANWHILE })] }),
      pmsLog: pmsLog({ requests: [failedRequest(NEEDED, { log: 'Plex Media Scanner Matcher', ...MEANWHILE })] }),
    },
    state: 'confirmed',
    because: [
      'dns-question',
      'names-belong-to-proxy',
      { message: 'never-asked', args: { host: NEEDED } },
      'logged-failure',
    ],
    condition: 'reproduced',
  },
  {
    name: 'a connection without a route sends nothing: its own log names its target, and the proxy was not asked',
    options: {
      experiment: experiment([aRefusal()]),
      traffic: traffic([], { questions: [question(NEEDED, MEANWHILE)] }),
      pmsLog: pmsLog({ requests: [failedRequest(NEEDED, { ...NAMED_AS_TARGET, ...MEANWHILE })] }),
    },
    state: 'confirmed',
    because: ['dns-question', 'names-belong-to-proxy', 'never-asked', 'logged-failure', 'named-as-target'],
    condition: 'reproduced',
  },
  {
    name: 'the same without a question, as with the hosts file',
    options: {
      experiment: experiment([aRefusal()]),
      traffic: traffic([]),
      pmsLog: pmsLog({ requests: [failedRequest(NEEDED, { ...NAMED_AS_TARGET, ...MEANWHILE })] }),
    },
    state: 'confirmed',
    because: ['never-asked', 'logged-failure', 'named-as-target'],
    condition: 'reproduced',
  },
  {
    name: 'the same, and the environment of no scanner was read',
    options: {
      experiment: experiment([aRefusal()]),
      traffic: traffic([]),
      pmsLog: pmsLog({ requests: [failedRequest(NEEDED, { ...NAMED_AS_TARGET, ...MEANWHILE })] }),
      otherSources: [SCANNER_UNREAD],
    },
    state: 'likely',
    because: ['never-asked', 'logged-failure', 'named-as-target', 'variables-unread'],
    condition: 'reproduced',
  },
  {
    name: 'the same, and the scanners were given no proxy',
    options: {
      experiment: experiment([aRefusal()]),
      traffic: traffic([], { questions: [question(NEEDED, MEANWHILE)] }),
      pmsLog: pmsLog({ requests: [failedRequest(NEEDED, { ...NAMED_AS_TARGET, ...MEANWHILE })] }),
      otherSources: [SCANNER_WITHOUT_PROXY],
    },
    state: 'likely',
    because: [
      { message: 'child-unproxied', args: { process: 'Plex Media Scanner (pid:931)' } },
      'direct-failed',
      'direct-failed',
      'none-around-during-scans',
      'not-proven',
    ],
    condition: 'reproduced',
  },
  {
    name: 'packets of a process that is not known, while the scanners were given no proxy',
    options: {
      experiment: experiment([aRefusal()]),
      traffic: traffic([directFlow(NEEDED, { ...UNKNOWN_PROCESS, ...MEANWHILE })]),
      pmsLog: pmsLog({ requests: [failedRequest(NEEDED, { ...NAMED_AS_TARGET, ...MEANWHILE })] }),
      otherSources: [SCANNER_WITHOUT_PROXY],
    },
    state: 'likely',
    because: [
      'direct-connection',
      'never-asked',
      'logged-failure',
      'variables-unread',
      'child-unproxied',
      'direct-failed',
      'direct-failed',
    ],
    condition: 'reproduced',
  },
  {
    name: 'the same, and the proxy was asked for it',
    options: {
      experiment: experiment([aRefusal()]),
      traffic: traffic([proxiedFlow(NEEDED, MEANWHILE)], {
        questions: [question(NEEDED, { ...IN_VAIN, ...MEANWHILE })],
      }),
      pmsLog: pmsLog({ requests: [failedRequest(NEEDED, MEANWHILE)] }),
    },
    state: 'likely',
    because: ['dns-question', 'names-belong-to-proxy', 'logged-failure'],
    condition: 'reproduced',
  },
  {
    name: 'only the control was scanned',
    options: {
      experiment: experiment([aScan({ role: 'control', library: aLibrary('5', 'nothing') })]),
      traffic: traffic([directFlow(NEEDED, MEANWHILE)]),
    },
    state: 'confirmed',
    because: ['direct-connection', { message: 'never-asked', args: { host: NEEDED } }],
    condition: 'would-occur',
  },
  {
    name: 'curl names the host itself as the target of its connection',
    options: {
      pmsLog: pmsLog({
        requests: [
          failedRequest(NEEDED, {
            log: 'Plex Media Scanner Matcher',
            curl: 7,
            error: "Couldn't connect to server",
            outcome: null,
            route: 'direct',
          }),
        ],
      }),
    },
    state: 'likely',
    because: ['logged-failure', 'named-as-target', 'ends-as-blocked'],
    condition: 'unknown',
  },
];

causeRows(cause, ROWS);

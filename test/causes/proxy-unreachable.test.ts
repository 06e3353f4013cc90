import cause from '../../src/causes/proxy-unreachable.ts';
import { causeRows, type CauseRow } from '../support/fixtures/cause-rows.ts';
import { childProxy, lookup } from '../support/fixtures/facts.ts';
import { ok } from '../../src/core/model/evidence.ts';
import { failedRequest, pmsLog, proxiedFlow, traffic } from '../support/fixtures/traffic.ts';

const refusing = (variable: string | null) => () =>
  ({ route: 'direct', proxy: null, variable, error: 'Unsupported proxy syntax' }) as const;
const UNREACHED = { outcome: 'proxy-unreachable', code: 'refused', status: null } as const;

const ROWS: readonly CauseRow[] = [
  // ── settings and probes
  {
    name: 'the proxy refuses connections',
    options: {
      proxy: { outcome: 'proxy-unreachable', code: 'ECONNREFUSED' },
      viaProxy: { outcome: 'proxy-unreachable', code: 'ECONNREFUSED' },
    },
    state: 'confirmed',
    because: [
      {
        message: 'probed',
        args: { proxy: 'http://forward-proxy.example.net:3128', outcome: 'proxy unreachable', code: 'ECONNREFUSED' },
      },
      'proxied-failed',
      'proxied-failed',
    ],
    condition: 'would-occur',
  },
  {
    name: 'the proxy stays silent',
    options: { viaProxy: 'proxy-silent' },
    state: 'confirmed',
    because: ['proxied-failed', 'proxied-failed'],
  },
  {
    name: 'the proxy stays silent for one time limit: perhaps it is slow',
    options: { viaProxy: { outcome: 'proxy-silent', code: 'ASKED_ONCE' } },
    state: 'likely',
    because: ['proxied-failed', 'proxied-failed', 'asked-once'],
    condition: 'unknown',
  },
  {
    name: 'this host was too busy to ask the proxy',
    options: { viaProxy: { outcome: 'not-run', code: 'HOST_BUSY' } },
    state: 'unknown',
    because: ['proxied-not-attempted', 'proxied-not-attempted'],
    condition: 'unknown',
  },
  {
    name: 'the scanner has a proxy of its own that is dead',
    options: {
      items: {
        childProxies: ok([childProxy('Plex Media Scanner', { outcome: 'proxy-unreachable', code: 'ECONNREFUSED' })]),
      },
    },
    state: 'confirmed',
    because: ['own-proxy'],
  },
  {
    name: 'another child has one that is dead',
    options: {
      items: {
        childProxies: ok([childProxy('Plex Tuner Service', { outcome: 'proxy-unreachable', code: 'ECONNREFUSED' })]),
      },
    },
    state: 'possible',
    because: ['own-proxy'],
  },
  {
    name: 'the proxy does not speak HTTP',
    options: { viaProxy: { outcome: 'proxy-error', code: 'NOT_HTTP', status: null } },
    state: 'confirmed',
    because: ['proxied-failed', 'proxied-failed'],
  },
  {
    name: 'a proxy that PMS does not use yet is dead',
    options: { variables: {}, viaProxy: 'proxy-unreachable' },
    state: 'possible',
    because: ['proxy-not-in-use-yet', 'proxied-failed', 'proxied-failed'],
  },
  {
    name: 'the proxy cannot resolve: likely the proxy, never the endpoint',
    options: { viaProxy: { outcome: 'proxy-error', code: 'ERR_DNS_FAIL', status: 503 } },
    state: 'likely',
    because: ['proxy-refused', 'proxy-refused'],
  },
  {
    name: 'a proxy error is told from its answer to an impossible name',
    options: {
      proxy: { invalidName: { status: 500, error: null } },
      viaProxy: { outcome: 'proxy-error', code: null, status: 500 },
    },
    state: 'likely',
    because: ['proxy-refused', 'proxy-refused'],
  },
  {
    name: 'the proxy grants tunnels that break',
    options: { viaProxy: { outcome: 'cut', code: 'ECONNRESET' } },
    state: 'possible',
    because: ['proxied-failed', 'proxied-failed', 'tunnel-broke'],
    condition: 'would-occur',
  },
  {
    name: 'the proxy is late: PMS may have less patience',
    options: { viaProxy: { outcome: 'ok', ms: 6_000 } },
    state: 'possible',
    because: ['proxied-answers', 'proxied-answers', 'late'],
    condition: 'unknown',
  },
  {
    name: 'the proxy was seen to grant a tunnel, and probes say that nothing comes out of it',
    options: { viaProxy: { outcome: 'cut', code: 'ECONNRESET' }, traffic: traffic([proxiedFlow('plex.tv')]) },
    state: 'possible',
    because: ['proxied-failed', 'proxied-failed', 'tunnel-broke'],
  },
  {
    name: 'PMS’s client refuses the value of the variable',
    options: { decide: refusing('https_proxy') },
    state: 'confirmed',
    because: [{ message: 'value-refused', args: { variable: 'https_proxy', reason: 'Unsupported proxy syntax' } }],
    condition: 'would-occur',
  },
  {
    name: 'PMS’s client refuses a value, and it is not known which',
    options: { decide: refusing(null), basis: 'assumed' },
    state: 'likely',
    because: [{ message: 'value-refused', args: { reason: 'Unsupported proxy syntax' } }],
  },
  { name: 'the proxy works', options: {}, state: 'not-found', because: ['proxied-answers', 'proxied-answers'] },
  // ── what was seen and logged
  {
    name: 'PMS does not reach the proxy',
    options: { traffic: traffic([proxiedFlow(null, { ...UNREACHED, seenBy: ['capture'] })]) },
    state: 'confirmed',
    because: ['proxy-called', 'proxied-answers', 'proxied-answers', 'own-probe-only'],
    condition: 'would-occur',
  },
  {
    name: 'PMS logs that it does not reach the proxy',
    options: {
      pmsLog: pmsLog({
        requests: [failedRequest('plex.tv', { curl: 5, error: 'proxy', outcome: 'proxy-unreachable' })],
      }),
    },
    state: 'confirmed',
    because: ['logged-failure', 'proxied-answers', 'proxied-answers', 'own-probe-only'],
  },
  {
    name: 'the proxy was not reached once, and serves other requests',
    options: { traffic: traffic([proxiedFlow(null, UNREACHED), proxiedFlow('plex.tv')]) },
    state: 'possible',
    because: ['proxy-called', 'serves-others', 'proxied-answers', 'proxied-answers', 'own-probe-only'],
    condition: 'unknown',
  },
  {
    name: 'the own proxy of one process was not reached, and that of the others serves',
    options: {
      traffic: traffic([
        proxiedFlow(null, { ...UNREACHED, address: '10.0.0.8', port: 4_000, process: 'Plex Media Scanner', pid: 931 }),
        proxiedFlow('plex.tv', { address: '10.0.0.9', port: 3_128, process: 'Plex Media Server', pid: 812 }),
      ]),
    },
    state: 'confirmed',
    because: ['proxy-called', 'proxied-answers', 'proxied-answers', 'own-probe-only'],
  },
  {
    name: 'the proxy was silent for PMS, and answered a probe of the same endpoint',
    options: { traffic: traffic([proxiedFlow('plex.tv', { outcome: 'proxy-silent', code: null, status: null })]) },
    state: 'possible',
    because: ['proxy-asked', 'slow', 'proxied-answers', 'proxied-answers', 'own-probe-only'],
  },
  {
    name: 'one address of the proxy was not reached, and the next one served',
    options: {
      resolver: {
        lookups: [
          lookup('forward-proxy.example.net', 4, {
            addresses: ['10.0.0.8', '10.0.0.9'].map((address) => ({ address, scope: 'private' as const })),
          }),
        ],
      },
      traffic: traffic([
        proxiedFlow(null, { ...UNREACHED, address: '10.0.0.8', port: 3_128 }),
        proxiedFlow('plex.tv', { address: '10.0.0.9', port: 3_128 }),
      ]),
    },
    state: 'possible',
    because: ['proxy-called', 'serves-others', 'proxied-answers', 'proxied-answers', 'own-probe-only'],
  },
  {
    name: 'the proxy was seen to serve',
    options: { traffic: traffic([proxiedFlow('plex.tv')]) },
    state: 'ruled-out',
    because: ['serves'],
  },
];

causeRows(cause, ROWS);

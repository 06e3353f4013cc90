import cause from '../../src/causes/proxy-denies.ts';
import { causeRows, type CauseRow } from '../support/fixtures/cause-rows.ts';
import { aRefusal, experiment, MEANWHILE } from '../support/fixtures/experiment.ts';
import { ok } from '../../src/core/model/evidence.ts';
import { childProxy, library } from '../support/fixtures/facts.ts';
import { failedRequest, pmsLog, proxiedFlow, traffic } from '../support/fixtures/traffic.ts';

const NEEDED = 'metadata.provider.plex.tv';
const OTHER = 'plex.tv';
const DENIED = { outcome: 'denied', status: 403, code: 'TCP_DENIED' } as const;
const LATER = { lastAt: '2030-01-01T00:00:00Z' } as const;

const ROWS: readonly CauseRow[] = [
  {
    name: 'the proxy lets this tool through, and not what is named as PMS',
    options: { viaProxy: { 'metadata.provider.plex.tv': { outcome: 'ok', deniedAsPms: true }, '*': 'ok' } },
    state: 'likely',
    because: [{ message: 'as-pms', args: { host: 'metadata.provider.plex.tv' } }],
    condition: 'unknown',
  },
  // ── settings and probes
  {
    name: 'the scanner has a proxy of its own that denies',
    options: {
      items: {
        childProxies: ok([
          childProxy('Plex Media Scanner', { outcome: 'denied', code: 'ERR_ACCESS_DENIED', status: 403 }),
        ]),
      },
    },
    state: 'confirmed',
    because: ['own-proxy'],
  },
  {
    name: 'another child has one that denies',
    options: {
      items: {
        childProxies: ok([
          childProxy('Plex Tuner Service', { outcome: 'denied', code: 'ERR_ACCESS_DENIED', status: 403 }),
        ]),
      },
    },
    state: 'possible',
    because: ['own-proxy'],
  },
  {
    name: 'one needed endpoint is denied',
    options: { viaProxy: { [NEEDED]: 'denied', '*': 'ok' } },
    state: 'confirmed',
    because: [
      {
        message: 'proxy-refused',
        args: { status: 403, request: 'CONNECT metadata.provider.plex.tv:443', code: 'ERR_ACCESS_DENIED' },
      },
    ],
    condition: 'would-occur',
  },
  {
    name: 'the proxy wants authentication',
    options: { viaProxy: 'proxy-auth' },
    state: 'confirmed',
    because: ['proxy-refused', 'proxy-refused'],
  },
  {
    name: 'a denial by settings that are assumed',
    options: { basis: 'assumed', viaProxy: 'denied' },
    state: 'likely',
    because: ['proxy-refused', 'proxy-refused'],
  },
  {
    name: 'a denial of an endpoint that a scan does without',
    options: { viaProxy: { 'metrics.plex.tv': 'denied', '*': 'ok' } },
    state: 'not-found',
    because: ['proxied-answers', 'proxied-answers'],
    condition: 'unknown',
  },
  {
    name: 'a proxy that PMS does not use yet would deny',
    options: { variables: {}, viaProxy: 'denied' },
    state: 'possible',
    because: ['proxy-not-in-use-yet', 'proxy-refused', 'proxy-refused'],
  },
  {
    name: 'a block page of the proxy',
    options: { viaProxy: { [OTHER]: 'captive', '*': 'ok' } },
    state: 'possible',
    because: ['other-answer', 'proxied-failed'],
  },
  {
    name: 'the proxy decrypts one host only, as for a block page',
    options: { viaProxy: { [OTHER]: 'intercepted', '*': 'ok' } },
    state: 'likely',
    because: [{ message: 'block-page', args: { host: OTHER, issuer: 'CN=Inspection CA' } }],
  },
  {
    name: 'the proxy decrypts one host and refuses another',
    options: { viaProxy: { [OTHER]: 'intercepted', [NEEDED]: 'denied', '*': 'ok' } },
    state: 'confirmed',
    because: ['proxy-refused', 'block-page'],
  },
  {
    name: 'the proxy redirects to a block page',
    options: { viaProxy: { [OTHER]: { outcome: 'denied', code: 'POLICY_REDIRECT', status: 307 }, '*': 'ok' } },
    state: 'confirmed',
    because: [
      { message: 'proxy-refused', args: { status: 307, request: 'CONNECT plex.tv:443', code: 'POLICY_REDIRECT' } },
    ],
  },
  {
    name: 'the proxy limits the probes',
    options: { viaProxy: 'rate-limited' },
    state: 'unknown',
    because: ['proxied-failed', 'proxied-failed'],
    condition: 'unknown',
  },
  {
    name: 'a proxy that does not answer',
    options: { viaProxy: 'proxy-silent' },
    state: 'unknown',
    because: ['proxied-failed', 'proxied-failed'],
  },
  {
    name: 'PMS uses no proxy',
    options: { variables: {}, viaProxy: null },
    state: 'ruled-out',
    because: ['proxy-not-in-use'],
  },
  {
    name: 'no library needs the network for a scan',
    options: {
      pmsStatus: { sections: [library('2', 'movie', 'com.plexapp.agents.none')] },
      endpoints: [],
      viaProxy: 'denied',
    },
    state: 'ruled-out',
    because: ['no-agent-asks'],
    condition: 'not-found',
  },
  // ── what was seen and logged
  {
    name: 'the log of the proxy says denied',
    options: { traffic: traffic([proxiedFlow(NEEDED, { ...DENIED, count: 7 })]) },
    state: 'confirmed',
    because: [
      {
        message: 'proxy-asked',
        args: {
          target: 'metadata.provider.plex.tv:443',
          count: 7,
          outcome: 'denied (403 TCP_DENIED)',
          seenIn: 'packets, the log of the proxy',
        },
      },
      'proxied-answers',
      'proxied-answers',
      'own-probe-only',
    ],
    condition: 'would-occur',
  },
  {
    name: 'denied and let through at the same time',
    options: { traffic: traffic([proxiedFlow(NEEDED, DENIED), proxiedFlow(NEEDED)]) },
    state: 'possible',
    because: ['proxy-asked', 'proxied-answers', 'proxied-answers', 'own-probe-only'],
    condition: 'unknown',
  },
  {
    name: 'denied, and let through later',
    options: { traffic: traffic([proxiedFlow(NEEDED, DENIED), proxiedFlow(NEEDED, LATER)]) },
    state: 'ruled-out',
    because: [
      {
        message: 'let-through-later/proxy-asked',
        args: {
          count: 2,
          outcome: 'denied (403 TCP_DENIED), connected',
          seenIn: 'packets, the log of the proxy',
          target: 'metadata.provider.plex.tv:443',
        },
      },
    ],
    condition: 'unknown',
  },
  {
    name: 'the same, and PMS refused a scan that may be of before',
    options: {
      traffic: traffic([proxiedFlow(NEEDED, DENIED), proxiedFlow(NEEDED, LATER)]),
      pmsLog: pmsLog({ scans: [{ at: null, kind: 'refused', section: '4', status: 503, command: null }] }),
    },
    state: 'possible',
    because: [
      {
        message: 'let-through-later/proxy-asked',
        args: {
          count: 2,
          outcome: 'denied (403 TCP_DENIED), connected',
          seenIn: 'packets, the log of the proxy',
          target: 'metadata.provider.plex.tv:443',
        },
      },
    ],
    condition: 'reproduced',
  },
  {
    name: 'the log of PMS has the 403 of the proxy',
    options: { pmsLog: pmsLog({ requests: [failedRequest(NEEDED, { curl: 56, error: '403', outcome: 'denied' })] }) },
    state: 'confirmed',
    because: ['logged-failure', 'proxied-answers', 'proxied-answers', 'own-probe-only'],
    condition: 'would-occur',
  },
  {
    name: 'every needed endpoint was let through',
    options: { traffic: traffic([proxiedFlow(NEEDED), proxiedFlow(OTHER)]) },
    state: 'ruled-out',
    because: ['proxy-asked', 'proxy-asked'],
  },
  {
    name: 'the probe is denied, PMS was let through',
    options: { viaProxy: 'denied', traffic: traffic([proxiedFlow(NEEDED), proxiedFlow(OTHER)]) },
    state: 'ruled-out',
    because: ['proxy-asked', 'proxy-asked'],
  },
  {
    name: 'a scan is refused while the proxy denies it',
    options: {
      experiment: experiment([aRefusal()]),
      traffic: traffic([proxiedFlow(NEEDED, { ...DENIED, ...MEANWHILE })]),
    },
    state: 'confirmed',
    because: ['proxy-asked'],
    condition: 'reproduced',
  },
];

causeRows(cause, ROWS);

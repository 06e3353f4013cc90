import cause from '../../src/causes/custom-provider-unreachable.ts';
import { notRun, ok } from '../../src/core/model/evidence.ts';
import { causeRows, type CauseRow } from '../support/fixtures/cause-rows.ts';
import { PROXY } from '../support/fixtures/facts.ts';
import { FAR, FAR_ID, FILMS, OF_FAR, OF_OWN, OWN, OWN_ID, providing } from '../support/fixtures/providers.ts';
import { directFlow, failedRequest, pmsLog, proxiedFlow, traffic } from '../support/fixtures/traffic.ts';

const EXCLUDED = { http_proxy: PROXY, https_proxy: PROXY, no_proxy: 'localhost,127.0.0.1,::1,[::1],10.0.0.9' };
const DENIED = { [OWN_ID]: 'denied', '*': 'ok' } as const;
const UNUSED = { sections: [FILMS] };

const ROWS: readonly CauseRow[] = [
  // ── settings and probes
  { name: 'PMS was not asked', options: {}, state: 'unknown', because: ['PMS_NOT_ASKED'] },
  { name: 'PMS did not say', options: providing(null), state: 'unknown', because: ['untold'] },
  { name: 'PMS has none', options: providing([]), state: 'ruled-out', because: ['none'] },
  {
    name: 'one in the own network is asked of the proxy, which denies it',
    options: providing([OWN], { viaProxy: DENIED }),
    state: 'likely',
    because: [
      'proxy-refused',
      { message: 'own-network', args: { host: '10.0.0.9' } },
      { message: 'used', args: { libraries: '7' } },
    ],
    condition: 'unknown',
  },
  {
    name: 'a name of the own network, which the proxy cannot resolve',
    options: providing([{ ...OWN, place: { scheme: 'http', host: 'nas.home.arpa', port: 5_000 } }], {
      direct: { 'nas.home.arpa:5000': { outcome: 'ok', address: '192.168.1.9', scope: 'private' }, '*': 'no-reply' },
      viaProxy: { 'nas.home.arpa:5000': { outcome: 'proxy-error', status: 503, code: 'ERR_DNS_FAIL' }, '*': 'ok' },
    }),
    state: 'likely',
    because: ['proxy-refused', { message: 'own-network', args: { host: 'nas.home.arpa' } }, 'used'],
  },
  {
    name: 'a public one is denied: no_proxy is no remedy',
    options: providing([FAR], { viaProxy: { [FAR_ID]: 'denied', '*': 'ok' } }),
    state: 'likely',
    because: ['proxy-refused', { message: 'used', args: { libraries: '8' } }],
  },
  {
    name: 'it is excluded from the proxy, and answers',
    options: providing([OWN], { variables: EXCLUDED, viaProxy: DENIED }),
    state: 'not-found',
    because: [{ message: 'works', args: { hosts: '10.0.0.9' } }],
  },
  {
    name: 'it is excluded from the proxy, and does not run',
    options: providing([OWN], { variables: EXCLUDED, direct: 'refused' }),
    state: 'likely',
    because: ['direct-failed', 'used'],
  },
  {
    name: 'the proxy lets it through',
    options: providing([OWN, FAR]),
    state: 'not-found',
    because: [{ message: 'works', args: { hosts: '10.0.0.9, provider.example' } }],
  },
  {
    name: 'settings that are only assumed',
    options: providing([FAR], { basis: 'assumed' }),
    state: 'unknown',
    because: ['works', 'settings-assumed'],
  },
  {
    name: 'no library has it as its agent',
    options: providing([OWN], { viaProxy: DENIED, pmsStatus: UNUSED }),
    state: 'possible',
    because: ['proxy-refused', 'own-network', 'unused'],
  },
  {
    name: 'PMS did not list its libraries',
    options: providing([OWN], { viaProxy: DENIED, pmsStatus: { sections: null } }),
    state: 'likely',
    because: ['proxy-refused', 'own-network'],
  },
  {
    name: 'one of two works',
    options: providing([OWN, FAR], { viaProxy: DENIED }),
    state: 'likely',
    because: ['proxy-refused', 'own-network', { message: 'used', args: { libraries: '7' } }],
  },
  {
    name: 'PMS refuses the value of the variable',
    options: providing([FAR], { decide: (_, { host }) => (host === 'provider.example' ? { error: 'no port' } : null) }),
    state: 'likely',
    because: [{ message: 'refused', args: { error: 'no port' } }, 'used'],
  },
  {
    name: 'it was not tried',
    options: providing([FAR], { viaProxy: { [FAR_ID]: 'not-run', '*': 'ok' } }),
    state: 'unknown',
    because: [{ message: 'untried', args: { provider: FAR.identifier } }],
  },
  {
    name: 'it has no URL that can be asked',
    options: providing([{ ...FAR, place: null }]),
    state: 'unknown',
    because: ['untried'],
  },
  {
    name: 'nothing was probed',
    options: providing([FAR], { items: { results: notRun('NOT_PROBED') } }),
    state: 'unknown',
    because: ['NOT_PROBED'],
  },
  // ── PMS's word, its log and its traffic
  {
    name: 'PMS says that it is offline, and it works by now',
    options: providing([{ ...FAR, online: false }]),
    state: 'possible',
    because: [{ message: 'offline', args: { provider: FAR.identifier } }, 'works', 'own-probe-only'],
  },
  {
    name: 'PMS says that it is offline, and it does not answer',
    options: providing([{ ...OWN, online: false }], { viaProxy: DENIED }),
    state: 'likely',
    because: ['offline', 'proxy-refused', 'own-network', 'used'],
  },
  {
    name: 'PMS says that one is offline that no library uses',
    options: providing([{ ...FAR, online: false }], { pmsStatus: UNUSED, items: { results: ok([]) } }),
    state: 'possible',
    because: ['offline'],
  },
  {
    name: 'PMS says that it is online, and a probe fails: what PMS says may be old',
    options: providing([{ ...OWN, online: true }], { viaProxy: DENIED }),
    state: 'likely',
    because: ['proxy-refused', 'own-network', 'used'],
  },
  {
    name: 'the proxy was seen to deny it to PMS',
    options: providing([FAR], {
      traffic: traffic([proxiedFlow('provider.example', { outcome: 'denied', status: 403 })]),
    }),
    state: 'possible',
    because: ['proxy-asked', 'works', 'own-probe-only'],
  },
  {
    name: 'PMS was seen to fail with it directly',
    options: providing([FAR], {
      traffic: traffic([directFlow('provider.example', { process: 'Plex Media Server' })]),
      viaProxy: { [FAR_ID]: 'denied', '*': 'ok' },
    }),
    state: 'likely',
    because: ['direct-connection', 'proxy-refused', 'used'],
  },
  {
    name: "PMS's log has its failure",
    options: providing([FAR], {
      pmsLog: pmsLog({ requests: [failedRequest('provider.example', { curl: 6, error: 'x', outcome: 'unresolved' })] }),
      viaProxy: { [FAR_ID]: 'denied', '*': 'ok' },
      pmsStatus: { sections: [OF_OWN, OF_FAR] },
    }),
    state: 'likely',
    because: ['logged-failure', 'proxy-refused', 'used'],
  },
];

causeRows(cause, ROWS);

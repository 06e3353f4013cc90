import cause from '../../src/causes/loopback-through-proxy.ts';
import { ok, type Settings } from '../../src/core/model/evidence.ts';
import { causeRows, type CauseRow } from '../support/fixtures/cause-rows.ts';
import { aRefusal, aScan, experiment, MEANWHILE } from '../support/fixtures/experiment.ts';
import { PROXY, source } from '../support/fixtures/facts.ts';
import { proxiedFlow, traffic } from '../support/fixtures/traffic.ts';

const WITHOUT_EXCLUSIONS = { https_proxy: PROXY, http_proxy: PROXY };
const BY_HAND: Settings = {
  used: 'option',
  basis: 'asserted',
  why: 'the option --proxy',
  sources: [source('option', 'option', WITHOUT_EXCLUSIONS)],
};
const CALL = proxiedFlow('127.0.0.1', { targetPort: 32_400, outcome: 'denied', status: 403, ...MEANWHILE });

const ROWS: readonly CauseRow[] = [
  // ── settings
  {
    name: 'no_proxy without loopback',
    options: { variables: WITHOUT_EXCLUSIONS },
    state: 'likely',
    because: [{ message: 'proxied', args: { hosts: 'localhost, 127.0.0.1, ::1' } }],
    condition: 'unknown',
  },
  {
    name: 'no_proxy without ::1 only',
    options: { variables: { ...WITHOUT_EXCLUSIONS, no_proxy: 'localhost,127.0.0.1' } },
    state: 'ruled-out',
    because: ['only-ipv6'],
  },
  {
    name: 'no_proxy without localhost only',
    options: { variables: { ...WITHOUT_EXCLUSIONS, no_proxy: '127.0.0.1,::1' } },
    state: 'possible',
    because: [{ message: 'proxied', args: { hosts: 'localhost' } }, 'other-names'],
  },
  { name: 'no_proxy with loopback', options: {}, state: 'ruled-out', because: ['direct'] },
  {
    name: 'the proxy was named by hand, its exclusions were not',
    options: { variables: WITHOUT_EXCLUSIONS, items: { settings: ok(BY_HAND) } },
    state: 'unknown',
    because: ['exclusions-unknown'],
  },
  // ── what was seen
  {
    name: 'calls of PMS to itself reach the proxy, which is not proven to stop a scan',
    options: { variables: WITHOUT_EXCLUSIONS, traffic: traffic([CALL]) },
    state: 'likely',
    because: ['proxy-asked', { message: 'proxied', args: { hosts: 'localhost, 127.0.0.1, ::1' } }],
    condition: 'unknown',
  },
  // ── the experiment
  {
    name: 'such a call was denied, and the scan refused',
    options: { variables: WITHOUT_EXCLUSIONS, experiment: experiment([aRefusal()]), traffic: traffic([CALL]) },
    state: 'confirmed',
    because: [
      'proxy-asked',
      {
        message: 'meanwhile/scan-refused',
        args: {
          library: '1',
          type: 'artist',
          agent: 'tv.plex.agents.music',
          attempt: 1,
          status: 503,
          body: 'Service Unavailable',
        },
      },
    ],
    condition: 'reproduced',
  },
  {
    name: 'such a call was denied, and the scan taken',
    options: { variables: WITHOUT_EXCLUSIONS, experiment: experiment([aScan()]), traffic: traffic([CALL]) },
    state: 'likely',
    because: ['proxy-asked', { message: 'proxied', args: { hosts: 'localhost, 127.0.0.1, ::1' } }],
    condition: 'unknown',
  },
];

causeRows(cause, ROWS);

import cause from '../../src/causes/ipv6-differs.ts';
import { causeRows, type CauseRow } from '../support/fixtures/cause-rows.ts';
import { aRefusal, aScan, experiment, MEANWHILE } from '../support/fixtures/experiment.ts';
import { directFlow, traffic } from '../support/fixtures/traffic.ts';

const NEEDED = 'metadata.provider.plex.tv';
const NO_PROXY = { variables: {}, viaProxy: null } as const;

const ROWS: readonly CauseRow[] = [
  // ── probes
  {
    name: 'IPv6 gets out, IPv4 does not, PMS uses the proxy',
    options: { direct: { 4: 'no-reply', 6: 'ok' } },
    state: 'possible',
    because: [
      { message: 'split', args: { host: 'plex.tv', open: '6', blocked: '4' } },
      { message: 'split', args: { host: 'metadata.provider.plex.tv', open: '6', blocked: '4' } },
    ],
  },
  {
    name: 'IPv4 gets out, IPv6 is dropped, PMS goes direct',
    options: { ...NO_PROXY, direct: { 4: 'ok', 6: 'no-reply' } },
    state: 'likely',
    because: [
      { message: 'split', args: { host: 'plex.tv', open: '4', blocked: '6' } },
      { message: 'split', args: { host: 'metadata.provider.plex.tv', open: '4', blocked: '6' } },
    ],
  },
  {
    name: 'a host without IPv6 is not blocked over IPv6',
    options: { direct: { 4: 'ok', 6: 'no-route' } },
    state: 'not-found',
    because: ['alike'],
  },
  {
    name: 'families cannot be compared where names do not resolve',
    options: { direct: 'unresolved' },
    state: 'unknown',
    because: ['direct-failed', 'direct-failed'],
  },
  { name: 'no endpoint is needed', options: { endpoints: [] }, state: 'unknown', because: ['no-endpoint-examined'] },
  // ── what was seen
  {
    name: 'one family gets through, the other does not',
    options: {
      traffic: traffic([
        directFlow(NEEDED, { family: 6, outcome: 'ok' }),
        directFlow(NEEDED, { family: 4, outcome: 'no-reply' }),
      ]),
    },
    state: 'ruled-out',
    because: ['not-these-attempts', 'alike', 'other-attempt'],
    condition: 'unknown',
  },
  {
    name: 'the scanner was stopped over the one family, and the other is open',
    options: {
      experiment: experiment([aRefusal()]),
      traffic: traffic([directFlow(NEEDED, { family: 4, ...MEANWHILE })]),
      direct: { 4: 'no-reply', 6: 'ok' },
    },
    state: 'confirmed',
    because: ['direct-connection', { message: 'untried', args: { host: 'metadata.provider.plex.tv', open: '6' } }],
    condition: 'reproduced',
  },
  {
    name: 'an unknown process was',
    options: {
      traffic: traffic([directFlow(NEEDED, { family: 4, process: null, pid: null, attribution: null })]),
      direct: { 4: 'no-reply', 6: 'ok' },
    },
    state: 'likely',
    because: ['direct-connection', { message: 'untried', args: { host: 'metadata.provider.plex.tv', open: '6' } }],
  },
  // ── the experiment
  {
    name: 'the families differ, and a scan got through',
    options: {
      ...NO_PROXY,
      experiment: experiment([aScan()]),
      traffic: traffic([directFlow(NEEDED, { family: 6, outcome: 'ok', ...MEANWHILE })]),
      direct: { 4: 'no-reply', 6: 'ok' },
    },
    state: 'possible',
    because: [
      'got-through',
      { message: 'split', args: { host: 'plex.tv', open: '6', blocked: '4' } },
      { message: 'split', args: { host: 'metadata.provider.plex.tv', open: '6', blocked: '4' } },
    ],
    condition: 'not-found',
  },
];

causeRows(cause, ROWS);

import cause from '../../src/causes/endpoint-down.ts';
import { lookup } from '../support/fixtures/facts.ts';
import { causeRows, type CauseRow } from '../support/fixtures/cause-rows.ts';
import { directFlow, traffic } from '../support/fixtures/traffic.ts';

const CONNECT_FAILED = { outcome: 'proxy-error', code: 'ERR_CONNECT_FAIL', status: 503 } as const;

const OTHER_NAME = 'ERR_TLS_CERT_ALTNAME_INVALID';
const EXPIRED = { outcome: 'tls-untrusted', code: 'CERT_HAS_EXPIRED', tls: { error: 'CERT_HAS_EXPIRED' } } as const;

const ROWS: readonly CauseRow[] = [
  {
    name: 'a certificate that is wrong by itself',
    options: { viaProxy: { 'plex.tv': EXPIRED, '*': 'ok' } },
    state: 'likely',
    because: ['direct-failed', 'proxied-failed'],
  },
  {
    name: 'certificates of another name',
    options: { viaProxy: { outcome: 'tls-untrusted', code: OTHER_NAME, tls: { error: OTHER_NAME } } },
    state: 'likely',
    because: ['direct-failed', 'proxied-failed', 'direct-failed', 'proxied-failed'],
  },
  {
    name: 'several certificates that have run out at once: a wrong clock here',
    options: { viaProxy: EXPIRED },
    state: 'possible',
    because: ['clock', 'direct-failed', 'proxied-failed', 'direct-failed', 'proxied-failed'],
  },
  {
    name: 'names that local DNS sinks are not down',
    options: {
      variables: {},
      viaProxy: null,
      direct: { 'plex.tv': 'refused', 'metadata.provider.plex.tv': 'refused', '*': 'ok' },
      resolver: {
        lookups: ['plex.tv', 'metadata.provider.plex.tv'].map((host) =>
          lookup(host, 4, { addresses: [{ address: '0.0.0.0', scope: 'unspecified' }] }),
        ),
      },
    },
    state: 'unknown',
    because: ['unreached', 'unreached'],
  },
  {
    name: 'both routes fail to connect while others work directly',
    options: { direct: { 'plex.tv': 'refused', '*': 'ok' }, viaProxy: { 'plex.tv': CONNECT_FAILED, '*': 'ok' } },
    state: 'likely',
    because: ['direct-failed', 'proxy-refused'],
  },
  {
    name: 'the proxy fails to connect where nothing gets out directly',
    options: { viaProxy: { 'plex.tv': CONNECT_FAILED, '*': 'ok' } },
    state: 'possible',
    because: ['direct-failed', 'proxy-refused'],
  },
  {
    name: 'the handshake fails alike on both routes',
    options: { direct: 'tls-failed', viaProxy: 'tls-failed' },
    state: 'possible',
    because: ['direct-failed', 'proxied-failed', 'direct-failed', 'proxied-failed'],
  },
  {
    name: 'no proxy, one endpoint of many fails',
    options: { variables: {}, viaProxy: null, direct: { 'plex.tv': 'no-reply', '*': 'ok' } },
    state: 'likely',
    because: ['direct-failed'],
  },
  { name: 'every endpoint answers on one route', options: {}, state: 'not-found', because: ['answers'] },
  {
    name: 'no route got so far',
    options: { viaProxy: 'denied' },
    state: 'unknown',
    because: [
      { message: 'unreached', args: { host: 'plex.tv' } },
      { message: 'unreached', args: { host: 'metadata.provider.plex.tv' } },
    ],
  },
  { name: 'no endpoint is needed', options: { endpoints: [] }, state: 'unknown', because: ['no-endpoint-examined'] },
  {
    name: 'a connection of PMS that fails does not show it',
    options: { traffic: traffic([directFlow('plex.tv')]) },
    state: 'ruled-out',
    because: ['not-these-attempts', 'answers', 'other-attempt'],
  },
];

causeRows(cause, ROWS);

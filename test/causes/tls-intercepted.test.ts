import cause from '../../src/causes/tls-intercepted.ts';
import { causeRows, type CauseRow } from '../support/fixtures/cause-rows.ts';
import { failedRequest, pmsLog } from '../support/fixtures/traffic.ts';

const CERTIFICATE_ERROR = { curl: 60, error: 'SSL peer certificate', outcome: 'tls-untrusted' } as const;
const LOGGED = pmsLog({ requests: [failedRequest('plex.tv', CERTIFICATE_ERROR)] });

const ROWS: readonly CauseRow[] = [
  ...(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'ERR_TLS_CERT_ALTNAME_INVALID'] as const).map((code): CauseRow => ({
    name: `a certificate that is wrong by itself: ${code}`,
    options: { viaProxy: { outcome: 'tls-untrusted', code, tls: { error: code } } },
    state: 'unknown',
    because: ['no-handshake/proxied-failed', 'no-handshake/proxied-failed'],
  })),
  // ── probes
  {
    name: 'the proxy decrypts',
    options: { viaProxy: 'intercepted' },
    state: 'confirmed',
    because: [
      {
        message: 'swapped/proxied-failed',
        args: { target: 'plex.tv:443', outcome: 'intercepted', issuer: 'CN=Inspection CA' },
      },
      {
        message: 'swapped/proxied-failed',
        args: { target: 'metadata.provider.plex.tv:443', outcome: 'intercepted', issuer: 'CN=Inspection CA' },
      },
    ],
  },
  {
    name: 'the proxy decrypts, by settings that are only declared',
    options: { viaProxy: 'intercepted', basis: 'declared' },
    state: 'likely',
    because: [
      {
        message: 'swapped/proxied-failed',
        args: { target: 'plex.tv:443', outcome: 'intercepted', issuer: 'CN=Inspection CA' },
      },
      {
        message: 'swapped/proxied-failed',
        args: { target: 'metadata.provider.plex.tv:443', outcome: 'intercepted', issuer: 'CN=Inspection CA' },
      },
    ],
  },
  {
    name: 'a certificate that is not trusted may be the endpoint’s own',
    options: { variables: {}, viaProxy: null, direct: { 'plex.tv': 'tls-untrusted', '*': 'ok' } },
    state: 'likely',
    because: [
      {
        message: 'swapped/direct-failed',
        args: { target: 'plex.tv:443', outcome: 'TLS untrusted', issuer: 'CN=Inspection CA' },
      },
    ],
  },
  {
    name: 'PMS’s own bundle refuses what public roots accept',
    options: { viaProxy: { outcome: 'ok', tls: { trustedByPms: false } } },
    state: 'likely',
    because: [
      { message: 'not-in-bundle', args: { host: 'plex.tv', issuer: 'CN=Public CA' } },
      { message: 'not-in-bundle', args: { host: 'metadata.provider.plex.tv', issuer: 'CN=Public CA' } },
    ],
    condition: 'would-occur',
  },
  {
    name: 'interception of a route that PMS does not take',
    options: { direct: 'intercepted' },
    state: 'possible',
    because: ['direct-failed', 'direct-failed'],
  },
  {
    name: 'the handshake breaks off through the proxy only',
    options: { direct: 'ok', viaProxy: { 'plex.tv': 'cut', '*': 'ok' } },
    state: 'possible',
    because: ['proxied-failed'],
  },
  {
    name: 'no handshake came about',
    options: { viaProxy: 'denied' },
    state: 'unknown',
    because: [
      {
        message: 'no-handshake/proxy-refused',
        args: { status: 403, request: 'CONNECT plex.tv:443', code: 'ERR_ACCESS_DENIED' },
      },
      {
        message: 'no-handshake/proxy-refused',
        args: { status: 403, request: 'CONNECT metadata.provider.plex.tv:443', code: 'ERR_ACCESS_DENIED' },
      },
    ],
  },
  { name: 'no endpoint is needed', options: { endpoints: [] }, state: 'unknown', because: ['no-endpoint-examined'] },
  // ── what was logged
  {
    name: 'PMS logs a certificate error, which the probe does not see',
    options: { pmsLog: LOGGED },
    state: 'possible',
    because: ['logged-failure', 'trusted', 'own-probe-only'],
    condition: 'unknown',
  },
  {
    name: 'PMS logs a certificate error, and the probe meets one',
    options: { pmsLog: LOGGED, viaProxy: 'intercepted' },
    state: 'confirmed',
    because: [
      'logged-failure',
      {
        message: 'swapped/proxied-failed',
        args: { target: 'plex.tv:443', outcome: 'intercepted', issuer: 'CN=Inspection CA' },
      },
      {
        message: 'swapped/proxied-failed',
        args: { target: 'metadata.provider.plex.tv:443', outcome: 'intercepted', issuer: 'CN=Inspection CA' },
      },
    ],
  },
];

causeRows(cause, ROWS);

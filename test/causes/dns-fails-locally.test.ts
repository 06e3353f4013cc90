import cause from '../../src/causes/dns-fails-locally.ts';
import { notRun } from '../../src/core/model/evidence.ts';
import { causeRows, type CauseRow } from '../support/fixtures/cause-rows.ts';
import { ENDPOINTS, lookup } from '../support/fixtures/facts.ts';
import { failedRequest, pmsLog, question, traffic } from '../support/fixtures/traffic.ts';

const NEEDED = 'metadata.provider.plex.tv';
const LATE_NAME = { curl: 28, error: 'Resolving timed out after N milliseconds', outcome: 'unresolved' } as const;
const IN_VAIN = { result: 'no reply', addresses: [] } as const;

const ROWS: readonly CauseRow[] = [
  // ── the resolver of this host
  {
    name: 'local DNS fails while PMS leaves names to the proxy',
    options: { resolver: { lookups: [lookup('plex.tv', 4, { addresses: [], code: 'ETIMEOUT' })] } },
    state: 'possible',
    because: [{ message: 'unresolved', args: { host: 'plex.tv', code: 'ETIMEOUT' } }, 'proxied'],
  },
  {
    name: 'local DNS fails, and PMS has to resolve names for its SOCKS proxy',
    options: {
      decide: () => ({ proxy: 'socks5://proxy.example.net:1080' }),
      viaProxy: 'unresolved',
      resolver: { lookups: [lookup('plex.tv', 4, { addresses: [], code: 'ENOTFOUND' })] },
    },
    state: 'confirmed',
    because: [{ message: 'unresolved', args: { host: 'plex.tv', code: 'ENOTFOUND' } }, 'socks'],
    condition: 'would-occur',
  },
  {
    name: 'local DNS fails, and PMS leaves names to its SOCKS proxy',
    options: {
      decide: () => ({ proxy: 'socks5h://proxy.example.net:1080' }),
      resolver: { lookups: [lookup('plex.tv', 4, { addresses: [], code: 'ENOTFOUND' })] },
    },
    state: 'possible',
    because: ['unresolved', 'proxied'],
  },
  {
    name: 'local DNS gives no address and no code',
    options: { resolver: { lookups: [lookup('plex.tv', 4, { addresses: [] })] } },
    state: 'possible',
    because: [{ message: 'unresolved', args: { host: 'plex.tv', code: 'no address' } }, 'proxied'],
  },
  {
    name: 'local DNS fails and PMS goes direct',
    options: {
      variables: {},
      direct: 'unresolved',
      resolver: { lookups: [lookup('plex.tv', 4, { addresses: [], code: 'ENOTFOUND' })] },
    },
    state: 'confirmed',
    because: [{ message: 'unresolved', args: { host: 'plex.tv', code: 'ENOTFOUND' } }, 'direct'],
  },
  ...(
    [
      ['0.0.0.0', 'unspecified'],
      ['127.0.0.1', 'loopback'],
      ['10.1.2.3', 'private'],
    ] as const
  ).map(([address, scope]): CauseRow => ({
    name: `a block list answers ${address}, and PMS goes direct`,
    options: {
      variables: {},
      direct: 'refused',
      resolver: { lookups: [lookup('plex.tv', 4, { addresses: [{ address, scope }] })] },
    },
    state: 'confirmed',
    because: [{ message: 'sinkholed', args: { host: 'plex.tv', address } }, 'direct'],
  })),
  {
    name: 'a private address that answers is of a server of the own network',
    options: {
      direct: 'ok',
      resolver: {
        lookups: ENDPOINTS.map(({ host }) =>
          lookup(host, 4, { addresses: [{ address: '10.1.2.3', scope: 'private' }] }),
        ),
      },
    },
    state: 'not-found',
    because: ['resolves'],
  },
  {
    name: 'a name of one family only does resolve',
    options: {
      resolver: {
        lookups: ENDPOINTS.flatMap(({ host }) => [
          lookup(host, 4),
          lookup(host, 6, { addresses: [], code: 'ENODATA' }),
        ]),
      },
    },
    state: 'not-found',
    because: ['resolves'],
  },
  {
    name: 'names that were not looked up prove nothing',
    options: { resolver: { lookups: [] } },
    state: 'unknown',
    because: [
      { message: 'not-looked-up', args: { host: 'plex.tv' } },
      { message: 'not-looked-up', args: { host: 'metadata.provider.plex.tv' } },
    ],
  },
  {
    name: 'a resolver that was not asked proves nothing',
    options: { items: { resolver: notRun('NOT_PROBED', 'no name server is configured') } },
    state: 'unknown',
    because: ['NOT_PROBED'],
  },
  { name: 'no endpoint is needed', options: { endpoints: [] }, state: 'unknown', because: ['no-endpoint-examined'] },
  {
    name: 'no server answered in time, and another program of this host has the address',
    options: {
      variables: {},
      direct: 'unresolved',
      resolver: {
        lookups: ENDPOINTS.map(({ host }) => lookup(host, 4, { addresses: [], code: 'ETIMEOUT' })),
        bySystem: ENDPOINTS.map(({ host }) => ({ host, code: null, addresses: lookup(host, 4).addresses })),
      },
    },
    state: 'possible',
    because: ['late', 'late'],
  },
  {
    name: 'nothing answers at the address of one endpoint, and others answer at theirs',
    options: {
      variables: {},
      direct: { [NEEDED]: 'no-reply', '*': 'ok' },
      resolver: { lookups: ENDPOINTS.map(({ host }) => lookup(host, 4)) },
    },
    state: 'possible',
    because: [
      { message: 'no-answer-there', args: { host: NEEDED, address: lookup(NEEDED, 4).addresses[0]?.address ?? '' } },
    ],
  },
  {
    name: 'nothing answers at any address',
    options: { variables: {}, direct: 'no-reply', resolver: { lookups: ENDPOINTS.map(({ host }) => lookup(host, 4)) } },
    state: 'unknown',
    because: ['not-proven', 'not-proven'],
  },
  // ── what was seen and logged
  {
    name: 'a process of PMS asks in vain',
    options: { traffic: traffic([], { questions: [question(NEEDED, IN_VAIN)] }) },
    state: 'confirmed',
    because: [
      {
        message: 'dns-question',
        args: { process: 'Plex Media Scanner', server: '10.0.0.1', name: NEEDED, result: 'no reply' },
      },
      'resolves',
      'own-probe-only',
    ],
    condition: 'would-occur',
  },
  {
    name: 'a name was not resolved in time: perhaps that of the proxy',
    options: { pmsLog: pmsLog({ requests: [failedRequest(NEEDED, LATE_NAME)] }) },
    state: 'possible',
    because: ['logged-failure', 'whose-name', 'resolves', 'own-probe-only'],
  },
  {
    name: 'a name was not resolved in time, and the proxy has none',
    options: {
      decide: () => ({ proxy: 'http://10.0.0.9:3128' }),
      pmsLog: pmsLog({ requests: [failedRequest(NEEDED, LATE_NAME)] }),
    },
    state: 'confirmed',
    because: ['logged-failure', 'resolves', 'own-probe-only'],
  },
  {
    name: 'the same question of a program that is not known',
    options: { traffic: traffic([], { questions: [question(NEEDED, { ...IN_VAIN, process: null, pid: null })] }) },
    // Here and now the name resolves.
    state: 'possible',
    because: ['dns-question', 'asker-unknown', 'resolves', 'own-probe-only'],
  },
  {
    name: 'a question in vain that was answered when asked again',
    options: { traffic: traffic([], { questions: [question(NEEDED, IN_VAIN), question(NEEDED)] }) },
    state: 'not-found',
    because: ['resolves'],
  },
  {
    name: 'PMS logs that a name was not resolved',
    options: { pmsLog: pmsLog({ requests: [failedRequest(NEEDED)] }) },
    state: 'confirmed',
    because: ['logged-failure', 'resolves', 'own-probe-only'],
    condition: 'would-occur',
  },
];

causeRows(cause, ROWS);

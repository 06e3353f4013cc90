import cause from '../../src/causes/proxy-not-in-process.ts';
import { failed, ok, type Settings } from '../../src/core/model/evidence.ts';
import { causeRows, type CauseRow } from '../support/fixtures/cause-rows.ts';
import { PROXY, source } from '../support/fixtures/facts.ts';
import { directFlow, failedRequest, pmsLog, traffic } from '../support/fixtures/traffic.ts';

const SCANNER_WITHOUT_PROXY = source('pid:931', 'child', {}, { process: 'Plex Media Scanner', pid: 931 });
const SCANNER_WITH_PROXY = source(
  'pid:932',
  'child',
  { https_proxy: PROXY },
  { process: 'Plex Media Scanner', pid: 932 },
);
const UNIT_ALONE: Settings = {
  used: 'unit:plexmediaserver.service',
  basis: 'declared',
  why: 'no process of PMS is there',
  sources: [source('unit:plexmediaserver.service', 'unit', {})],
};

const WITHOUT_PROXY = 'PMS has no proxy, and may not get out without one';
const NAMED_AS_TARGET = { log: 'Plex Media Scanner Matcher', curl: 7, outcome: null, route: 'direct' } as const;

const IGNORED = { from: '/etc/systemd/system/plexmediaserver.service.d/proxy.conf:2', why: 'specifier' } as const;

const ROWS: readonly CauseRow[] = [
  {
    name: 'systemd ignores the line that was meant to name it',
    options: {
      used: 'shell',
      variables: {},
      viaProxy: null,
      otherSources: [{ ...source('unit:plexmediaserver.service', 'unit', {}), ignored: [IGNORED] }],
    },
    state: 'possible',
    because: [
      'process-unproxied',
      { message: 'line-ignored', args: { place: IGNORED.from } },
      'direct-failed',
      'direct-failed',
    ],
  },
  {
    name: 'a child without the variables whose own log tells of a connection that sends nothing, as without a route',
    options: {
      otherSources: [SCANNER_WITHOUT_PROXY],
      traffic: traffic([]),
      pmsLog: pmsLog({ requests: [failedRequest('plex.tv', NAMED_AS_TARGET)] }),
    },
    state: 'confirmed',
    because: ['process-unproxied', 'direct-failed', 'direct-failed'],
  },
  {
    name: 'the same, by packets of a process that is not known',
    options: {
      otherSources: [SCANNER_WITHOUT_PROXY],
      traffic: traffic([directFlow('plex.tv', { process: null, pid: null, attribution: null })]),
      pmsLog: pmsLog({
        requests: [failedRequest('plex.tv', { log: 'Plex Media Scanner Matcher', curl: 60, outcome: 'tls-untrusted' })],
      }),
    },
    state: 'confirmed',
    because: ['process-unproxied', 'direct-failed', 'direct-failed'],
  },
  {
    name: 'the same of another program',
    options: {
      otherSources: [SCANNER_WITHOUT_PROXY],
      traffic: traffic([]),
      pmsLog: pmsLog({ requests: [failedRequest('plex.tv', { ...NAMED_AS_TARGET, log: 'com.plexapp.system' })] }),
    },
    state: 'possible',
    because: ['process-unproxied', 'no-connection-seen', 'direct-failed', 'direct-failed'],
  },
  {
    name: 'a child without the variables that was not seen to connect',
    options: { otherSources: [SCANNER_WITHOUT_PROXY] },
    state: 'possible',
    because: [
      { message: 'process-unproxied', args: { process: 'Plex Media Scanner (pid:931)' } },
      'no-connection-seen',
      'direct-failed',
      'direct-failed',
    ],
    condition: 'unknown',
  },
  {
    name: 'a child without the variables that connects',
    options: {
      otherSources: [SCANNER_WITHOUT_PROXY],
      traffic: traffic([directFlow('other.example', { outcome: 'ok' })]),
    },
    state: 'confirmed',
    because: [
      { message: 'process-unproxied', args: { process: 'Plex Media Scanner (pid:931)' } },
      'direct-failed',
      'direct-failed',
    ],
    condition: 'would-occur',
  },
  {
    name: 'the same, and it is stopped',
    options: { otherSources: [SCANNER_WITHOUT_PROXY], traffic: traffic([directFlow('plex.tv')]) },
    state: 'confirmed',
    because: [
      { message: 'process-unproxied', args: { process: 'Plex Media Scanner (pid:931)' } },
      'direct-failed',
      'direct-failed',
    ],
  },
  {
    name: 'a child without the variables does no harm where direct connections work',
    options: { direct: 'ok', otherSources: [source('pid:931', 'child', {})] },
    state: 'not-found',
    because: ['direct-open'],
  },
  ...(['no-reply', 'prohibited', 'refused'] as const).map((direct): CauseRow => ({
    name: `PMS without the variables that the shell has, ${direct}`,
    options: {
      variables: {},
      viaProxy: null,
      direct,
      otherSources: [source('shell', 'shell', { https_proxy: PROXY })],
    },
    state: 'confirmed',
    because: ['process-unproxied', 'declared-elsewhere', 'direct-failed', 'direct-failed'],
    condition: 'would-occur',
  })),
  {
    name: 'no place names a proxy, and the network is closed: whether there is one is not known',
    options: { variables: {}, viaProxy: null, direct: 'no-reply' },
    title: WITHOUT_PROXY,
    state: 'possible',
    because: ['process-unproxied', 'named-nowhere', 'direct-failed', 'direct-failed'],
    condition: 'would-occur',
  },
  {
    name: 'PMS without the variables in an open network',
    options: { variables: {}, viaProxy: null, direct: 'ok' },
    state: 'not-found',
    because: ['direct-open'],
    condition: 'not-found',
  },
  {
    name: 'PMS without the variables, the direct route not tried',
    options: { variables: {}, viaProxy: null, direct: 'not-run' },
    title: WITHOUT_PROXY,
    state: 'possible',
    because: [{ message: 'process-unproxied', args: { process: 'Plex Media Server (pid:812)' } }, 'named-nowhere'],
    condition: 'unknown',
  },
  {
    name: 'only upper-case HTTP_PROXY is no proxy for PMS',
    options: { variables: { HTTP_PROXY: PROXY } },
    state: 'confirmed',
    because: [
      { message: 'process-with-upper-case-only', args: { process: 'Plex Media Server (pid:812)' } },
      'direct-failed',
      'direct-failed',
    ],
  },
  {
    name: 'a unit that names the proxy while the process does not',
    options: { variables: {}, otherSources: [source('unit:plexmediaserver.service', 'unit', { https_proxy: PROXY })] },
    state: 'confirmed',
    because: [
      { message: 'process-unproxied', args: { process: 'Plex Media Server (pid:812)' } },
      { message: 'declared-elsewhere', args: { source: 'unit:plexmediaserver.service' } },
      'direct-failed',
      'direct-failed',
    ],
  },
  {
    name: 'a unit that names no proxy, and no process to read',
    options: { variables: {}, basis: 'declared', items: { settings: ok(UNIT_ALONE) } },
    title: WITHOUT_PROXY,
    state: 'possible',
    because: [
      {
        message: 'source-unproxied',
        args: { source: 'unit:plexmediaserver.service', hosts: 'plex.tv, metadata.provider.plex.tv' },
      },
      'named-nowhere',
      'direct-failed',
      'direct-failed',
    ],
  },
  {
    name: 'a process that may not be read leaves it open whether it has what its unit declares',
    options: {
      basis: 'declared',
      otherSources: [source('pid:813', 'child', {}, { variables: failed('EACCES', 'permission denied') })],
    },
    state: 'unknown',
    because: [{ message: 'unread', args: { process: 'pid:813' } }],
  },
  {
    name: 'declared settings say nothing about a process that is not there',
    options: { basis: 'declared', used: 'unit:plexmediaserver.service' },
    state: 'unknown',
    because: [
      {
        message: 'no-process',
        args: { source: 'unit:plexmediaserver.service', reason: 'the environment of the running server' },
      },
    ],
  },
  {
    name: 'every process has them',
    options: { otherSources: [SCANNER_WITH_PROXY] },
    state: 'ruled-out',
    because: [{ message: 'complete', args: { source: 'pid:812' } }],
  },
  {
    name: 'PMS has them, and no scanner ran',
    options: {},
    state: 'unknown',
    because: [{ message: 'complete', args: { source: 'pid:812' } }, 'no-scanner'],
  },
  {
    name: 'PMS has them, no scanner ran, and direct connections work',
    options: { direct: 'ok' },
    state: 'not-found',
    because: ['direct-open'],
  },
  {
    name: 'a value that is refused is a value all the same',
    options: {
      decide: () => ({ route: 'direct', proxy: null, error: 'Unsupported proxy syntax' }),
      otherSources: [SCANNER_WITH_PROXY],
    },
    state: 'ruled-out',
    because: [{ message: 'complete', args: { source: 'pid:812' } }],
  },
];

causeRows(cause, ROWS);

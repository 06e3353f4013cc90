import type { PmsStandInSettings } from '../../../src/demo/pms/config.ts';
import {
  by,
  BYPASS,
  fine,
  IGNORING,
  ISOLATED,
  KEPT,
  METADATA,
  OPEN,
  otherwise,
  perhaps,
  playedBy,
  through,
  under,
  type Setting,
  type State,
} from './state.ts';

/** No proxy, PMS's own states, no PMS, and what is past. */

const WITHOUT_PROXY: readonly Setting[] = under(
  { pms: KEPT, environment: {} },
  [
    { name: 'the network is closed', ...perhaps('proxy-not-in-process') },
    { name: 'everything is rejected', policy: { pms4: 'reject', pms6: 'reject' }, ...perhaps('proxy-not-in-process') },
    { name: 'the network is open', policy: OPEN, ...fine },
    { name: 'only IPv4 is open', policy: { pms6: 'drop' }, ...fine },
    { name: 'only IPv6 is open', policy: { pms4: 'drop' }, ...fine },
    { name: 'TLS is decrypted', policy: { pms4: 'decrypt', pms6: 'decrypt' }, ...by('tls-intercepted') },
    { name: 'a portal answers', policy: { pms4: 'portal', pms6: 'portal' }, ...perhaps('tls-intercepted') },
    {
      name: 'TLS is cut by name',
      policy: { pms4: 'cut-name', pms6: 'cut-name' },
      ...perhaps('tls-intercepted', 'proxy-not-in-process'),
    },
    { name: 'large packets are lost', policy: { mtu: 'black-hole' }, ...perhaps('proxy-not-in-process') },
    ...(['sinkhole', 'private', 'nxdomain', 'refused'] as const).map((resolver) => ({
      name: `names: ${resolver}`,
      policy: OPEN,
      resolver,
      ...by('dns-fails-locally'),
    })),
    { name: 'names: no reply', policy: { dns: 'drop' }, ...by('dns-fails-locally') },
    { name: 'the provider hangs up', policy: OPEN, internet: { cut: [METADATA] }, ...perhaps('endpoint-down') },
    {
      name: "the provider's certificate is expired",
      policy: OPEN,
      internet: { certificate: { [METADATA]: 'expired' } },
      ...perhaps('endpoint-down'),
    },
    { name: 'other endpoints hang up', policy: OPEN, internet: { cut: ['image.tmdb.org'] }, ...fine },
  ],
  'no proxy anywhere, ',
);

const refusing = (status: number, sentence: string): PmsStandInSettings => ({ ...KEPT, refusal: { status, sentence } });

/** What PMS itself is like, in a network in which all is well. */
const OWN_STATES: readonly State[] = [
  ...playedBy(
    ['check', 'reproduce'],
    [
      { name: 'all is well', pms: KEPT, ...fine },
      { name: 'all is open', pms: KEPT, policy: OPEN, ...fine },
      { name: 'not signed in', pms: { ...KEPT, signIn: 'none' }, ...by('not-signed-in') },
      { name: 'unclaimed', pms: { ...KEPT, claimed: false }, ...by('not-signed-in') },
      {
        name: 'not signed in, and there is no music',
        pms: {
          ...KEPT,
          signIn: 'none',
          libraries: [{ id: '2', type: 'movie', agent: 'tv.plex.agents.movie', newContent: true }],
        },
        ...fine,
      },
      {
        name: 'only libraries that need nothing',
        pms: { ...KEPT, libraries: [{ id: '1', type: 'movie', agent: 'tv.plex.agents.none', newContent: true }] },
        ...fine,
      },
      {
        name: 'only libraries that need nothing, and nothing gets out',
        pms: { ...KEPT, libraries: [{ id: '1', type: 'movie', agent: 'tv.plex.agents.none', newContent: true }] },
        environment: {},
        ...fine,
      },
      { name: 'PMS asks for access', pms: { ...KEPT, misbehaviour: 'unauthorized' }, ...fine },
      { name: 'PMS hangs', pms: { ...KEPT, misbehaviour: 'hangs' }, ...fine },
      { name: 'another server has its port', pms: { ...KEPT, misbehaviour: 'other-server' }, ...fine },
    ],
  ),
  ...playedBy(
    ['reproduce'],
    [
      { name: 'all is well, nothing is new', pms: { ...KEPT, libraries: [] }, ...fine },
      { name: 'all is open, and there is no proxy', pms: KEPT, environment: {}, policy: OPEN, ...fine },
      { name: 'PMS dies during a scan', pms: { ...KEPT, misbehaviour: 'dies-during-scan' }, ...fine },
      {
        name: 'the provider counts as offline',
        pms: { ...KEPT, provider: 'offline', refuse: ['provider-offline'] },
        ...perhaps('provider-offline'),
      },
      {
        name: 'the provider counted as offline until it was asked again',
        pms: { ...KEPT, provider: 'asks', refuse: ['provider-offline'] },
        history: { policy: { ...ISOLATED, 'to-proxy': 'drop' } },
        options: ['--try-provider-refresh'],
        ...by('provider-offline'),
      },
      {
        name: 'new films, and the proxy denies PMS itself',
        pms: { ...KEPT, libraries: [{ id: '2', type: 'movie', agent: 'tv.plex.agents.movie', newContent: true }] },
        environment: through('denied-scan'),
        ...by('proxy-denies'),
      },
      ...(
        [
          [500, 'Not enough disk space'],
          [503, 'The server is in maintenance'],
          [404, 'not found'],
        ] as const
      ).map(([status, sentence]) => ({
        name: `PMS refuses: ${status} ${sentence}`,
        pms: refusing(status, sentence),
        ...fine,
      })),
    ],
  ),
];

const NO_PMS: readonly State[] = playedBy(
  ['check'],
  under({ pms: null }, [
    { name: 'no PMS and a closed network', fails: true, atWork: [] },
    { name: 'no PMS and an open network', policy: OPEN, ...fine },
    { name: 'no PMS, names do not resolve', resolver: 'nxdomain', ...otherwise },
    { name: 'no PMS, and the shell has a proxy', shell: through('allowed'), fails: true, atWork: [] },
  ]),
);

/** Trouble that was there, and is no more: it is told and fails nothing; what PMS keeps of it is there still. */
const PAST: readonly State[] = [
  ...playedBy(
    ['check', 'reproduce'],
    [
      {
        name: 'the network came after PMS',
        history: { policy: { ...ISOLATED, 'to-proxy': 'drop' } },
        ...by('not-signed-in'),
      },
      {
        name: 'the network came after PMS, which was started again',
        history: { policy: { ...ISOLATED, 'to-proxy': 'drop' }, restarts: true },
        ...fine,
      },
      {
        name: 'a scanner went around the proxy while that was closed, and all is open by now',
        pms: IGNORING,
        history: { policy: ISOLATED, scans: 'then' },
        policy: OPEN,
        ...fine,
      },
      {
        name: 'the proxy denied it, and another one is used by now',
        pms: KEPT,
        history: { environment: through('denied-scan'), scans: 'then' },
        ...fine,
      },
      {
        name: 'names did not resolve, and do by now',
        pms: KEPT,
        environment: {},
        history: { resolver: 'nxdomain', policy: OPEN, scans: 'then' },
        policy: OPEN,
        ...fine,
      },
      {
        name: 'it was well, and the proxy is gone by now',
        pms: KEPT,
        history: { policy: ISOLATED, scans: 'then' },
        policy: { ...ISOLATED, 'to-proxy': 'reject' },
        ...by('proxy-unreachable'),
      },
    ],
  ),
  ...playedBy(
    ['read'],
    [
      { name: 'a scan failed around the proxy', pms: IGNORING, history: { scans: 'now' }, ...perhaps(BYPASS) },
      {
        name: "a scan failed around the proxy, with the proxy's log",
        pms: IGNORING,
        history: { scans: 'now' },
        files: ['pms-logs', 'proxy-log'],
        ...perhaps(BYPASS),
      },
      {
        name: 'the proxy denied a scan',
        pms: KEPT,
        environment: through('denied-scan'),
        history: { scans: 'now' },
        ...by('proxy-denies'),
      },
      {
        name: "the proxy denied a scan, with the proxy's log",
        pms: KEPT,
        environment: through('denied-scan'),
        history: { scans: 'now' },
        files: ['pms-logs', 'proxy-log'],
        ...by('proxy-denies'),
      },
      {
        name: 'the proxy was dead',
        pms: KEPT,
        environment: through('dead'),
        history: { scans: 'now' },
        ...by('proxy-unreachable'),
      },
      { name: 'a scan went well', pms: KEPT, history: { scans: 'now' }, exitCode: 0, ...fine },
      {
        name: "a scan went well, with the proxy's log",
        pms: KEPT,
        history: { scans: 'now' },
        files: ['pms-logs', 'proxy-log'],
        exitCode: 0,
        ...fine,
      },
      {
        name: 'the proxy denied a scan; with another proxy and a new start it went well',
        pms: KEPT,
        history: { environment: through('denied-scan'), scans: 'then-and-now' },
        exitCode: 0,
        ...fine,
      },
      {
        name: 'the network came after PMS, which says since then that it is signed in',
        history: { policy: { ...ISOLATED, 'to-proxy': 'drop' }, restarts: true, scans: 'now' },
        exitCode: 0,
        ...fine,
      },
    ],
  ),
];

export const NETWORKS: readonly State[] = [
  ...playedBy(['check', 'reproduce'], WITHOUT_PROXY),
  ...OWN_STATES,
  ...NO_PMS,
  ...PAST,
];

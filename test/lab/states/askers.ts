import { PROXY_NAME, proxyUrl } from '../lab.ts';
import {
  by,
  BYPASS,
  fine,
  IGNORING,
  ISOLATED,
  KEPT,
  METADATA,
  OPEN,
  perhaps,
  playedBy,
  through,
  under,
  withProxy,
  type Setting,
  type State,
} from './state.ts';

/** Networks that treat PMS otherwise than this tool, or one name, family or moment otherwise than another. */

/** The proxy knows PMS by its name, and only PMS meets it. */
const BY_ASKER: readonly Setting[] = [
  { name: 'the proxy denies PMS by its User-Agent', environment: through('pms-agent'), ...perhaps('proxy-denies') },
  {
    name: 'the proxy denies PMS by its User-Agent, in an open network',
    environment: through('pms-agent'),
    policy: OPEN,
    ...perhaps('proxy-denies'),
  },
  {
    name: 'the proxy redirects PMS by its User-Agent',
    environment: through('pms-redirect'),
    ...perhaps('proxy-denies'),
  },
];

/** The same, without a word that says who ended it. */
const IN_SILENCE: readonly Setting[] = [
  {
    name: 'the proxy closes on PMS by its User-Agent',
    environment: through('pms-closes'),
    ...perhaps('proxy-unreachable', 'proxy-denies'),
  },
  {
    name: 'the proxy cuts TLS by its shape',
    environment: through('cut-h2'),
    ...perhaps('proxy-unreachable', 'tls-intercepted'),
  },
  {
    name: 'the proxy resets each connection after some bytes',
    environment: through('cuts-after'),
    ...perhaps('proxy-unreachable', 'endpoint-down'),
  },
];

/** This tool is the one that is treated badly. */
const TOOL_ALONE: readonly Setting[] = [
  { name: 'the proxy denies this tool by its User-Agent', environment: through('own-agent'), ...fine },
  { name: 'the proxy is silent to this tool by its User-Agent', environment: through('tool-silent'), ...fine },
];

const NAMES: readonly Setting[] = [
  ...under(
    { environment: {}, policy: OPEN },
    [
      { name: 'names have IPv6 addresses alone, and all is open', dnsmasq: ['filter-A'], ...fine },
      { name: 'names have IPv4 addresses alone, and all is open', dnsmasq: ['filter-AAAA'], ...fine },
      {
        name: 'names have IPv6 addresses alone, and IPv6 is closed',
        dnsmasq: ['filter-A'],
        policy: { pms6: 'drop' },
        ...perhaps('ipv6-differs', 'proxy-not-in-process'),
      },
      {
        name: 'the name of the provider alone is sinkholed',
        dnsmasq: [`address=/${METADATA}/0.0.0.0`, `address=/${METADATA}/::`],
        ...by('dns-fails-locally'),
      },
      {
        name: 'the name of the provider alone gets no reply',
        dnsmasq: [`server=/${METADATA}/10.77.1.9`],
        ...perhaps('dns-fails-locally'),
      },
      {
        name: 'the name of the provider alone does not exist',
        dnsmasq: [`address=/${METADATA}/`],
        ...by('dns-fails-locally'),
      },
      { name: 'the local stub resolver is down', resolvConf: ['nameserver 127.0.0.53'], ...by('dns-fails-locally') },
      {
        name: 'the first of two name servers is dead',
        resolvConf: ['nameserver 10.77.1.9', 'nameserver 10.77.1.1', 'options timeout:1 attempts:2'],
        pms: { ...KEPT, connectTimeoutSeconds: 20 },
        ...fine,
      },
      {
        name: 'names are tried in search domains first',
        resolvConf: ['nameserver 10.77.1.1', 'search int.example.com example.net', 'options ndots:5'],
        ...fine,
      },
      {
        name: 'TLS of the provider alone is decrypted',
        policy: { pms4: 'decrypt-scan', pms6: 'decrypt-scan' },
        ...perhaps('tls-intercepted'),
      },
    ],
    'no proxy anywhere, ',
  ),
  {
    name: 'the local stub resolver is down, and the proxy has an address',
    resolvConf: ['nameserver 127.0.0.53'],
    ...fine,
  },
  {
    name: 'the local stub resolver is down, and the proxy has a name',
    resolvConf: ['nameserver 127.0.0.53'],
    environment: withProxy(`http://${PROXY_NAME}:3128`),
    ...by('proxy-unreachable'),
  },
  {
    name: 'split names: plex.tv is another server inside',
    dnsmasq: ['address=/plex.tv/10.77.1.1'],
    ...fine,
  },
  { name: 'names have IPv6 addresses alone, and the proxy is used', dnsmasq: ['filter-A'], ...fine },
];

const RULES: readonly Setting[] = [
  {
    name: 'the PMS host itself resets connections to the proxy',
    rules: ['ip daddr 10.77.2.2 tcp dport 3128 reject with tcp reset'],
    ...by('proxy-unreachable'),
  },
  {
    name: 'the PMS host itself drops all but the proxy',
    rules: ['tcp dport 443 drop', 'udp dport 443 drop'],
    policy: OPEN,
    ...fine,
  },
  {
    name: 'DNS over TLS and over HTTPS are closed',
    rules: ['tcp dport 853 drop', 'ip daddr { 8.8.8.8, 1.1.1.1 } drop'],
    policy: OPEN,
    ...fine,
  },
  {
    name: 'a full table drops connections to the proxy beyond a few',
    policy: { ...ISOLATED, 'to-proxy': 'few' },
    ...fine,
  },
  {
    name: 'TLS of the provider alone is decrypted directly, and the proxy is used',
    policy: { pms4: 'decrypt-scan', pms6: 'decrypt-scan' },
    ...fine,
  },
  {
    name: 'direct TLS is cut by its shape, and the proxy is used',
    policy: { pms4: 'cut-h2', pms6: 'cut-h2' },
    ...fine,
  },
];

const around = (settings: readonly Setting[]): readonly Setting[] =>
  under({ pms: IGNORING }, settings, 'a scanner around the proxy, ');

export const ASKERS: readonly State[] = [
  ...playedBy(['check'], under({ pms: KEPT }, BY_ASKER)),
  ...playedBy(['reproduce'], under({ pms: KEPT, evident: ['proxy-denies'] }, BY_ASKER)),
  ...playedBy(['check', 'reproduce'], under({ pms: KEPT }, [...IN_SILENCE, ...TOOL_ALONE, ...NAMES, ...RULES])),
  // ── what PMS's log tells outlives a probe that another one was let through ──
  {
    name: 'the proxy denies PMS by its User-Agent, and its log says so',
    command: 'check',
    environment: through('pms-agent'),
    pms: KEPT,
    history: { scans: 'now' },
    ...by('proxy-denies'),
  },
  {
    name: 'the proxy closes on PMS by its User-Agent, and its log says so, in an open network',
    command: 'check',
    environment: through('pms-closes'),
    policy: OPEN,
    pms: KEPT,
    history: { scans: 'now' },
    ...perhaps('proxy-unreachable', 'proxy-denies'),
  },
  {
    name: 'no proxy anywhere, direct TLS is cut by its shape, and the log says so',
    command: 'check',
    environment: {},
    policy: { pms4: 'cut-h2', pms6: 'cut-h2' },
    pms: KEPT,
    history: { scans: 'now' },
    ...perhaps('tls-intercepted', 'proxy-not-in-process'),
  },
  {
    name: 'the proxy cuts TLS by its shape, in an open network, and the log says so',
    command: 'check',
    environment: through('cut-h2'),
    policy: OPEN,
    pms: KEPT,
    history: { scans: 'now' },
    ...perhaps('proxy-unreachable', 'tls-intercepted'),
  },
  {
    name: 'the proxy denied PMS by its User-Agent',
    command: 'read',
    environment: through('pms-agent'),
    pms: KEPT,
    history: { scans: 'now' },
    files: ['pms-logs', 'proxy-log'],
    ...by('proxy-denies'),
  },
  {
    name: 'the proxy cut TLS by its shape',
    command: 'read',
    environment: through('cut-h2'),
    pms: KEPT,
    history: { scans: 'now' },
    ...perhaps('proxy-unreachable', 'tls-intercepted', 'endpoint-down', BYPASS),
  },
  // ── direct ways that differ ──
  ...playedBy(
    ['reproduce'],
    [
      {
        name: 'no proxy anywhere, direct TLS is cut by its shape',
        environment: {},
        policy: { pms4: 'cut-h2', pms6: 'cut-h2' },
        pms: KEPT,
        ...perhaps('tls-intercepted', 'proxy-not-in-process'),
      },
      ...around([
        { name: 'direct TLS is cut by its shape', policy: { pms4: 'cut-h2', pms6: 'cut-h2' }, ...by(BYPASS) },
        {
          name: 'TLS of the provider alone is decrypted',
          policy: { pms4: 'decrypt-scan', pms6: 'decrypt-scan' },
          fails: true,
          atWork: [BYPASS, 'tls-intercepted'],
          evident: [BYPASS],
        },
        { name: 'names have IPv6 addresses alone', dnsmasq: ['filter-A'], ...by(BYPASS) },
        {
          name: 'the local stub resolver is down',
          resolvConf: ['nameserver 127.0.0.53'],
          fails: true,
          atWork: [BYPASS, 'dns-fails-locally'],
          evident: [BYPASS],
        },
        { name: 'the PMS host itself drops it', rules: ['tcp dport 443 drop'], policy: OPEN, ...by(BYPASS) },
      ]),
    ],
  ),
  ...playedBy(
    ['check'],
    around([
      // Direct TLS that is cut by its shape: where both routes are open to this tool, `check` finds nothing. Only a scan shows it.
      {
        name: 'the PMS host itself drops it',
        rules: ['tcp dport 443 drop'],
        policy: OPEN,
        ...perhaps(BYPASS),
      },
    ]),
  ),
  // ── a login that runs out ──
  {
    name: 'the login runs out before the scan',
    command: 'reproduce',
    environment: withProxy(proxyUrl('expires', { login: 'lab:secret' })),
    // PMS asks its provider when it starts.
    pms: { ...KEPT, provider: 'asks' },
    ...by('proxy-denies'),
  },
  {
    name: 'the login runs out before the scan',
    command: 'check',
    environment: withProxy(proxyUrl('expires', { login: 'lab:secret' })),
    pms: KEPT,
    ...perhaps('proxy-denies'),
  },
  // ── two servers ──
  ...playedBy(
    ['check'],
    [
      { name: 'a second PMS with the same variables', pms: KEPT, another: through('allowed'), exitCode: 3, ...fine },
      { name: 'a second PMS without variables', pms: KEPT, another: {}, exitCode: 3, ...fine },
      { name: 'a second PMS whose proxy is dead', pms: KEPT, another: through('dead'), exitCode: 3, ...fine },
    ],
  ),
];

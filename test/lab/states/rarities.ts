import { proxyUrl } from '../lab.ts';
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
  type Verdicts,
} from './state.ts';

/** Networks with one rare part: name servers, hosts files, filters and proxies that few have, and all of them in use somewhere. */

const ALLOWED = proxyUrl('allowed');

/** No proxy is used; what is between PMS and the endpoints is all that counts. */
const DIRECT: readonly Setting[] = under(
  { environment: {}, policy: OPEN },
  [
    { name: 'names: SERVFAIL', resolver: 'servfail', ...by('dns-fails-locally') },
    { name: 'names: truncated, and none over TCP', resolver: 'truncated', ...by('dns-fails-locally') },
    {
      name: 'names: an old address, where nothing answers',
      resolver: 'stale',
      ...perhaps('dns-fails-locally', 'endpoint-down'),
    },
    { name: 'names: NXDOMAIN for AAAA alone, and IPv4 is open', resolver: 'no-aaaa', ...fine },
    { name: 'NAT64 and no IPv4', resolver: 'nat64', policy: { pms4: 'no-route' }, ...fine },
    {
      name: 'NAT64, and neither family gets out',
      resolver: 'nat64',
      policy: ISOLATED,
      ...perhaps('proxy-not-in-process'),
    },
    {
      name: 'a hosts file with 0.0.0.0 for the provider',
      hosts: [`0.0.0.0 ${METADATA}`],
      ...by('dns-fails-locally'),
    },
    {
      name: 'a hosts file with an old address of the provider',
      hosts: [`45.76.200.1 ${METADATA}`],
      ...perhaps('dns-fails-locally', 'endpoint-down'),
    },
    { name: 'a hosts file with 0.0.0.0 for a name that no scan needs', hosts: ['0.0.0.0 image.tmdb.org'], ...fine },
    {
      name: 'a portal asks for a sign-in (511)',
      policy: { pms4: 'sign-in', pms6: 'sign-in' },
      ...perhaps('tls-intercepted', 'proxy-not-in-process'),
    },
    {
      name: 'TLS 1.3 is cut',
      policy: { pms4: 'cut-new', pms6: 'cut-new' },
      ...perhaps('tls-intercepted', 'proxy-not-in-process'),
    },
    // A client that has connected over IPv6 does not come back to IPv4.
    {
      name: 'IPv6 is cut by name, IPv4 is open',
      policy: { pms6: 'cut-name' },
      ...perhaps('ipv6-differs', 'proxy-not-in-process'),
    },
    {
      name: "the provider's certificate is not yet valid",
      internet: { certificate: { [METADATA]: 'not-yet' } },
      ...perhaps('endpoint-down'),
    },
  ],
  'no proxy anywhere, ',
);

/** Proxies that refuse, and what they refuse by. */
const REFUSING: readonly (readonly [proxy: string, Verdicts])[] = [
  ['no-tunnels', by('proxy-denies')],
  ['digest', by('proxy-denies')],
  ['legal', by('proxy-denies')],
  ['gateway', perhaps('proxy-unreachable', 'endpoint-down')],
  ['page', perhaps('proxy-unreachable', 'proxy-denies')],
  ['sign-in', by('proxy-denies')],
  ['cut-scan', perhaps('proxy-unreachable', 'endpoint-down')],
  ['cut-new', perhaps('proxy-unreachable', 'tls-intercepted')],
  ['no-reason', fine],
  // libcurl takes the 103 for the refusal.
  ['early', perhaps('proxy-unreachable')],
];

const THROUGH: readonly Setting[] = [
  {
    name: 'Digest alone, and the login is right',
    environment: withProxy(proxyUrl('digest', { login: 'lab:se%3Acr%40t' })),
    ...by('proxy-denies'),
  },
  {
    name: 'SOCKS that wants a login, and none is given',
    environment: { all_proxy: proxyUrl('socks-auth'), no_proxy: 'localhost,127.0.0.1' },
    ...by('proxy-denies'),
  },
  {
    name: 'SOCKS 4 with names of its own',
    environment: { all_proxy: proxyUrl('socks').replace('socks5h', 'socks4a'), no_proxy: 'localhost,127.0.0.1' },
    resolver: 'servfail',
    ...fine,
  },
  {
    name: "the proxy's name has an IPv6 address alone",
    environment: withProxy('http://proxy6.int.example.com:3128'),
    ...fine,
  },
  {
    name: "the proxy's name has an IPv6 address alone, and that is closed",
    environment: withProxy('http://proxy6.int.example.com:3128'),
    policy: { ...ISOLATED, 'to-proxy6': 'reject' },
    ...by('proxy-unreachable'),
  },
  {
    name: 'a proxy of both families, and IPv6 to it is closed',
    environment: withProxy('http://forward-proxy.int.example.com:3128'),
    policy: { ...ISOLATED, 'to-proxy6': 'drop' },
    ...fine,
  },
  {
    name: 'a proxy of two addresses, of which one refuses',
    environment: withProxy('http://proxies.int.example.com:3128'),
    ...fine,
  },
  {
    name: 'an HTTP proxy, asked for as https://',
    environment: withProxy('https://10.77.2.2:3128'),
    ...by('proxy-unreachable'),
  },
  {
    name: 'names: SERVFAIL, and the proxy has an address',
    resolver: 'servfail',
    ...fine,
  },
  {
    name: 'split names: the proxy alone, slowly',
    environment: withProxy('http://forward-proxy.int.example.com:3128'),
    resolver: 'slow',
    ...fine,
  },
  { name: 'NAT64, and the proxy is used', resolver: 'nat64', policy: { pms4: 'no-route', pms6: 'drop' }, ...fine },
  {
    name: 'NO_PROXY=* in upper case',
    environment: { ...withoutNoProxy(), NO_PROXY: '*' },
    ...by('excluded-by-no-proxy'),
  },
  {
    name: 'an empty no_proxy beside NO_PROXY=*',
    environment: { ...withProxy(ALLOWED, ''), NO_PROXY: '*' },
    ...by('excluded-by-no-proxy'),
  },
  {
    name: 'no_proxy parted by blanks',
    environment: withProxy(ALLOWED, 'localhost 127.0.0.1 .plex.tv'),
    ...by('excluded-by-no-proxy'),
  },
  {
    name: 'no_proxy parted by semicolons, which libcurl does not know',
    environment: withProxy(ALLOWED, '127.0.0.1,localhost;.plex.tv'),
    ...fine,
  },
  {
    name: 'a hosts file with 0.0.0.0 for the provider, and the proxy is used',
    hosts: [`0.0.0.0 ${METADATA}`],
    ...fine,
  },
  { name: 'direct TLS 1.3 is cut, and the proxy is used', policy: { pms4: 'cut-new', pms6: 'cut-new' }, ...fine },
  {
    name: "the provider's certificate is not yet valid",
    internet: { certificate: { [METADATA]: 'not-yet' } },
    ...perhaps('endpoint-down'),
  },
];

function withoutNoProxy(): Readonly<Record<string, string>> {
  return { http_proxy: ALLOWED, https_proxy: ALLOWED };
}

const around = (settings: readonly Setting[]): readonly Setting[] =>
  under({ pms: IGNORING }, settings, 'a scanner around the proxy, ');

export const RARITIES: readonly State[] = [
  ...playedBy(
    ['check', 'reproduce'],
    under({ pms: KEPT }, [
      ...DIRECT,
      ...REFUSING.map(([proxy, verdicts]) => ({
        name: `the proxy "${proxy}"`,
        environment: through(proxy),
        ...verdicts,
      })),
      ...THROUGH,
    ]),
  ),
  // ── the proxy tells PMS from this tool ──
  {
    name: 'the proxy denies PMS by its name',
    command: 'reproduce',
    environment: through('pms-agent'),
    pms: KEPT,
    ...by('proxy-denies'),
  },
  ...playedBy(
    ['reproduce'],
    around([
      { name: 'TLS 1.3 is cut', policy: { pms4: 'cut-new', pms6: 'cut-new' }, ...by(BYPASS) },
      { name: 'IPv6 is cut by name, IPv4 is open', policy: { pms6: 'cut-name' }, ...by(BYPASS, 'ipv6-differs') },
      { name: 'IPv4 is cut by name, IPv6 is open', policy: { pms4: 'cut-name' }, ...fine },
      {
        name: 'a portal asks for a sign-in (511)',
        policy: { pms4: 'sign-in', pms6: 'sign-in' },
        fails: true,
        atWork: [BYPASS, 'tls-intercepted'],
        evident: [BYPASS],
      },
      {
        name: 'names: SERVFAIL',
        resolver: 'servfail',
        fails: true,
        atWork: [BYPASS, 'dns-fails-locally'],
        evident: [BYPASS],
      },
      {
        name: 'a hosts file with 0.0.0.0 for the provider',
        hosts: [`0.0.0.0 ${METADATA}`],
        policy: OPEN,
        fails: true,
        atWork: [BYPASS, 'dns-fails-locally'],
        evident: [BYPASS],
      },
      { name: 'NAT64 is open', resolver: 'nat64', policy: { pms4: 'no-route' }, ...fine },
      { name: 'NAT64 is closed', resolver: 'nat64', policy: { pms4: 'no-route', pms6: 'drop' }, ...by(BYPASS) },
      { name: 'names: NXDOMAIN for AAAA alone', resolver: 'no-aaaa', ...by(BYPASS) },
    ]),
  ),
  ...playedBy(
    ['check'],
    around([
      { name: 'TLS 1.3 is cut', policy: { pms4: 'cut-new', pms6: 'cut-new' }, ...perhaps(BYPASS) },
      { name: 'IPv6 is cut by name, IPv4 is open', policy: { pms6: 'cut-name' }, ...perhaps(BYPASS) },
      {
        name: 'a hosts file with 0.0.0.0 for the provider',
        hosts: [`0.0.0.0 ${METADATA}`],
        policy: OPEN,
        ...perhaps(BYPASS, 'dns-fails-locally'),
      },
    ]),
  ),
  ...playedBy(
    ['reproduce'],
    [
      {
        name: 'a scanner with a proxy of its own that decrypts',
        pms: { ...KEPT, matcher: 'own-proxy', matcherProxy: proxyUrl('bump') },
        ...perhaps('tls-intercepted'),
      },
      {
        name: 'a scanner with a proxy of its own that cuts by name',
        pms: { ...KEPT, matcher: 'own-proxy', matcherProxy: proxyUrl('cut-scan') },
        ...perhaps('proxy-unreachable', 'endpoint-down'),
      },
    ],
  ),
  ...playedBy(
    ['observe'],
    [
      {
        name: 'a scanner around the proxy, and PMS is started anew meanwhile',
        pms: IGNORING,
        history: { scans: 'now' },
        restartsMeanwhile: true,
        ...by(BYPASS),
      },
      {
        name: 'a neighbour is denied, and all is well with PMS',
        pms: KEPT,
        environment: through('open'),
        neighbour: 'denied-scan',
        history: { scans: 'now' },
        ...fine,
      },
    ],
  ),
  ...playedBy(
    ['read'],
    [
      {
        name: "a scan failed around the proxy, and a neighbour was denied, with the proxy's log",
        pms: IGNORING,
        neighbour: 'denied-scan',
        history: { scans: 'now' },
        files: ['pms-logs', 'proxy-log'],
        ...perhaps(BYPASS),
      },
      {
        name: "a scan went well, and a neighbour was denied, with the proxy's log",
        pms: KEPT,
        neighbour: 'denied-scan',
        history: { scans: 'now' },
        files: ['pms-logs', 'proxy-log'],
        ...fine,
      },
      {
        name: 'the proxy answered with a page',
        pms: KEPT,
        environment: through('page'),
        history: { scans: 'now' },
        ...perhaps('proxy-unreachable', 'proxy-denies'),
      },
      {
        name: 'a hosts file with 0.0.0.0 for the provider, and no proxy',
        pms: KEPT,
        environment: {},
        policy: OPEN,
        hosts: [`0.0.0.0 ${METADATA}`],
        history: { scans: 'now' },
        ...perhaps('dns-fails-locally', 'endpoint-down', 'proxy-not-in-process'),
      },
    ],
  ),
];

import { PROXY_NAME, proxyUrl } from '../lab.ts';
import {
  by,
  fine,
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

/** PMS and its scanner do as their variables say: the proxy, or what the variables say, is right or wrong. */

const PROXIES: readonly (readonly [proxy: string, Verdicts])[] = [
  ['denied-scan', by('proxy-denies')],
  ['denied-all', by('proxy-denies')],
  ['auth', by('proxy-denies')],
  ['status-407', by('proxy-denies')],
  ['redirects', by('proxy-denies')],
  ['dead', by('proxy-unreachable')],
  ['close', by('proxy-unreachable')],
  ['garbage', by('proxy-unreachable')],
  ['banner', by('proxy-unreachable')],
  ['speaks-tls', by('proxy-unreachable')],
  ['huge-header', perhaps('proxy-unreachable')],
  ['drip', perhaps('proxy-unreachable')],
  ['web', perhaps('proxy-unreachable', 'proxy-denies')],
  ['bump', by('tls-intercepted')],
  // The tunnel is granted and breaks: by the proxy, a filter behind it, or the endpoint.
  ['reset', perhaps('proxy-unreachable')],
  ['then-garbage', perhaps('proxy-unreachable')],
  ['then-silent', perhaps('proxy-unreachable')],
  ['open', fine],
  ['tinyproxy', fine],
  ['socks', fine],
  ['limited', fine],
  ['plain-400', fine],
];

/** Values of the variables, and what libcurl makes of them. */
const VALUES: readonly Setting[] = [
  { name: 'the value has no scheme', environment: withProxy('10.77.2.2:3128'), ...fine },
  { name: 'the login is right', environment: withProxy(proxyUrl('auth', { login: 'lab:se%3Acr%40t' })), ...fine },
  {
    name: 'the password is wrong',
    environment: withProxy(proxyUrl('auth', { login: 'lab:guess' })),
    ...by('proxy-denies'),
  },
  // curl takes port 1080 where none is named: the SOCKS server of the lab, which is no HTTP proxy.
  { name: 'the port is missing', environment: withProxy('http://10.77.2.2'), ...by('proxy-unreachable') },
  {
    name: 'the port is out of range',
    environment: withProxy('http://10.77.2.2:99999'),
    ...by('proxy-unreachable'),
  },
  {
    name: 'the value is in quotes, as an env file of a container keeps them',
    environment: withProxy('"http://10.77.2.2:3128"'),
    ...by('proxy-unreachable'),
  },
  {
    name: "only the proxy's name resolves, as in an isolated network",
    environment: withProxy(`http://${PROXY_NAME}:3128`),
    resolver: 'nxdomain',
    ...fine,
  },
  {
    name: "the proxy's name is wrong",
    environment: withProxy('http://proxy.int.example.com:3128'),
    ...by('proxy-unreachable'),
  },
  { name: 'all_proxy only', environment: { all_proxy: proxyUrl('allowed'), no_proxy: '127.0.0.1' }, ...fine },
  { name: 'HTTPS_PROXY in upper case only', environment: { HTTPS_PROXY: proxyUrl('allowed') }, ...fine },
  {
    name: 'HTTP_PROXY in upper case only',
    environment: { HTTP_PROXY: proxyUrl('allowed'), no_proxy: '127.0.0.1' },
    ...by('proxy-not-in-process'),
  },
  {
    name: 'http_proxy only, and all endpoints are https',
    environment: { http_proxy: proxyUrl('allowed'), no_proxy: '127.0.0.1' },
    ...by('proxy-not-in-process'),
  },
  {
    name: 'https_proxy is empty',
    environment: { http_proxy: proxyUrl('allowed'), https_proxy: '', no_proxy: '127.0.0.1' },
    ...by('proxy-not-in-process'),
  },
];

const EXCLUSIONS: readonly (readonly [name: string, noProxy: string, Verdicts])[] = [
  ['.plex.tv', '.plex.tv,localhost,127.0.0.1', by('excluded-by-no-proxy')],
  ['plex.tv without a dot', 'plex.tv,127.0.0.1', by('excluded-by-no-proxy')],
  ['the whole provider', `${METADATA},127.0.0.1`, by('excluded-by-no-proxy')],
  ['in capitals', `${METADATA.toUpperCase()},127.0.0.1`, by('excluded-by-no-proxy')],
  ['*', '*', by('excluded-by-no-proxy')],
  ['*.plex.tv, which libcurl ignores', '*.plex.tv,127.0.0.1', fine],
  ['with a port, which libcurl ignores', `${METADATA}:443,127.0.0.1`, fine],
  ['the network of the endpoints, which are names', '45.76.0.0/17,127.0.0.1', fine],
  ['an endpoint that no scan needs', 'image.tmdb.org,127.0.0.1', fine],
];

/** The way to the proxy, and the proxy's own way out. */
const WAYS: readonly Setting[] = [
  ...(['drop', 'reject', 'reset'] as const).map((verdict) => ({
    name: `the way to the proxy: ${verdict}`,
    policy: { ...ISOLATED, 'to-proxy': verdict } as const,
    ...by('proxy-unreachable'),
  })),
  {
    name: 'the proxy has no way out',
    policy: { ...ISOLATED, 'proxy-egress': 'drop' },
    ...perhaps('proxy-unreachable', 'endpoint-down'),
  },
  {
    name: 'the proxy has no name server',
    policy: { ...ISOLATED, 'proxy-dns': 'drop' },
    ...perhaps('proxy-unreachable'),
  },
  { name: 'everything but the proxy is open', environment: through('dead'), policy: OPEN, ...by('proxy-unreachable') },
  // ── the direct way is none of PMS's business ──
  ...(['decrypt', 'portal', 'cut-name'] as const).map((verdict) => ({
    name: `the direct way: ${verdict}, and the proxy is used`,
    policy: { pms4: verdict, pms6: verdict } as const,
    ...fine,
  })),
  { name: 'names are sinkholed, and the proxy is used', resolver: 'sinkhole', ...fine },
  { name: 'only IPv4 is open, and the proxy is used', policy: { pms6: 'drop' }, ...fine },
  // ── slow is not unreachable ──
  {
    name: 'a slow proxy, and PMS has the patience',
    environment: through('slow'),
    pms: { ...KEPT, connectTimeoutSeconds: 20 },
    ...fine,
  },
  {
    name: 'a slow endpoint, and PMS has the patience',
    pms: { ...KEPT, connectTimeoutSeconds: 20 },
    internet: { delayMs: { [METADATA]: 4_000 } },
    ...fine,
  },
  {
    name: 'a slow proxy, and PMS has no patience',
    environment: through('slow'),
    ...perhaps('proxy-unreachable'),
  },
  // ── the endpoint ──
  ...(['expired', 'other-name'] as const).map((wrong) => ({
    name: `the certificate of the provider: ${wrong}`,
    internet: { certificate: { [METADATA]: wrong } },
    ...perhaps('endpoint-down'),
  })),
  { name: 'the provider hangs up', internet: { cut: [METADATA] }, ...perhaps('endpoint-down') },
  { name: 'the provider stays silent', internet: { stall: [METADATA] }, ...perhaps('endpoint-down') },
  { name: 'the clocks differ by two hours', internet: { skewSeconds: 7_200 }, ...fine },
  { name: 'endpoints that no scan needs hang up', internet: { cut: ['image.tmdb.org', 'fanart.tv'] }, ...fine },
];

const BY_VARIABLES: readonly Setting[] = under({ pms: KEPT }, [
  ...PROXIES.map(([proxy, verdicts]) => ({
    name: `the proxy "${proxy}"`,
    environment: through(proxy),
    ...verdicts,
  })),
  ...VALUES,
  ...EXCLUSIONS.map(([name, noProxy, verdicts]) => ({
    name: `no_proxy: ${name}`,
    environment: through('allowed', noProxy),
    ...verdicts,
  })),
  ...WAYS,
]);

/** Only one of the two commands adds something here: a process that has to try it. */
const ONCE: readonly State[] = [
  {
    name: 'variables in the shell only',
    command: 'reproduce',
    environment: {},
    shell: through('allowed'),
    pms: KEPT,
    ...by('proxy-not-in-process'),
  },
  {
    name: 'variables in the shell only, in an open network',
    command: 'reproduce',
    environment: {},
    shell: through('allowed'),
    policy: OPEN,
    pms: KEPT,
    ...fine,
  },
  {
    name: '127.0.0.1 is missing from no_proxy',
    command: 'reproduce',
    environment: through('allowed', 'localhost'),
    pms: KEPT,
    ...by('loopback-through-proxy'),
  },
  {
    name: '.plex.tv in no_proxy, in an open network',
    command: 'reproduce',
    environment: through('allowed', '.plex.tv,127.0.0.1'),
    policy: OPEN,
    pms: KEPT,
    ...fine,
  },
  {
    name: '.plex.tv in no_proxy, and direct TLS is cut by name',
    command: 'reproduce',
    environment: through('allowed', '.plex.tv,127.0.0.1'),
    policy: { pms4: 'cut-name', pms6: 'cut-name' },
    pms: KEPT,
    ...by('excluded-by-no-proxy'),
  },
  {
    name: '.plex.tv in no_proxy, and direct TLS is decrypted',
    command: 'reproduce',
    environment: through('allowed', '.plex.tv,127.0.0.1'),
    policy: { pms4: 'decrypt', pms6: 'decrypt' },
    pms: KEPT,
    ...by('excluded-by-no-proxy', 'tls-intercepted'),
  },
  // `check` keeps to the time limit that it was given, so that a proxy without a word may only be slow.
  {
    name: 'the proxy "silent"',
    command: 'check',
    environment: through('silent'),
    pms: KEPT,
    exitCode: 3,
    ...perhaps('proxy-unreachable'),
  },
  {
    name: 'the proxy "silent"',
    command: 'reproduce',
    environment: through('silent'),
    pms: KEPT,
    ...by('proxy-unreachable'),
  },
  // An HTTP proxy waits for the end of a line that never comes.
  {
    name: 'socks5h is asked of an HTTP proxy',
    command: 'check',
    environment: withProxy('socks5h://10.77.2.2:3128'),
    pms: KEPT,
    exitCode: 3,
    ...perhaps('proxy-unreachable'),
  },
  {
    name: 'socks5h is asked of an HTTP proxy',
    command: 'reproduce',
    environment: withProxy('socks5h://10.77.2.2:3128'),
    pms: KEPT,
    ...by('proxy-unreachable'),
  },
  ...playedBy(
    ['observe'],
    under({ pms: KEPT, history: { scans: 'now' } }, [
      { name: 'the proxy denies', environment: through('denied-scan'), ...by('proxy-denies') },
      { name: 'the proxy is dead', environment: through('dead'), ...by('proxy-unreachable') },
      {
        name: '.plex.tv in no_proxy',
        environment: through('allowed', '.plex.tv,127.0.0.1'),
        ...by('excluded-by-no-proxy'),
      },
      { name: 'all is well', ...fine },
    ]),
  ),
];

export const PROXIED: readonly State[] = [...playedBy(['check', 'reproduce'], BY_VARIABLES), ...ONCE];

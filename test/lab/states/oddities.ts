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

/** Rarer networks, each of which looks like another one at first sight. */

const BOTH: readonly Setting[] = [
  // ── proxies ──
  {
    name: 'a proxy that is slow to tunnel and quick to answer all else, and PMS has the patience',
    environment: through('slow-connect'),
    pms: { ...KEPT, connectTimeoutSeconds: 20 },
    ...fine,
  },
  {
    name: 'a proxy that grants the tunnel and closes',
    environment: through('then-closes'),
    ...perhaps('proxy-unreachable'),
  },
  { name: 'a proxy that answers in HTTP/1.0', environment: through('http10'), ...fine },
  {
    name: 'a proxy that is too busy for an hour',
    environment: through('busy'),
    ...perhaps('proxy-unreachable', 'proxy-denies'),
  },
  {
    name: 'a proxy that decrypts the metadata provider alone',
    environment: through('bump-scan'),
    ...perhaps('tls-intercepted'),
  },
  {
    name: 'large packets of the proxy are lost',
    policy: { ...ISOLATED, 'proxy-mtu': 'black-hole' },
    ...perhaps('proxy-unreachable'),
  },
  { name: 'a proxy at an IPv6 address', environment: withProxy('http://[fd77:2::2]:3128'), ...fine },
  {
    name: 'a PAC file, which libcurl does not read',
    environment: withProxy(proxyUrl('pac')),
    ...by('proxy-unreachable'),
  },
  {
    name: 'SOCKS in all_proxy alone',
    environment: { all_proxy: proxyUrl('socks'), no_proxy: 'localhost,127.0.0.1' },
    ...fine,
  },
  {
    name: 'SOCKS that leaves names to its client, where none resolve',
    environment: { all_proxy: proxyUrl('socks').replace('socks5h', 'socks5'), no_proxy: 'localhost,127.0.0.1' },
    resolver: 'nxdomain',
    ...perhaps('dns-fails-locally'),
  },
  // ── names ──
  {
    name: 'names over TCP alone, and no proxy',
    environment: {},
    policy: { dns: 'drop-udp' },
    ...by('dns-fails-locally'),
  },
  {
    name: 'names over TCP alone, and the proxy has a name',
    environment: withProxy(`http://${PROXY_NAME}:3128`),
    policy: { ...ISOLATED, dns: 'drop-udp' },
    ...by('proxy-unreachable'),
  },
  // ── exclusions ──
  { name: 'no_proxy: .tv', environment: through('allowed', '.tv,127.0.0.1'), ...by('excluded-by-no-proxy') },
  {
    name: 'no_proxy: a trailing dot, which libcurl cuts off',
    environment: through('allowed', `${METADATA}.,127.0.0.1`),
    ...by('excluded-by-no-proxy'),
  },
  {
    name: 'no_proxy: a longer name',
    environment: through('allowed', `my${METADATA},x.${METADATA},127.0.0.1`),
    ...fine,
  },
  // ── the server ──
  { name: 'PMS on another port', pms: { ...KEPT, port: 32_500 }, ...fine },
  {
    name: 'PMS on another port is not signed in',
    pms: { ...KEPT, port: 32_500, signIn: 'none' },
    ...by('not-signed-in'),
  },
  // ── clocks ──
  { name: 'the clocks differ by three years', internet: { skewSeconds: 94_608_000 }, ...fine },
  { name: 'the clocks differ by minus three years', internet: { skewSeconds: -94_608_000 }, ...fine },
  // ── what is not PMS's trouble ──
  {
    name: 'endpoints that no scan needs are denied and hang',
    internet: { stall: ['image.tmdb.org', 'fanart.tv', 'v4.plex.tv'] },
    ...fine,
  },
];

export const ODDITIES: readonly State[] = [
  ...playedBy(['check', 'reproduce'], under({ pms: KEPT }, BOTH)),
  {
    name: 'the proxy denies this tool alone, and a scan went well',
    command: 'check',
    environment: through('own-agent'),
    pms: KEPT,
    history: { scans: 'now' },
    ...fine,
  },
  {
    name: 'the proxy denies this tool alone',
    command: 'reproduce',
    environment: through('own-agent'),
    pms: KEPT,
    ...fine,
  },
  {
    name: 'a scanner around the proxy of a PMS on another port',
    command: 'reproduce',
    pms: { ...IGNORING, port: 32_500 },
    ...by(BYPASS),
  },
  {
    name: 'a scanner around the proxy, IPv6 alone is open, and the proxy is slow',
    command: 'reproduce',
    environment: through('slow-connect'),
    pms: IGNORING,
    policy: { pms4: 'drop' },
    ...fine,
  },
  {
    name: 'a scanner around the proxy, names over TCP alone',
    command: 'reproduce',
    pms: IGNORING,
    policy: { dns: 'drop-udp' },
    fails: true,
    atWork: [BYPASS, 'dns-fails-locally'],
    evident: [BYPASS],
  },
  {
    name: 'no proxy anywhere, the metadata provider is slow, and PMS has the patience',
    command: 'check',
    environment: {},
    policy: OPEN,
    pms: { ...KEPT, connectTimeoutSeconds: 20 },
    internet: { delayMs: { [METADATA]: 7_000 } },
    ...fine,
  },
];

import type { Endpoint } from '../../core/model/endpoint.ts';
import type { DnsAnswer } from './dns.ts';
import type { Destination, ProxyRequest } from './proxy.ts';

/**
 * The sealed network of the demo. Two network namespaces and one link between them:
 *
 *     PMS side 10.20.30.40 ──── lan0 ──── 10.20.30.1 outside: DNS, proxy, and the endpoints on its loopback
 *
 * The PMS side sends everything else to 10.20.30.1 too, but the outside neither owns those addresses nor forwards: such packets
 * vanish without an answer, as behind a packet filter that drops. Only the proxy knows that the endpoints are at hand.
 */
export const LAN = {
  link: 'lan0',
  pms: '10.20.30.40',
  outside: '10.20.30.1',
  prefixLength: 24,
  domain: 'int.example.com',
} as const;

export const PROXY = { host: `forward-proxy.${LAN.domain}`, port: 3128 } as const;

/** The three variables of a systemd override as people write it. */
export const PROXY_VARIABLES = {
  http_proxy: `http://${PROXY.host}:${PROXY.port}`,
  https_proxy: `http://${PROXY.host}:${PROXY.port}`,
  no_proxy: `localhost,127.0.0.1,.${LAN.domain}`,
} as const;

/**
 * 192.88.99.0/24, once the 6to4 relays', is public and no longer assigned (RFC 7526): the demo's DNS answers look like
 * the internet and cannot be taken for a real host's address.
 */
const PUBLIC_PREFIX = '192.88.99.';
/** The source address that the outside world would see on every request through the proxy. */
export const PROXY_PUBLIC_ADDRESS = `${PUBLIC_PREFIX}1`;

/** `ip` arguments that make the link from the PMS side; `outsidePid` lives in the namespace of the other end. */
export function pmsSidePlan(outsidePid: number): readonly (readonly string[])[] {
  return [
    ['link', 'set', 'lo', 'up'],
    ['link', 'add', LAN.link, 'type', 'veth', 'peer', 'name', LAN.link, 'netns', String(outsidePid)],
    ['address', 'add', `${LAN.pms}/${LAN.prefixLength}`, 'dev', LAN.link],
    ['link', 'set', LAN.link, 'up'],
    ['route', 'add', 'default', 'via', LAN.outside],
  ];
}

/** `ip` arguments for the outside, once its end of the link is there. */
export const OUTSIDE_PLAN: readonly (readonly string[])[] = [
  ['link', 'set', 'lo', 'up'],
  ['address', 'add', `${LAN.outside}/${LAN.prefixLength}`, 'dev', LAN.link],
  ['link', 'set', LAN.link, 'up'],
];

/** Name service, proxy policy and servers of the demo, all derived from the catalogue. */
export interface World {
  /** Names that are served over TLS, each with its own certificate. */
  readonly secureNames: readonly string[];
  /** Ports to listen on. */
  readonly ports: readonly { readonly port: number; readonly scheme: 'https' | 'http' }[];
  /** HTTP status per host, where the genuine endpoint is known by it. */
  readonly statuses: ReadonlyMap<string, number>;
  readonly dns: (name: string) => DnsAnswer;
  readonly allows: (request: ProxyRequest) => boolean;
  /** The proxy's target for each host: the outside's own loopback. */
  readonly resolve: (host: string, port: number) => Destination | null;
}

export function worldOf(catalogue: readonly Endpoint[]): World {
  const probed = catalogue.flatMap((endpoint) => {
    const { kind, probeHost } = endpoint;
    return probeHost !== null && (kind === 'host' || kind === 'wildcard') ? [{ ...endpoint, probeHost }] : [];
  });
  const names = [...new Set(probed.map(({ probeHost }) => probeHost))];
  const addresses = new Map(names.map((name, index) => [name, `${PUBLIC_PREFIX}${index + 2}`]));
  const telemetry = new Set(probed.filter((endpoint) => endpoint.telemetry).map(({ probeHost }) => probeHost));
  const ports = new Map(probed.map(({ port, scheme }) => [port, scheme]));
  return {
    secureNames: [...new Set(probed.filter(({ scheme }) => scheme === 'https').map(({ probeHost }) => probeHost))],
    ports: [...ports].map(([port, scheme]) => ({ port, scheme })),
    statuses: new Map(probed.map(({ probeHost, accepts }) => [probeHost, accepts?.[0] ?? 200])),
    dns: (name) => answerFor(name.toLowerCase(), addresses),
    allows: ({ host }) => addresses.has(host) && !telemetry.has(host),
    resolve: (host, port) => (addresses.has(host) && ports.has(port) ? { host: '127.0.0.1', port } : null),
  };
}

function answerFor(name: string, addresses: ReadonlyMap<string, string>): DnsAnswer {
  const address = name === PROXY.host ? LAN.outside : (addresses.get(name) ?? addressInPlexDirect(name));
  return address === undefined ? { kind: 'nxdomain' } : { kind: 'addresses', addresses: [address] };
}

/** plex.direct names carry their address: 10-20-30-40.<32 hex>.plex.direct. */
function addressInPlexDirect(name: string): string | undefined {
  return /^(\d{1,3}(?:-\d{1,3}){3})\.[0-9a-f]{32}\.plex\.direct$/.exec(name)?.[1]?.replaceAll('-', '.');
}

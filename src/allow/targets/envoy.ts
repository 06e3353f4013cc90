import type { AllowedName, AllowList, Service } from '../model.ts';
import { byService, defineTarget, serverNamed, type Drawn } from '../target.ts';
import { purposeOf } from '../words.ts';

const TYPES = 'type.googleapis.com/envoy.extensions';
/** Listeners are on loopback; this is added to the port that they stand for, or taken off a high one on another address. */
const OFFSET = 10_000;
const HIGHEST_PORT = 65_535;

export default defineTarget({
  id: 'envoy',
  title: 'Envoy, server names of TLS',
  decidesBy: 'name',
  comment: '#',
  install: [
    'A whole configuration: "envoy --mode validate -c FILE" checks it. Redirect connections of the PMS host to its listeners (port 443 to 10443, and so on), or take the filter chains into your own.',
    'Envoy resolves the server name itself, so a client cannot reach another address with an allowed name. Other names match no filter chain: their connections are closed.',
  ],
  limits: [
    'The server name is read and TLS passed on as it is. An encrypted server name (ECH) shows its public name only.',
  ],
  draw,
});

function draw(list: AllowList): Drawn {
  const { names, notIn } = serverNamed(list);
  const groups = byService(names).filter(({ service }) => service.scheme === 'https');
  return {
    lines: [
      'static_resources:',
      groups.length === 0 ? '  listeners: []' : '  listeners:',
      ...groups.flatMap(({ service, names: ofService }) => listener(service, ofService)),
      '  clusters:',
      '    - name: plex',
      '      lb_policy: CLUSTER_PROVIDED',
      '      cluster_type:',
      '        name: envoy.clusters.dynamic_forward_proxy',
      '        typed_config:',
      `          '@type': ${TYPES}.clusters.dynamic_forward_proxy.v3.ClusterConfig`,
      '          dns_cache_config: { name: plex, dns_lookup_family: V4_PREFERRED }',
    ],
    notIn,
  };
}

function listener({ port }: Service, names: readonly AllowedName[]): readonly string[] {
  return [
    `    - name: plex_${port}`,
    `      address: { socket_address: { ${placeOf(port)} } }`,
    '      listener_filters:',
    '        - name: envoy.filters.listener.tls_inspector',
    '          typed_config:',
    `            '@type': ${TYPES}.filters.listener.tls_inspector.v3.TlsInspector`,
    '      filter_chains:',
    '        - filter_chain_match:',
    '            server_names:',
    ...names.flatMap((name) => [`              # ${purposeOf(name)}`, `              - '${name.host}'`]),
    '          filters:',
    '            - name: envoy.filters.network.sni_dynamic_forward_proxy',
    '              typed_config:',
    `                '@type': ${TYPES}.filters.network.sni_dynamic_forward_proxy.v3.FilterConfig`,
    `                port_value: ${port}`,
    '                dns_cache_config: { name: plex, dns_lookup_family: V4_PREFERRED }',
    '            - name: envoy.filters.network.tcp_proxy',
    '              typed_config:',
    `                '@type': ${TYPES}.filters.network.tcp_proxy.v3.TcpProxy`,
    `                stat_prefix: plex_${port}`,
    '                cluster: plex',
  ];
}

function placeOf(port: number): string {
  return port + OFFSET <= HIGHEST_PORT
    ? `address: 127.0.0.1, port_value: ${port + OFFSET}`
    : `address: 127.0.0.2, port_value: ${port - OFFSET}`;
}

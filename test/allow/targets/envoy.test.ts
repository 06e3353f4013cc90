import { expect, it } from 'vitest';
import { parse } from 'yaml';
import envoy from '../../../src/allow/targets/envoy.ts';
import { familyOf } from '../../../src/core/values/address.ts';
import { assertAccepted, assertExact, isAllowed, listOf, own, textOf } from '../../support/allow/lists.ts';
import { misshapen, type Shape } from '../../support/shape.ts';

interface Listener {
  readonly name: string;
  readonly address: { readonly socket_address: { readonly port_value: number } };
  readonly filter_chains: readonly {
    readonly filter_chain_match: { readonly server_names: readonly string[] };
    readonly filters: readonly { readonly typed_config: { readonly port_value?: number } }[];
  }[];
}

function listenersOf(text: string): readonly Listener[] {
  const document: { static_resources: { listeners: readonly Listener[] } } = parse(text);
  return document.static_resources.listeners;
}

it('has a filter chain with exactly the names of each port', () => {
  assertExact(
    envoy,
    (rules, { host, scheme, port }) =>
      // The indentation is gone from the rules; a listener is told by its name.
      scheme === 'https' &&
      chainOf(rules, port).some((name) => (name.startsWith('*') ? host.endsWith(name.slice(1)) : host === name)),
    (list, wanted) => familyOf(wanted.host) === null && wanted.scheme === 'https' && isAllowed(list, wanted),
  );
});

function chainOf(rules: readonly string[], port: number): readonly string[] {
  const from = rules.indexOf(`- name: plex_${port}`);
  if (from < 0) return [];
  const start = rules.indexOf('server_names:', from) + 1;
  return rules.slice(start, rules.indexOf('filters:', start)).map((rule) => rule.slice(3, -1));
}

it('is YAML with one listener for each port', () => {
  const listeners = listenersOf(textOf(envoy, listOf([own('a.example'), own('*.b.example', { port: 8443 })])));
  expect(
    listeners.map(({ name, address, filter_chains: [chain] }) => [
      name,
      address.socket_address.port_value,
      chain?.filter_chain_match.server_names,
      chain?.filters[0]?.typed_config.port_value,
    ]),
  ).toEqual([
    ['plex_443', 10_443, ['a.example'], 443],
    ['plex_8443', 18_443, ['*.b.example'], 8443],
  ]);
});

it('without a name it has no listener', () => {
  expect(listenersOf(textOf(envoy, listOf([])))).toEqual([]);
});

/** The messages of envoyproxy/data-plane-api at 84e87364 that we use, with the rules of their fields. */
const CACHE: Shape = {
  'name!': /^plex$/,
  dns_lookup_family: /^(?:AUTO|V4_ONLY|V6_ONLY|V4_PREFERRED|ALL)$/,
};
const port: Shape = (value, path) =>
  Number(value) > 0 && Number(value) <= 65_535 ? [] : [`${path}: ${String(value)}`];
const EXTENSIONS: Readonly<Record<string, Shape>> = {
  'filters.listener.tls_inspector.v3.TlsInspector': {},
  'filters.network.sni_dynamic_forward_proxy.v3.FilterConfig': { 'dns_cache_config!': CACHE, port_value: port },
  'filters.network.tcp_proxy.v3.TcpProxy': { 'stat_prefix!': /^.+$/, 'cluster!': /^plex$/ },
  'clusters.dynamic_forward_proxy.v3.ClusterConfig': { 'dns_cache_config!': CACHE },
};
const EXTENSION: Shape = { 'name!': /^envoy\..+$/, 'typed_config!': any };
const ENVOY: Shape = {
  static_resources: {
    listeners: [
      {
        'name!': /^.+$/,
        'address!': { socket_address: { 'address!': /^127\.0\.0\.\d+$/, 'port_value!': port } },
        listener_filters: [EXTENSION],
        'filter_chains!': [
          {
            filter_chain_match: { server_names: [/^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/] },
            'filters!': [EXTENSION],
          },
        ],
      },
    ],
    clusters: [{ 'name!': /^plex$/, lb_policy: /^CLUSTER_PROVIDED$/, cluster_type: EXTENSION }],
  },
};

function any(value: unknown, path: string): readonly string[] {
  const { '@type': type, ...fields } =
    typeof value === 'object' && value !== null ? { '@type': null, ...value } : { '@type': null };
  const known = EXTENSIONS[String(type).replace('type.googleapis.com/envoy.extensions.', '')];
  return known === undefined ? [`${path}: no extension ${String(type)}`] : misshapen(known, fields, path);
}

it('is what the messages of its API hold, with no address twice', () => {
  assertAccepted(envoy, (text) => {
    const addresses = listenersOf(text).map(({ address }) => JSON.stringify(address));
    const repeated = addresses.filter((address, index) => addresses.indexOf(address) !== index);
    return [...misshapen(ENVOY, parse(text)), ...repeated.map((address) => `two listeners on ${address}`)];
  });
  expect(misshapen(ENVOY, { static_resources: { listener: [] } })).not.toEqual([]);
});

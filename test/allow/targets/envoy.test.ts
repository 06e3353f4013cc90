import { expect, it } from 'vitest';
import { parse } from 'yaml';
import envoy from '../../../src/allow/targets/envoy.ts';
import { familyOf } from '../../../src/core/values/address.ts';
import { assertExact, isAllowed, listOf, own, textOf } from '../../support/allow/lists.ts';

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

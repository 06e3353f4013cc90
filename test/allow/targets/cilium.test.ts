import { expect, it } from 'vitest';
import { parse } from 'yaml';
import cilium from '../../../src/allow/targets/cilium.ts';
import { familyOf } from '../../../src/core/values/address.ts';
import { assertAccepted, listOf, own, textOf } from '../../support/allow/lists.ts';
import { mapOf, misshapen, oneOf, type Shape } from '../../support/shape.ts';

it('resolves all names, and allows each port for its own', () => {
  const list = listOf([
    own('a.example'),
    own('*.b.example', { port: 8443 }),
    own('203.0.113.5'),
    own('2001:db8::1'),
    own('*.lan.example', { kind: 'dns' }),
  ]);
  const policy: unknown = parse(textOf(cilium, list));
  expect(policy).toMatchObject({ apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy' });
  expect(policy).toHaveProperty('spec.egress.0.toPorts.0.rules.dns', [
    { matchName: 'a.example' },
    { matchPattern: '*.b.example' },
    { matchPattern: '*.*.b.example' },
    { matchPattern: '*.lan.example' },
    { matchPattern: '*.*.lan.example' },
  ]);
  const on = (port: string): unknown => [{ ports: [{ port, protocol: 'TCP' }] }];
  expect(policy).toHaveProperty('spec.egress.1', { toFQDNs: [{ matchName: 'a.example' }], toPorts: on('443') });
  expect(policy).toHaveProperty('spec.egress.2', {
    toCIDR: ['203.0.113.5/32', '2001:db8::1/128'],
    toPorts: on('443'),
  });
  expect(policy).toHaveProperty('spec.egress.3', {
    toFQDNs: [{ matchPattern: '*.b.example' }, { matchPattern: '*.*.b.example' }],
    toPorts: on('8443'),
  });
});

it('is YAML without a name as well', () => {
  expect(parse(textOf(cilium, listOf([])))).toHaveProperty('spec.egress.length', 1);
});

/** pkg/k8s/apis/cilium.io/client/crds/v2/ciliumnetworkpolicies.yaml, as datreeio/CRDs-catalog has it at 7b1e26ef. */
const NAMES: Shape = [
  oneOf({ matchName: /^(?=.{1,255}$)(?:[-\w]+[.]?)+$/, matchPattern: /^(?=.{1,255}$)(?:[-\w*]+[.]?)+$/ }),
];
const LABELS: Shape = { matchLabels: mapOf(/^(?:[a-zA-Z0-9][-\w.]{0,61}[a-zA-Z0-9]|[a-zA-Z0-9])$/) };
const PORTS: Shape = [
  {
    'ports!': [
      {
        'port!': /^(?:\d{1,4}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])$/,
        protocol: /^(?:TCP|UDP|SCTP|ANY)$/,
      },
    ],
    rules: { dns: NAMES },
  },
];
const POLICY: Shape = {
  'apiVersion!': /^cilium\.io\/v2$/,
  'kind!': /^CiliumNetworkPolicy$/,
  'metadata!': { 'name!': /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/ },
  'spec!': {
    'endpointSelector!': LABELS,
    egress: [
      {
        toEndpoints: [LABELS],
        toFQDNs: NAMES,
        toCIDR: [
          (value, path) => {
            const [address = '', bits] = String(value).split('/');
            return bits === (familyOf(address) === 4 ? '32' : '128') ? [] : [`${path}: ${String(value)}`];
          },
        ],
        'toPorts!': PORTS,
      },
    ],
  },
};

it('is a policy as its resource definition has it', () => {
  assertAccepted(cilium, (text) => misshapen(POLICY, parse(text)));
  expect(misshapen(NAMES, [{ matchName: '*.a.example' }])).not.toEqual([]);
  expect(misshapen(NAMES, [{ matchName: 'a.example', matchPattern: 'b' }])).not.toEqual([]);
});

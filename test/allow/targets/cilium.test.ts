import { expect, it } from 'vitest';
import { parse } from 'yaml';
import cilium from '../../../src/allow/targets/cilium.ts';
import { listOf, own, textOf } from '../../support/allow/lists.ts';

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

import { expect, it } from 'vitest';
import dnsmasq from '../../../src/allow/targets/dnsmasq.ts';
import nftables from '../../../src/allow/targets/nftables.ts';
import { CATALOGUE } from '../../../src/catalog/index.ts';
import { listOf, own, rulesOf } from '../../support/allow/lists.ts';

it('puts each name into the sets of its ports', () => {
  const list = listOf([own('a.example'), own('*.b.example', { port: 8443 }), own('*.lan.example', { kind: 'dns' })]);
  expect(rulesOf(dnsmasq, list)).toEqual([
    'nftset=/a.example/4#inet#pms_allow#v4_443,6#inet#pms_allow#v6_443',
    'nftset=/b.example/4#inet#pms_allow#v4_8443,6#inet#pms_allow#v6_8443',
    'rebind-domain-ok=/lan.example/',
  ]);
});

it('takes known names below an allowed one out again', () => {
  const rules = rulesOf(dnsmasq, listOf(CATALOGUE, { asked: 'scan' }));
  const others = '4#inet#pms_allow#v4_not_allowed,6#inet#pms_allow#v6_not_allowed';
  expect(rules).toContain(`nftset=/analytics.plex.tv/${others}`);
  expect(rules.filter((rule) => rule.includes('/metadata.provider.plex.tv/'))).toHaveLength(1);
  expect(rules.filter((rule) => rule.includes('sentry'))).toEqual([]);
});

it('fills only sets that the other half has', () => {
  const list = listOf(CATALOGUE, { asked: 'all' });
  const filled = rulesOf(dnsmasq, list).flatMap((rule) => [...rule.matchAll(/pms_allow#(\w+)/g)].map(([, set]) => set));
  const there = rulesOf(nftables, list).flatMap((rule) => /^set (\w+) \{/.exec(rule)?.[1] ?? []);
  expect([...new Set(filled)].filter((set) => !there.includes(set ?? ''))).toEqual([]);
});

it('has no line for an address, and says so', () => {
  const { lines, notIn } = dnsmasq.draw(listOf([own('203.0.113.5'), own('a.example')]), { sni: false });
  expect(lines.join('\n')).not.toContain('203.0.113.5');
  expect(notIn).toMatchObject([{ host: '203.0.113.5' }]);
});

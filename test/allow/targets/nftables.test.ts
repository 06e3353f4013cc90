import { describe, expect, it } from 'vitest';
import nftables from '../../../src/allow/targets/nftables.ts';
import { CATALOGUE } from '../../../src/catalog/index.ts';
import { listOf, own, rulesOf } from '../../support/allow/lists.ts';

const accepts = (rules: readonly string[]): readonly string[] => rules.filter((rule) => rule.endsWith(' accept'));

describe('the chain of what is allowed', () => {
  it('accepts each port for its own addresses, fixed ones too', () => {
    const list = listOf([
      own('a.example'),
      own('b.example', { scheme: 'http', port: 80 }),
      own('*.c.example', { port: 8443 }),
      own('203.0.113.5'),
      own('2001:db8::1'),
    ]);
    expect(accepts(rulesOf(nftables, list))).toEqual([
      'ct state established,related accept',
      'ip daddr @v4_443 tcp dport 443 accept',
      'ip daddr { 203.0.113.5 } tcp dport 443 accept',
      'ip6 daddr @v6_443 tcp dport 443 accept',
      'ip6 daddr { 2001:db8::1 } tcp dport 443 accept',
      'ip daddr @v4_8443 tcp dport 8443 accept',
      'ip6 daddr @v6_8443 tcp dport 8443 accept',
      'ip daddr @v4_http_80 tcp dport 80 accept',
      'ip6 daddr @v6_http_80 tcp dport 80 accept',
    ]);
  });

  it('refuses nothing by itself', () => {
    expect(rulesOf(nftables, listOf(CATALOGUE)).filter((rule) => /\b(?:drop|reject)\b/.test(rule))).toEqual([]);
  });

  it('is for the given clients of each family, once each', () => {
    const rules = rulesOf(nftables, listOf(CATALOGUE, { clients: ['192.0.2.1', '2001:db8::9', '192.0.2.1'] }));
    expect(rules.filter((rule) => rule.startsWith('elements'))).toEqual([
      'elements = { 192.0.2.1 }',
      'elements = { 2001:db8::9 }',
    ]);
  });
});

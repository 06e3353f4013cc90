import { expect, it } from 'vitest';
import haproxy from '../../../src/allow/targets/haproxy.ts';
import { familyOf } from '../../../src/core/values/address.ts';
import { assertExact, isNamed, listOf, own } from '../../support/allow/lists.ts';

it('matches exactly the names that are asked for with TLS', () => {
  assertExact(
    haproxy,
    (rules, { host }) => rules.some((rule) => new RegExp(rule).test(host)),
    (list, { host }) => familyOf(host) === null && isNamed(list, host, 'https'),
  );
});

it('says which names have no server name', () => {
  const { notIn } = haproxy.draw(listOf([own('a.example', { scheme: 'http' }), own('203.0.113.5')]), { sni: false });
  expect(notIn.map(({ host, why }) => [host, why])).toEqual([
    ['a.example', 'asked for without TLS, so without a server name'],
    ['203.0.113.5', 'an address is no server name'],
  ]);
});

import { it } from 'vitest';
import adguardHome from '../../../src/allow/targets/adguard-home.ts';
import { familyOf } from '../../../src/core/values/address.ts';
import { assertExact, covers } from '../../support/allow/lists.ts';

it('allows exactly the names, resolved ones too', () => {
  assertExact(
    adguardHome,
    (rules, { host }) =>
      rules.some((rule) => {
        const pattern = rule.slice('@@|'.length, -'^'.length);
        return pattern.startsWith('*') ? host.endsWith(pattern.slice(1)) : host === pattern;
      }),
    (list, { host }) => familyOf(host) === null && list.names.some((name) => covers(name, host)),
  );
});

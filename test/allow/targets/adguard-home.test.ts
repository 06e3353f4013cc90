import { expect, it } from 'vitest';
import adguardHome from '../../../src/allow/targets/adguard-home.ts';
import { familyOf } from '../../../src/core/values/address.ts';
import { assertAccepted, assertExact, covers } from '../../support/allow/lists.ts';

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

/** NewNetworkRule of AdguardTeam/urlfilter at 8d0965c4: options begin at a dollar sign, and a pattern has three characters or more. */
function refused(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('!') && !/^@@\|[\w*.-]{2,}\^$/.test(line));
}

it('is what its parser takes for a rule or a comment', () => {
  assertAccepted(adguardHome, refused);
  expect(refused('@@|a.example^$nonsense\n# no comment')).toHaveLength(2);
});

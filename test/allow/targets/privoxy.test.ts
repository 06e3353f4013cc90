import { expect, it } from 'vitest';
import privoxy from '../../../src/allow/targets/privoxy.ts';
import { assertExact, isAllowed, listOf, own, rulesOf, type Wanted } from '../../support/allow/lists.ts';

/** The last section with a matching pattern decides. */
function allows(rules: readonly string[], { host, port }: Wanted): boolean {
  let isBlocking = false;
  let isBlocked = false;
  for (const rule of rules) {
    const section = /^\{([+-])block/.exec(rule);
    if (section) isBlocking = section[1] === '+';
    else if (matches(rule, host, port)) isBlocked = isBlocking;
  }
  return !isBlocked;
}

function matches(rule: string, host: string, port: number): boolean {
  if (rule === '/') return true;
  const [, domain = '', at] = /^(.*):(\d+)\/$/.exec(rule) ?? [];
  return String(port) === at && (domain.startsWith('.') ? `.${host}`.endsWith(domain) : host === domain);
}

it('allows exactly the names and ports', () => {
  assertExact(privoxy, allows, (list, { host, port }) =>
    host.includes(':') ? false : (['https', 'http'] as const).some((scheme) => isAllowed(list, { host, scheme, port })),
  );
});

it('blocks a domain again whose subdomains are allowed', () => {
  expect(rulesOf(privoxy, listOf([own('*.b.example')]))).toEqual([
    '{+block{Not on the list of what Plex Media Server may reach.}}',
    '/',
    '{-block}',
    '.b.example:443/',
    '{+block{Only the names below are allowed.}}',
    'b.example:443/',
  ]);
});

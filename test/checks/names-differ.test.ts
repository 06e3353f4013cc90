import type { ResolverFacts } from '../../src/core/model/evidence.ts';
import check from '../../checks/names-differ.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture, lookup } from '../support/fixtures/facts.ts';

type Answer = NonNullable<ResolverFacts['bySystem']>[number];

const PUBLIC = { address: '203.0.113.77', scope: 'public' } as const;
const PRIVATE = { address: '10.0.0.9', scope: 'private' } as const;
const answer = (...addresses: Answer['addresses']): Answer => ({ host: 'plex.tv', code: null, addresses });
const nothing = (code: string): Answer => ({ host: 'plex.tv', code, addresses: [] });
const missing = (code: string): ResolverFacts['lookups'] => [
  lookup('plex.tv', 4, { addresses: [], code }),
  lookup('plex.tv', 6, { addresses: [], code: 'ENODATA' }),
];
const from = (bySystem: readonly Answer[], lookups = [lookup('plex.tv', 4)]) =>
  factsFixture({ resolver: { lookups, bySystem } });

checkRows(check, [
  {
    name: 'a way of nsswitch.conf that is neither file nor server',
    facts: from([answer(PRIVATE)], [...missing('ENOTFOUND')]),
    expected: {
      verdict: 'warn',
      message: 'others-only',
      args: { host: 'plex.tv', others: '10.0.0.9', code: 'ENOTFOUND' },
    },
  },
  {
    name: 'the servers are silent, and another way answers',
    facts: from([answer(PUBLIC)], [...missing('ETIMEOUT')]),
    expected: { verdict: 'warn', message: 'others-only' },
  },
  {
    name: 'nsswitch.conf without name servers',
    facts: from([nothing('ENOTFOUND')]),
    expected: {
      verdict: 'warn',
      message: 'pms-only',
      args: { host: 'plex.tv', own: '203.0.113.10', code: 'ENOTFOUND' },
    },
  },
  {
    name: 'the one leads into the own network, the other to the internet',
    facts: from([answer(PRIVATE)]),
    expected: {
      verdict: 'warn',
      message: 'scopes',
      args: { host: 'plex.tv', own: '203.0.113.10', scope: 'public', others: '10.0.0.9', 'others-scope': 'private' },
    },
  },
  {
    name: 'a pool answers with another address each time',
    facts: from([answer(PUBLIC)]),
    expected: { verdict: 'pass', message: 'same' },
  },
  {
    name: 'neither has it',
    facts: from([nothing('ENOTFOUND')], [...missing('ENOTFOUND')]),
    expected: { verdict: 'pass', message: 'same' },
  },
  {
    name: 'a question that was not answered in time decides nothing',
    facts: from([nothing('EAI_AGAIN')]),
    expected: { verdict: 'pass', message: 'same' },
  },
  {
    name: 'a name that was not looked up',
    facts: from([answer(PUBLIC)], []),
    expected: { verdict: 'pass', message: 'same' },
  },
  { name: 'not asked', facts: factsFixture(), expected: { verdict: 'not-applicable', message: 'unasked' } },
]);

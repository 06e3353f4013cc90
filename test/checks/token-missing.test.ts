import check from '../../checks/token-missing.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';

const UNAUTHORIZED = { call: '/', code: 'UNAUTHORIZED', message: 'PMS answered 401' } as const;

checkRows(check, [
  {
    name: 'none found, and one is needed',
    facts: factsFixture({
      pmsStatus: {
        tokenFrom: null,
        troubles: [UNAUTHORIZED, { call: 'token', code: 'EACCES', message: 'may not be read' }],
      },
    }),
    expected: { verdict: 'warn', message: 'missing' },
  },
  {
    name: 'the token of the user is refused',
    facts: factsFixture({ pmsStatus: { tokenFrom: 'option', troubles: [UNAUTHORIZED] } }),
    expected: { verdict: 'warn', message: 'refused' },
  },
  {
    name: 'none found, and none is needed',
    facts: factsFixture({ pmsStatus: { tokenFrom: null } }),
    expected: { verdict: 'pass', message: 'not-needed' },
  },
  {
    name: 'accepted',
    facts: factsFixture({ pmsStatus: {} }),
    expected: { verdict: 'pass', message: 'accepted', args: { from: 'local-admin-token' } },
  },
  {
    name: 'nobody was reached',
    facts: factsFixture({
      pmsStatus: { tokenFrom: null, troubles: [{ call: '/identity', code: 'TIMEOUT', message: 'late' }] },
    }),
    expected: { verdict: 'not-applicable', message: 'unreached' },
  },
]);

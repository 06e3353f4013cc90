import check from '../../checks/pms-api-unreachable.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';
import type { TroubleCode } from '../../src/core/model/reason.ts';

const trouble = (code: TroubleCode) =>
  factsFixture({ pmsStatus: { version: null, troubles: [{ call: '/identity', code, message: 'so it was' }] } });

checkRows(check, [
  {
    name: 'nothing listens',
    facts: trouble('PMS_NOT_LISTENING'),
    expected: { verdict: 'warn', message: 'not-listening', args: { base: 'http://127.0.0.1:32400' } },
  },
  { name: 'it hangs', facts: trouble('TIMEOUT'), expected: { verdict: 'warn', message: 'silent' } },
  { name: 'another server', facts: trouble('NOT_PMS'), expected: { verdict: 'warn', message: 'not-pms' } },
  {
    name: 'a certificate of somebody else',
    facts: trouble('TLS_UNTRUSTED'),
    expected: { verdict: 'warn', message: 'untrusted' },
  },
  { name: 'cut', facts: trouble('CUT'), expected: { verdict: 'warn', message: 'failed' } },
  {
    name: 'interrupted',
    facts: trouble('INTERRUPTED'),
    expected: { verdict: 'not-applicable', message: 'interrupted' },
  },
  { name: 'it answers', facts: factsFixture({ pmsStatus: {} }), expected: { verdict: 'pass', message: 'answers' } },
]);

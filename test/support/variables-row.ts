import type { DialectId } from '../../src/core/dialects/dialect.ts';
import type { CheckRow, ExpectedFinding } from './check-rows.ts';
import { factsFixture } from './facts-fixture.ts';

/** A row about variables alone: what they are set to in the judged source (`pid:812`), and the one finding about them. */
export function variablesRow(
  name: string,
  variables: Readonly<Record<string, string>>,
  verdict: ExpectedFinding['verdict'],
  message: string,
  args?: ExpectedFinding['args'],
  pmsDialect: DialectId = 'curl-8.9',
): CheckRow {
  const expected = args === undefined ? { verdict, message } : { verdict, message, args };
  return { name, facts: factsFixture({ variables, pmsDialect }), expected };
}

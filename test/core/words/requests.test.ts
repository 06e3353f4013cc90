import { expect, it } from 'vitest';
import type { Statement } from '../../../src/core/model/statement.ts';
import { describeLoggedFailure, describeQuestion, REQUEST_MESSAGES } from '../../../src/core/words/requests.ts';
import { failedRequest, question } from '../../support/fixtures/traffic.ts';

const REQUEST = { log: 'Plex Media Server', host: 'plex.tv' };
const QUESTION = { server: '10.0.0.1', name: 'plex.tv', result: 'answered' };

const ROWS: readonly [Statement, Statement][] = [
  [
    describeLoggedFailure(failedRequest('plex.tv')),
    {
      message: 'logged-failure',
      args: { ...REQUEST, count: 3, curl: 6, error: "Couldn't resolve host name" },
      text: "Plex Media Server logs that plex.tv failed 3 times (curl 6: Couldn't resolve host name)",
    },
  ],
  [
    describeLoggedFailure(failedRequest('plex.tv', { curl: null, error: 'timeout', count: 1 })),
    {
      message: 'logged-failure',
      args: { ...REQUEST, count: 1, error: 'timeout' },
      text: 'Plex Media Server logs that plex.tv failed once (timeout)',
    },
  ],
  [
    describeLoggedFailure(failedRequest('plex.tv', { curl: 7, error: null })),
    {
      message: 'logged-failure-without-reason',
      args: { ...REQUEST, count: 3, curl: 7 },
      text: 'Plex Media Server logs that plex.tv failed 3 times (curl 7: no reason given)',
    },
  ],
  [
    describeQuestion(question('plex.tv')),
    {
      message: 'dns-question',
      args: { ...QUESTION, process: 'Plex Media Scanner' },
      text: 'Plex Media Scanner asks 10.0.0.1 for plex.tv: answered',
    },
  ],
  [
    describeQuestion(question('plex.tv', { process: null })),
    {
      message: 'dns-question',
      args: { ...QUESTION, process: '10.0.0.2' },
      text: '10.0.0.2 asks 10.0.0.1 for plex.tv: answered',
    },
  ],
  [
    describeQuestion(question('plex.tv', { process: null, client: null })),
    {
      message: 'dns-question',
      args: { ...QUESTION, process: 'an unknown process' },
      text: 'an unknown process asks 10.0.0.1 for plex.tv: answered',
    },
  ],
];

it.each(ROWS)('%j', (made, statement) => {
  expect(made).toEqual(statement);
});

it('has a row for each of its messages', () => {
  const exercised = new Set(ROWS.map(([, { message }]) => message));
  expect(Object.keys(REQUEST_MESSAGES).filter((id) => !exercised.has(id))).toEqual([]);
});

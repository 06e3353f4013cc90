import check from '../../checks/plugin-resources-missing.ts';
import type { PmsLog, PmsWarning } from '../../src/core/model/traffic.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';
import { failedRequest, pmsLog } from '../support/fixtures/traffic.ts';

const HOST = 'resources-cdn.plexapp.com';
const log = 'com.plexapp.system';
const request = failedRequest(HOST, { log, scheme: 'http', port: 80, curl: null, error: null, outcome: 'ok' });
const missing: PmsWarning = {
  log: 'com.plexapp.agents.example',
  level: 'error',
  topic: 'plugin-resources',
  text: 'Exception getting hosted resource hashes',
  count: 1,
  firstAt: null,
  lastAt: '2026-01-01T00:00:10.000',
};
const given = (more: Partial<PmsLog>) => factsFixture({ pmsLog: pmsLog(more) });

checkRows(check, [
  {
    name: 'the proxy refused it',
    facts: given({ requests: [{ ...request, status: 403 }], warnings: [missing] }),
    expected: { verdict: 'warn', message: 'failed', args: { log, host: HOST, reason: 'answered 403' } },
  },
  {
    name: 'no name server knew it',
    facts: given({ requests: [{ ...request, error: '<urlopen error timed out>' }] }),
    expected: { verdict: 'warn', message: 'failed', args: { log, host: HOST, reason: '<urlopen error timed out>' } },
  },
  {
    name: 'PMS itself failed, without words',
    facts: given({ requests: [{ ...request, curl: 7 }] }),
    expected: { verdict: 'warn', message: 'failed', args: { log, host: HOST, reason: 'curl 7' } },
  },
  {
    name: 'a plug-in was told so later',
    facts: given({ warnings: [missing] }),
    expected: { verdict: 'warn', message: 'remembered', args: { log: 'com.plexapp.agents.example', host: HOST } },
  },
  {
    name: 'an answer',
    facts: given({ requests: [{ ...request, status: 200 }] }),
    expected: { verdict: 'pass', message: 'none' },
  },
  {
    name: 'a failure, and an answer later',
    facts: given({
      requests: [
        { ...request, status: 503, lastAt: '2026-01-01T00:00:10.000Z' },
        { ...request, status: 200, lastAt: '2026-01-01T00:00:20.000Z' },
      ],
    }),
    expected: { verdict: 'pass', message: 'none' },
  },
]);

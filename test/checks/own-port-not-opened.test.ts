import check from '../../checks/own-port-not-opened.ts';
import type { PmsLog, PmsWarning } from '../../src/core/model/traffic.ts';
import { checkRows } from '../support/fixtures/check-rows.ts';
import { factsFixture } from '../support/fixtures/facts.ts';
import { pmsLog } from '../support/fixtures/traffic.ts';

const bind: PmsWarning = {
  log: 'Plex Media Server',
  level: 'error',
  topic: 'port',
  text: 'HttpServer: Error binding acceptor',
  count: 2,
  firstAt: '2026-01-01T00:00:10.000Z',
  lastAt: '2026-01-01T00:00:10.000Z',
};
const given = (more: Partial<PmsLog>) => factsFixture({ pmsLog: pmsLog(more) });

checkRows(check, [
  {
    name: 'two errors',
    facts: given({ warnings: [bind, { ...bind, count: 1, text: 'x' }] }),
    expected: { verdict: 'warn', message: 'failed', args: { count: 3, words: bind.text } },
  },
  {
    name: 'before a new start',
    facts: given({ warnings: [bind], starts: [{ at: '2026-01-01T00:01:00.000Z', version: null }] }),
    expected: { verdict: 'pass', message: 'opened' },
  },
  {
    name: 'IPv4 alone',
    facts: given({ warnings: [{ ...bind, topic: 'ipv4-only' }] }),
    expected: { verdict: 'pass', message: 'opened' },
  },
  { name: 'a log that was read without them', facts: given({}), expected: { verdict: 'pass', message: 'opened' } },
]);

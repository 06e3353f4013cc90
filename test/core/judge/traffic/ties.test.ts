import * as fc from 'fast-check';
import { runs } from '../../../support/fuzz.ts';
import { describe, expect, it } from 'vitest';
import { CAUSES } from '../../../../src/causes/index.ts';
import { diagnose } from '../../../../src/core/diagnose/diagnose.ts';
import { tiedToPms } from '../../../../src/core/judge/traffic/ties.ts';
import { NO_EXPERIMENT, NO_PMS_LOG, ok } from '../../../../src/core/model/evidence.ts';
import type { Experiment } from '../../../../src/core/model/experiment.ts';
import { OUTCOMES } from '../../../../src/core/model/outcome.ts';
import type { Flow, PmsLog } from '../../../../src/core/model/traffic.ts';
import { aRefusal, experiment, MEANWHILE } from '../../../support/fixtures/experiment.ts';
import { factsFixture } from '../../../support/fixtures/facts.ts';
import {
  directFlow,
  failedRequest,
  loggedFlow,
  pmsLog,
  proxiedFlow,
  traffic,
} from '../../../support/fixtures/traffic.ts';

const NEEDED = 'metadata.provider.plex.tv';
const AT = { firstAt: '2026-01-01T00:00:12.000Z', lastAt: '2026-01-01T00:00:12.000Z' } as const;
const ANOTHER_DAY = { firstAt: '2025-12-31T00:00:12.000Z', lastAt: '2025-12-31T00:00:12.000Z' } as const;
const NAT = '192.0.2.1';
const DENIED = { outcome: 'denied', status: 403, code: 'TCP_DENIED' } as const;
const line = (more: Partial<Flow> = {}): Flow => loggedFlow(NEEDED, { ...DENIED, ...AT, ...more });

interface Row {
  readonly name: string;
  readonly line: Flow;
  readonly beside?: readonly Flow[];
  readonly log?: PmsLog;
  readonly experiment?: Experiment;
  readonly tied: boolean;
}

const refusedRequest = failedRequest(NEEDED, { curl: 56, error: '403', outcome: 'denied', ...AT });
const answered = failedRequest(NEEDED, { curl: null, error: null, outcome: 'ok', status: 200, ...AT });
const socket = directFlow(null, { route: 'proxy', outcome: 'ok', ...AT, seenBy: ['socket'] });

describe('a line of the proxy’s log', () => {
  it.each<Row>([
    { name: 'alone', line: line(), tied: false },
    {
      name: 'beside a flow of PMS to that host',
      line: line(),
      beside: [proxiedFlow(NEEDED, { ...DENIED, ...AT })],
      tied: true,
    },
    {
      name: 'beside a flow of PMS to that host on another day',
      line: line(ANOTHER_DAY),
      beside: [proxiedFlow(NEEDED, { ...DENIED, ...AT })],
      tied: false,
    },
    {
      name: 'denied behind translation, beside a flow of PMS to that host that was let through',
      line: line({ client: NAT }),
      beside: [proxiedFlow(NEEDED, AT)],
      tied: false,
    },
    {
      name: 'beside a flow of PMS to another host',
      line: line({ client: NAT }),
      beside: [proxiedFlow('plex.tv', { ...DENIED, ...AT })],
      tied: false,
    },
    { name: 'of PMS’s own address, while PMS calls the proxy', line: line(), beside: [socket], tied: true },
    { name: 'of PMS’s own address, another day', line: line(ANOTHER_DAY), beside: [socket], tied: false },
    {
      name: 'behind translation, while PMS calls the proxy',
      line: line({ client: NAT }),
      beside: [socket],
      tied: false,
    },
    { name: 'that PMS logs too', line: line({ client: NAT }), log: pmsLog({ requests: [refusedRequest] }), tied: true },
    {
      name: 'that PMS logs an hour later by a clock that is an hour ahead',
      line: line({ firstAt: '2025-12-31T23:00:12.000Z', lastAt: '2025-12-31T23:00:12.000Z' }),
      log: { ...pmsLog({ requests: [refusedRequest] }), proxyClockOffsetSeconds: 3_600 },
      tied: true,
    },
    {
      name: 'denied, where PMS logs an answer',
      line: line({ client: NAT }),
      log: pmsLog({ requests: [answered] }),
      tied: false,
    },
    {
      name: 'that PMS logs without a zone',
      line: line({ client: NAT }),
      log: pmsLog({
        requests: [{ ...refusedRequest, firstAt: '2026-01-01T00:00:12.000', lastAt: '2026-01-01T00:00:12.000' }],
      }),
      tied: false,
    },
    {
      name: 'without a time',
      line: line({ firstAt: null, lastAt: null }),
      log: pmsLog({ requests: [refusedRequest] }),
      tied: false,
    },
    {
      name: 'of PMS’s own address during its scan',
      line: line(MEANWHILE),
      beside: [directFlow('other.example', { route: 'lan', ...ANOTHER_DAY })],
      experiment: experiment([aRefusal()]),
      tied: true,
    },
    {
      name: 'behind translation during its scan',
      line: line({ ...MEANWHILE, client: NAT }),
      beside: [directFlow('other.example', { route: 'lan', ...ANOTHER_DAY })],
      experiment: experiment([aRefusal()]),
      tied: false,
    },
  ])('$name: $tied', ({ line: one, beside = [], log, experiment: scans, tied }) => {
    const isTied = tiedToPms(traffic([one, ...beside]), {
      pmsLog: log === undefined ? NO_PMS_LOG : ok(log),
      experiment: scans === undefined ? NO_EXPERIMENT : ok(scans),
    });
    expect(isTied(one)).toBe(tied);
  });
});

describe('a neighbour’s line', () => {
  const flows = [proxiedFlow(NEEDED, AT), proxiedFlow('plex.tv', AT)];
  const judged = (more: readonly Flow[]) =>
    diagnose(CAUSES, factsFixture({ traffic: traffic([...flows, ...more]) }), []);

  it('that was denied confirms nothing and fails nothing', () => {
    const { condition, causes } = judged([line({ client: NAT })]);
    expect(condition).toBe(judged([]).condition);
    expect(causes.filter(({ state }) => state === 'confirmed' || state === 'likely')).toEqual([]);
  });

  it('makes no cause surer, whatever it says', () => {
    const before = new Map(judged([]).causes.map(({ id, state }) => [id, state]));
    const anyLine = fc.record({
      host: fc.constantFrom(NEEDED, 'plex.tv', 'localhost', 'other.example'),
      outcome: fc.constantFrom(...OUTCOMES, null),
      minute: fc.integer({ min: 1, max: 59 }),
    });
    fc.assert(
      fc.property(fc.array(anyLine, { minLength: 1, maxLength: 4 }), (lines) => {
        const untied = lines.map(({ host, outcome, minute }) => {
          const at = `2025-11-01T00:${String(minute).padStart(2, '0')}:00.000Z`;
          return loggedFlow(host, { outcome, client: NAT, firstAt: at, lastAt: at });
        });
        const sure = judged(untied).causes.filter(({ state }) => state === 'confirmed' || state === 'ruled-out');
        for (const { id, state } of sure) expect([id, before.get(id)]).toEqual([id, state]);
      }),
      runs(33),
    );
  });
});

it('a log that is all there is makes a cause likely', () => {
  const facts = factsFixture({ traffic: traffic([line()]), viaProxy: null });
  const alone = {
    ...facts,
    'attempts.proxy': { state: 'not-run', reason: { code: 'FILES_ONLY', message: '' } },
  } as const;
  const { condition, causes } = diagnose(CAUSES, alone, []);
  expect(causes.find(({ id }) => id === 'proxy-denies')?.state).toBe('likely');
  expect(condition).toBe('unknown');
});

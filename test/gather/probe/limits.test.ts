import { expect, it } from 'vitest';
import type { AttemptRecord } from '../../../src/core/model/probe-records.ts';
import { Deadline } from '../../../src/core/values/deadline.ts';
import { notAttempted } from '../../../src/gather/probe/attempt.ts';
import { askSlowly, tellOwnPages } from '../../../src/gather/probe/limits.ts';
import { Pace } from '../../../src/gather/probe/pace.ts';
import type { Job } from '../../../src/gather/probe/plan.ts';
import { endpoint } from '../../support/fixtures/facts.ts';

const JOBS = ['scan', 'feature', 'optional', 'optional'].map((need, at): Job => {
  const target = endpoint(`h${at}.example`, { need: need === 'scan' || need === 'feature' ? need : 'optional' });
  return { endpoint: target, host: target.host, route: 'proxy', family: null };
});

type End = readonly [outcome: AttemptRecord['outcome'], code: string | null];

function record(job: Job, [outcome, code]: End): AttemptRecord {
  return { ...notAttempted(job, 'OTHER', ''), via: 'http://p:1', outcome, code };
}

const OK: End = ['ok', null];
const DENIED: End = ['denied', 'HTTP_403'];
const LIMITED: End = ['rate-limited', 'HTTP_429'];
const CLOSED: End = ['proxy-error', 'CLOSED'];
const GONE: End = ['proxy-unreachable', 'ECONNREFUSED'];

interface Row {
  readonly name: string;
  readonly first: readonly End[];
  readonly again: readonly End[];
  /** Indexes of the jobs that are asked again, in their order. */
  readonly asked: readonly number[];
  readonly expected: readonly (readonly [outcome: string, limited: boolean])[];
}

it.each<Row>([
  {
    name: 'nothing looks like a limit',
    first: [OK, OK, ['proxy-error', 'ERR_DNS_FAIL'], ['proxy-silent', 'PROXY_TIMEOUT']],
    again: [],
    asked: [],
    expected: [
      ['ok', false],
      ['ok', false],
      ['proxy-error', false],
      ['proxy-silent', false],
    ],
  },
  {
    name: '429, and answers when asked slowly',
    first: [OK, LIMITED, LIMITED, OK],
    again: [OK, OK, DENIED, OK],
    asked: [1, 2],
    expected: [
      ['ok', false],
      ['ok', true],
      ['denied', true],
      ['ok', false],
    ],
  },
  {
    name: '429 again: no further question',
    first: [LIMITED, LIMITED, LIMITED, OK],
    again: [LIMITED, OK, OK, OK],
    asked: [0],
    expected: [
      ['rate-limited', true],
      ['rate-limited', true],
      ['rate-limited', true],
      ['ok', false],
    ],
  },
  {
    name: 'denials that stay: only those that matter are asked again',
    first: [DENIED, DENIED, DENIED, DENIED],
    again: [DENIED, DENIED, OK, OK],
    asked: [0, 1],
    expected: [
      ['denied', false],
      ['denied', false],
      ['denied', false],
      ['denied', false],
    ],
  },
  {
    name: 'a denial that was a limit: then all are asked again',
    first: [OK, DENIED, DENIED, DENIED],
    again: [OK, OK, DENIED, OK],
    asked: [1, 2, 3],
    expected: [
      ['ok', false],
      ['ok', true],
      ['denied', false],
      ['ok', true],
    ],
  },
  {
    name: 'closed and refused beside one that answered',
    first: [CLOSED, GONE, OK, OK],
    again: [OK, OK, OK, OK],
    asked: [0, 1],
    expected: [
      ['ok', true],
      ['ok', true],
      ['ok', false],
      ['ok', false],
    ],
  },
  {
    name: 'a proxy that cannot be reached at all',
    first: [GONE, GONE, GONE, GONE],
    again: [OK, OK, OK, OK],
    asked: [],
    expected: [
      ['proxy-unreachable', false],
      ['proxy-unreachable', false],
      ['proxy-unreachable', false],
      ['proxy-unreachable', false],
    ],
  },
  {
    name: 'a second question that ended early says nothing',
    first: [DENIED, LIMITED, OK, OK],
    again: [['not-run', 'INTERRUPTED'], ['proxy-silent', 'PROXY_TIMEOUT'], OK, OK],
    asked: [0, 1],
    expected: [
      ['denied', false],
      ['rate-limited', true],
      ['ok', false],
      ['ok', false],
    ],
  },
  {
    name: 'a redirect by policy is no limit',
    first: [['denied', 'POLICY_REDIRECT'], OK, OK, OK],
    again: [OK, OK, OK, OK],
    asked: [],
    expected: [
      ['denied', false],
      ['ok', false],
      ['ok', false],
      ['ok', false],
    ],
  },
])('$name', async ({ first, again, asked, expected }) => {
  const questions: number[] = [];
  const records = JOBS.map((job, at) => record(job, first[at] ?? OK));
  const found = await askSlowly(records, JOBS, {
    ask: (job) => {
      const at = JOBS.indexOf(job);
      questions.push(at);
      return Promise.resolve(record(job, again[at] ?? OK));
    },
    wait: () => Promise.resolve(),
    budget: Deadline.after(60_000),
  });
  expect(questions).toEqual(asked);
  expect(found.map(({ outcome, limited = false }) => [outcome, limited])).toEqual(expected);
});

it('asks nothing when the time is spent', async () => {
  const records = JOBS.map((job) => record(job, LIMITED));
  const found = await askSlowly(records, JOBS, {
    ask: () => Promise.reject(new Error('asked')),
    wait: () => Promise.resolve(),
    budget: Deadline.after(0),
  });
  expect(found.every(({ outcome, limited }) => outcome === 'rate-limited' && limited === true)).toBe(true);
});

it.each([
  ['no time named', undefined, 60_000, [1_000], true],
  ['a time that fits', 7, 60_000, [7_000], true],
  ['less than usual limits need', 0, 60_000, [1_000], true],
  ['longer than a run should wait', 3_600, 600_000, [], false],
  ['longer than the budget of this run', 20, 10_000, [], false],
] as const)('honours Retry-After: %s', async (_, retryAfterS, budgetMs, waits, isAsked) => {
  const job = JOBS.at(0);
  const waited: number[] = [];
  const asked: string[] = [];
  const limited = JOBS.slice(0, 1).map((each) => ({
    ...record(each, LIMITED),
    ...(retryAfterS === undefined ? {} : { retryAfterS }),
  }));
  const [found] = await askSlowly(limited, JOBS.slice(0, 1), {
    ask: (each) => {
      asked.push(each.host);
      return Promise.resolve(record(each, OK));
    },
    wait: (ms) => {
      waited.push(ms);
      return Promise.resolve();
    },
    budget: Deadline.after(budgetMs, () => 0),
  });
  expect(asked).toEqual(isAsked ? [job?.host] : []);
  expect(waited.slice(0, 1)).toEqual(waits);
  expect(found).toMatchObject({ outcome: isAsked ? 'ok' : 'rate-limited', limited: true });
});

it.each([
  ['the program that answers CONNECT', 'own/1', 404, 'proxy-error'],
  ['another program', 'nginx', 404, 'unclear-answer'],
  ['the same, with content', 'own/1', 200, 'unclear-answer'],
  ['none', null, 404, 'unclear-answer'],
] as const)('a page of %s', (_, server, status, outcome) => {
  const [job] = JOBS;
  if (job === undefined) throw new Error('no job');
  const page: AttemptRecord = {
    ...record(job, ['unclear-answer', 'ORIGIN_UNPROVEN']),
    status,
    http: {
      status,
      date: null,
      receivedAt: '2026-01-01T00:00:00.000Z',
      redirectHost: null,
      server,
      html: true,
      proxyHeaders: {},
      callerAddress: null,
    },
  };
  expect(tellOwnPages([page], [{ url: 'http://p:1', software: 'own/1' }])[0]?.outcome).toBe(outcome);
});

it('begins few at a time, and does not wait for those that stay silent', async () => {
  const pace = new Pace();
  const state = { running: 0, most: 0, done: 0 };
  const ended = new AbortController();
  const silence = new Promise<void>((resolve) => ended.signal.addEventListener('abort', () => resolve()));
  const waiting = Array.from({ length: 8 }, () => pace.run(() => silence));
  await Promise.all(
    Array.from({ length: 40 }, () =>
      pace.run(async () => {
        state.running += 1;
        state.most = Math.max(state.most, state.running);
        await new Promise(setImmediate);
        state.running -= 1;
        state.done += 1;
      }),
    ),
  );
  expect(state).toMatchObject({ running: 0, done: 40 });
  expect(state.most).toBeLessThanOrEqual(8);
  ended.abort();
  await Promise.all(waiting);
});

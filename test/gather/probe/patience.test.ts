import { expect, it } from 'vitest';
import type { AttemptRecord, ProxyProbe } from '../../../src/core/model/probe-records.ts';
import { notAttempted } from '../../../src/gather/probe/attempt.ts';
import { askPatiently, patientLimitMs, withoutFalseSilence } from '../../../src/gather/probe/patience.ts';
import type { Job } from '../../../src/gather/probe/plan.ts';
import { ENDPOINTS, PROXY_PROBE } from '../../support/fixtures/facts.ts';

const jobs = ENDPOINTS.map((endpoint): Job => ({ endpoint, host: endpoint.host, route: 'proxy', family: null }));
const needed = jobs.findIndex(({ endpoint }) => endpoint.need === 'scan');
const feature = jobs.findIndex(({ endpoint }) => endpoint.need !== 'scan');

function record(at: number, more: Partial<AttemptRecord>): AttemptRecord {
  const job = jobs[at];
  if (job === undefined) throw new Error('no such endpoint');
  return { ...notAttempted(job, 'NOT_PROBED', ''), ...more };
}

it.each<
  [
    what: string,
    at: number,
    first: Partial<AttemptRecord>,
    again: AttemptRecord['outcome'],
    asked: boolean,
    outcome: string,
  ]
>([
  ['a proxy that answers late', needed, { outcome: 'proxy-silent', code: 'PROXY_TIMEOUT' }, 'ok', true, 'ok'],
  ['a server that answers late', needed, { outcome: 'stalled', code: 'HTTP_TIMEOUT' }, 'ok', true, 'ok'],
  [
    'a proxy that never answers',
    needed,
    { outcome: 'proxy-silent', code: 'PROXY_TIMEOUT' },
    'proxy-silent',
    true,
    'proxy-silent',
  ],
  ['a name that resolves late', needed, { outcome: 'unresolved', code: 'ETIMEOUT' }, 'ok', true, 'ok'],
  ['a name that resolves late, to no avail', needed, { outcome: 'unresolved', code: 'ETIMEOUT' }, 'cut', true, 'cut'],
  ['a name that never resolves', needed, { outcome: 'unresolved', code: 'ETIMEOUT' }, 'unresolved', true, 'unresolved'],
  ['a name that does not exist', needed, { outcome: 'unresolved', code: 'ENOTFOUND' }, 'ok', false, 'unresolved'],
  ['a denial', needed, { outcome: 'denied', code: null }, 'ok', false, 'denied'],
  ['a drop', needed, { outcome: 'no-reply', code: 'ETIMEDOUT' }, 'ok', false, 'no-reply'],
  ['what no scan needs', feature, { outcome: 'proxy-silent', code: 'PROXY_TIMEOUT' }, 'ok', false, 'proxy-silent'],
])('%s', async (_, at, first, again, asked, outcome) => {
  const questions: string[] = [];
  const records = jobs.map((_job, index) => record(index, index === at ? first : { outcome: 'ok', code: null }));
  const found = await askPatiently(records, jobs, [], {
    timeoutMs: 3_000,
    limitMs: 12_000,
    withSilent: false,
    ask: (job) => {
      questions.push(job.host);
      return Promise.resolve(record(at, { outcome: again, code: null }));
    },
  });
  expect({ questions, outcome: found[at]?.outcome }).toEqual({ questions: asked ? [jobs[at]?.host] : [], outcome });
});

const VIA = 'http://p:1';
const SILENT: Partial<AttemptRecord> = { outcome: 'proxy-silent', code: 'PROXY_TIMEOUT', via: VIA };

it.each<
  [
    what: string,
    rest: Partial<AttemptRecord>,
    proxy: ProxyProbe['outcome'],
    patience: { withSilent: boolean; limitMs: number },
    asked: boolean,
    code: string | null,
  ]
>([
  [
    'a proxy that answers nothing at all',
    SILENT,
    'proxy-silent',
    { withSilent: false, limitMs: 12_000 },
    false,
    'ASKED_ONCE',
  ],
  ['the same, with patience', SILENT, 'proxy-silent', { withSilent: true, limitMs: 12_000 }, true, 'PROXY_TIMEOUT'],
  [
    'a proxy that answers for another endpoint',
    { outcome: 'denied', via: VIA },
    'proxy-silent',
    { withSilent: false, limitMs: 12_000 },
    true,
    'PROXY_TIMEOUT',
  ],
  [
    'a proxy that answers for a name that cannot exist',
    SILENT,
    'ok',
    { withSilent: false, limitMs: 12_000 },
    true,
    'PROXY_TIMEOUT',
  ],
  ['no time left', SILENT, 'ok', { withSilent: true, limitMs: 2_000 }, false, 'ASKED_ONCE'],
])('asks a silent proxy again only where it may answer: %s', async (_, rest, outcome, patience, asked, code) => {
  const questions: string[] = [];
  const records = jobs.map((_job, index) => record(index, index === needed ? SILENT : rest));
  const found = await askPatiently(records, jobs, [{ url: VIA, outcome }], {
    ...patience,
    timeoutMs: 3_000,
    ask: (job) => {
      questions.push(job.host);
      return Promise.resolve(record(needed, SILENT));
    },
  });
  expect({ asked: questions.length > 0, outcome: found[needed]?.outcome, code: found[needed]?.code }).toEqual({
    asked,
    outcome: 'proxy-silent',
    code,
  });
});

it.each([
  ['answers now', { outcome: 'ok', code: null }, { outcome: 'ok' }],
  ['is silent now', { outcome: 'stalled', code: 'TLS_TIMEOUT' }, { outcome: 'stalled' }],
  ['this host is still busy', { outcome: 'not-run', code: 'HOST_BUSY' }, { outcome: 'not-run' }],
] as const)('asks again where this host was too busy: %s', async (_, again, expected) => {
  const records = jobs.map((_job, index) =>
    record(index, index === needed ? { outcome: 'not-run', code: 'HOST_BUSY' } : { outcome: 'ok', code: null }),
  );
  const found = await askPatiently(records, jobs, [], {
    timeoutMs: 3_000,
    limitMs: 12_000,
    withSilent: false,
    ask: () => Promise.resolve(record(needed, again)),
  });
  expect(found[needed]).toMatchObject(expected);
});

it('waits longer, and never longer than the run may take', () => {
  expect([patientLimitMs(3_000, 60_000), patientLimitMs(10_000, 60_000), patientLimitMs(10_000, 5_000)]).toEqual([
    12_000, 30_000, 5_000,
  ]);
});

it('calls no proxy silent that has answered', () => {
  const silent: ProxyProbe = { ...PROXY_PROBE, outcome: 'proxy-silent', code: 'PROXY_TIMEOUT' };
  expect(withoutFalseSilence([silent], [record(needed, { via: silent.url, outcome: 'ok' })])[0]?.outcome).toBe('ok');
  expect(
    withoutFalseSilence([silent], [record(needed, { via: silent.url, outcome: 'proxy-silent', code: 'ASKED_ONCE' })]),
  ).toMatchObject([{ outcome: 'proxy-silent', code: 'ASKED_ONCE' }]);
  expect(withoutFalseSilence([silent], [record(needed, { via: 'http://other:1', outcome: 'ok' })])[0]?.outcome).toBe(
    'proxy-silent',
  );
});

import { expect, it } from 'vitest';
import type { AttemptRecord } from '../../../src/core/model/probe-records.ts';
import { notAttempted } from '../../../src/gather/probe/attempt.ts';
import type { Job } from '../../../src/gather/probe/plan.ts';
import { askUnnamed } from '../../../src/gather/probe/unnamed.ts';
import { endpoint } from '../../support/fixtures/facts.ts';

function jobOf(need: 'scan' | 'feature'): Job {
  const target = endpoint('plex.tv', { need });
  return { endpoint: target, host: target.host, route: 'proxy', family: null };
}

function record(job: Job, more: Partial<AttemptRecord>): AttemptRecord {
  return { ...notAttempted(job, 'OTHER', ''), form: 'connect', ...more };
}

it.each([
  ['allowed without our name', 'scan', { outcome: 'denied' }, 'ok', true, 'ok'],
  ['denied to everybody', 'scan', { outcome: 'denied' }, 'denied', true, 'denied'],
  ['silent the second time', 'scan', { outcome: 'denied' }, 'proxy-silent', true, 'denied'],
  ['what no scan needs', 'feature', { outcome: 'denied' }, 'ok', false, 'denied'],
  ['plain http', 'scan', { outcome: 'denied', form: 'absolute' }, 'ok', false, 'denied'],
  ['another failure', 'scan', { outcome: 'proxy-auth' }, 'ok', false, 'proxy-auth'],
] as const)('%s', async (_, need, first, again, isAsked, expected) => {
  const job = jobOf(need);
  const asked: string[] = [];
  const [found] = await askUnnamed([record(job, first)], [job], (each) => {
    asked.push(each.host);
    return Promise.resolve(record(each, { outcome: again }));
  });
  expect(asked).toEqual(isAsked ? ['plex.tv'] : []);
  expect(found?.outcome).toBe(expected);
  expect(found?.deniedByName ?? false).toBe(expected === 'ok');
});

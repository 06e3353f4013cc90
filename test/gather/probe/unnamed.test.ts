import { expect, it } from 'vitest';
import type { AttemptRecord } from '../../../src/core/model/probe-records.ts';
import { notAttempted } from '../../../src/gather/probe/attempt.ts';
import type { Job } from '../../../src/gather/probe/plan.ts';
import { askUnderOtherNames, NAME_OF_PMS } from '../../../src/gather/probe/unnamed.ts';
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
  const [found] = await askUnderOtherNames([record(job, first)], [job], (each, agent) => {
    asked.push(String(agent));
    return Promise.resolve(record(each, { outcome: again }));
  });
  expect(asked).toEqual(isAsked ? ['null'] : []);
  expect(found?.outcome).toBe(expected);
  expect(found?.deniedByName ?? false).toBe(expected === 'ok');
});

it.each([
  ['denied to PMS', {}, 'denied', true, true],
  ['PMS is asked for a login', {}, 'proxy-auth', true, true],
  ['it hangs up on PMS', {}, 'proxy-error', true, true],
  ['let through as well', {}, 'ok', true, false],
  ['silent the second time', {}, 'proxy-silent', true, false],
  ['too often', {}, 'rate-limited', true, false],
  ['a slow proxy', { ms: 8_000 }, 'denied', false, false],
  ['plain http', { form: 'absolute' }, 'denied', false, false],
] as const)('named as PMS: %s', async (_, more, again, isAsked, isDenied) => {
  const job = jobOf('scan');
  const asked: string[] = [];
  const first = record(job, { outcome: 'ok', ms: 40, ...more });
  const [found] = await askUnderOtherNames([first], [job], (each, agent) => {
    asked.push(String(agent));
    return Promise.resolve(record(each, { outcome: again }));
  });
  expect([...new Set(asked)]).toEqual(isAsked ? [NAME_OF_PMS] : []);
  expect(found).toMatchObject({ outcome: 'ok' });
  expect(found?.deniedAsPms ?? false).toBe(isDenied);
});

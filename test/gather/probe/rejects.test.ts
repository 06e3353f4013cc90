import { mkdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { Deadline } from '../../../src/core/values/deadline.ts';
import type { AttemptRecord } from '../../../src/core/model/probe-records.ts';
import type { Family, Outcome } from '../../../src/core/model/outcome.ts';
import { notAttempted } from '../../../src/gather/probe/attempt.ts';
import { countUnreachables } from '../../../src/gather/probe/wire/icmp.ts';
import { askSilentAgain, shareRejects, tellRejectsApart, type Dial } from '../../../src/gather/probe/rejects.ts';
import { failure } from '../../../src/gather/probe/wire/wait.ts';
import { Bench, directJob, endpointAt } from './bench.ts';

const bench = new Bench();
afterAll(() => bench.close());

describe('tellRejectsApart', () => {
  const record = (outcome: Outcome, family: 4 | 6 = 4): AttemptRecord => ({
    ...notAttempted(directJob(endpointAt(1), family), 'OTHER', 'x'),
    outcome,
  });
  const counts = (v4: number, v6 = 0) => ({ v4, v6 });

  it.each<[string, readonly AttemptRecord[], ReturnType<typeof counts> | null, readonly Outcome[]]>([
    ['no counter', [record('refused')], null, ['refused']],
    ['no message came', [record('refused')], counts(5), ['refused']],
    ['a message for each', [record('refused'), record('refused')], counts(7), ['prohibited', 'prohibited']],
    ['fewer messages than refusals', [record('refused'), record('refused')], counts(6), ['refused', 'refused']],
    ['prohibited ones count as well', [record('refused'), record('prohibited')], counts(6), ['refused', 'prohibited']],
    ['the other family', [record('refused', 6)], counts(9), ['refused']],
    ['its own family', [record('refused', 6)], counts(5, 1), ['prohibited']],
    ['other outcomes stay', [record('no-reply'), record('refused')], counts(6), ['no-reply', 'prohibited']],
  ])('%s', (_, records, after, expected) => {
    expect(tellRejectsApart(records, after === null ? null : counts(5), after).map((r) => r.outcome)).toEqual(expected);
  });

  it('reads the counters of the kernel', async () => {
    const root = bench.file('snmp', 'Icmp: InMsgs InErrors InDestUnreachs\nIcmp: 9 0 4\n').replace(/\/snmp$/, '');
    expect(await countUnreachables(root)).toEqual({ v4: 4, v6: 0 });
    bench.file('snmp6', 'Icmp6InMsgs 1\nIcmp6InDestUnreachs             \t7\n');
    expect(await countUnreachables(root)).toEqual({ v4: 4, v6: 7 });
    expect(await countUnreachables('/nonexistent')).toBeNull();
    const other = `${root}/other`;
    mkdirSync(other);
    expect(await countUnreachables(other)).toBeNull();
  });
});

const PORTS = new Map([
  ['a', 443],
  ['b', 443],
  ['c', 80],
]);

const CODES: Partial<Record<Outcome, string>> = { 'no-reply': 'ETIMEDOUT', prohibited: 'EHOSTUNREACH', ok: 'NONE' };

function direct(id: string, outcome: Outcome, address: string | null, family: Family = 4): AttemptRecord {
  const code = CODES[outcome] ?? 'OTHER';
  return { ...notAttempted(directJob(endpointAt(1), family), 'OTHER', 'first'), code, endpoint: id, outcome, address };
}

const ip = '198.51.100.1';
const other = '198.51.100.2';
const ip6 = '2001:db8::1';

describe('askSilentAgain', () => {
  const prohibited = failure('prohibited', 'EHOSTUNREACH', 'second');

  async function asked(
    records: readonly AttemptRecord[],
    answer: Awaited<ReturnType<Dial>>,
    budgetMs = 1_000,
  ): Promise<{ readonly dialled: readonly string[]; readonly told: readonly unknown[] }> {
    const dialled: string[] = [];
    const dial: Dial = async ({ address, port }) => {
      dialled.push(`${address} ${port}`);
      return answer;
    };
    const result = await askSilentAgain(records, PORTS, dial, Deadline.after(budgetMs));
    return { dialled, told: result.map((r) => [r.outcome, r.code, r.detail]) };
  }

  const silence = ['no-reply', 'ETIMEDOUT', 'first'];
  const first = ['prohibited', 'EHOSTUNREACH', 'first'];

  it.each<[string, readonly AttemptRecord[], readonly string[]]>([
    ['nothing was rejected', [direct('a', 'no-reply', ip), direct('b', 'ok', other)], []],
    ['the other family was', [direct('a', 'no-reply', ip6, 6), direct('b', 'prohibited', other)], []],
    ['that very destination was', [direct('a', 'no-reply', ip), direct('b', 'prohibited', ip)], []],
    ['without an address', [direct('a', 'no-reply', null), direct('b', 'prohibited', ip)], []],
    ['answered otherwise', [direct('a', 'stalled', other), direct('b', 'prohibited', ip)], []],
    ['an unknown endpoint', [direct('x', 'no-reply', other), direct('b', 'prohibited', ip)], []],
    ['another port', [direct('c', 'no-reply', ip), direct('b', 'prohibited', ip)], [`${ip} 80`]],
    ['another address', [direct('a', 'no-reply', other), direct('b', 'prohibited', ip)], [`${other} 443`]],
    [
      'two of one destination are asked once',
      [direct('a', 'no-reply', other), direct('b', 'no-reply', other), direct('c', 'prohibited', ip)],
      [`${other} 443`],
    ],
  ])('%s', async (_, records, expected) => {
    expect((await asked(records, prohibited)).dialled).toEqual(expected);
  });

  it('asks nothing about what this host itself forbids', async () => {
    const local = { ...direct('b', 'prohibited', ip), code: 'EPERM' };
    expect((await asked([direct('a', 'no-reply', other), local], prohibited)).dialled).toEqual([]);
  });

  it.each([
    ['ICMP now', prohibited, ['prohibited', 'EHOSTUNREACH', 'second']],
    ['refused now', failure('refused', 'ECONNREFUSED', 'second'), ['refused', 'ECONNREFUSED', 'second']],
    ['silent again', failure('no-reply', 'ETIMEDOUT', 'second'), silence],
    ['interrupted', failure('not-run', 'INTERRUPTED', 'second'), silence],
    ['open by now: what the attempt met stays', { ok: true as const, value: null }, silence],
  ])('%s', async (_, answer, expected) => {
    const records = [direct('a', 'no-reply', other), direct('b', 'prohibited', ip)];
    expect((await asked(records, answer)).told).toEqual([expected, first]);
  });

  it('asks nothing that it has no time for', async () => {
    const many = ['1', '2', '3', '4', '5'].map((last) => direct('a', 'no-reply', `203.0.113.${last}`));
    const { dialled, told } = await asked([direct('b', 'prohibited', ip), ...many], prohibited, 150);
    expect(dialled).toEqual(['203.0.113.1 443', '203.0.113.2 443']);
    expect(told.filter((each) => JSON.stringify(each) === JSON.stringify(silence))).toHaveLength(3);
  });
});

describe('shareRejects', () => {
  it.each<[string, readonly AttemptRecord[], readonly Outcome[]]>([
    ['one destination', [direct('a', 'no-reply', ip), direct('b', 'prohibited', ip)], ['prohibited', 'prohibited']],
    ['another port', [direct('c', 'no-reply', ip), direct('b', 'prohibited', ip)], ['no-reply', 'prohibited']],
    ['another address', [direct('a', 'no-reply', other), direct('b', 'prohibited', ip)], ['no-reply', 'prohibited']],
    ['what was answered stays', [direct('a', 'ok', ip), direct('b', 'prohibited', ip)], ['ok', 'prohibited']],
    ['a refusal is not shared', [direct('a', 'no-reply', ip), direct('b', 'refused', ip)], ['no-reply', 'refused']],
  ])('%s', (_, records, expected) => {
    expect(shareRejects(records, PORTS).map((r) => r.outcome)).toEqual(expected);
  });

  it('says where a shared answer comes from, and what other silence of that family may be', () => {
    const records = [
      direct('a', 'no-reply', ip),
      direct('c', 'no-reply', ip),
      direct('a', 'no-reply', ip6, 6),
      direct('b', 'prohibited', ip),
    ];
    expect(shareRejects(records, PORTS).map((r) => [r.outcome, r.code, r.detail])).toEqual([
      ['prohibited', 'EHOSTUNREACH', expect.stringContaining('another attempt')],
      ['no-reply', 'ETIMEDOUT', expect.stringContaining('only a few a second')],
      ['no-reply', 'ETIMEDOUT', 'first'],
      ['prohibited', 'EHOSTUNREACH', 'first'],
    ]);
  });
});

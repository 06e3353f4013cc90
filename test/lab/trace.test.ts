import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { valueOf, type Evidence } from '../../src/core/model/evidence.ts';
import type { Flow, Watcher } from '../../src/core/model/traffic.ts';
import { addressOf, Attempts, compilerMissing, ENDS, prepareEnds, wishes, type Made, type Wish } from './attempts.ts';
import { Lab, labMissing } from './lab.ts';
import { guardsOf, Observing, remainsOf, until, type ObserveOptions } from './observing.ts';

/** How many attempts are made, and how often it is killed; more by hand. */
const ATTEMPTS = Number(process.env['PMS_DOCTOR_ATTEMPTS'] ?? 5_000);
const KILLS = Number(process.env['PMS_DOCTOR_KILLS'] ?? 10);
const missing = labMissing() ?? compilerMissing();
const PROXY = 'http://user:secret@10.77.2.2:3128';

describe.skipIf(missing !== null)('observe by the kernel’s trace, in the lab', () => {
  const lab = new Lab('trace');
  let directory = '';
  const started: (Attempts | Observing)[] = [];
  beforeAll(() => {
    lab.up();
    prepareEnds(lab);
  });
  afterAll(() => lab.down());
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'trace-test-'));
  });
  afterEach(async () => {
    for (const each of started.splice(0)) {
      if (each instanceof Attempts) each.stop();
      else {
        each.kill();
        await each.ended;
      }
    }
    rmSync(directory, { recursive: true, force: true });
  });

  const start = (...more: [main?: string | undefined, environment?: Readonly<Record<string, string>>]): Attempts => {
    const attempts = new Attempts(lab, ...more);
    started.push(attempts);
    return attempts;
  };
  const observe = (pms: Attempts, more: Partial<ObserveOptions> = {}): Observing => {
    const observing = new Observing({ lab, pid: pms.pid, file: join(directory, 'evidence.json'), ...more });
    started.push(observing);
    return observing;
  };
  const observeFromNow = async (...of: Parameters<typeof observe>): Promise<Observing> => {
    const observing = observe(...of);
    await observing.ready();
    return observing;
  };

  it(
    `sees ${ATTEMPTS} attempts of processes that live under a millisecond, and none of others`,
    { timeout: 300_000 },
    async () => {
      const pms = start();
      const stranger = start('Other Server');
      const observing = await observeFromNow(pms);
      const [made, others] = await Promise.all([pms.make(wishes(ATTEMPTS)), stranger.make(wishes(ATTEMPTS / 5))]);
      const evidence = await observing.finish();
      expect([made.length, others.length]).toEqual([ATTEMPTS, ATTEMPTS / 5]);
      expect(differences(made, flowsOf(evidence))).toEqual({ missed: [], invented: [] });
      expect(watcherOf(evidence, 'trace')).toMatchObject({
        missed: { attempts: 0, shown: ATTEMPTS, reasons: [] },
        covers: [{ processes: 'tree', transports: ['tcp', 'udp'], families: [4, 6] }],
      });
      expect(remainsOf(observing.pid)).toEqual([]);
    },
  );

  it.each([
    ['with packets', undefined],
    ['without', '/nonexistent'],
  ])('tells how each kind of attempt ended, %s', async (_name, path) => {
    const kinds = ['t4', 't6', 'u4', 'u6'] as const;
    const wanted = ENDS.flatMap((end) =>
      kinds.map((kind): Wish => ({
        program: 'helper',
        kind,
        end,
        port: end === 'connected' ? 443 : 7_777,
        flags: 'W',
      })),
    );
    const pms = start();
    const observing = await observeFromNow(pms, { path });
    await pms.make(wanted);
    const flows = flowsOf(await observing.finish());
    const endOf = ({ address }: Flow) =>
      ENDS.find((end) => [addressOf(end, '4'), addressOf(end, '6')].includes(address ?? ''));
    const told = flows.filter(({ transport }) => transport === 'tcp').map((flow) => `${endOf(flow)}: ${flow.outcome}`);
    const expected = [
      'connected: ok',
      'refused: refused',
      'dropped: no-reply',
      'rejected: prohibited',
      'prohibited: prohibited',
      'no-route: no-route',
    ];
    expect(told.toSorted()).toEqual([...expected, ...expected].toSorted());
    expect(flows.filter(({ transport }) => transport === 'udp')).toHaveLength(2 * ENDS.length);
  });

  it('reads the environment of what PMS starts, and counts what ended before as unread', async () => {
    const pms = start(undefined, { https_proxy: PROXY });
    const observing = await observeFromNow(pms);
    const scan = (flags: string): Wish => ({
      program: 'Plex Media Scanner',
      kind: 't4',
      end: 'dropped',
      port: 443,
      flags,
    });
    const made = await pms.make([scan('WE'), scan('W'), ...Array<Wish>(50).fill(scan('-'))]);
    const evidence = await observing.finish();
    const found = childrenOf(evidence);
    expect(found).toContainEqual({ pid: made[0]?.pid, variables: [] });
    expect(found).toContainEqual({ pid: made[1]?.pid, variables: ['https_proxy=http://***@10.77.2.2:3128'] });
    expect(JSON.stringify(evidence)).not.toContain('secret');
    // Of those that live under a millisecond some may be read, and none is taken for one without variables.
    expect(found.filter(({ variables }) => variables?.length === 0)).toHaveLength(1);
    expect(found.filter(({ variables }) => variables === null)).toHaveLength(1);
  });

  it('reads that of a program of fifty milliseconds, however quiet PMS was before', async () => {
    const pms = start(undefined, { https_proxy: PROXY });
    const observing = await observeFromNow(pms);
    const scan: Wish = { program: 'Plex Media Scanner', kind: 'u4', end: 'dropped', port: 443, flags: 'WE' };
    await sleep(2_500);
    const made = await pms.make([scan]);
    const found = childrenOf(await observing.finish());
    expect(found).toEqual([{ pid: made[0]?.pid, variables: [] }]);
  });

  it(`leaves nothing behind when it is killed at ${KILLS} moments`, { timeout: KILLS * 30_000 }, async () => {
    const pms = start();
    for (let i = 0; i < KILLS; i += 1) {
      const observing = observe(pms);
      await sleep(Math.random() * 2_500);
      observing.kill();
      await observing.ended;
      const left = await until(
        () => remainsOf(observing.pid),
        (found) => found.length === 0,
      );
      expect(left).toEqual([]);
    }
  });

  it('removes what a run left that was killed together with its guard', async () => {
    const pms = start();
    const observing = await observeFromNow(pms);
    for (const pid of guardsOf(observing.pid)) process.kill(pid, 'SIGKILL');
    observing.kill();
    await observing.ended;
    expect(remainsOf(observing.pid)).not.toEqual([]);
    const next = await observeFromNow(pms);
    expect(remainsOf(observing.pid)).toEqual([]);
    await next.finish();
  });

  it('says where it cannot trace, and that the number it missed is not known', async () => {
    const pms = start();
    const observing = await observeFromNow(pms, { isContained: true });
    await pms.make(wishes(300));
    const watcher = watcherOf(await observing.finish(), 'socket');
    expect(watcher.problems.join('\n')).toContain('PID_NAMESPACE: ');
    expect(watcher.missed).toMatchObject({ attempts: null });
    expect(watcher.covers).toBeUndefined();
  });
});

/** The children of PMS with their proxy variables; null: these could not be read. */
function childrenOf({ items: { settings } }: Evidence) {
  return (valueOf(settings)?.sources ?? []).flatMap(({ kind, pid, variables }) =>
    kind === 'child'
      ? [{ pid, variables: valueOf(variables)?.map(({ name, value }) => `${name}=${value}`) ?? null }]
      : [],
  );
}

function flowsOf({ items: { traffic } }: Evidence): readonly Flow[] {
  return valueOf(traffic)?.flows ?? [];
}

function watcherOf({ items: { traffic } }: Evidence, kind: Watcher['kind']): Watcher {
  const found = valueOf(traffic)?.watchers.find((watcher) => watcher.kind === kind);
  if (found === undefined) throw new Error(`no ${kind} watched`);
  return found;
}

/** Attempts that the flows lack, and flows that no attempt explains, with how often. */
function differences(made: readonly Made[], flows: readonly Flow[]) {
  const balance = new Map<string, number>();
  const add = (key: string, count: number) => balance.set(key, (balance.get(key) ?? 0) + count);
  for (const { pid, program, transport, address, port } of made)
    add(`${pid} ${program} ${transport} ${address} ${port}`, 1);
  for (const { pid, process: program, transport, address, port, count } of flows)
    add(`${pid} ${program} ${transport} ${address} ${port}`, -count);
  const told = (sign: 1 | -1) =>
    [...balance].filter(([, count]) => count * sign > 0).map(([key, count]) => `${key}: ${count * sign}`);
  return { missed: told(1).slice(0, 20), invented: told(-1).slice(0, 20) };
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab, labMissing } from '../lab.ts';
import { play } from './play.ts';
import { confirmedShare, falseStatements, stateOf, tableOf, unproven, type Played } from './score.ts';
import { sampleOf, STATES } from './states.ts';

/**
 * The tool's statements about many networks, held against the truth. PMS_DOCTOR_STATES: `all`; parts of their names, separated by `|`; else
 * a sample.
 * They are played side by side in PMS_DOCTOR_LABS labs, since most of their time is waiting. The reports go to PMS_DOCTOR_REPORTS.
 */

const wanted = process.env['PMS_DOCTOR_STATES'] ?? 'sample';
const parts = wanted.split('|');
const reports = process.env['PMS_DOCTOR_REPORTS'];
const chosen =
  wanted === 'sample'
    ? sampleOf(STATES)
    : STATES.filter(
        ({ name, command }) => wanted === 'all' || parts.some((part) => `${command}: ${name}`.includes(part)),
      );
if (wanted === 'sample')
  console.warn(`${chosen.length} of ${STATES.length} states are played (PMS_DOCTOR_STATES=all plays all)`);

/** The share of proven causes that has to be confirmed. */
const LEAST_CONFIRMED = 0.95;

const missing = labMissing();
const labs = Array.from(
  { length: Math.min(chosen.length, Number(process.env['PMS_DOCTOR_LABS'] ?? 3)) },
  (_, index) => new Lab(`s${index.toString(36)}`),
);
const idle = [...labs];
const played: Played[] = [];

describe.skipIf(missing !== null)('the judgement of a network', () => {
  beforeAll(() => {
    for (const lab of labs) lab.up();
    if (reports !== undefined) mkdirSync(reports, { recursive: true });
  }, 300_000);
  afterAll(() => {
    for (const lab of labs) lab.down();
    console.log(tableOf(played));
  }, 300_000);

  describe.concurrent('says nothing that is not true', () => {
    // A false statement stays one: no second try.
    it.for(chosen)('$command: $name', { timeout: 1_800_000, retry: 0 }, async (state, { expect: expectHere }) => {
      const one = { state, report: await inALab((lab) => play(lab, state)) };
      played.push(one);
      const name = `${state.command}: ${state.name}`;
      if (reports !== undefined)
        writeFileSync(join(reports, `${name.replaceAll(/[^\w.-]+/g, '_')}.json`), JSON.stringify(one, null, 1));
      for (const id of unproven(one)) console.warn(`${name}: ${id} is proven, and called ${stateOf(one.report, id)}`);
      expectHere(falseStatements(one)).toEqual([]);
    });
  });

  it('confirms what is proven', () => {
    expect(confirmedShare(played)).toBeGreaterThanOrEqual(LEAST_CONFIRMED);
  });
});

/** As many states are under way as there are labs. */
async function inALab<T>(use: (lab: Lab) => Promise<T>): Promise<T> {
  const lab = idle.pop();
  if (lab === undefined) throw new Error('more states are played at once than there are labs');
  try {
    return await use(lab);
  } finally {
    idle.push(lab);
  }
}

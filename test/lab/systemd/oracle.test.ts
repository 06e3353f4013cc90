import { expect, it } from 'vitest';
import { compareForest, whyNoSystemd } from './oracle.ts';
import { growForest } from './trees.ts';

/** PMS_DOCTOR_UNIT_TREES=2000 is a long run, PMS_DOCTOR_SEED gives other trees than every run's. */
const TREES = Number(process.env['PMS_DOCTOR_UNIT_TREES'] ?? 200);
const SEED = Number(process.env['PMS_DOCTOR_SEED'] ?? 1);
const A_BOOT = 100;

it(`reads ${TREES} trees of unit files as systemd does, seed ${SEED}`, { timeout: 1_200_000 }, async ({ skip }) => {
  const reason = whyNoSystemd();
  if (reason !== null) {
    if (process.env['PMS_DOCTOR_LAB'] === 'required') throw new Error(reason);
    console.log(`skipped: ${reason}`);
    skip(reason);
  }
  const counts: Record<string, number> = {};
  for (let boot = 0; boot * A_BOOT < TREES; boot += 1) {
    const compared = await compareForest(growForest(SEED * 1000 + boot, A_BOOT));
    expect(compared.differences).toEqual([]);
    for (const [way, count] of Object.entries(compared.counts)) counts[way] = (counts[way] ?? 0) + count;
  }
  console.log(counts);
  // Most trees must start, else the comparison says little.
  expect(counts['read, started']).toBeGreaterThan(TREES / 2);
});

import type { Control, Experiment, Scan } from '../../src/core/experiment.ts';
import { aLibrary } from './scanning-pms.ts';

/** A moment within every scan here. */
export const DURING = '2026-01-01T00:00:12.000Z';

/** A scan of a library of music that PMS took and finished, unless `more` says otherwise. */
export function aScan(more: Partial<Scan> = {}): Scan {
  return {
    library: aLibrary('1'),
    role: 'agent',
    attempt: 1,
    narrowed: false,
    startedAt: '2026-01-01T00:00:10.000Z',
    endedAt: '2026-01-01T00:00:15.200Z',
    status: 200,
    body: null,
    end: 'finished',
    trouble: null,
    ...more,
  };
}

export function updatesCheck(more: Partial<Control> = {}): Control {
  return { kind: 'updater-check', at: '2026-01-01T00:00:05.000Z', status: 200, trouble: null, ...more };
}

export function experiment(scans: readonly Scan[], controls: readonly Control[] = [updatesCheck()]): Experiment {
  return { scans, controls };
}

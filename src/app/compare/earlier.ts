import type { Earlier } from '../../core/model/since.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { loadDocument } from './load.ts';

/** The experiment that a report or saved evidence tells of: `reproduce --after`. */
export async function loadEarlier(path: string, terminal: Pick<Terminal, 'input'>): Promise<Earlier> {
  const { report } = await loadDocument('--after', path, terminal);
  const { experiment, run, scan } = report;
  if (experiment === null)
    throw new UsageError(`--after: ${path} tells of no scan (expected a JSON report or saved evidence of reproduce)`);
  return {
    name: path,
    startedAt: run.startedAt,
    condition: scan.condition,
    scans: experiment.scans,
    causes: scan.causes.filter(({ state }) => state === 'confirmed' || state === 'likely').map(({ id }) => id),
  };
}

/** The ids of the libraries that were named then; empty: they were chosen by their agents, and are again. */
export function sectionsOf({ scans }: Earlier): readonly string[] {
  if (!scans.some(({ role }) => role === 'asked')) return [];
  return [...new Set(scans.map(({ library: { id } }) => id))];
}

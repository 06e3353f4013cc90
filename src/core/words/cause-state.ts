import type { Cause } from '../model/report.ts';

/** The state of a cause for people: what only this tool's own requests do not show is not found, and not ruled out. */
export function causeStateWords({ state, unfound }: Pick<Cause, 'state' | 'unfound'>): string {
  return unfound === true ? 'not found' : state.replace('-', ' ');
}

import { ASKERS } from './askers.ts';
import { NETWORKS } from './networks.ts';
import { ODDITIES } from './oddities.ts';
import { PROXIED } from './proxies.ts';
import { RARITIES } from './rarities.ts';
import { SCANNERS } from './scanners.ts';
import type { State } from './state.ts';

export const STATES: readonly State[] = [...SCANNERS, ...PROXIED, ...NETWORKS, ...ODDITIES, ...RARITIES, ...ASKERS];

/**
 * The states that CI plays: the first of each command with each set of causes at work and proven, or with none. So each cause is confirmed
 * once by each command that can, is at work once where it cannot, and each command finds all well once.
 */
export function sampleOf(states: readonly State[]): readonly State[] {
  const kinds = new Set<string>();
  return states.filter(({ command, fails, atWork, evident = [] }) => {
    const kind = JSON.stringify([command, fails, atWork, evident]);
    const isNew = !kinds.has(kind);
    kinds.add(kind);
    return isNew;
  });
}

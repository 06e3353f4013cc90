import { valueOf } from '../model/evidence.ts';
import { differenceOf, type Difference } from '../model/vantage.ts';
import type { Facts } from './facts.ts';

/** In which way the place of the probes differs from PMS's; null: what was probed holds for PMS. */
export function differenceOfProbes({ vantage, pms }: Pick<Facts, 'vantage' | 'pms'>): Difference | null {
  const known = valueOf(vantage);
  // Evidence of older versions only knows of networks.
  if (known === null) return valueOf(pms)?.otherNetwork === true ? 'network' : null;
  return known.pms === null ? null : differenceOf(known.probes, known.pms.place);
}

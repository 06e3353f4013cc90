import type { BornProcesses } from '../../gather/settings/born.ts';
import { lookUpPlaces } from '../../gather/surroundings.ts';

/** The places of the proxies that processes of PMS were given at their start. */
export function placesOfBorn(born: readonly BornProcesses[]): Promise<ReadonlySet<string>> {
  return lookUpPlaces(born.flatMap(({ variables }) => variables ?? []));
}

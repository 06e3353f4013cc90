import { join } from 'node:path';
import { failed, ok, type EvidenceItems, type Gathered } from '../../core/model/evidence.ts';
import type { Reason } from '../../core/model/reason.ts';
import { differenceOf, type Vantage } from '../../core/model/vantage.ts';
import { probe, type ProbeInput, type Probed } from '../probe/probe.ts';
import { askByChild } from '../probe/wire/system-names.ts';
import { ruledGroups } from './group-rules.ts';
import { placeOf, type ProcessPlace } from './place.ts';
import { probeThere } from './there.ts';

export interface ForPms {
  /** The server that the probes are to speak for; null: none runs. */
  readonly pid: number | null;
  /** This program's own file, by which a child can do the same elsewhere; null: it is not known. */
  readonly entry: string | null;
  readonly procRoot?: string;
}

export type ProbedSomewhere = Probed & { readonly vantage: Gathered<EvidenceItems['vantage']> };

/**
 * Probes in the network and as the user of PMS where that is possible, else here; the vantage says where, and why not there. A process that
 * stands here already needs no child.
 */
export async function probeForPms(
  input: ProbeInput,
  { pid, entry, procRoot = '/proc' }: ForPms,
): Promise<ProbedSomewhere> {
  const [here, there] = await Promise.all([placeOf(procRoot, 'self'), pid === null ? null : placeOf(procRoot, pid)]);
  const network = pid === null ? null : join(procRoot, String(pid), 'ns/net');
  const isNear = here.place.network === (there?.place.network ?? null);
  const [ownGroup = null, group = null] =
    pid === null ? [] : await ruledGroups(procRoot, ['self', pid], isNear ? null : network);
  const pms = pid === null || there === null ? null : { pid, place: { ...there.place, group } };
  // A child of ours is in our control group, wherever it stands.
  const answer = (probed: Probed, probes: Vantage['probes'], missed: Reason | null): ProbedSomewhere => ({
    ...probed,
    vantage: ok({ probes: { ...probes, group: ownGroup }, pms, missed }),
  });
  if (pid === null || there === null || isSame(here, there)) {
    const root = there?.otherRoot ?? null;
    return answer(
      await probe({ ...input, names: { root }, ...(root === null ? { askSystem: askByChild } : {}) }),
      here.place,
      null,
    );
  }
  const probed = await goThere(input, here, there, { entry, network: join(procRoot, String(pid), 'ns/net') });
  return probed.state === 'ok'
    ? answer(probed.value, there.place, null)
    : answer(await probe({ ...input, askSystem: askByChild }), here.place, probed.reason);
}

function isSame(here: ProcessPlace, there: ProcessPlace): boolean {
  return differenceOf(here.place, there.place) === null;
}

async function goThere(
  input: ProbeInput,
  here: ProcessPlace,
  there: ProcessPlace,
  { entry, network }: { readonly entry: string | null; readonly network: string },
): Promise<Gathered<Probed>> {
  if (process.geteuid?.() !== 0) return failed('NEEDS_ROOT', 'only root can probe where PMS stands');
  if (entry === null || there.user === null) return failed('PROBER_FAILED', "PMS's place could not be determined");
  return probeThere(
    input,
    {
      network: here.place.network === there.place.network ? null : network,
      user: here.place.uid === there.place.uid ? null : there.user,
      root: there.otherRoot,
    },
    entry,
  );
}

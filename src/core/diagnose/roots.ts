import type { CauseId } from '../model/cause-ids.ts';
import type { ScanCause } from './cause.ts';
import type { Judgement } from './judgement.ts';
import type { ProbeScene } from './probe-scene.ts';

interface Judged {
  readonly cause: ScanCause;
  readonly held: Judgement;
  readonly probed: Judgement;
}

/**
 * The trouble that a state of PMS follows from: PMS keeps it since it asked a host, and something stands that keeps PMS from that host. Where PMS's
 * way there works by now, the state is only a remainder and follows from nothing that is still there. Where it is known to fail, and nothing sure
 * says why, what the probes leave possible comes first: the state cannot be put right before.
 */
export function rootOf(
  { cause, held }: Judged,
  judged: readonly Judged[],
  probes: Pick<ProbeScene, 'ways'> | null,
): CauseId | null {
  const host = cause.keptSinceAsking;
  if (host === null || (!isSure(held) && held.state !== 'possible')) return null;
  const ways = (probes?.ways ?? []).filter(({ result }) => result.host === host);
  if (ways.some(({ usable }) => usable === 'usable')) return null;
  const others = judged.filter(
    (other) => other.cause.keptSinceAsking === null && other.held.hosts?.includes(host) === true,
  );
  const isBlocked = ways.some(({ usable }) => usable === 'unusable');
  const [root] = [
    ...others.filter((other) => other.held.state === 'confirmed'),
    ...others.filter((other) => other.held.state === 'likely'),
    ...others.filter((other) => isBlocked && other.held.state === 'possible' && other.probed.state === 'possible'),
  ];
  return root?.cause.id ?? null;
}

function isSure({ state }: Judgement): boolean {
  return state === 'confirmed' || state === 'likely';
}

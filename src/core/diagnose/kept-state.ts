import type { PmsState } from '../model/traffic.ts';
import type { Statement } from '../model/statement.ts';
import { describeReason, describeUnknownState, sayCommon } from '../words/common.ts';
import type { Judgement } from './judgement.ts';
import type { ProbeScene } from './probe-scene.ts';
import { refusedSections } from './scans.ts';
import type { SeenScene } from './seen-scene.ts';

/** A state that PMS decides and keeps: no probe shows it, so only PMS's answer and its log tell. */

/** Settings and probes say nothing about such a state, but why PMS's own word is missing is known with them. */
export function stateUntold({ facts: { pmsStatus } }: ProbeScene): Judgement {
  return {
    state: 'unknown',
    because: [pmsStatus.state === 'ok' ? describeUnknownState(pmsStatus.value) : describeReason(pmsStatus.reason)],
  };
}

interface LoggedState {
  readonly kind: PmsState['kind'];
  readonly isGood: (value: string) => boolean;
  readonly describe: (state: PmsState) => Statement;
}

/** The last state in PMS's log; null: none. */
export function lastLogged(scene: SeenScene, { kind, isGood, describe }: LoggedState): Judgement | null {
  const last = scene.pmsLog?.states.findLast((state) => state.kind === kind);
  if (last === undefined) return null;
  if (isGood(last.value)) return { state: 'ruled-out', because: [describe(last)] };
  const refused = refusedSections(scene);
  return {
    // The refusal does not say that it was because of this state, and the state may have changed since.
    state: 'likely',
    because: [
      describe(last),
      ...refused.map(({ id, status }) => sayCommon('section-refused', { section: id, status })),
    ],
  };
}

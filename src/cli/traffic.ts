import { ok, type Gathered } from '../core/evidence.ts';
import type { Traffic } from '../core/traffic.ts';

/** What two ways of watching saw; what failed or was not there adds nothing. */
export function joinTraffic(one: Gathered<Traffic>, other: Gathered<Traffic>): Gathered<Traffic> {
  if (one.state !== 'ok') return other.state === 'not-run' ? one : other;
  if (other.state !== 'ok') return one;
  return ok({
    watchers: [...one.value.watchers, ...other.value.watchers],
    flows: [...one.value.flows, ...other.value.flows],
    questions: [...one.value.questions, ...other.value.questions],
    omitted: one.value.omitted + other.value.omitted,
  });
}

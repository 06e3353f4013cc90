import { ok, type Gathered } from '../core/model/evidence.ts';
import type { Traffic } from '../core/model/traffic.ts';

/** Joins the traffic of two ways of watching; one that failed or did not run adds nothing. */
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

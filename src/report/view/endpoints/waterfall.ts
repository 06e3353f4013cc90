import type { RouteResult } from '../../../core/model/report.ts';
import type { Bar } from '../../blocks/blocks.ts';

/** The stages of the attempt whose outcome speaks for the route; empty where none was made. */
export function waterfallOf(route: RouteResult | null): readonly Bar[] {
  const speaking = route?.attempts.find(({ outcome, code }) => outcome === route.outcome && code === route.code);
  return (speaking?.stages ?? []).map(({ stage, ms, ok }) => ({ stage, ms, ok }));
}

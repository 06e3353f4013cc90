import { meantNames, surestName } from '../../../core/judge/traffic/flows.ts';
import { outcomeOfSeen, triesSeen } from '../../../core/judge/observed.ts';
import { isOfKind, ROUTES, type Outcome, type Route } from '../../../core/model/outcome.ts';
import type { Report } from '../../../core/model/report.ts';
import { groupBy } from '../../../core/values/group.ts';
import { connectionWords, targetOf, whoOf } from '../../../core/words/flows.ts';
import type { Mark } from '../../blocks/blocks.ts';
import { noneObserved } from './bypasses.ts';
import type { ReportedFlow } from './traffic.ts';

/** The connections of one program to one target on one route. */
export interface Link {
  readonly process: string;
  readonly route: Route;
  readonly target: string;
  /** Tries to connect. */
  readonly count: number;
  readonly mark: Mark;
  /** How they ended, in words. */
  readonly end: string;
}

/** PMS's processes, the routes they took, and where to, for formats that draw. */
export interface RouteMap {
  /** Failures first, then the most frequent. */
  readonly links: readonly Link[];
  /** Connections that the links leave out; where there is no link, the reason. */
  readonly notes: readonly string[];
}

/** More would be too thin to see. Failures stand first, so that these are drawn. */
const LINKS_SHOWN = 14;

export function routeMap(report: Report): RouteMap {
  const flows = report.traffic?.flows ?? [];
  const seen = flows.flatMap((flow) => ROUTES.flatMap((route) => (flow.route === route ? [{ flow, route }] : [])));
  const targets = targetsOf(report);
  const groups = groupBy(
    seen.map(({ flow, route }) => ({ flow, route, process: whoOf({ ...flow, pid: null }), target: targets(flow) })),
    ({ process, route, target }) => JSON.stringify([process, route, target]),
  );
  const links = [...groups.values()]
    .map((own): Link => {
      const [{ process, route, target }] = own;
      const outcome = outcomeOfSeen(own);
      return { process, route, target, count: triesSeen(own), mark: markOf(outcome), end: endOf(route, outcome) };
    })
    .toSorted((a, b) => Number(b.mark === 'bad') - Number(a.mark === 'bad') || b.count - a.count);
  const shown = links.slice(0, LINKS_SHOWN);
  const inside = flows.length - seen.length;
  const omitted = report.traffic?.omitted ?? 0;
  return {
    links: shown,
    notes: [
      ...(links.length === 0 ? noneObserved(report).slice(0, 1) : []),
      ...(links.length > shown.length ? [`${links.length - shown.length} more links are not drawn`] : []),
      ...(inside > 0 && links.length > 0 ? ['connections to this machine and its own network are not drawn'] : []),
      ...(omitted > 0 ? [`${omitted} connections were counted and not kept`] : []),
    ],
  };
}

function targetsOf({ endpoints }: Report): (flow: ReportedFlow) => string {
  const known = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]));
  return (flow) => {
    const endpoint = known.get(flow.endpoint ?? '') ?? null;
    return targetOf({ flow, host: surestName(meantNames(flow))?.name ?? null, endpoint });
  };
}

function markOf(outcome: Outcome | null): Mark {
  if (outcome === null || isOfKind(outcome, 'not-run', 'no-verdict')) return 'undecided';
  return isOfKind(outcome, 'answer') ? 'good' : 'bad';
}

function endOf(route: Route, outcome: Outcome | null): string {
  if (route === 'direct' || outcome === null) return connectionWords(outcome);
  return outcome === 'ok' ? 'let through' : connectionWords(outcome);
}

import { outcomeOn } from '../../../core/judge/way-in-report.ts';
import type { EndpointResult, Report } from '../../../core/model/report.ts';
import { causeStateWords } from '../../../core/words/cause-state.ts';
import { connectionWords } from '../../../core/words/flows.ts';
import { facts, list, text, value, type Item, type Section, type Text } from '../../blocks/blocks.ts';
import { contextOf, type Context } from './context.ts';
import { hostAndPort, listedEndpoints, neededFor, resultOf, routeOutcome } from './endpoints.ts';
import { standingOf } from './standing.ts';

/** The endpoints in short: how many work for PMS, and those that do not. */

const FAILURES_SHOWN = 4;

const NEEDS: Readonly<Record<EndpointResult['need'], string>> = {
  scan: 'needed to scan',
  feature: 'for features',
  optional: 'optional',
};

export function tally(report: Report): readonly Section[] {
  const { endpoints } = report;
  if (endpoints.length === 0) return [];
  const context = contextOf(report);
  const failing = listedEndpoints(report).filter((each) => isFailing(each, context));
  const rest = failing.length - FAILURES_SHOWN;
  return [
    {
      title: `Endpoints (${endpoints.length})`,
      place: 'open',
      blocks: [
        ...facts(
          needsOf(endpoints).map((need) => ({
            label: NEEDS[need],
            text: countWords(
              endpoints.filter((each) => each.need === need),
              context,
            ),
          })),
        ),
        ...list([
          ...failing.slice(0, FAILURES_SHOWN).map((each) => failureItem(each, context)),
          ...(rest > 0 ? [{ text: `and ${rest} more that fail (--all lists them)` }] : []),
        ]),
      ],
    },
  ];
}

function needsOf(endpoints: readonly EndpointResult[]): readonly EndpointResult['need'][] {
  return (['scan', 'feature', 'optional'] as const).filter((need) => endpoints.some((each) => each.need === need));
}

function isFailing(endpoint: EndpointResult, context: Context): boolean {
  const { mark } = resultOf(endpoint, context);
  return mark === 'bad' || mark === 'warn';
}

/** `2 work · 1 fails · 6 blocked, not needed · 1 not tested`. */
function countWords(endpoints: readonly EndpointResult[], context: Context): string {
  const counts = { works: 0, fails: 0, 'not-needed': 0, untested: 0 };
  for (const each of endpoints) {
    const { mark } = resultOf(each, context);
    counts[isFailing(each, context) ? 'fails' : mark === 'good' ? 'works' : standingOf(each, context)]++;
  }
  return [
    counts.works === 0 ? null : `${counts.works} ${counts.works === 1 ? 'works' : 'work'} for PMS`,
    counts.fails === 0 ? null : `${counts.fails} ${counts.fails === 1 ? 'fails' : 'fail'}`,
    counts['not-needed'] === 0 ? null : `${counts['not-needed']} blocked, not needed`,
    counts.untested === 0 ? null : `${counts.untested} not tested`,
  ]
    .filter((part) => part !== null)
    .join(' · ');
}

function failureItem(endpoint: EndpointResult, context: Context): Item {
  return {
    mark: resultOf(endpoint, context).mark,
    text: text`${value(hostAndPort(endpoint))} (${neededFor(endpoint)})`,
    detail: failureWords(endpoint, context),
  };
}

/** The failure on PMS's route, and whether the other route works. */
function failureWords(endpoint: EndpointResult, context: Context): Text {
  // Without settings, the route that was seen is the one there is something to say of.
  const isSeenThrough = endpoint.proxy !== null && endpoint.proxy.outcome !== 'not-run';
  const route = context.wayOf(endpoint) ?? (isSeenThrough ? 'proxy' : 'direct');
  if (route === 'refused') return "PMS's client refuses the value of the proxy variable";
  if (route === 'direct' && context.proxyConfigured) {
    const works = endpoint.proxy?.outcome === 'ok' ? 'works through the proxy, but ' : '';
    const who = context.bypassed.has(endpoint.id) ? 'PMS goes direct' : "PMS's settings send it direct";
    return `${works}${who}: ${connectionWords(outcomeOn('direct', endpoint))}`;
  }
  const result = endpoint[route];
  const end = result === null ? connectionWords('not-run') : routeOutcome(result);
  if (route === 'direct') return `directly: ${end}`;
  return `through the proxy: ${end}${endpoint.direct.outcome === 'ok' ? '; works directly, which PMS does not use' : ''}`;
}

/** `1 confirmed, 4 ruled out, 6 not found, 1 unknown`. */
export function causeCounts({ scan }: Report): string {
  return ['confirmed', 'likely', 'possible', 'ruled out', 'not found', 'unknown']
    .flatMap((words) => {
      const count = scan.causes.filter((cause) => causeStateWords(cause) === words).length;
      return count === 0 ? [] : [`${count} ${words}`];
    })
    .join(', ');
}

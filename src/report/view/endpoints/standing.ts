import { usableOn } from '../../../core/judge/way-in-report.ts';
import type { EndpointResult } from '../../../core/model/report.ts';
import type { Mark } from '../../blocks/blocks.ts';
import type { Context } from './context.ts';

/** How an endpoint stands for PMS, by the route that PMS takes: another route that works does not help it. */
export type Standing = 'works' | 'fails' | 'not-needed' | 'untested';

export function standingOf(endpoint: EndpointResult, context: Context): Standing {
  switch (usableOn(context.wayOf(endpoint), endpoint)) {
    case 'usable':
      return 'works';
    case 'unusable':
      return endpoint.need === 'optional' ? 'not-needed' : 'fails';
    case 'undecided':
      return 'untested';
  }
}

const MARK_BY_NEED: Readonly<Record<EndpointResult['need'], Mark>> = {
  scan: 'bad',
  feature: 'warn',
  optional: 'harmless',
};

export function markOf(standing: Standing, need: EndpointResult['need']): Mark {
  switch (standing) {
    case 'works':
      return 'good';
    case 'fails':
      return MARK_BY_NEED[need];
    case 'not-needed':
      return 'harmless';
    case 'untested':
      return need === 'optional' ? 'harmless' : 'undecided';
  }
}

import type { Endpoint } from '../model/endpoint.ts';
import type { EvidenceItems, Gathered } from '../model/evidence.ts';
import type { AttemptRecord } from '../model/probe-records.ts';
import type { Observed } from './observed.ts';
import type { Routing } from './settings/routing.ts';
import type { Route } from '../model/outcome.ts';
import type { EndpointResult } from '../model/report.ts';

/** One endpoint with what both routes gave and what the variables say. */
export interface JudgedEndpoint {
  readonly endpoint: Endpoint;
  readonly result: EndpointResult;
  /** The attempts behind the result, interception marked; empty for a route that was not tried. */
  readonly attempts: { readonly [R in Route]: readonly AttemptRecord[] };
}

/** Derived from the evidence once, so that no check computes it again. */
export interface DerivedItems {
  readonly results: readonly JudgedEndpoint[];
  readonly routing: Routing;
  readonly observed: Observed;
}

/** Everything that a check may declare in `needs`. */
export type FactItems = EvidenceItems & DerivedItems;
export type FactKey = keyof FactItems;
export type Facts = { readonly [K in FactKey]: Gathered<FactItems[K]> };

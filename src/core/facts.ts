import type { Endpoint } from './endpoint.ts';
import type { Decision, DialectId } from './dialects/dialect.ts';
import type { AttemptRecord, EvidenceItems, Gathered } from './evidence.ts';
import type { Observed } from './observed.ts';
import type { Route } from './outcome.ts';
import type { EndpointResult } from './report.ts';

/** One endpoint with what both routes gave and what the variables say. */
export interface JudgedEndpoint {
  readonly endpoint: Endpoint;
  readonly result: EndpointResult;
  /** The attempts behind the result, interception marked; empty for a route that was not tried. */
  readonly attempts: { readonly [R in Route]: readonly AttemptRecord[] };
}

/** What the judged settings mean, client by client. */
export interface Routing {
  /** The dialect that PMS follows: 'curl-…' when its libcurl's version was read, else 'curl' (the newest rules assumed). */
  readonly pmsDialect: DialectId;
  readonly pmsDialectKnown: boolean;
  /** true when PMS itself (its dialect) would send at least one catalogue endpoint to a proxy. */
  readonly configured: boolean;
  /** endpoint id → dialect id → decision. */
  readonly decisions: Readonly<Record<string, Readonly<Record<DialectId, Decision>>>>;
  /** Decisions for the calls of PMS and its scanner to itself: http to localhost, 127.0.0.1 and ::1, port 32400. */
  readonly loopback: readonly { readonly host: string; readonly decisions: Readonly<Record<DialectId, Decision>> }[];
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

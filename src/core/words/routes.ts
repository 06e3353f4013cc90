import { isOfKind, OUTCOME, type Route } from '../model/outcome.ts';
import { ownCode } from '../model/reason.ts';
import type { EndpointResult } from '../model/report.ts';
import type { Statement } from '../model/statement.ts';
import { sayFrom } from './message.ts';

export const ROUTE_MESSAGES = {
  'direct-answers': '{target} answers directly[ in {ms} ms]',
  'proxied-answers': '{target} answers through the proxy[ in {ms} ms]',
  'direct-not-attempted': '{target} was not attempted directly[ ({code})]',
  'proxied-not-attempted': '{target} was not attempted through the proxy[ ({code})]',
  'direct-not-seen': 'PMS was not seen to contact {target} directly',
  'proxied-not-seen': 'PMS was not seen to contact {target} through the proxy',
  'direct-end-not-seen': 'PMS contacted {target} directly; the outcome was not seen',
  'proxied-end-not-seen': 'PMS contacted {target} through the proxy; the outcome was not seen',
  'proxy-refused': 'the proxy answered {status} to {request}[ ({code})]',
  'direct-failed': '{target} directly: {outcome}[ ({code})]',
  'proxied-failed': '{target} through the proxy: {outcome}[ ({code})]',
} as const;

const say = sayFrom(ROUTE_MESSAGES);

/** How the ids of a route's messages begin. */
const BY_ROUTE = { direct: 'direct', proxy: 'proxied' } as const satisfies Readonly<Record<Route, string>>;

/** The result of a route for an endpoint: `the proxy answered 403 to CONNECT plex.tv:443 (ERR_ACCESS_DENIED)`. */
export function describeRoute(result: EndpointResult, route: Route): Statement {
  const target = `${result.host}:${result.port}`;
  const found = result[route];
  const by = BY_ROUTE[route];
  if (found === null) return say(`${by}-not-attempted`, { target, code: null });
  const { outcome, code, status, ms } = found;
  if (outcome === 'ok') return say(`${by}-answers`, { target, ms: ms === null ? null : Math.round(ms) });
  if (outcome === 'not-run') {
    // Reasons that watchers give, as seen-results.ts has them.
    if (code === ownCode('NEVER_ASKED')) return say(`${by}-not-seen`, { target });
    if (code === ownCode('OUTCOME_NOT_SEEN')) return say(`${by}-end-not-seen`, { target });
    return say(`${by}-not-attempted`, { target, code });
  }
  return isOfKind(outcome, 'proxy-refusal', 'proxy-failure') && status !== null
    ? say('proxy-refused', { status, request: requestTo(result), code })
    : say(`${by}-failed`, { target, outcome: OUTCOME[outcome].words, code });
}

/** libcurl asks for a tunnel only where there is TLS; plain HTTP goes to the proxy in absolute form. */
function requestTo(result: EndpointResult): string {
  const target = `${result.host}:${result.port}`;
  return result.scheme === 'https' ? `CONNECT ${target}` : `GET http://${target}/`;
}

import { wayOf, type Decision } from '../dialects/dialect.ts';
import { DIALECT_IDS, type DialectId } from '../dialects/index.ts';
import type { Endpoint } from '../model/endpoint.ts';
import { ok, valueOf, type Evidence, type Gathered } from '../model/evidence.ts';
import type { Facts, JudgedEndpoint } from './facts.ts';
import { observe, type Observed } from './observed.ts';
import type { EndpointResult } from '../model/report.ts';
import { withNeeds } from '../model/pms-status.ts';
import { judgeEndpoints } from './results.ts';
import { deriveRouting, type Routing } from './settings/routing.ts';
import { withSeen } from './seen-results.ts';

/** Computes what every check needs and none should compute again. */
export function deriveFacts(evidence: Evidence): Facts {
  const items = { ...evidence.items, endpoints: endpointsHere(evidence) };
  const routing = deriveRouting(evidence);
  const observed = deriveObserved(items, valueOf(routing));
  return { ...items, routing, observed, results: deriveResults(items, valueOf(routing), valueOf(observed)) };
}

/** The endpoints with what the libraries of this PMS need, where it said which they are. */
function endpointsHere({ items: { endpoints, pmsStatus } }: Evidence): Gathered<readonly Endpoint[]> {
  const sections = valueOf(pmsStatus)?.sections ?? null;
  return endpoints.state === 'ok' ? ok(withNeeds(endpoints.value, sections)) : endpoints;
}

function deriveObserved(items: Evidence['items'], routing: Routing | null): Gathered<Observed> {
  return items.traffic.state === 'ok' ? ok(observe(items.traffic.value, items, routing)) : items.traffic;
}

function deriveResults(
  items: Evidence['items'],
  routing: Routing | null,
  observed: Observed | null,
): Gathered<readonly JudgedEndpoint[]> {
  const { endpoints } = items;
  const direct = items['attempts.direct'];
  const proxied = items['attempts.proxy'];
  if (endpoints.state !== 'ok') return endpoints;
  // Observed outcomes stand in for routes without a probe.
  if (direct.state !== 'ok' && observed === null) return direct;
  const configured = (endpoint: Endpoint): EndpointResult['configured'] => {
    const decisions: Readonly<Record<DialectId, Decision>> | undefined = routing?.decisions[endpoint.id];
    return decisions ? Object.fromEntries(DIALECT_IDS.map((id) => [id, wayOf(decisions[id])])) : {};
  };
  const judged = judgeEndpoints(endpoints.value, valueOf(direct) ?? [], valueOf(proxied), configured);
  return ok(observed === null ? judged : judged.map((each) => withSeen(each, observed)));
}

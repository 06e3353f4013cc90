import { curlDialectFor } from './dialects/index.ts';
import { DIALECT_IDS, type Decision, type DialectId, type Variables } from './dialects/dialect.ts';
import type { Endpoint } from './endpoint.ts';
import { failed, ok, valueOf, type Evidence, type Gathered, type Settings, type SettingsSource } from './evidence.ts';
import type { Facts, JudgedEndpoint, Routing } from './facts.ts';
import { decidePlaces, withRecorded, type Decided } from './recorded.ts';
import { observe, type Observed } from './observed.ts';
import { withNeeds } from './pms-status.ts';
import { judgeEndpoints } from './results.ts';
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

/** The source whose variables are judged. */
export function usedSource(settings: Settings): SettingsSource | null {
  return settings.sources.find((s) => s.id === settings.used) ?? null;
}

function variablesOf({ variables }: SettingsSource): Variables {
  return Object.fromEntries((valueOf(variables) ?? []).map(({ name, value }) => [name, value]));
}

/** What the judged settings say for every endpoint, with what was recorded; nothing where there are none. */
export function decidedOf({ items: { settings, endpoints } }: Evidence): readonly Decided[] {
  const source = settings.state === 'ok' ? usedSource(settings.value) : null;
  if (settings.state !== 'ok' || endpoints.state !== 'ok' || source?.variables.state !== 'ok') return [];
  return withRecorded(decidePlaces(variablesOf(source), endpoints.value), settings.value.recorded ?? []);
}

function deriveRouting(evidence: Evidence): Gathered<Routing> {
  const { settings, endpoints, pms } = evidence.items;
  if (settings.state !== 'ok') return settings;
  if (endpoints.state !== 'ok') return endpoints;
  const source = usedSource(settings.value);
  if (source === null) return failed('NO_SETTINGS', 'no source of proxy settings could be used');
  if (source.variables.state !== 'ok') return source.variables;
  const pid = valueOf(pms)?.pid ?? null;
  // An empty shell says nothing about a process that runs and could not be read.
  if (settings.value.basis === 'assumed' && pid !== null && source.variables.value.length === 0) {
    return failed(
      'SETTINGS_UNKNOWN',
      `the environment of pid ${pid} could not be read, and nothing else says what PMS has`,
    );
  }
  const libcurl = valueOf(pms)?.libcurl;
  const version = libcurl === undefined ? null : valueOf(libcurl);
  const pmsDialect = version === null ? 'curl' : curlDialectFor(version.version);
  const decided = decidedOf(evidence);
  const ofEndpoints = decided.slice(0, endpoints.value.length);
  return ok({
    pmsDialect,
    pmsDialectKnown: version !== null,
    configured: ofEndpoints.some(({ decisions }) => decisions[pmsDialect].proxy !== null),
    decisions: Object.fromEntries(ofEndpoints.map(({ place, decisions }) => [place, decisions])),
    loopback: decided.slice(endpoints.value.length).map(({ target: { host }, decisions }) => ({ host, decisions })),
  });
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
  // What was seen stands in where nobody probed.
  if (direct.state !== 'ok' && observed === null) return direct;
  const configured = (endpoint: Endpoint): Record<string, 'proxy' | 'direct'> => {
    const decisions: Readonly<Record<DialectId, Decision>> | undefined = routing?.decisions[endpoint.id];
    return decisions ? Object.fromEntries(DIALECT_IDS.map((id) => [id, decisions[id].route])) : {};
  };
  const judged = judgeEndpoints(endpoints.value, valueOf(direct) ?? [], valueOf(proxied), configured);
  return ok(observed === null ? judged : judged.map((each) => withSeen(each, observed)));
}

import { curlDialectFor, decideAll } from './dialects/index.ts';
import { DIALECT_IDS, type Decision, type DialectId, type Target, type Variables } from './dialects/dialect.ts';
import type { Endpoint } from './endpoint.ts';
import { failed, ok, valueOf, type Evidence, type Gathered, type Settings, type SettingsSource } from './evidence.ts';
import type { Facts, JudgedEndpoint, Routing } from './facts.ts';
import { judgeEndpoints } from './results.ts';

/** PMS and its scanner call PMS itself here over plain HTTP (Plex support article 200430283). */
const LOOPBACK_HOSTS = ['127.0.0.1', 'localhost', '::1'];
const PMS_PORT = 32_400;

/** Computes what every check needs and none should compute again. */
export function deriveFacts(evidence: Evidence): Facts {
  const { items } = evidence;
  const routing = deriveRouting(items);
  return { ...items, routing, results: deriveResults(items, valueOf(routing)) };
}

/** The source whose variables are judged. */
export function usedSource(settings: Settings): SettingsSource | null {
  return settings.sources.find((s) => s.id === settings.used) ?? null;
}

function deriveRouting({ settings, endpoints, pms }: Evidence['items']): Gathered<Routing> {
  if (settings.state !== 'ok') return settings;
  if (endpoints.state !== 'ok') return endpoints;
  const source = usedSource(settings.value);
  if (source === null) return failed('NO_SETTINGS', 'no source of proxy settings could be used');
  if (source.variables.state !== 'ok') return source.variables;
  const variables: Variables = Object.fromEntries(source.variables.value.map(({ name, value }) => [name, value]));
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
  const decisions = Object.fromEntries(endpoints.value.map((e) => [e.id, decideAll(variables, targetOf(e))]));
  return ok({
    pmsDialect,
    pmsDialectKnown: version !== null,
    configured: Object.values(decisions).some((byDialect) => byDialect[pmsDialect].proxy !== null),
    decisions,
    loopback: LOOPBACK_HOSTS.map((host) => ({
      host,
      decisions: decideAll(variables, { scheme: 'http', host, port: PMS_PORT }),
    })),
  });
}

function targetOf(endpoint: Endpoint): Target {
  return {
    scheme: endpoint.scheme,
    host: endpoint.probeHost ?? endpoint.host.replace(/^\*\./, ''),
    port: endpoint.port,
  };
}

function deriveResults(items: Evidence['items'], routing: Routing | null): Gathered<readonly JudgedEndpoint[]> {
  const { endpoints } = items;
  const direct = items['attempts.direct'];
  const proxied = items['attempts.proxy'];
  if (endpoints.state !== 'ok') return endpoints;
  if (direct.state !== 'ok') return direct;
  const configured = (endpoint: Endpoint): Record<string, 'proxy' | 'direct'> => {
    const decisions: Readonly<Record<DialectId, Decision>> | undefined = routing?.decisions[endpoint.id];
    return decisions ? Object.fromEntries(DIALECT_IDS.map((id) => [id, decisions[id].route])) : {};
  };
  return ok(judgeEndpoints(endpoints.value, direct.value, valueOf(proxied), configured));
}

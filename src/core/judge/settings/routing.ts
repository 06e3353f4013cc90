import { curlDialectFor } from '../../dialects/curl.ts';
import type { DialectId } from '../../dialects/index.ts';
import type { Decision } from '../../dialects/dialect.ts';
import { failed, ok, valueOf, type Evidence, type Gathered } from '../../model/evidence.ts';
import { usedSource, variablesOf } from './judged-settings.ts';
import { decidePlaces, withRecorded, type Decided } from './recorded.ts';

/** The meaning of the judged settings, client by client. */
export interface Routing {
  /** The dialect that PMS follows: 'curl-…' when its libcurl's version was read, else 'curl' (the newest rules assumed). */
  readonly pmsDialect: DialectId;
  readonly pmsDialectKnown: boolean;
  /** true when PMS itself (its dialect) would send at least one catalogue endpoint to a proxy. */
  readonly configured: boolean;
  /** endpoint id → dialect id → decision. */
  readonly decisions: Readonly<Record<string, Readonly<Record<DialectId, Decision>>>>;
  /** Decisions for the calls of PMS and its scanner to itself: http to localhost, 127.0.0.1 and ::1. */
  readonly loopback: readonly { readonly host: string; readonly decisions: Readonly<Record<DialectId, Decision>> }[];
}

/** The decisions of the judged settings for every endpoint, with the recorded ones; none without settings. */
export function decidedOf({ items: { settings, endpoints } }: Evidence): readonly Decided[] {
  const source = settings.state === 'ok' ? usedSource(settings.value) : null;
  if (settings.state !== 'ok' || endpoints.state !== 'ok' || source?.variables.state !== 'ok') return [];
  return withRecorded(decidePlaces(variablesOf(settings.value), endpoints.value), settings.value.recorded ?? []);
}

/** The meaning of the judged settings for PMS; failed where they are not known. */
export function deriveRouting(evidence: Evidence): Gathered<Routing> {
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

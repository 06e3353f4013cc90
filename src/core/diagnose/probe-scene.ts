import { valueOf, type SettingsSource } from '../model/evidence.ts';
import { ownCode, type Reason } from '../model/reason.ts';
import type { FactItems, Facts, JudgedEndpoint } from '../judge/facts.ts';
import type { Outcome } from '../model/outcome.ts';
import { directUsability, pmsWays, usableByPms, type PmsWay, type Usability } from '../judge/pms-way.ts';
import { needsNoEndpoint } from '../model/pms-status.ts';
import type { Statement } from '../model/statement.ts';
import type { PmsRequest } from '../model/traffic.ts';
import { isLoopbackName } from '../judge/traffic/flows.ts';
import type { Observed, SeenFlow } from '../judge/observed.ts';
import { namesProxy } from '../judge/settings/settings-compare.ts';
import { sayCommon } from '../words/common.ts';
import { describeRoute } from '../words/routes.ts';
import { ABOUT_SETTINGS } from './about.ts';
import type { Judgement } from './judgement.ts';

/** The settings and probes, as the causes need them. */
export interface ProbeScene {
  /** The endpoints that a scan needs. */
  readonly ways: readonly ScanWay[];
  readonly settings: FactItems['settings'];
  readonly routing: FactItems['routing'];
  readonly proxies: FactItems['proxies'];
  readonly facts: Facts;
}

/** One endpoint that a scan needs, on the way PMS goes. */
export interface ScanWay extends PmsWay {
  readonly usable: Usability;
  readonly direct: Usability;
}

/** `missing`: why there is nothing to judge by. */
export function probeSceneOf(facts: Facts): ProbeScene | { readonly missing: Reason } {
  const { results, routing, settings } = facts;
  if (results.state !== 'ok') return { missing: results.reason };
  if (routing.state !== 'ok') return { missing: routing.reason };
  if (settings.state !== 'ok') return { missing: settings.reason };
  const ways = pmsWays(results.value.map(withoutUntied), routing.value)
    .filter((way) => way.result.need === 'scan')
    .map((way) => ({ ...way, usable: usableByPms(way), direct: directUsability(way) }));
  return {
    ways,
    routing: routing.value,
    settings: settings.value,
    proxies: valueOf(facts.proxies) ?? [],
    facts,
  };
}

/** A line of the proxy's log that may be of another host says no more than no attempt. */
function withoutUntied(judged: JudgedEndpoint): JudgedEndpoint {
  const { proxy } = judged.result;
  return proxy?.untied === true
    ? { ...judged, result: { ...judged.result, proxy: { ...proxy, outcome: 'not-run', code: ownCode('NOT_PROBED') } } }
    : judged;
}

// ── ways ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

export function isProxied(way: PmsWay): boolean {
  return way.decision.route === 'proxy';
}

export function directWorksElsewhere({ facts }: Pick<ProbeScene, 'facts'>): boolean {
  return (valueOf(facts.results) ?? []).some(({ result }) => result.direct.outcome === 'ok');
}

export function describeDirectRoutes(ways: readonly PmsWay[]): readonly Statement[] {
  return ways.map((way) => describeRoute(way.result, 'direct'));
}

export function describeProxyRoutes(ways: readonly PmsWay[]): readonly Statement[] {
  return ways.map((way) => describeRoute(way.result, 'proxy'));
}

/**
 * Local DNS answers with an address that no public server has: of this host, of the own network, or of none, as block lists and rebinding
 * protection do. An endpoint of the own network that answers there is none of these.
 */
export function isSinkholed({ endpoint, result, direct }: ScanWay, { facts }: Pick<ProbeScene, 'facts'>): boolean {
  if (direct === 'usable') return false;
  const lookups = (valueOf(facts.resolver)?.lookups ?? []).filter(
    ({ host }) => host === endpoint.probeHost || host === result.host,
  );
  const addresses = lookups.flatMap((lookup) => lookup.addresses);
  return addresses.length > 0 && addresses.every(({ scope }) => scope !== 'public');
}

// ── settings ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export function isProcess(source: SettingsSource): boolean {
  return source.kind === 'process' || source.kind === 'child';
}

export function nameOf(source: SettingsSource): string {
  return source.process === null ? source.id : `${source.process} (${source.id})`;
}

/** Running processes whose environment was read and names no proxy for https. */
export function processesWithoutProxy({ settings }: ProbeScene): readonly SettingsSource[] {
  return settings.sources
    .filter(isProcess)
    .filter(({ variables }) => variables.state === 'ok' && !namesProxy(variables.value));
}

/**
 * Whether a process was seen to connect to the outside, or to ask for a name there: one that never does needs no proxy. Connections that
 * no watcher sees, as those without a route or an address, are in the log of its program.
 */
export function hasConnected({ pid, process }: SettingsSource, { facts }: Pick<ProbeScene, 'facts'>): boolean {
  const observed = valueOf(facts.observed);
  if (pid === null || observed === null) return false;
  // Of a program whose processes cannot be told apart, each may have connected.
  const isOfIt = (seen: Pick<SettingsSource, 'pid' | 'process'>): boolean =>
    seen.pid === null ? process !== null && seen.process === process : seen.pid === pid;
  return (
    observed.flows.some(({ flow }) => isOfIt(flow) && (flow.route === 'direct' || flow.route === 'proxy')) ||
    observed.questions.some(isOfIt) ||
    (process !== null &&
      (valueOf(facts.pmsLog)?.requests ?? []).some((request) => wentDirect(request, process, observed)))
  );
}

/** A request of a program that failed on its own way, by its own words, or while a process that is not known went there directly. */
function wentDirect({ log, host, route, outcome, curl }: PmsRequest, program: string, { flows }: Observed): boolean {
  if (!log.startsWith(program) || isLoopbackName(host)) return false;
  const isUnowned = ({ flow, host: target }: SeenFlow): boolean =>
    flow.process === null && flow.route === 'direct' && target === host;
  return (
    route === 'direct' || outcome === 'unresolved' || (curl !== null && route !== 'proxy' && flows.some(isUnowned))
  );
}

// ── judgements that several causes come to ─────────────────────────────────────────────────────────────────────────────

/** Evidence on the way PMS takes proves a cause only when it is known that PMS takes that way. */
export function surenessOfWay({ settings }: ProbeScene): 'confirmed' | 'likely' {
  return settings.basis === 'observed' || settings.basis === 'asserted' ? 'confirmed' : 'likely';
}

/** Settings only rule a cause out when they are known to be PMS's own. */
export function ruledOutBySettings({ settings }: ProbeScene, statement: Statement): Judgement {
  return settings.basis === 'assumed'
    ? { state: 'unknown', because: [statement, sayCommon('settings-assumed')] }
    : { state: 'ruled-out', because: [statement], about: ABOUT_SETTINGS };
}

/** Without an endpoint to judge by: because none is needed here, or because none was looked at. */
export function nothingToScan({ facts }: ProbeScene): Judgement {
  return needsNoEndpoint(valueOf(facts.pmsStatus)?.sections ?? null)
    ? { state: 'ruled-out', because: [sayCommon('no-agent-asks')], about: ABOUT_SETTINGS }
    : { state: 'unknown', because: [sayCommon('no-endpoint-examined')] };
}

/** Rules a fault of the proxy out by its answers for the endpoints that PMS sends to it; `tells` says which answers do. */
export function ruledOutByProxyRoute(scene: ProbeScene, tells: (outcome: Outcome) => boolean): Judgement {
  const asked = scene.ways.filter(isProxied);
  if (scene.ways.length === 0) return nothingToScan(scene);
  if (asked.length === 0) return ruledOutBySettings(scene, sayCommon('proxy-not-in-use'));
  const silent = asked.filter((way) => way.result.proxy === null || !tells(way.result.proxy.outcome));
  return silent.length > 0
    ? { state: 'unknown', because: describeProxyRoutes(silent) }
    : { state: 'ruled-out', because: describeProxyRoutes(asked) };
}

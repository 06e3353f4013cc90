import { decideAll, isDialectId, DIALECT_IDS, type DialectId } from '../../dialects/index.ts';
import type { Decision, Target } from '../../dialects/dialect.ts';
import type { Variables } from '../../values/variables.ts';
import { urlOf } from '../../dialects/decision.ts';
import type { Endpoint } from '../../model/endpoint.ts';
import type { Evidence, RecordedDecision, Settings } from '../../model/evidence.ts';
import { printable } from '../../values/printable.ts';
import { maskUserinfo } from '../../values/secret.ts';
import { PMS_PORT } from '../../values/pms-port.ts';

/** The names by which PMS and its scanner may call PMS itself. */
const LOOPBACK_HOSTS = ['127.0.0.1', 'localhost', '::1'];

export interface Decided {
  /** Id of the endpoint, or the URL of a call of PMS to itself. */
  readonly place: string;
  readonly target: Target;
  readonly decisions: Readonly<Record<DialectId, Decision>>;
}

/** Every client's decision for every endpoint, in their order, and for the calls of PMS to itself, which come last. */
export function decidePlaces(variables: Variables, endpoints: readonly Endpoint[]): readonly Decided[] {
  const own = LOOPBACK_HOSTS.map((host): Target => ({ scheme: 'http', host, port: PMS_PORT }));
  return [
    ...endpoints.map((endpoint) => ({ place: endpoint.id, target: targetOf(endpoint) })),
    ...own.map((target) => ({ place: urlOf(target), target })),
  ].map((each) => ({ ...each, decisions: decideAll(variables, each.target) }));
}

function targetOf(endpoint: Endpoint): Target {
  return {
    scheme: endpoint.scheme,
    host: (endpoint.probeHost ?? endpoint.host.replace(/^\*\./, '')) + (endpoint.rooted === true ? '.' : ''),
    port: endpoint.port,
  };
}

/** The same with the decisions that were recorded from whole values. */
export function withRecorded(decided: readonly Decided[], recorded: readonly RecordedDecision[]): readonly Decided[] {
  return decided.map((each) => {
    const own = recorded.filter(({ endpoint }) => endpoint === each.place);
    const decisions = { ...each.decisions };
    // A dialect of a newer version is none of ours to judge by.
    for (const { dialects, decision } of own) for (const id of dialects.filter(isDialectId)) decisions[id] = decision;
    return own.length === 0 ? each : { ...each, decisions };
  });
}

/**
 * Decisions of `wanted` that `given` lacks: those of another route, and refusals that one of the two does not know. Both are of
 * the same endpoints in the same order. Clients that agree share an entry.
 */
export function exceptionsOf(wanted: readonly Decided[], given: readonly Decided[]): readonly RecordedDecision[] {
  return wanted.flatMap(({ place, decisions }, index) => {
    const entries = new Map<string, { dialects: DialectId[]; decision: Decision }>();
    for (const id of DIALECT_IDS) {
      const other = given[index]?.decisions[id];
      const decision = decisions[id];
      if (other && other.route === decision.route && (other.error === null) === (decision.error === null)) continue;
      const key = JSON.stringify(decision);
      const entry = entries.get(key) ?? { dialects: [], decision };
      entry.dialects.push(id);
      entries.set(key, entry);
    }
    return [...entries.values()].map((entry) => ({ endpoint: place, ...entry }));
  });
}

/**
 * Decisions from whole values, fit to be kept: what of a decision does not stand in the masked values as well may be a piece
 * of a password (`http://user:12/34@proxy` makes curl ask port 12 of a host "user"), and goes.
 */
function withoutSecrets(decided: readonly Decided[], variables: Variables): readonly Decided[] {
  const visible = new Map(Object.entries(variables).map(([name, value]) => [name, printable(maskUserinfo(value))]));
  return decided.map((each) => {
    const decisions = { ...each.decisions };
    for (const id of DIALECT_IDS) decisions[id] = withoutSecret(decisions[id], visible);
    return { ...each, decisions };
  });
}

function withoutSecret(decision: Decision, visible: ReadonlyMap<string, string>): Decision {
  const { proxy, excludedBy } = decision;
  // The variable that excluded is the list, the one that was followed is the proxy's.
  const shown = visible.get(decision.variable ?? '') ?? '';
  const address = /^([a-z\d]+):\/\/(?:\*\*\*@)?(.*):(\d+)$/.exec(proxy ?? '');
  const [, scheme = '', host = '', port = ''] = address ?? [];
  const isOpen =
    shown.toLowerCase().includes(host.replace(/^\[|\]$/g, '').toLowerCase()) &&
    (USUAL_PORTS.includes(port) || shown.includes(port));
  return {
    ...decision,
    proxy: proxy === null || isOpen ? proxy : `${scheme}://***`,
    excludedBy: excludedBy === null || shown.includes(printable(excludedBy)) ? excludedBy : '***',
  };
}

/** Ports that clients assume. */
const USUAL_PORTS = ['21', '80', '443', '1080'];

/** The evidence with these decisions recorded in its settings; settings that failed have none. */
export function recordDecisions(evidence: Evidence, recorded: readonly RecordedDecision[]): Evidence {
  const { settings } = evidence.items;
  if (settings.state !== 'ok') return evidence;
  const { recorded: _, ...rest } = settings.value;
  const value: Settings = recorded.length === 0 ? rest : { ...rest, recorded };
  return { ...evidence, items: { ...evidence.items, settings: { state: 'ok', value } } };
}

/** The evidence with what these variables, which it holds masked, decide otherwise than the masked ones. */
export function recordWhole(evidence: Evidence, whole: Variables): Evidence {
  const { endpoints } = evidence.items;
  if (endpoints.state !== 'ok') return evidence;
  const masked = Object.fromEntries(
    Object.entries(whole).map(([name, value]) => [name, printable(maskUserinfo(value))]),
  );
  // The same values decide the same.
  if (Object.entries(whole).every(([name, value]) => masked[name] === value)) return recordDecisions(evidence, []);
  const wanted = withoutSecrets(decidePlaces(whole, endpoints.value), whole);
  return recordDecisions(evidence, exceptionsOf(wanted, decidePlaces(masked, endpoints.value)));
}

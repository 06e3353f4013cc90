import { CATALOGUE, parseHostName } from '../catalog/index.ts';
import type { Endpoint, Need } from '../core/model/endpoint.ts';
import { addressBytes, familyOf, formatAddress, unmapped } from '../core/values/address.ts';
import { groupBy } from '../core/values/group.ts';
import { comment } from './words.ts';
import type { AllowedName, AllowList, LeftOut, NeedAsked, Service } from './model.ts';

export interface Choice {
  readonly asked: NeedAsked;
  /** Kinds of agents of the libraries; empty: the needs as the endpoints have them. */
  readonly agents: readonly string[];
  /** The user named these endpoints one by one: none is left out for its need. */
  readonly isNamed: boolean;
  readonly clients: readonly string[];
  readonly basis: string;
}

const NEEDS: readonly Need[] = ['scan', 'feature', 'optional'];
const NEEDS_OF: Readonly<Record<NeedAsked, readonly Need[]>> = {
  scan: ['scan'],
  features: ['scan', 'feature'],
  all: NEEDS,
};

/** The names that these endpoints are allowed by. Pure; an entry that is no name of a host is left out with the reason. */
export function allowList(endpoints: readonly Endpoint[], choice: Choice): AllowList {
  const chosen = endpoints.map((endpoint) => ({ ...endpoint, need: needOf(endpoint, choice.agents) }));
  const decided = chosen.map((endpoint) => ({ endpoint, why: whyNot(endpoint, choice) }));
  const wanted = decided.flatMap(({ endpoint, why }) => (why === null ? [endpoint] : []));
  const byHost = groupBy(wanted, ({ host }) => plain(host));
  const names = [...byHost].map(([host, group]) => nameOf(host, group));
  return {
    asked: choice.asked,
    names: NEEDS.flatMap((need) => names.filter((name) => name.need === need)),
    leftOut: decided.flatMap(({ endpoint: { host, custom }, why }) =>
      why === null || why === NOT_ASKED || byHost.has(plain(host)) ? [] : [{ host: comment(host), why, isOwn: custom }],
    ),
    known: [...new Set(endpoints.map(({ host }) => plain(host)))].filter(
      (host) => !byHost.has(host) && parseHostName(host).ok,
    ),
    clients: choice.clients.map(plain),
    undecided: [],
    // An address needs no question.
    addresses: new Map(names.flatMap(({ host, kind }) => (kind === 'address' ? [[host, [host]] as const] : []))),
    basis: choice.basis,
  };
}

/** The strongest need among the libraries' agents. */
function needOf({ need, needByAgent }: Endpoint, agents: readonly string[]): Need {
  const needs = agents.map((agent) => needByAgent[agent] ?? need);
  return NEEDS.find((each) => needs.includes(each)) ?? need;
}

const HIGHEST_PORT = 65_535;

/** Beyond what was asked for: not worth a line. */
const NOT_ASKED = '';

function whyNot(endpoint: Endpoint, { asked, isNamed }: Choice): LeftOut['why'] | null {
  const { kind, need, telemetry, mark, host, port } = endpoint;
  const parsed = parseHostName(host);
  if (!parsed.ok) return 'it is no name of a host';
  if (kind !== 'dns' && (port < 1 || port > HIGHEST_PORT)) return 'its port is none';
  if (!isNamed && !NEEDS_OF[asked].includes(need)) return NOT_ASKED;
  if (kind === 'udp') return 'it stays in the local network';
  if (isNamed) return null;
  if (telemetry) return 'telemetry, safe to block';
  return asked === 'all' && mark === 'listed' ? 'named in lists only; nothing is known to need it' : null;
}

/** Addresses in the form that programs compare: some refuse a whole file for another one. */
function plain(host: string): string {
  const name = host.toLowerCase().replace(/\.$/, '');
  const bytes = addressBytes(name);
  return bytes === null ? name : (formatAddress(unmapped(bytes)) ?? name);
}

function nameOf(host: string, group: readonly Endpoint[]): AllowedName {
  const needs = group.map(({ need }) => need);
  const need = NEEDS.find((each) => needs.includes(each)) ?? 'optional';
  const first = group.find((each) => each.need === need);
  return {
    host,
    kind: familyOf(host) === null ? (host.startsWith('*.') ? 'wildcard' : 'name') : 'address',
    services: servicesOf(group),
    isResolved: group.some(({ kind }) => kind === 'dns'),
    purpose: comment(distinct(group.map(({ purpose }) => purpose)).join(', ')),
    need,
    breaks: comment(distinct(group.map(({ breaks }) => breaks)).join(' ')),
    mark: first?.mark ?? 'inferred',
    ids: group.map(({ id }) => comment(id)),
    seen: null,
    isOwn: group.some(({ custom, purpose, breaks }) => custom || isOwnText(purpose) || isOwnText(breaks)),
  };
}

const CATALOGUE_TEXTS = new Set(CATALOGUE.flatMap(({ purpose, breaks }) => [purpose, breaks].map(comment)));

/** Whether words about an endpoint are those of the user, who may change an entry of the catalogue. */
export function isOwnText(text: string): boolean {
  return !CATALOGUE_TEXTS.has(comment(text));
}

function servicesOf(group: readonly Endpoint[]): readonly Service[] {
  const byPort = new Map(
    group
      .filter(({ kind }) => kind !== 'dns')
      .map(({ scheme, port }): [string, Service] => [`${port} ${scheme}`, { scheme, port }]),
  );
  return [...byPort.values()].sort((a, b) => a.port - b.port || (a.scheme < b.scheme ? -1 : 1));
}

function distinct(words: readonly string[]): readonly string[] {
  return [...new Set(words)];
}

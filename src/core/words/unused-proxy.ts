import type { Facts } from '../judge/facts.ts';
import { nameList } from '../judge/pms-way.ts';
import type { Routing } from '../judge/settings/routing.ts';
import { judgedList, judgedVariables, proxyVariables, usedSource } from '../judge/settings/judged-settings.ts';
import { namesProxy, variableNames } from '../judge/settings/settings-compare.ts';
import { valueOf, type Settings } from '../model/evidence.ts';
import type { Statement } from '../model/statement.ts';
import { sayFrom } from './message.ts';

const say = sayFrom({
  star: 'not used: the "*" in {variable} turns it off for every host',
  'all-excluded': 'not used: {variable} sends every endpoint direct ({entries})',
  'needs-excluded': 'not used for a scan: {variable} sends every endpoint that a scan needs direct ({entries})',
  'other-scheme': 'not used: PMS does not read {variables} for https, and its endpoints are https',
  'only-empty': 'none: {variables} is set and empty',
  hidden: 'not used by Python plug-ins: the empty {variable} hides {upper} from them',
  'line-ignored': 'none: systemd ignores {place}, which was meant to set a variable',
  'pac-direct': 'not used: its PAC file answers DIRECT for every host that was tried',
});

/** A proxy that is named and that PMS does not use, and why. */
export interface UnusedProxy {
  /** As it is named, masked; null: the value is empty, or names what is used otherwise. */
  readonly url: string | null;
  readonly why: Statement;
}

const ENTRIES_NAMED = 3;

/** Why PMS, or its plug-ins, do not ask the proxy that the settings name; null: they do, or none is named. */
export function describeUnusedProxy(facts: Facts): UnusedProxy | null {
  const [settings, routing] = [valueOf(facts.settings), valueOf(facts.routing)];
  if (settings === null || routing === null) return null;
  const all = decisionsOf(routing);
  if (isPacDirect(facts)) return { url: urlOf(settings), why: say('pac-direct') };
  if (all.length === 0 || all.some(({ error }) => error !== null)) return null;
  // Endpoints of a scheme for which nothing is set are not excluded by anything.
  const set = all.filter(({ variable }) => variable !== null);
  if (set.length > 0 && set.every(isExcluded)) return excludedAll(settings, set);
  const needs = (valueOf(facts.endpoints) ?? []).flatMap(({ id, need }) => (need === 'scan' ? [id] : []));
  const needed = decisionsOf(routing, needs);
  if (needed.some(({ route }) => route === 'proxy')) return hidden(settings);
  if (needed.length > 0 && needed.every(isExcluded))
    return { url: null, why: say('needs-excluded', exclusions(settings, needed)) };
  return needed.some(isExcluded) ? null : unread(settings);
}

function isExcluded({ excludedBy }: Decisions[number]): boolean {
  return excludedBy !== null;
}

type Decisions = ReturnType<typeof decisionsOf>;

function decisionsOf({ decisions, pmsDialect }: Routing, ids = Object.keys(decisions)) {
  return ids.flatMap((id) => decisions[id]?.[pmsDialect] ?? []);
}

function isPacDirect(facts: Facts): boolean {
  const tried = (valueOf(facts['attempts.proxy']) ?? []).filter(({ outcome }) => outcome !== 'not-run');
  return tried.length > 0 && tried.every(({ form }) => form === 'pac-direct');
}

function excludedAll(settings: Settings, all: Decisions): UnusedProxy {
  const { variable, entries } = exclusions(settings, all);
  const isStar = all.every(({ excludedBy }) => excludedBy === '*');
  return {
    url: urlOf(settings),
    why: isStar ? say('star', { variable }) : say('all-excluded', { variable, entries }),
  };
}

function exclusions(settings: Settings, decisions: Decisions): { readonly variable: string; readonly entries: string } {
  const entries = new Set(decisions.flatMap(({ excludedBy }) => excludedBy ?? []));
  return { variable: judgedList(settings)?.name ?? 'no_proxy', entries: nameList([...entries], ENTRIES_NAMED) };
}

/** libcurl passes over an empty variable, and Python takes it for the value. */
function hidden(settings: Settings): UnusedProxy | null {
  const set = judgedVariables(settings);
  const isEmpty = set.some(({ name, value }) => name === 'https_proxy' && value === '');
  const isNamed = set.some(({ name, value }) => name === 'HTTPS_PROXY' && value !== '');
  return isEmpty && isNamed
    ? { url: null, why: say('hidden', { variable: 'https_proxy', upper: 'HTTPS_PROXY' }) }
    : null;
}

/** A proxy in variables that PMS does not read for https, or in empty ones. */
function unread(settings: Settings): UnusedProxy | null {
  const named = proxyVariables(settings);
  if (named.length > 0) return { url: urlOf(settings), why: say('other-scheme', { variables: variableNames(named) }) };
  const place = usedSource(settings)?.ignored?.[0]?.from;
  if (place !== undefined) return { url: null, why: say('line-ignored', { place }) };
  const empty = judgedVariables(settings).filter(
    ({ name, value }) => /^(?:https|all)_proxy$/i.test(name) && value === '',
  );
  return empty.length === 0 ? null : { url: null, why: say('only-empty', { variables: variableNames(empty) }) };
}

/** The proxy of https requests, else the first that is named. */
function urlOf(settings: Settings): string | null {
  const named = proxyVariables(settings);
  return (named.find((one) => namesProxy([one])) ?? named[0])?.value ?? null;
}

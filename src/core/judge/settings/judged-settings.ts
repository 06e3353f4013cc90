import type { ProxyVariable, Settings, SettingsSource } from '../../model/evidence.ts';
import { DEFAULT_PORT } from '../../dialects/decision.ts';
import type { Target } from '../../dialects/dialect.ts';
import type { Variables } from '../../values/variables.ts';
import { type DialectId, DIALECTS } from '../../dialects/index.ts';

/** PMS itself speaks a curl dialect; its legacy plug-ins speak this one. */
export const PLUG_INS: DialectId = 'python-urllib';

const PROXY_NAME = /^(?:http|https|all)_proxy$/i;
/** At most so many entries are spelled out in one sentence. */
const SPELLED_OUT = 5;

/** The source whose variables are judged. */
export function usedSource(settings: Settings): SettingsSource | null {
  return settings.sources.find(({ id }) => id === settings.used) ?? null;
}

/** All variables of the judged source; none when they could not be read (the routing has failed then, too). */
export function judgedVariables(settings: Settings): readonly ProxyVariable[] {
  const variables = usedSource(settings)?.variables;
  return variables?.state === 'ok' ? variables.value : [];
}

/** The judged variables as the dialects take them. */
export function variablesOf(settings: Settings): Variables {
  return Object.fromEntries(judgedVariables(settings).map(({ name, value }) => [name, value]));
}

/** The judged variables that name a proxy, in any spelling of their names; empty ones name none. */
export function proxyVariables(settings: Settings): readonly ProxyVariable[] {
  return judgedVariables(settings).filter(({ name, value }) => PROXY_NAME.test(name) && value !== '');
}

/** The exclusion list that PMS reads: no_proxy, or NO_PROXY when the other is not set or empty. Null: there is none. */
export function judgedList(settings: Settings): ProxyVariable | null {
  const filled = judgedVariables(settings).filter(({ value }) => value !== '');
  return filled.find(({ name }) => name === 'no_proxy') ?? filled.find(({ name }) => name === 'NO_PROXY') ?? null;
}

/** The same; null also where no variable names a proxy, because the list changes nothing then. */
export function listInUse(settings: Settings): ProxyVariable | null {
  return proxyVariables(settings).length === 0 ? null : judgedList(settings);
}

/** The entries as the user meant them, whatever separates them; a hint for people, not what any client reads. */
export function entriesMeant(list: string): readonly string[] {
  return list.split(/[,;|\s]+/).filter((entry) => entry !== '');
}

/** Would this client go direct to the host because of the list? */
export function excludes(dialect: DialectId, list: string, host: string): boolean {
  const target: Target = { scheme: 'http', host, port: DEFAULT_PORT.http };
  const variables = { http_proxy: 'http://192.0.2.1:3128', no_proxy: list };
  return DIALECTS[dialect].decide(variables, target).excludedBy !== null;
}

/** `"a", "b" and 3 more`. */
export function quoted(entries: readonly string[]): string {
  const shown = entries.slice(0, SPELLED_OUT).map((entry) => `"${entry}"`);
  const hidden = entries.length - shown.length;
  return hidden > 0 ? `${shown.join(', ')} and ${hidden} more` : shown.join(', ');
}

import { valueOf, type ProxyVariable, type Settings, type SettingsSource } from '../../model/evidence.ts';

const ADDRESS_NAMES = ['http_proxy', 'https_proxy', 'all_proxy'];

/** The variables of a source that name a proxy; set but empty names none. Unreadable sources give none. */
export function proxyAddresses(source: SettingsSource): readonly ProxyVariable[] {
  return variablesOf(source).filter(({ name, value }) => ADDRESS_NAMES.includes(name.toLowerCase()) && value !== '');
}

/** The variables of a source that exclude hosts from the proxy, empty ones included. */
export function proxyExclusions(source: SettingsSource): readonly ProxyVariable[] {
  return variablesOf(source).filter(({ name }) => name.toLowerCase() === 'no_proxy');
}

/** true when the proxy was named by hand without exclusions: those that PMS has are then not known, which is not the same as none. */
export function exclusionsUnstated({ used, sources }: Settings): boolean {
  const source = sources.find(({ id }) => id === used);
  return source?.kind === 'option' && proxyExclusions(source).length === 0;
}

/** The environment of the running PMS itself, when it could be read. */
export function runningPms(settings: Settings): SettingsSource | null {
  return settings.sources.find((source) => source.kind === 'process' && source.variables.state === 'ok') ?? null;
}

/** The names, for a sentence: `https_proxy, http_proxy`. */
export function variableNames(variables: readonly { readonly name: string }[]): string {
  return [...new Set(variables.map(({ name }) => name))].join(', ');
}

/** The value that decides among the spellings of one name: lower case before the others, as most clients read them. */
export function decidingValue(variables: readonly ProxyVariable[], lowerName: string): string | null {
  const spelled = variables.filter(({ name, value }) => name.toLowerCase() === lowerName && value !== '');
  return (spelled.find(({ name }) => name === lowerName) ?? spelled[0])?.value ?? null;
}

function variablesOf(source: SettingsSource): readonly ProxyVariable[] {
  return valueOf(source.variables) ?? [];
}

/** The variables that make libcurl use a proxy for https, the scheme of everything a scan needs. */
const HTTPS_VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];

export function namesProxy(variables: readonly ProxyVariable[]): boolean {
  return variables.some(({ name, value }) => HTTPS_VARIABLES.includes(name) && value.trim() !== '');
}

import type { ProxyVariable } from '../../core/model/evidence.ts';
import { maskUserinfo } from '../../core/values/secret.ts';
import { SecretVariables } from '../../core/values/secret-variables.ts';
import { javaProxyOptions } from '../../parse/settings/java-options.ts';
import type { FoundVariable } from '../system/environment.ts';

/** Python reads these names in any spelling (`getproxies_environment` lowers them), so every spelling is collected. */
const ANY_CASE = new Set(['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy']);
/** REQUEST_METHOD makes a program think that it is a CGI script, where HTTP_PROXY would be a client's header. */
const EXACT = new Set(['REQUEST_METHOD', 'NODE_USE_ENV_PROXY', 'JAVA_TOOL_OPTIONS']);

export function isProxyName(name: string): boolean {
  return ANY_CASE.has(name.toLowerCase()) || EXACT.has(name);
}

/** Only what decides about proxies; the last one of a name stands. */
export function selectProxyVariables(found: readonly FoundVariable[]): readonly FoundVariable[] {
  const selected = new Map<string, FoundVariable>();
  for (const variable of found) {
    if (!isProxyName(variable.name)) continue;
    const value = variable.name === 'JAVA_TOOL_OPTIONS' ? javaProxyOptions(variable.value) : variable.value;
    if (variable.name !== 'JAVA_TOOL_OPTIONS' || value !== '') selected.set(variable.name, { ...variable, value });
  }
  return [...selected.values()];
}

export function masked(found: readonly FoundVariable[]): readonly ProxyVariable[] {
  return found.map(({ name, value, from }) => ({ name, value: maskUserinfo(value), from }));
}

export function secret(found: readonly FoundVariable[]): SecretVariables {
  return new SecretVariables(Object.fromEntries(found.map(({ name, value }) => [name, value])));
}

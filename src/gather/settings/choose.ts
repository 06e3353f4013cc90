import type { Settings } from '../../core/evidence.ts';
import { ProxyUrl } from '../../core/secret.ts';
import type { SecretVariables } from '../../core/secret-variables.ts';
import type { ProxyChoice } from '../probe/probe.ts';

export interface ChosenProxies {
  readonly http: ProxyChoice | null;
  readonly https: ProxyChoice | null;
  /** Values that are no proxy address, one sentence each, the value not repeated. */
  readonly problems: readonly string[];
}

/** Variables that mean a proxy for the scheme, the one that curl uses first; then those whose spelling curl ignores, but somebody meant. */
const NAMES = {
  https: ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'],
  http: ['http_proxy', 'all_proxy', 'ALL_PROXY', 'HTTP_PROXY'],
} as const;

/**
 * Which proxy to probe through: the one that the judged settings name, or, when they name none, the one that another source
 * declares. A proxy that never reached PMS is still the one whose working the administrator wants to know.
 */
export function chooseProxies(settings: Settings, live: ReadonlyMap<string, SecretVariables>): ChosenProxies {
  const problems: string[] = [];
  const order = [settings.used, ...settings.sources.map((s) => s.id).filter((id) => id !== settings.used)];
  const choose = (scheme: 'http' | 'https'): ProxyChoice | null => {
    for (const id of order) {
      const variables = live.get(id)?.reveal();
      const name = NAMES[scheme].find((candidate) => variables?.[candidate]);
      const value = name === undefined ? undefined : variables?.[name];
      if (name === undefined || value === undefined) continue;
      const parsed = ProxyUrl.parse(value);
      if (parsed.ok)
        return {
          url: parsed.url,
          from: `${name} of ${id}${id === settings.used ? '' : ', which the judged settings lack'}`,
        };
      problems.push(`${name} of ${id}: ${parsed.problem}`);
    }
    return null;
  };
  return { https: choose('https'), http: choose('http'), problems };
}

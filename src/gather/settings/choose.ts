import type { Settings } from '../../core/model/evidence.ts';
import { ProxyUrl } from '../../core/values/secret.ts';
import type { SecretVariables } from '../../core/values/secret-variables.ts';
import type { ChildProxy } from '../probe/child-proxies.ts';
import type { ProxiesByScheme, ProxyChoice } from '../probe/proxy-pool.ts';
import { isPlexProgram } from '../system/processes.ts';
import type { BornProcesses } from './born.ts';

export interface ChosenProxies extends ProxiesByScheme {
  /** Values that are no proxy address, one sentence each, the value not repeated. */
  readonly problems: readonly string[];
}

/** Variables for a proxy of the scheme, the one that curl uses first; last the spellings that curl ignores, which a user still meant. */
const NAMES = {
  https: ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'],
  http: ['http_proxy', 'all_proxy', 'ALL_PROXY', 'HTTP_PROXY'],
} as const;

/**
 * Chooses the proxy to probe through: the one that the judged settings name, or, when they name none, the one that another source
 * declares. A proxy whose address never reached PMS is probed too: the administrator wants to know whether it works.
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

/** The proxies for https that programs of Plex were given which PMS started, where they are others than those that are probed anyway. */
export function chooseChildProxies(
  born: readonly BornProcesses[],
  chosen: readonly (ProxyChoice | null)[],
): readonly ChildProxy[] {
  const known = new Set(chosen.flatMap((choice) => choice?.url.reveal() ?? []));
  return born.flatMap(({ program, variables, pids }): readonly ChildProxy[] => {
    const [pid] = pids;
    const values = variables?.reveal() ?? {};
    const value = NAMES.https.map((name) => values[name]).find((each) => each !== undefined && each !== '');
    if (pid === undefined || value === undefined || program === null || !isPlexProgram(program)) return [];
    const parsed = ProxyUrl.parse(value);
    if (!parsed.ok || parsed.url.scheme === 'pac' || known.has(parsed.url.reveal())) return [];
    known.add(parsed.url.reveal());
    return [{ url: parsed.url, program, pid }];
  });
}

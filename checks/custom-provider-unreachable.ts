import { defineCheck } from '../src/core/check.ts';
import { isInOwnNetwork, providerWays } from '../src/core/judge/custom-providers.ts';
import { nameList, pmsWays, usableByPms } from '../src/core/judge/pms-way.ts';
import { describeRoute } from '../src/core/words/routes.ts';

export default defineCheck({
  id: 'custom-provider-unreachable',
  title: 'PMS cannot use a custom metadata provider',
  why: 'PMS asks for a custom metadata provider by the proxy variables. A proxy mostly denies addresses of the own network or cannot reach them, and then nothing happens when PMS matches new files.',
  remedy:
    'Add {host} to no_proxy for PMS and restart it where {host} is in the own network; allow it on the proxy otherwise. Check that the provider runs.',
  severity: 'medium',
  needs: ['pmsStatus', 'results', 'routing'],
  causes: ['custom-provider-unreachable'],
  messages: {
    'own-network':
      'PMS asks the proxy for its custom metadata provider {host}, which is in the own network: {statement}. It lacks an entry in no_proxy.',
    unusable: 'PMS cannot use its custom metadata provider {host}: {statement}.',
    refused: 'PMS cannot use its custom metadata provider {host} with its settings: {error}.',
    usable: 'PMS can use its custom metadata providers: {hosts}.',
    undecided: 'Could not determine whether PMS can use its custom metadata providers.',
    none: 'PMS has no custom metadata provider.',
    untold: 'PMS did not list its custom metadata providers.',
  },
  evaluate({ pmsStatus: { customProviders: providers = null }, results, routing }, say) {
    if (providers === null) return say('not-applicable', 'untold', {});
    if (providers.length === 0) return say('not-applicable', 'none', {});
    const ways = [...new Set(providerWays(providers, pmsWays(results, routing)).map(({ way }) => way))];
    const broken = ways.filter((way) => usableByPms(way) === 'unusable');
    if (broken.length > 0) {
      return broken.map((way) => {
        const { decision, result } = way;
        const { host, id } = result;
        if (decision.error !== null) return say('warn', 'refused', { host, error: decision.error }, id);
        const message = decision.route === 'proxy' && isInOwnNetwork(way) ? 'own-network' : 'unusable';
        return say('warn', message, { host, statement: describeRoute(result, decision.route) }, id);
      });
    }
    return ways.length > 0 && ways.every((way) => usableByPms(way) === 'usable')
      ? say('pass', 'usable', { hosts: nameList(ways.map(({ result }) => result.host)) })
      : say('not-applicable', 'undecided', {});
  },
});

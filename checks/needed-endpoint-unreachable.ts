import { defineCheck } from '../src/core/check.ts';
import { pmsWays, usableByPms } from '../src/core/judge/pms-way.ts';
import { describeRoute } from '../src/core/words/routes.ts';

export default defineCheck({
  id: 'needed-endpoint-unreachable',
  title: 'PMS cannot use an endpoint that it needs',
  why: "The endpoint was tried on the route that PMS's variables and libcurl choose, so PMS would fail the same way.",
  remedy: 'Make {host} work on the {route} route; the other findings show what blocks it.',
  severity: 'high',
  needs: ['results', 'routing'],
  supersededBy: [
    'refused-proxy-value',
    'proxy-unreachable',
    'proxy-silent',
    'proxy-garbage',
    'proxy-authentication',
    'proxy-not-configured',
    'endpoint-excluded',
    'needed-endpoint-denied',
    'certificate-swapped',
    'certificate-not-accepted-by-pms',
    'proxy-cannot-reach',
    'endpoint-down',
    'captive-portal',
    'dns-answer-private',
    'local-dns-failure',
    'bypass-blocked',
    'needed-endpoint-never-asked',
    'custom-provider-unreachable',
  ],
  messages: {
    refused: '{host} does not work with the settings of PMS: {error}.',
    unreachable: '{host} does not work on the route that PMS uses: {statement}.',
    undecided: 'Could not determine whether PMS can use {host}: {statement}.',
    unseen: 'Could not determine whether PMS can use {host}: it did not use that route while watched.',
    usable: 'Every endpoint that PMS needs works on the route that PMS uses.',
  },
  evaluate({ results, routing }, say) {
    const found = pmsWays(results, routing).flatMap((way) => {
      const { host, need, id } = way.result;
      const state = usableByPms(way);
      if (need === 'optional' || state === 'usable') return [];
      const { route, error } = way.decision;
      const verdict = need === 'scan' ? 'fail' : 'warn';
      if (error !== null) return [say(verdict, 'refused', { host, route, error }, id)];
      const statement = describeRoute(way.result, route);
      // Watching triggers nothing: an endpoint that was not contacted in this time is no trouble.
      if (way.found?.basis === 'observed' && state === 'undecided')
        return need === 'scan' ? [say('not-applicable', 'unseen', { host }, id)] : [];
      if (state === 'undecided')
        return need === 'scan' ? [say('warn', 'undecided', { host, route, statement }, id)] : [];
      return [say(verdict, 'unreachable', { host, route, statement }, id)];
    });
    return found.length > 0 ? found : say('pass', 'usable', {});
  },
});

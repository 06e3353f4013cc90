import { defineCheck } from '../src/core/check.ts';
import { pmsWays, tellRoute, usableByPms } from '../src/core/pms-way.ts';

export default defineCheck({
  id: 'needed-endpoint-unreachable',
  title: 'PMS cannot use an endpoint that it needs',
  why: 'This is what PMS itself would meet: the endpoint on the way that its variables and its libcurl choose.',
  remedy: 'Make {host} work on the {route} route; the other findings say what stands in its way.',
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
  ],
  messages: {
    unreachable: 'On the way PMS takes to it, {host} cannot be used: {told}.',
    undecided: 'Whether PMS can use {host} was not found out: {told}.',
    unseen: 'Whether PMS can use {host} was not seen: it did not go that way while watched.',
    usable: 'Every endpoint that PMS needs works on the way it takes.',
  },
  evaluate({ results, routing }, say) {
    const found = pmsWays(results, routing).flatMap((way) => {
      const { host, need, id } = way.result;
      const state = usableByPms(way);
      if (need === 'optional' || state === 'usable') return [];
      const { route, error } = way.decision;
      const told = error ?? tellRoute(way.result, route);
      // Watching triggers nothing: what nobody wanted in this time is no trouble.
      if (way.found?.basis === 'observed' && state === 'undecided')
        return need === 'scan' ? [say('not-applicable', 'unseen', { host }, id)] : [];
      if (state === 'undecided') return need === 'scan' ? [say('warn', 'undecided', { host, route, told }, id)] : [];
      return [say(need === 'scan' ? 'fail' : 'warn', 'unreachable', { host, route, told }, id)];
    });
    return found.length > 0 ? found : say('pass', 'usable', {});
  },
});

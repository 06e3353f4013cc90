import { defineCheck } from '../src/core/check.ts';
import { gravityOf, pmsWays, usability } from '../src/core/judge/pms-way.ts';

export default defineCheck({
  id: 'endpoint-excluded',
  title: 'no_proxy sends a needed endpoint direct',
  why: 'no_proxy is meant for local hosts. An entry that also covers a Plex endpoint sends it direct, into a network that may drop it.',
  remedy:
    'Remove "{entry}" from {variable} in the environment of PMS, or narrow it so that it does not cover {host}, and restart PMS.',
  severity: 'high',
  needs: ['results', 'routing'],
  causes: ['excluded-by-no-proxy'],
  messages: {
    blocked: '"{entry}" in {variable} sends {host} direct, and the direct connection fails: {outcome}.',
    untested: '"{entry}" in {variable} sends {host} direct; the direct route was not tried.',
    works: '"{entry}" in {variable} sends {host} direct, which works.',
    none: 'no_proxy excludes no endpoint that PMS needs.',
  },
  evaluate({ results, routing }, say) {
    const found = pmsWays(results, routing).flatMap((way) => {
      const { result, decision } = way;
      if (decision.excludedBy === null || result.need === 'optional') return [];
      const args = { entry: decision.excludedBy, variable: decision.variable ?? 'no_proxy', host: result.host };
      const state = usability(result.direct);
      if (state === 'usable') return [say('pass', 'works', args, result.id)];
      return state === 'undecided'
        ? [say('warn', 'untested', args, result.id)]
        : [say(gravityOf(way, 'direct'), 'blocked', { ...args, outcome: result.direct.outcome }, result.id)];
    });
    return found.length > 0 ? found : say('pass', 'none', {});
  },
});

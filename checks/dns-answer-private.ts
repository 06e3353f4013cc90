import { defineCheck } from '../src/core/check.ts';
import { gravityOf, nameList, pmsWays } from '../src/core/judge/pms-way.ts';

export default defineCheck({
  id: 'dns-answer-private',
  title: 'Local DNS gives an address that is not public for a public name',
  why: 'Blocking resolvers answer with 0.0.0.0 or an address of their own. The proxy resolves names itself and reaches the real endpoint, so the routes lead to different places.',
  remedy:
    'Exempt {host} from the block list or the override of the name server ({origin}), or send it through the proxy.',
  severity: 'medium',
  needs: ['resolver', 'results', 'routing'],
  causes: ['dns-fails-locally'],
  messages: {
    private: '{host} resolves to {address} ({scope}, from {origin}), PMS goes direct to it, and that fails.',
    works: '{host} resolves to {address} ({scope}, from {origin}) and works directly.',
    harmless:
      'Local DNS gives addresses that are not public for {hosts}. PMS does not look them up there or can do without them.',
    unanswered: 'The local DNS gave no address.',
    none: 'The local DNS answers every public name with public addresses.',
  },
  evaluate({ resolver, results, routing }, say) {
    const strange = pmsWays(results, routing).flatMap((way) => {
      const lookup = resolver.lookups.find(
        ({ host, source, addresses }) =>
          host === way.endpoint.probeHost && source !== 'literal' && addresses.some(({ scope }) => scope !== 'public'),
      );
      const answer = lookup?.addresses.find(({ scope }) => scope !== 'public');
      // The user's own endpoints may well be internal names.
      if (lookup === undefined || answer === undefined || way.endpoint.custom) return [];
      return [{ way, args: { host: way.result.host, ...answer, origin: ORIGIN[lookup.source] } }];
    });
    const own = strange.filter(({ way }) => way.decision.route === 'direct' && way.result.need !== 'optional');
    if (own.length > 0) {
      return own.map(({ way, args }) =>
        way.result.direct.outcome === 'ok'
          ? say('pass', 'works', args, way.result.id)
          : say(gravityOf(way, 'direct'), 'private', args, way.result.id),
      );
    }
    if (strange.length > 0) {
      return say('pass', 'harmless', { hosts: nameList(strange.map(({ way }) => way.result.host)) });
    }
    return resolver.lookups.some(({ source, addresses }) => source !== 'literal' && addresses.length > 0)
      ? say('pass', 'none', {})
      : say('not-applicable', 'unanswered', {});
  },
});

const ORIGIN = { dns: 'the name server', 'hosts-file': 'the hosts file', literal: 'the endpoint itself' } as const;

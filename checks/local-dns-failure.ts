import { defineCheck } from '../src/core/check.ts';
import { gravityOf, nameList, pmsWays } from '../src/core/judge/pms-way.ts';

export default defineCheck({
  id: 'local-dns-failure',
  title: 'This host cannot resolve endpoints',
  why: 'A client that uses the proxy leaves names to it, so a resolver that knows internal names only does no harm. A client that goes direct fails at once.',
  remedy: 'Send {hosts} through the proxy, or let the name server of this host answer for public names.',
  severity: 'medium',
  needs: ['resolver', 'results', 'routing'],
  causes: ['dns-fails-locally'],
  messages: {
    needed: '{hosts} cannot be resolved here ({code}), and PMS goes direct.',
    harmless:
      '{count} endpoints cannot be resolved here ({code}). PMS leaves names to the proxy; only a process that goes direct is affected.',
    none: 'Every endpoint resolves on this host.',
    unasked: 'No endpoint was looked up on this host.',
  },
  evaluate({ resolver, results, routing }, say) {
    const looked = pmsWays(results, routing).flatMap((way) => {
      const lookups = resolver.lookups.filter(({ host }) => host === way.endpoint.probeHost);
      return lookups.length > 0 ? [{ way, lookups }] : [];
    });
    const failing = looked.filter(({ lookups }) => lookups.every(({ addresses }) => addresses.length === 0));
    const [first] = failing;
    if (looked.length === 0) return say('not-applicable', 'unasked', {});
    if (first === undefined) return say('pass', 'none', {});
    const code = first.lookups.find((lookup) => lookup.code !== null)?.code ?? 'no address';
    const needed = failing.filter(({ way }) => way.decision.route === 'direct' && way.result.need !== 'optional');
    if (needed.length === 0) {
      return say('pass', 'harmless', { count: failing.length, code });
    }
    const verdict = needed.some(({ way }) => gravityOf(way, 'direct') === 'fail') ? 'fail' : 'warn';
    return say(verdict, 'needed', { hosts: nameList(needed.map(({ way }) => way.result.host)), code });
  },
});

import { defineCheck } from '../src/core/check.ts';
import { nameList, pmsWays, type PmsWay } from '../src/core/pms-way.ts';

export default defineCheck({
  id: 'unreadable-proxy-value',
  title: 'A client refuses the value of a proxy variable',
  why: 'A value that libcurl cannot read, or a kind of proxy that it does not know, is no reason for it to go direct: it fails every request at once.',
  remedy:
    'Write {variable} as http://host:port (or https, socks4, socks4a, socks5, socks5h), without spaces and without a PAC address.',
  severity: 'high',
  needs: ['results', 'routing'],
  causes: ['proxy-unreachable'],
  messages: {
    refused: 'PMS refuses the value of {variable}, so that it cannot reach {hosts}: {error}.',
    'plug-ins': "PMS's plug-ins refuse the value of {variable}, so that they cannot reach {hosts}: {error}.",
    readable: 'PMS and its plug-ins can read every proxy variable.',
  },
  evaluate({ results, routing }, say) {
    const ways = pmsWays(results, routing);
    const own = byVariable(ways);
    if (own.length > 0) {
      return own.map(({ args, refused }) => {
        const stops = refused.some(({ result }) => result.need === 'scan');
        return say(stops ? 'fail' : 'warn', 'refused', args);
      });
    }
    const plugIns = byVariable(
      ways.flatMap((way) => {
        const decision = routing.decisions[way.endpoint.id]?.['python-urllib'];
        return decision === undefined ? [] : [{ ...way, decision }];
      }),
    );
    return plugIns.length > 0 ? plugIns.map(({ args }) => say('warn', 'plug-ins', args)) : say('pass', 'readable', {});
  },
});

/** The endpoints that a client cannot reach, by the variable that it refuses. */
function byVariable(ways: readonly PmsWay[]) {
  const refusing = ways.filter(({ decision }) => decision.error !== null);
  return [...new Set(refusing.map(({ decision }) => decision.variable))].map((variable) => {
    const refused = refusing.filter(({ decision }) => decision.variable === variable);
    const hosts = nameList(refused.map(({ result }) => result.host));
    return { refused, args: { variable: variable ?? 'a variable', hosts, error: refused[0]?.decision.error ?? '' } };
  });
}

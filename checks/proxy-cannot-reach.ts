import { defineCheck } from '../src/core/check.ts';
import { isInOwnNetwork } from '../src/core/judge/custom-providers.ts';
import {
  gravityOf,
  invalidNameAnswer,
  nameList,
  pmsWays,
  proxyAnswered,
  proxyErrorKind,
  type ProxyErrorKind,
} from '../src/core/judge/pms-way.ts';

/** Where the proxy's error page gives no reason, its answer to a name that cannot exist shows whether DNS failed. */
const MESSAGE: Readonly<
  Record<Exclude<ProxyErrorKind, 'garbage'>, 'dns' | 'connect' | 'plain-http' | 'unknown-name' | 'other'>
> = {
  dns: 'dns',
  connect: 'connect',
  'plain-http': 'plain-http',
  'as-for-unknown-name': 'unknown-name',
  other: 'other',
};

export default defineCheck({
  id: 'proxy-cannot-reach',
  title: 'The proxy allows an endpoint but cannot reach it',
  why: 'The proxy resolves names and opens connections itself. Its own DNS, routes and packet filter decide whether an allowed endpoint works.',
  remedy:
    "On the machine of the proxy, resolve {host} and connect to it; fix its resolver, or open its route to the internet. This host's DNS plays no part.",
  severity: 'high',
  needs: ['results', 'routing', 'proxies'],
  supersededBy: ['proxy-garbage'],
  causes: ['proxy-unreachable', 'endpoint-down'],
  messages: {
    resolver: 'The proxy cannot resolve any endpoint ({code}), {host} among them: its own DNS fails.',
    dns: 'The proxy cannot resolve {host} ({code}).',
    connect: 'The proxy cannot connect to {host} ({code}).',
    'plain-http': 'The proxy answers plain HTTP for {host} itself instead of passing it on ({code}).',
    'unknown-name': 'The proxy answers for {host} as for a name that does not exist ({code}), without saying why.',
    other: 'The proxy fails for {host} with {code}.',
    unanswered: 'No proxy answered for an endpoint.',
    none: 'The proxy reaches every needed endpoint that it allows.',
  },
  evaluate({ results, routing, proxies }, say) {
    const invalidName = invalidNameAnswer(proxies);
    const asked = pmsWays(results, routing).filter((way) => proxyAnswered(way.result) && !isInOwnNetwork(way));
    const failing = asked.flatMap((way) => {
      const found = way.result.proxy;
      if (found?.outcome !== 'proxy-error' || way.result.need === 'optional') return [];
      const kind = proxyErrorKind(found, invalidName);
      const code = found.code ?? `HTTP ${found.status ?? '?'}`;
      return kind === 'garbage' ? [] : [{ way, kind, code }];
    });
    const needed = asked.filter(({ result }) => result.need !== 'optional');
    const [first] = failing;
    if (asked.length === 0) return say('not-applicable', 'unanswered', {});
    if (first === undefined) return say('pass', 'none', {});
    if (failing.length > 1 && failing.length === needed.length && failing.every(({ kind }) => kind === 'dns')) {
      const host = nameList(failing.map(({ way }) => way.result.host));
      const verdict = failing.some(({ way }) => gravityOf(way, 'proxy') === 'fail') ? 'fail' : 'warn';
      return say(verdict, 'resolver', { host, code: first.code });
    }
    return failing.map(({ way, kind, code }) =>
      say(gravityOf(way, 'proxy'), MESSAGE[kind], { host: way.result.host, code }, way.result.id),
    );
  },
});

import { judgeChildProxies } from '../core/diagnose/child-proxies.ts';
import { defineCause } from '../core/diagnose/cause.ts';
import { hostsOf, type Judgement } from '../core/diagnose/judgement.ts';
import { describeProxyRoutes, isProxied, ruledOutByProxyRoute, surenessOfWay } from '../core/diagnose/probe-scene.ts';
import { refusedSections } from '../core/diagnose/scans.ts';
import { failedRequests, seenNeeds, type SeenNeed, type SeenScene } from '../core/diagnose/seen-scene.ts';
import { wasLetThroughLater } from '../core/judge/let-through.ts';
import type { PmsWay } from '../core/judge/pms-way.ts';
import { ownCode } from '../core/model/reason.ts';
import type { Statement } from '../core/model/statement.ts';
import { isOfKind } from '../core/model/outcome.ts';
import type { PmsRequest } from '../core/model/traffic.ts';
import { sayCommon } from '../core/words/common.ts';
import { describeProxied } from '../core/words/flows.ts';
import type { Say } from '../core/words/message.ts';
import { describeLoggedFailure } from '../core/words/requests.ts';

const messages = {
  'block-page':
    '{host}: the proxy presents its own certificate[, issued by "{issuer}"], and leaves other hosts untouched, as for a block page',
  'other-answer': 'another server answers in its place, as a block page does',
  'as-pms':
    '{host}: the proxy lets this tool through, and refuses the same to a request that gives itself the name of PMS (User-Agent)',
  'let-through-later': '{statement}; the proxy let it through later',
} as const;

export default defineCause({
  id: 'proxy-denies',
  rank: 40,
  title: 'The proxy refuses an endpoint',
  why: 'An allow-list without the endpoint (403), or a demand for credentials that PMS does not send (407), ends the request at the proxy.',
  judgedBy:
    'The endpoints of a scan are probed through the proxy. Confirmed by a refusal (403, 407, 451, 511) or redirect on the route that PMS uses, in a probe or in the log of the proxy or of PMS; likely when the proxy presents its own certificate for few hosts only, as for a block page, or refuses what gives itself the name of PMS.',
  remedy:
    'Allow {hosts} on the proxy for the PMS host, by name and without authentication ("allow" writes the lines for it); or put credentials into the proxy variable.',
  commands: () => ['pms-proxy-doctor allow --for scan --target squid'],
  messages,

  couldStop({ route, outcome }) {
    // A block page comes with a certificate of the proxy.
    return route !== 'direct' && (outcome === null || isOfKind(outcome, 'proxy-refusal', 'impostor', 'distrust'));
  },

  fromProbes(scene, say) {
    const refused = scene.ways.filter((way) => isOfKind(way.result.proxy?.outcome, 'proxy-refusal'));
    const asked = refused.filter(isProxied);
    if (asked.length > 0) {
      const [paged, told] = [asked.filter(isBlockPage), asked.filter((way) => !isBlockPage(way))];
      return {
        // The page itself was not read: nothing is sent over a connection that is not trusted.
        state: told.length > 0 ? surenessOfWay(scene) : 'likely',
        because: [...describeProxyRoutes(told), ...paged.map((way) => describeBlockPage(way, say))],
        hosts: hostsOf(asked),
      };
    }
    const byName = scene.ways.filter(
      (way) => isProxied(way) && way.attempts.proxy.some(({ deniedAsPms = false }) => deniedAsPms),
    );
    if (byName.length > 0)
      return {
        state: 'likely',
        because: byName.map(({ result: { host } }) => say('as-pms', { host })),
        hosts: hostsOf(byName),
      };
    const ofChild = judgeChildProxies(scene, ({ outcome }) => isOfKind(outcome, 'proxy-refusal'));
    if (ofChild !== null) return ofChild;
    if (refused.length > 0) {
      const because = [sayCommon('proxy-not-in-use-yet'), ...describeProxyRoutes(refused)];
      return { state: 'possible', because, hosts: hostsOf(refused) };
    }
    const paged = scene.ways.filter((way) => isProxied(way) && way.found?.outcome === 'captive');
    if (paged.length > 0)
      return {
        state: 'possible',
        because: [say('other-answer'), ...describeProxyRoutes(paged)],
        hosts: hostsOf(paged),
      };
    // A filter may as well grant the tunnel and break it, or answer in it.
    return ruledOutByProxyRoute(
      scene,
      (outcome) => outcome === 'intercepted' || isOfKind(outcome, 'answer', 'distrust'),
    );
  },

  fromSeen(scene, say) {
    const asked = seenNeeds(scene).filter(({ proxy }) => proxy.length > 0);
    const refused = asked.filter(({ proxy }) => proxy.some(({ flow }) => isOfKind(flow.outcome, 'proxy-refusal')));
    const logged = scene.needed.flatMap((endpoint) =>
      failedRequests(scene, endpoint).filter(({ outcome }) => isOfKind(outcome, 'proxy-refusal')),
    );
    if (refused.length > 0) return proxyRefused(refused, logged, scene, say);
    if (logged.length > 0)
      return {
        state: 'confirmed',
        because: logged.map(describeLoggedFailure),
        hosts: [...new Set(logged.map(({ host }) => host))],
      };
    const passed = asked.filter(({ proxy }) => proxy.some(({ flow }) => flow.outcome === 'ok'));
    return passed.length > 0 && passed.length === scene.needed.length
      ? { state: 'ruled-out', because: passed.map(({ proxy }) => describeProxied(proxy)) }
      : null;
  },
  fromExperiment: {
    never:
      'PMS does not say whether a proxy refused what a scan asked for; the requests of the scan are judged as seen.',
  },
});

function isBlockPage({ result }: PmsWay): boolean {
  return result.proxy?.code === ownCode('BLOCK_PAGE');
}

function describeBlockPage({ result, attempts }: PmsWay, say: Say<typeof messages>): Statement {
  const issuer = attempts.proxy.find(({ tls }) => tls !== null)?.tls?.issuer ?? null;
  return say('block-page', { host: result.host, issuer });
}

/** An endpoint that the proxy lets through later needs no remedy, but it may explain an earlier refused scan. */
function proxyRefused(
  refused: readonly SeenNeed[],
  logged: readonly PmsRequest[],
  scene: SeenScene,
  say: Say<typeof messages>,
): Judgement {
  const never = refused.filter(({ proxy }) => proxy.every(({ flow }) => flow.outcome !== 'ok'));
  const still = refused.filter((need) => !isLetThrough(need));
  const isPast = still.length === 0 && logged.length === 0 && refusedSections(scene).length === 0;
  return {
    state: never.length > 0 ? 'confirmed' : isPast ? 'ruled-out' : 'possible',
    because: [
      ...refused.map((need) => {
        const statement = describeProxied(need.proxy);
        return isLetThrough(need) ? say('let-through-later', { statement }) : statement;
      }),
      ...logged.map(describeLoggedFailure),
    ],
    hosts: hostsOf(still.length > 0 ? still : refused),
  };
}

function isLetThrough({ proxy }: SeenNeed): boolean {
  return wasLetThroughLater(
    proxy.filter(({ flow }) => flow.outcome !== 'ok'),
    proxy,
  );
}

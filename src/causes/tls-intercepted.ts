import { defineCause } from '../core/diagnose/cause.ts';
import { hostsOf } from '../core/diagnose/judgement.ts';
import {
  describeDirectRoutes,
  describeProxyRoutes,
  isProxied,
  nothingToScan,
  surenessOfWay,
} from '../core/diagnose/probe-scene.ts';
import { failedRequests } from '../core/diagnose/seen-scene.ts';
import { isWrongByItself, refusedByPmsBundle, type PmsWay } from '../core/judge/pms-way.ts';
import { ownCode } from '../core/model/reason.ts';
import { isOfKind, type Outcome } from '../core/model/outcome.ts';
import { describeLoggedFailure } from '../core/words/requests.ts';
import { describeRoute } from '../core/words/routes.ts';

export default defineCause({
  id: 'tls-intercepted',
  rank: 60,
  title: 'TLS is decrypted on the way',
  why: 'PMS refuses TLS connections that are decrypted on the way: the certificate must end at a root that PMS itself knows.',
  judgedBy:
    'The certificate chain of each route is verified against public roots and, where it is found, against the bundle of PMS. Confirmed when the chain on the route that PMS uses ends at a foreign root; possible when the handshake through the proxy breaks off.',
  remedy: 'Exclude {hosts} from TLS inspection (Squid: splice instead of bump).',
  messages: {
    swapped: '{statement}[, issued by "{issuer}"]',
    'not-in-bundle': '{host} presents a certificate that PMS\'s own bundle does not accept[, issued by "{issuer}"]',
    'no-handshake': 'no TLS handshake to judge: {statement}',
    trusted: 'every certificate on the routes that PMS uses ends at a trusted root',
  },

  couldStop({ outcome }) {
    return outcome === null || isOfKind(outcome, 'impostor', 'distrust', 'breakage');
  },

  fromProbes(scene, say) {
    const { ways } = scene;
    const swapped = ways.filter((way) => isStrange(way.found?.outcome) && !isWrongByItself(way));
    const refused = ways.filter((way) => refusedByPmsBundle(way));
    if (swapped.length > 0 || refused.length > 0) {
      const isCertain = swapped.some((way) => way.found?.outcome === 'intercepted');
      return {
        state: isCertain ? surenessOfWay(scene) : 'likely',
        because: [
          ...swapped.map((way) => say('swapped', { statement: describeWay(way), issuer: issuerOf(way) })),
          ...refused.map((way) => say('not-in-bundle', { host: way.result.host, issuer: issuerOf(way) })),
        ],
        hosts: hostsOf([...swapped, ...refused]),
      };
    }
    // A block page, more likely: the proxy leaves the other hosts untouched.
    const paged = ways.filter((way) => isProxied(way) && way.found?.code === ownCode('BLOCK_PAGE'));
    if (paged.length > 0)
      return {
        state: 'possible',
        because: paged.map((way) => say('swapped', { statement: describeWay(way), issuer: issuerOf(way) })),
        hosts: hostsOf(paged),
      };
    // A filter that reads the name in the handshake and then ends the connection looks like this; so do other things.
    const broken = ways.filter((way) => isProxied(way) && isOfKind(way.found?.outcome, 'breakage'));
    if (broken.length > 0) return { state: 'possible', because: describeProxyRoutes(broken), hosts: hostsOf(broken) };
    // Whether a process goes around the proxy, into that, was not probed.
    const aside = ways.filter((way) => isProxied(way) && isOfKind(way.result.direct.outcome, 'impostor', 'distrust'));
    if (aside.length > 0) return { state: 'possible', because: describeDirectRoutes(aside), hosts: hostsOf(aside) };
    if (ways.length === 0) return nothingToScan(scene);
    // What PMS was seen to get shows no certificate.
    const unverified = ways.filter((way) => way.found?.outcome !== 'ok' || way.found.basis === 'observed');
    return unverified.length > 0
      ? {
          state: 'unknown',
          because: unverified.map((way) => say('no-handshake', { statement: describeWay(way) })),
        }
      : { state: 'ruled-out', because: [say('trusted')] };
  },

  fromSeen(scene) {
    const logged = scene.needed.flatMap((endpoint) =>
      failedRequests(scene, endpoint).filter(({ outcome }) => isStrange(outcome)),
    );
    return logged.length === 0
      ? null
      : {
          state: 'likely',
          because: logged.map(describeLoggedFailure),
          hosts: [...new Set(logged.map(({ host }) => host))],
        };
  },
  fromExperiment: {
    never: 'PMS does not say whether a scan met a foreign certificate; its log is judged separately.',
  },
});

/** A certificate that is not the endpoint's, or that no root vouches for. */
function isStrange(outcome: Outcome | null | undefined): boolean {
  return outcome === 'intercepted' || outcome === 'tls-untrusted';
}

function describeWay({ result, decision }: PmsWay): ReturnType<typeof describeRoute> {
  return describeRoute(result, decision.route);
}

function issuerOf(way: PmsWay): string | null {
  return way.found?.attempts.find(({ tls }) => tls !== null)?.tls?.issuer ?? null;
}

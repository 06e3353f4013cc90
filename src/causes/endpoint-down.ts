import { defineCause } from '../core/diagnose/cause.ts';
import { hostsOf } from '../core/diagnose/judgement.ts';
import { directWorksElsewhere, isSinkholed, nothingToScan, type ProbeScene } from '../core/diagnose/probe-scene.ts';
import {
  failsAlikeOnBothRoutes,
  invalidNameAnswer,
  isUntimely,
  isWrongByItself,
  usability,
  type PmsWay,
} from '../core/judge/pms-way.ts';
import { isOfKind } from '../core/model/outcome.ts';
import { describeRoute } from '../core/words/routes.ts';

export default defineCause({
  id: 'endpoint-down',
  rank: 120,
  title: 'The endpoint itself does not answer',
  why: "When Plex's own service fails, no setting here helps.",
  judgedBy:
    'An endpoint of a scan fails in the same way on both routes, and this network does not explain the failure: likely when other endpoints work directly, possible when the direct route is closed for everything, or when several certificates have run out at once, as with a wrong clock.',
  remedy: 'Try again later, and look at status.plex.tv for a disruption that concerns {hosts}.',
  messages: {
    clock: 'several certificates are outside of their time at once: the clock of this host may be wrong',
    unreached: 'no route reached {host}',
    answers: 'every endpoint that a scan needs answers on at least one route',
  },

  couldStop({ host }, { answering }) {
    return host === null || !answering.has(host);
  },

  fromProbes(scene, say) {
    const { ways } = scene;
    const expired = ways.filter(isWrongByItself);
    const down = ways.filter((way) => isWrongByItself(way) || (!isSinkholed(way, scene) && failsAlike(way, scene)));
    if (down.length > 0) {
      // One endpoint may let its certificate run out; several at once do not.
      const isClock = new Set(expired.filter(isUntimely).map(({ result }) => result.host)).size > 1;
      return {
        state: !isClock && (expired.length > 0 || directWorksElsewhere(scene)) ? 'likely' : 'possible',
        because: [
          ...(isClock ? [say('clock')] : []),
          ...down.flatMap(({ result }) => [
            describeRoute(result, 'direct'),
            ...(result.proxy === null ? [] : [describeRoute(result, 'proxy')]),
          ]),
        ],
        hosts: hostsOf(down),
      };
    }
    if (ways.length === 0) return nothingToScan(scene);
    const unreached = ways.filter((way) => way.direct !== 'usable' && usability(way.result.proxy) !== 'usable');
    return unreached.length > 0
      ? { state: 'unknown', because: unreached.map(({ result }) => say('unreached', { host: result.host })) }
      : { state: 'ruled-out', because: [say('answers')] };
  },
  fromSeen: { never: 'A connection of PMS that fails on one route does not show whether the other one works.' },
  fromExperiment: { never: 'How a scan ends does not show whether an endpoint works on another route.' },
});

/** Both routes met the same failure. Where only the direct one was tried, its success with other endpoints stands in. */
function failsAlike(way: PmsWay, scene: ProbeScene): boolean {
  const { direct, proxy } = way.result;
  if (proxy === null || proxy.outcome === 'not-run') {
    // A name without an address, and a foreign certificate, have causes of their own.
    return isOfKind(direct.outcome, 'block', 'breakage') && directWorksElsewhere(scene);
  }
  return failsAlikeOnBothRoutes(way.result, invalidNameAnswer(scene.proxies));
}

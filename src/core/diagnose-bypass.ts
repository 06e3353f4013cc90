import { usedSource } from './derive.ts';
import { scanAskedSomebody } from './diagnose-scans.ts';
import type { Endpoint } from './endpoint.ts';
import { isLoopbackName } from './flows.ts';
import { isDuring, SCANNER } from './experiment.ts';
import type { Judgement } from './judgement.ts';
import { loggedAround } from './logged-around.ts';
import { proxyWatchedDuring, type Observed, type SeenFlow } from './observed.ts';
import {
  callsToItself,
  failedRequests,
  hostsOf,
  localQuestions,
  seenNeeds,
  tellQuestion,
  tellRequest,
  unresolvedRequests,
  type SeenNeed,
  type SeenRule,
  type SeenScene,
} from './seen-scene.ts';
import { namesProxy } from './settings-compare.ts';
import { isBlocked, tellDirect, tellProxied } from './tell-flow.ts';

/** Whether a process of PMS goes around the proxy, by what was seen. */

export const scannerBypassesProxy: SeenRule = (scene) => {
  const { observed } = scene;
  if (observed === null) return loggedAround(scene);
  const needs = seenNeeds(scene);
  const around = needs
    .map((need) => ({ ...need, direct: need.direct.filter((seen) => seen.bypass) }))
    .filter(({ direct }) => direct.length > 0);
  const disobeying = around
    .map((need) => ({ ...need, direct: need.direct.filter((seen) => !obeysSettings(seen, scene)) }))
    .filter(({ direct }) => direct.length > 0);
  if (around.length > 0 && disobeying.length === 0) {
    return {
      state: 'ruled-out',
      because: [
        ...around.map(({ direct }) => tellDirect(direct)),
        'it obeys its settings, which name no proxy for that',
      ],
    };
  }
  const gotThrough = ({ direct }: SeenNeed): boolean => direct.some(({ flow }) => flow.outcome === 'ok');
  const stopped = disobeying.filter(
    (need) => !gotThrough(need) && need.direct.some(({ flow }) => isBlocked(flow.outcome)),
  );
  if (stopped.length > 0) return bypassStopped(stopped, scene, observed);
  if (disobeying.length > 0) {
    const unclear = !disobeying.every(gotThrough);
    return {
      state: unclear ? 'likely' : 'ruled-out',
      because: [
        ...disobeying.map(({ direct }) => tellDirect(direct)),
        unclear ? 'what became of it was not seen' : 'it goes around the proxy and gets through',
      ],
      hosts: hostsOf(disobeying),
    };
  }
  return askedLocally(scene) ?? scannerAskedProxy(scene) ?? nothingAround(scene, needs, observed);
};

/** The settings themselves send this flow direct: whoever opened it obeys them. */
function obeysSettings({ flow, endpoint }: SeenFlow, { routing, settings }: SeenScene): boolean {
  const own = settings?.sources.find((source) => source.pid !== null && source.pid === flow.pid);
  if (own?.variables.state === 'ok' && !namesProxy(own.variables.value)) return true;
  const decisions = endpoint === null ? undefined : routing?.decisions[endpoint.id];
  const isKnown = settings !== null && usedSource(settings)?.variables.state === 'ok';
  return isKnown && decisions !== undefined && routing !== null && decisions[routing.pmsDialect].route === 'direct';
}

/** A scanner that sends even its calls to PMS to the proxy goes around it for nobody. */
function scannerAskedProxy(scene: SeenScene): Judgement | null {
  const calls = callsToItself(scene).filter(
    ({ flow }) =>
      flow.process?.startsWith(SCANNER) === true ||
      scene.pmsLog?.requests.some(({ log, host }) => log.startsWith(SCANNER) && isLoopbackName(host)) === true,
  );
  return calls.length === 0
    ? null
    : { state: 'ruled-out', because: [tellProxied(calls), 'its scanner sends even its calls to PMS to the proxy'] };
}

function bypassStopped(stopped: readonly SeenNeed[], scene: SeenScene, observed: Observed): Judgement {
  const wasWatched = (need: SeenNeed): boolean => proxyWatchedDuring(observed.watchers, need.direct);
  const silent = stopped.filter((need) => askedByScans(need, scene).length === 0 && wasWatched(need));
  const logged = stopped.flatMap(({ endpoint }) => failedRequests(scene, endpoint));
  const isPms = stopped.some(({ direct }) => direct.some(({ flow }) => flow.process !== null)) || logged.length > 0;
  return {
    state: isPms && silent.length > 0 ? 'confirmed' : 'likely',
    because: [
      ...stopped.flatMap((need) => [
        tellDirect(need.direct),
        ...(need.proxy.length > 0 ? [tellProxied(need.proxy)] : []),
        ...(askedByScans(need, scene).length > 0
          ? []
          : [
              wasWatched(need)
                ? `the proxy was never asked for ${need.endpoint.host} ${need.proxy.length > 0 ? 'during the scans' : 'while watched'}`
                : `whether the proxy was asked for ${need.endpoint.host} then was not watched`,
            ]),
      ]),
      ...logged.map(tellRequest),
    ],
    hosts: hostsOf(stopped),
  };
}

/** In an experiment, PMS asks the proxy for its controls too: what began outside of the scans is not theirs. */
function askedByScans({ proxy }: SeenNeed, { experiment }: SeenScene): readonly SeenFlow[] {
  if (experiment === null) return proxy;
  return proxy.filter(({ flow }) => experiment.scans.some((scan) => isDuring(flow, scan)));
}

function askedLocally(scene: SeenScene): Judgement | null {
  const asked = localQuestions(scene).filter(({ endpoint }) => {
    const decision = scene.routing?.decisions[endpoint.id];
    return decision === undefined || scene.routing === null || decision[scene.routing.pmsDialect].route === 'proxy';
  });
  if (asked.length === 0) return null;
  const vain = asked.filter(({ endpoint }) => askedInVain(endpoint, scene));
  const told = vain.length > 0 ? vain : asked;
  const endpoints = [...new Set(told.map(({ endpoint }) => endpoint))];
  return {
    state: vain.length > 0 ? 'confirmed' : 'likely',
    because: [
      ...new Set(told.map(({ question }) => tellQuestion(question))),
      'a client that uses an HTTP proxy leaves names to it',
      ...(vain.length === 0 ? [] : endpoints.map(({ host }) => `the proxy was never asked for ${host} while watched`)),
      ...endpoints.flatMap((endpoint) => unresolvedRequests(scene, endpoint).map(tellRequest)),
    ],
    hosts: endpoints.map(({ host }) => host),
  };
}

/** PMS itself logs that a name was not resolved, which its settings leave to the proxy, and in all that time nobody asked the proxy for it. */
function askedInVain(endpoint: Endpoint, scene: SeenScene): boolean {
  const { observed } = scene;
  const asked = observed?.byEndpoint[endpoint.id]?.proxy ?? [];
  const isWatched = (at: string | null): boolean =>
    at !== null &&
    (observed?.watchers ?? []).some(
      ({ shows, from, to }) => shows.includes('proxy') && from !== null && to !== null && from <= at && at <= to,
    );
  return asked.length === 0 && unresolvedRequests(scene, endpoint).some(({ lastAt }) => isWatched(lastAt));
}

/** Nothing went around: that rules the cause out only when a scan was at work meanwhile. */
function nothingAround(scene: SeenScene, needs: readonly SeenNeed[], observed: Observed): Judgement | null {
  if (!observed.shows.direct) return loggedAround(scene);
  const asked = needs.filter(({ proxy }) => proxy.length > 0);
  // A capture misses nothing that was sent; samples of sockets do.
  const isWhole = observed.watchers.some(({ kind, shows }) => kind !== 'socket' && shows.includes('direct'));
  if (scene.experiment !== null && isWhole && scanAskedSomebody(scene)) {
    return {
      state: 'ruled-out',
      because: [
        'during the scans that PMS was asked for, no connection around the proxy to an endpoint that they need was seen',
        ...asked.map(({ proxy }) => tellProxied(proxy)),
      ],
    };
  }
  if (scene.experiment !== null) {
    return {
      state: 'unknown',
      because: [
        'the scans that PMS was asked for were not seen to ask anybody: which way its scanner goes is not known',
      ],
    };
  }
  const scanned = scene.pmsLog?.scans.some(({ kind }) => kind === 'started' || kind === 'child') === true;
  const because = [
    'while watched, no connection around the proxy to an endpoint that a scan needs was seen',
    ...asked.map(({ proxy }) => tellProxied(proxy)),
  ];
  return scanned && asked.length === needs.length && needs.length > 0
    ? { state: 'ruled-out', because }
    : { state: 'unknown', because: [...because.slice(0, 1), 'whether a scan was at work meanwhile is not known'] };
}

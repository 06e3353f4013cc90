import { isLoopbackName } from '../core/judge/traffic/flows.ts';
import { groupSeen } from '../core/judge/bypasses.ts';
import { asksOutsideResolver } from '../core/judge/traffic/outside-resolvers.ts';
import { isOfPms, proxyWatchedAt, proxyWatchedDuring, type Observed, type SeenFlow } from '../core/judge/observed.ts';
import { defineCause } from '../core/diagnose/cause.ts';
import { hostsOf, type Judgement } from '../core/diagnose/judgement.ts';
import {
  describeDirectRoutes,
  hasConnected,
  nameOf,
  nothingToScan,
  processesWithoutProxy,
  ruledOutBySettings,
} from '../core/diagnose/probe-scene.ts';
import { scanAskedAnyHost, watchedWhole } from '../core/diagnose/scans.ts';
import {
  callsToItself,
  failedRequests,
  localQuestions,
  seenNeeds,
  type SeenNeed,
  type SeenScene,
} from '../core/diagnose/seen-scene.ts';
import { isOwnName, leavesNames, programOfLog, toldRoute } from '../core/diagnose/told.ts';
import type { Endpoint } from '../core/model/endpoint.ts';
import { isDuring, needyScans, SCANNER } from '../core/model/experiment.ts';
import { isFailure, isOfKind } from '../core/model/outcome.ts';
import type { PmsRequest } from '../core/model/traffic.ts';
import { describeDirect, describeProxied } from '../core/words/flows.ts';
import { distinct, type Say } from '../core/words/message.ts';
import { describeLoggedFailure, describeQuestion } from '../core/words/requests.ts';

const messages = {
  'no-proxy': 'PMS uses no proxy, so no process can go around one',
  'direct-open': 'a process that goes around the proxy gets through: direct connections work',
  'child-unproxied': '{process} runs without a proxy variable',
  unwatched: "the scanner's route was not watched in this run",
  obeys: 'this is as configured: its settings name no proxy for it',
  'variables-unread': 'whether this process was given the proxy was not seen: it may have been started without it',
  'end-not-seen': 'the outcome was not seen',
  'gets-through': 'it goes around the proxy and gets through',
  connects:
    'it goes around the proxy and connects; what came then was not seen, and a probe of this tool had an answer',
  'never-asked': 'the proxy was never asked for {host} while watched',
  'never-asked-by-scans': 'the proxy was never asked for {host} during the scans',
  'proxy-unwatched': 'requests to the proxy for {host} were not watched then',
  'calls-proxied': 'its scanner sends even its calls to PMS to the proxy',
  'names-belong-to-proxy': 'a client that uses an HTTP proxy leaves names to it',
  'not-asked-then': 'the proxy was not asked for {host} at that time',
  'named-as-target':
    'curl names the host itself as the target of its connection: through a proxy it would name the proxy',
  'ends-as-blocked': 'blocked direct connections fail this way',
  'ends-as-cut': 'direct connections that a filter cuts by their name fail this way',
  'none-around': 'while watched, no direct connection to an endpoint that a scan needs was seen',
  'not-proven': 'no watcher is proven to have seen every connection then',
  'scan-unknown': 'it is not known whether a scan ran meanwhile',
  'none-around-during-scans': 'during the requested scans, no direct connection to an endpoint that they need was seen',
  'scans-asked-none': "the requested scans were not seen to contact any host, so the scanner's route is unknown",
} as const;

type SayThis = Say<typeof messages>;

export default defineCause({
  id: 'scanner-bypasses-proxy',
  rank: 10,
  title: 'A process of PMS goes around the proxy',
  why: 'A child process of PMS matches new content. When that child connects directly, the isolated network drops the connection and the proxy sees nothing.',
  judgedBy:
    'Not found when direct connections of this tool to the endpoints of a scan work, and ruled out when those of PMS were seen to, because then nothing stops a process that goes around the proxy. Possible when they are blocked. Likely when a child of PMS runs without the variables, or asks local DNS for a name that belongs to the proxy. Confirmed when a process of PMS was seen to connect there directly and to be stopped, or logged that it could not resolve that name, while the proxy was never asked.',
  remedy: 'Give {hosts} a way through the proxy (a bridge, which opens nothing), or a direct one from the PMS host.',
  remedyInside:
    'Your policy keeps direct connections shut: give {hosts} a way through the proxy (a bridge, which opens nothing).',
  commands: () => ['sudo pms-proxy-doctor bridge --prove'],
  messages,

  couldStop({ route, isExcluded, isConfigured }) {
    return route !== 'proxy' && isExcluded !== true && isConfigured !== false;
  },

  fromProbes(scene, say) {
    const { ways, routing, facts } = scene;
    if (ways.length === 0) return nothingToScan(scene);
    if (!routing.configured) return ruledOutBySettings(scene, say('no-proxy'));
    const blocked = ways.filter(({ direct }) => direct === 'unusable');
    if (blocked.length === 0) {
      return ways.every(({ direct }) => direct === 'usable')
        ? { state: 'ruled-out', because: [say('direct-open'), ...describeDirectRoutes(ways)] }
        : { state: 'unknown', because: describeDirectRoutes(ways) };
    }
    const children = processesWithoutProxy(scene).filter(({ kind }) => kind === 'child');
    return {
      state: children.some((child) => hasConnected(child, scene)) ? 'likely' : 'possible',
      because: [
        ...children.map((source) => say('child-unproxied', { process: nameOf(source) })),
        ...describeDirectRoutes(blocked),
        ...(facts.observed.state === 'ok' ? [] : [say('unwatched')]),
      ],
      hosts: hostsOf(blocked),
    };
  },

  fromSeen(scene, say) {
    const { observed } = scene;
    if (observed === null) return loggedAround(scene, say);
    return whatScannerDid(scene, observed, say) ?? nothingAround(scene, observed, say);
  },

  fromExperiment(scene, say) {
    const { observed } = scene;
    if (!observed?.shows.direct || whatScannerDid(scene, observed, say) !== null) return null;
    const isWhole = needyScans(scene.experiment).every((scan) => watchedWhole(scene, scan));
    if (!isWhole) return { state: 'unknown', because: [say('none-around-during-scans'), say('not-proven')] };
    if (!scanAskedAnyHost(scene)) return { state: 'unknown', because: [say('scans-asked-none')] };
    return { state: 'ruled-out', because: [say('none-around-during-scans'), ...describeAsked(scene)] };
  },
});

/** The scanner's route by its connections and DNS questions; null: none were seen. */
function whatScannerDid(scene: SeenScene, observed: Observed, say: SayThis): Judgement | null {
  return (
    wentAround(scene, observed, say) ??
    wentAroundUnseen(scene, say) ??
    scannerAskedProxy(scene, say) ??
    askedOutside(scene, observed, say)
  );
}

function wentAround(scene: SeenScene, observed: Observed, say: SayThis): Judgement | null {
  const around = withDirect(seenNeeds(scene), ({ bypass }) => bypass);
  const disobeying = withDirect(around, (seen) => !obeysSettings(seen, scene));
  if (around.length === 0) return null;
  if (disobeying.length === 0)
    return { state: 'ruled-out', because: [...around.map(({ direct }) => describeDirect(direct)), say('obeys')] };
  const stopped = disobeying.filter(
    (need) => !mayHaveGotThrough(need) && need.direct.some(({ end }) => isFailure(end)),
  );
  if (stopped.length > 0) return bypassStopped(stopped, scene, observed, say);
  const told = disobeying.map(({ direct }) => describeDirect(direct));
  if (disobeying.every(gotThrough)) return { state: 'ruled-out', because: [...told, say('gets-through')] };
  if (disobeying.every((need) => mayGetThrough(need, scene)))
    return { state: 'unknown', because: [...told, say('connects')], isUnfound: true };
  return { state: 'likely', because: [...told, say('end-not-seen')], hosts: hostsOf(disobeying) };
}

/** It was seen to connect and no more, where a probe of this tool had an answer. */
function mayGetThrough({ endpoint, direct }: SeenNeed, { openFamilies }: SeenScene): boolean {
  const open = openFamilies[endpoint.id] ?? [];
  return direct.some(
    ({ flow, end }) =>
      end === 'ok' || (end === null && flow.outcome === 'ok' && flow.family !== null && open.includes(flow.family)),
  );
}

/** The needs with those of their direct connections that are wanted. */
function withDirect(needs: readonly SeenNeed[], isWanted: (seen: SeenFlow) => boolean): readonly SeenNeed[] {
  return needs
    .map((need) => ({ ...need, direct: need.direct.filter(isWanted) }))
    .filter(({ direct }) => direct.length > 0);
}

/** A connection was made, and no failure behind it is known. */
function mayHaveGotThrough({ direct }: SeenNeed): boolean {
  return direct.some(({ flow, end }) => flow.outcome === 'ok' && !isFailure(end));
}

function gotThrough({ direct }: SeenNeed): boolean {
  return direct.some(({ end }) => end === 'ok');
}

/** Its own variables send this flow direct: its process obeys them. */
function obeysSettings({ flow, endpoint }: SeenFlow, scene: SeenScene): boolean {
  return toldRoute(flow, endpoint, scene) === 'direct';
}

function bypassStopped(stopped: readonly SeenNeed[], scene: SeenScene, observed: Observed, say: SayThis): Judgement {
  const wasWatched = (need: SeenNeed): boolean => proxyWatchedDuring(observed.watchers, need.direct);
  const silent = stopped.filter((need) => askedByScans(need, scene).length === 0 && wasWatched(need));
  const logged = stopped.flatMap(({ endpoint }) => failedRequests(scene, endpoint));
  const isPms = stopped.some(({ direct }) => direct.some(({ flow }) => flow.process !== null)) || logged.length > 0;
  const isTold = silent.some((need) => isOfProxied(need, scene));
  return {
    state: isPms && isTold ? 'confirmed' : 'likely',
    because: [
      ...stopped.flatMap((need) => {
        const { endpoint, direct, proxy } = need;
        const { host } = endpoint;
        const silence = !wasWatched(need)
          ? say('proxy-unwatched', { host })
          : say(proxy.length > 0 ? 'never-asked-by-scans' : 'never-asked', { host });
        return [
          describeDirect(direct),
          ...(proxy.length > 0 ? [describeProxied(proxy)] : []),
          ...(askedByScans(need, scene).length > 0 ? [] : [silence]),
        ];
      }),
      ...logged.map(describeLoggedFailure),
      ...(silent.length > 0 && !isTold ? [say('variables-unread')] : []),
    ],
    hosts: hostsOf(stopped),
  };
}

/** It is of a process that was given the proxy; where packets alone show it, PMS's log names the program. */
function isOfProxied({ endpoint, direct }: SeenNeed, scene: SeenScene): boolean {
  const logged = failedRequests(scene, endpoint);
  return direct.some(({ flow }) =>
    flow.process === null
      ? logged.some((request) => toldOf(request, endpoint, scene) === 'proxy')
      : toldRoute(flow, endpoint, scene) === 'proxy',
  );
}

/** In an experiment, PMS also asks the proxy for its controls: a request that began outside the scans is not theirs. */
function askedByScans({ proxy }: SeenNeed, { experiment }: SeenScene): readonly SeenFlow[] {
  if (experiment === null) return proxy;
  return proxy.filter(({ flow }) => experiment.scans.some((scan) => isDuring(flow, scan)));
}

/**
 * Connections that no watcher could see, as those without a route or to an address that is none: a client that uses the proxy leaves names
 * to it and connects to nothing else, so a local question, and a failed request that names the host as its target, are of one that does not.
 */
function wentAroundUnseen(scene: SeenScene, say: SayThis): Judgement | null {
  const around = scene.needed.flatMap((endpoint) => {
    const questions = localQuestions(scene).filter(
      ({ question, endpoint: asked }) =>
        asked === endpoint && leavesNames(endpoint, scene) && toldRoute(question, endpoint, scene) !== 'direct',
    );
    const failed = failedAround(endpoint, scene).filter((request) => toldOf(request, endpoint, scene) !== 'direct');
    return questions.length + failed.length === 0 ? [] : [{ endpoint, questions, failed }];
  });
  if (around.length === 0) return null;
  const vain = around.filter(({ endpoint, failed }) => failed.some((request) => wasVain(request, endpoint, scene)));
  const isTold = vain.some(({ endpoint, failed }) =>
    failed.some((request) => toldOf(request, endpoint, scene) === 'proxy'),
  );
  const told = vain.length > 0 ? vain : around;
  return {
    state: isTold ? 'confirmed' : 'likely',
    because: [
      ...distinct(told.flatMap(({ questions }) => questions.map(({ question }) => describeQuestion(question)))),
      ...(told.some(({ questions }) => questions.length > 0) ? [say('names-belong-to-proxy')] : []),
      ...vain.map(({ endpoint: { host } }) => say('never-asked', { host })),
      ...told.flatMap(({ failed }) => failed.map(describeLoggedFailure)),
      ...(told.some(({ failed }) => failed.some(({ route }) => route === 'direct')) ? [say('named-as-target')] : []),
      ...(vain.length > 0 && !isTold ? [say('variables-unread')] : []),
    ],
    hosts: told.map(({ endpoint }) => endpoint.host),
  };
}

/** A process that asks a name server outside for itself does not leave names to the proxy; which names, may be encrypted. */
function askedOutside({ ended }: SeenScene, { proxyless }: Observed, say: SayThis): Judgement | null {
  const asking = ended.filter(({ flow }) => isOfPms(flow) && asksOutsideResolver(flow));
  if (proxyless || asking.length === 0) return null;
  const isScanner = asking.some(({ flow }) => flow.process?.startsWith(SCANNER) === true);
  return {
    state: isScanner ? 'likely' : 'possible',
    because: [...groupSeen(asking).map(describeDirect), say('names-belong-to-proxy')],
  };
}

/** Requests that PMS logged as failed, and that did not go to the proxy by their own words. */
function failedAround(endpoint: Endpoint, scene: SeenScene): readonly PmsRequest[] {
  return failedRequests(scene, endpoint).filter((request) =>
    request.outcome === 'unresolved'
      ? leavesNames(endpoint, scene) && isOwnName(request, endpoint, scene)
      : request.route === 'direct',
  );
}

function toldOf({ log }: PmsRequest, endpoint: Endpoint, scene: SeenScene): ReturnType<typeof toldRoute> {
  return toldRoute({ process: programOfLog(log), pid: null }, endpoint, scene);
}

/** It failed while requests to the proxy were watched, and the proxy was not asked. */
function wasVain({ lastAt }: PmsRequest, endpoint: Endpoint, { observed }: SeenScene): boolean {
  const asked = observed?.byEndpoint[endpoint.id]?.proxy ?? [];
  return asked.length === 0 && proxyWatchedAt(observed?.watchers ?? [], { firstAt: lastAt, lastAt });
}

/** A scanner that sends even its calls to PMS to the proxy sends everything there. */
function scannerAskedProxy(scene: SeenScene, say: SayThis): Judgement | null {
  const calls = callsToItself(scene).filter(
    ({ flow }) =>
      flow.process?.startsWith(SCANNER) === true ||
      scene.pmsLog?.requests.some(({ log, host }) => log.startsWith(SCANNER) && isLoopbackName(host)) === true,
  );
  return calls.length === 0 ? null : { state: 'ruled-out', because: [describeProxied(calls), say('calls-proxied')] };
}

/** Seeing no bypass rules the cause out only when a scan ran meanwhile. Experiments are judged separately. */
function nothingAround(scene: SeenScene, observed: Observed, say: SayThis): Judgement | null {
  if (!observed.shows.direct) return loggedAround(scene, say);
  if (scene.experiment !== null) return null;
  const needs = seenNeeds(scene);
  const scans = (scene.pmsLog?.scans ?? []).filter(({ kind }) => kind === 'started' || kind === 'child');
  const watched = scans.filter(({ at }) => at !== null && watchedWhole(scene, { startedAt: at, endedAt: at }));
  if (scans.length === 0 || !needs.every(({ proxy }) => proxy.length > 0))
    return { state: 'unknown', because: [say('none-around'), say('scan-unknown')] };
  return watched.length > 0 && needs.length > 0
    ? { state: 'ruled-out', because: [say('none-around'), ...describeAsked(scene)] }
    : { state: 'unknown', because: [say('none-around'), say('not-proven')] };
}

function describeAsked(scene: SeenScene): Judgement['because'] {
  return seenNeeds(scene).flatMap(({ proxy }) => (proxy.length > 0 ? [describeProxied(proxy)] : []));
}

/**
 * Judges by PMS's log where connections around the proxy were not watched: a request that failed as blocked ones do. For a failed request
 * through a proxy, curl would name the proxy, unless the proxy stayed silent. So the cause is at most likely, and only where the proxy
 * received no request for it meanwhile.
 */
function loggedAround(scene: SeenScene, say: SayThis): Judgement | null {
  const stopped = seenNeeds(scene)
    .map((need) => ({
      ...need,
      requests: failedRequests(scene, need.endpoint).filter(
        (request) => request.route !== 'proxy' && (request.route === 'direct' || isStopped(request)),
      ),
    }))
    .filter(({ requests }) => requests.length > 0);
  if (stopped.length === 0) return null;
  const watchers = scene.observed?.watchers ?? [];
  const unasked = stopped.filter(
    ({ proxy, requests }) => proxy.length === 0 && requests.every((request) => proxyWatchedAt(watchers, request)),
  );
  const isDirect = stopped.some(({ requests }) => requests.some(({ route }) => route === 'direct'));
  return {
    state: isDirect || unasked.length > 0 ? 'likely' : 'possible',
    because: [
      ...stopped.flatMap(({ requests }) => requests.map(describeLoggedFailure)),
      ...(isDirect ? [say('named-as-target')] : []),
      ...unasked.map(({ endpoint }) => say('not-asked-then', { host: endpoint.host })),
      ...(stopped.some(({ requests }) => requests.some((request) => !isCutInHandshake(request)))
        ? [say('ends-as-blocked')]
        : []),
      ...(stopped.some(({ requests }) => requests.some(isCutInHandshake)) ? [say('ends-as-cut')] : []),
    ],
    hosts: hostsOf(stopped),
  };
}

function isStopped(request: PmsRequest): boolean {
  return isOfKind(request.outcome, 'block') || isCutInHandshake(request);
}

/** CURLE_SSL_CONNECT_ERROR. */
const CURL_SSL_CONNECT = 35;

/** The name of the endpoint stands in the first message of TLS: a filter that judges by it lets the connection come about. */
function isCutInHandshake({ curl, outcome, route = null }: PmsRequest): boolean {
  return route === null && curl === CURL_SSL_CONNECT && outcome === 'cut';
}

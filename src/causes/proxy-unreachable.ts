import { ABOUT_ALL, spanOf, type About } from '../core/diagnose/about.ts';
import { judgeChildProxies } from '../core/diagnose/child-proxies.ts';
import { defineCause } from '../core/diagnose/cause.ts';
import { failedRequests, type EndedFlow, type SeenScene } from '../core/diagnose/seen-scene.ts';
import { hostsOf, type Judgement } from '../core/diagnose/judgement.ts';
import {
  describeProxyRoutes,
  isProxied,
  ruledOutByProxyRoute,
  surenessOfWay,
  type ProbeScene,
} from '../core/diagnose/probe-scene.ts';
import {
  invalidNameAnswer,
  isLate,
  mayBeSlow,
  proxyErrorKind,
  type PmsWay,
  type ProxyErrorKind,
} from '../core/judge/pms-way.ts';
import type { AttemptRecord } from '../core/model/probe-records.ts';
import { isOfKind, OUTCOME, type Outcome } from '../core/model/outcome.ts';
import type { PmsRequest } from '../core/model/traffic.ts';
import { sayCommon } from '../core/words/common.ts';
import { describeProxied } from '../core/words/flows.ts';
import { distinct, type Say } from '../core/words/message.ts';
import { describeLoggedFailure } from '../core/words/requests.ts';

const messages = {
  'value-refused': "PMS's client refuses the value[ of {variable}]: {reason}",
  probed: '{proxy}: {outcome}[ ({code})]',
  'tunnel-broke': 'the proxy granted the connection, which then broke: by the proxy, behind it or at the endpoint',
  late: 'a client that waits less than that gives up',
  'asked-once': 'it may only be slow: this run kept to its time limit. A longer one tells, as with --timeout 20s',
  serves: 'the proxy was seen to serve requests',
  slow: 'a probe of the same endpoint was answered through the proxy: it may only be slow',
  'serves-others': 'but it was seen to serve other requests',
} as const;

export default defineCause({
  id: 'proxy-unreachable',
  rank: 50,
  title: 'The proxy cannot be reached, or cannot serve',
  why: 'A client that is configured for a proxy does not fall back to a direct connection. When the proxy does not resolve, connect or answer, everything fails.',
  judgedBy:
    'The proxy itself is probed first: its name, its port, and its answer to CONNECT. Confirmed when it cannot be reached, stays silent or does not speak HTTP; likely when it answers that it cannot resolve or connect itself, or was silent for one short time limit only.',
  remedy:
    'From the PMS host, make the proxy resolve, accept connections on its port and answer CONNECT; then check host, port and scheme in the variable, and the resolver and routes of the proxy itself.',
  messages,

  couldStop({ route, outcome }) {
    // The name of the proxy may not resolve.
    return (
      route !== 'direct' &&
      (outcome === null ||
        outcome === 'unresolved' ||
        isOfKind(outcome, 'proxy-silence', 'proxy-failure', 'no-verdict'))
    );
  },

  fromProbes(scene, say) {
    const refusing = scene.ways.flatMap(({ endpoint, decision: { error: reason, variable } }) =>
      reason === null ? [] : [{ endpoint, statement: say('value-refused', { variable, reason }) }],
    );
    if (refusing.length > 0)
      return {
        state: surenessOfWay(scene),
        because: distinct(refusing.map(({ statement }) => statement)),
        hosts: hostsOf(refusing),
      };
    const troubled = scene.ways.flatMap((way) => {
      const trouble = proxyTrouble(way, scene);
      return trouble === null ? [] : [{ ...way, trouble }];
    });
    if (troubled.length === 0)
      return judgeChildProxies(scene, (attempt) => childTrouble(attempt)) ?? behindProxy(scene, say);
    const asked = troubled.filter(isProxied);
    const told = asked.length > 0 ? asked : troubled;
    const isDead = asked.some(({ trouble }) => trouble === 'no-answer' || trouble === 'garbage');
    const isOnce = told.some(({ trouble }) => trouble === 'asked-once');
    return {
      state: asked.length === 0 ? 'possible' : isDead ? surenessOfWay(scene) : 'likely',
      because: [
        ...(asked.length > 0 ? [] : [sayCommon('proxy-not-in-use-yet')]),
        ...scene.proxies
          .filter(({ outcome }) => outcome !== 'ok' && outcome !== 'not-run')
          .map(({ url, outcome, code }) => say('probed', { proxy: url, outcome: OUTCOME[outcome].words, code })),
        ...describeProxyRoutes(told),
        ...(isOnce ? [say('asked-once')] : []),
      ],
      hosts: hostsOf(told),
    };
  },

  fromSeen(scene, say) {
    const { ended, pmsLog, needed, proxyAddresses, served } = scene;
    const flows = ended.filter(({ flow }) => flow.route === 'proxy');
    const troubled = flows.filter(({ flow }) => isOfKind(flow.outcome, 'proxy-silence', 'no-verdict'));
    const logged = (pmsLog?.requests ?? []).filter(({ outcome }) => outcome === 'proxy-unreachable');
    // A process may have a proxy of its own, which another one says nothing about.
    const serves = flows.some(
      (one) =>
        one.end === 'ok' &&
        (troubled.length === 0 || troubled.some((each) => isAtSameProxy(one, each, proxyAddresses))),
    );
    if (troubled.length === 0 && logged.length === 0) {
      const broken = tunnelsBroken(scene, flows, serves, say);
      if (broken !== null) return broken;
      return serves && flows.every(({ end }) => !isInDoubt(end))
        ? { state: 'ruled-out', because: [say('serves')], about: aboutServed(flows) }
        : null;
    }
    // Its client may only have had less patience than a probe.
    const isSlow =
      logged.length === 0 &&
      troubled.every(
        ({ flow, endpoint }) => flow.outcome === 'proxy-silent' && endpoint !== null && served.has(endpoint.host),
      );
    return {
      state: serves ? 'possible' : isSlow ? 'likely' : 'confirmed',
      because: [
        ...(troubled.length > 0 ? [describeProxied(troubled)] : []),
        ...logged.map(describeLoggedFailure),
        ...(serves ? [say('serves-others')] : []),
        ...(isSlow && !serves ? [say('slow')] : []),
      ],
      // Everything goes that way.
      hosts: needed.map(({ host }) => host),
    };
  },
  fromExperiment: {
    never: 'PMS does not say whether its proxy answered a scan; the connections of the scan are judged as seen.',
  },
});

/** Requests of PMS that the proxy took, and that came to nothing: it hung up or could not pass them on, or the tunnel broke. */
function tunnelsBroken(
  scene: SeenScene,
  flows: readonly EndedFlow[],
  serves: boolean,
  say: Say<typeof messages>,
): Judgement | null {
  const failed = scene.needed.flatMap((endpoint) => {
    const own = flows.filter((seen) => seen.endpoint?.id === endpoint.id);
    const told = failedRequests(scene, endpoint).filter(({ route = null }) => route === 'proxy' || own.length > 0);
    return { own, told };
  });
  const failedFlows = failed.flatMap(({ own }) => own.filter(({ end }) => isOfKind(end, 'proxy-failure')));
  const logged = (...kinds: Parameters<typeof isOfKind>[1][]): readonly PmsRequest[] =>
    failed.flatMap(({ told }) => told.filter(({ outcome }) => isOfKind(outcome, ...kinds)));
  const [failures, breakages] = [logged('proxy-failure'), logged('breakage')];
  const hosts = [
    ...new Set([...failedFlows.flatMap(({ endpoint }) => endpoint?.host ?? []), ...failures.map(({ host }) => host)]),
  ];
  if (hosts.length > 0)
    return {
      state: serves ? 'possible' : 'likely',
      because: [
        ...(failedFlows.length > 0 ? [describeProxied(failedFlows)] : []),
        ...failures.map(describeLoggedFailure),
      ],
      hosts,
    };
  if (breakages.length === 0) return null;
  return {
    state: 'possible',
    because: [...breakages.map(describeLoggedFailure), say('tunnel-broke')],
    hosts: [...new Set(breakages.map(({ host }) => host))],
  };
}

/** The proxy answered. It, what is behind it or the endpoint can have ended a tunnel that was granted, or be late. */
function behindProxy(scene: ProbeScene, say: Say<typeof messages>): Judgement {
  const asked = scene.ways.filter(isProxied);
  const broken = asked.filter(({ result }) => isOfKind(result.proxy?.outcome, 'breakage'));
  const told = broken.length > 0 ? broken : asked.filter(isLate);
  return told.length === 0
    ? ruledOutByProxyRoute(scene, (outcome) => !isOfKind(outcome, 'not-run', 'no-verdict'))
    : {
        state: 'possible',
        because: [...describeProxyRoutes(told), say(broken.length > 0 ? 'tunnel-broke' : 'late')],
        hosts: hostsOf(told),
      };
}

/** Where only the log of a proxy saw a request, it is not known which address the proxy has. */
function isAtSameProxy(
  { flow: { address, port } }: EndedFlow,
  { flow: other }: EndedFlow,
  proxyAddresses: SeenScene['proxyAddresses'],
): boolean {
  if (address === null || other.address === null) return true;
  const both = [address, other.address];
  return (
    port === other.port &&
    (address === other.address || proxyAddresses.some((own) => both.every((one) => own.has(one))))
  );
}

/** Another program, or another time, may have found it otherwise: its name, too, has to resolve each time. */
function aboutServed(flows: readonly EndedFlow[]): About {
  const served = flows.filter(({ end }) => end === 'ok');
  const times = served.flatMap(({ flow }) => [flow.firstAt, flow.lastAt]);
  return {
    ...ABOUT_ALL,
    processes: served.flatMap(({ flow }) => flow.process ?? []),
    hosts: served.flatMap(({ host, endpoint }) => endpoint?.host ?? host ?? []),
    period: spanOf(times),
  };
}

/** The proxy took the request, and it came to nothing: by the proxy, or behind it. */
function isInDoubt(end: Outcome | null): boolean {
  return isOfKind(end, 'proxy-failure', 'breakage');
}

/** The proxy of a child cannot be reached, is silent, or speaks no HTTP. */
function childTrouble({ outcome, code, status }: AttemptRecord): boolean {
  if (outcome === 'proxy-error') return status === null && code?.startsWith('SOCKS_') !== true;
  return isOfKind(outcome, 'proxy-silence');
}

/** The proxy's own trouble, judged by one endpoint; null when there is none, or when only the endpoint's connection failed. */
function proxyTrouble(way: PmsWay, scene: ProbeScene): ProxyErrorKind | 'no-answer' | 'asked-once' | null {
  const found = way.result.proxy;
  if (found === null) return null;
  if (isOfKind(found.outcome, 'proxy-silence')) return mayBeSlow(found) ? 'asked-once' : 'no-answer';
  return found.outcome === 'proxy-error' ? proxyErrorKind(found, invalidNameAnswer(scene.proxies)) : null;
}

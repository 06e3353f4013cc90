import { parseIPv4 } from './address.ts';
import type { Endpoint } from './endpoint.ts';
import { coversName } from './flows.ts';
import type { Judgement } from './judgement.ts';
import { wasLetThroughLater } from './let-through.ts';
import { loggedAround } from './logged-around.ts';
import { proxyWatchedDuring, type Observed } from './observed.ts';
import type { CauseId } from './report.ts';
import {
  failedRequests,
  hostsOf,
  obeysSettings,
  refusedSections,
  seenNeeds,
  tellRequest,
  type SeenNeed,
  type SeenScene,
} from './seen-scene.ts';
import { isBlocked, tellDirect, tellProxied } from './tell-flow.ts';
import type { DnsQuestionSeen, PmsRequest } from './traffic.ts';

/** What was seen says about a cause; null: nothing. */
export function judgeSeen(id: CauseId, scene: SeenScene): Judgement | null {
  return SEEN_RULES[id]?.(scene) ?? null;
}

// ── one rule per cause ─────────────────────────────────────────────────────────────────────────────────────────────────

type SeenRule = (scene: SeenScene) => Judgement | null;

const scannerBypassesProxy: SeenRule = (scene) => {
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
  return askedLocally(scene) ?? nothingAround(scene, needs, observed);
};

function bypassStopped(stopped: readonly SeenNeed[], scene: SeenScene, observed: Observed): Judgement {
  const wasWatched = (need: SeenNeed): boolean => proxyWatchedDuring(observed.watchers, need.direct);
  const silent = stopped.filter((need) => need.proxy.length === 0 && wasWatched(need));
  const logged = stopped.flatMap(({ endpoint }) => failedRequests(scene, endpoint));
  const isPms = stopped.some(({ direct }) => direct.some(({ flow }) => flow.process !== null)) || logged.length > 0;
  return {
    state: isPms && silent.length > 0 ? 'confirmed' : 'likely',
    because: [
      ...stopped.flatMap((need) => [
        tellDirect(need.direct),
        ...(need.proxy.length > 0
          ? [tellProxied(need.proxy)]
          : [
              wasWatched(need)
                ? `the proxy was never asked for ${need.endpoint.host} while watched`
                : `whether the proxy was asked for ${need.endpoint.host} then was not watched`,
            ]),
      ]),
      ...logged.map(tellRequest),
    ],
    hosts: hostsOf(stopped),
  };
}

/** Local questions for names that only a client around the proxy asks. */
function localQuestions({ needed, observed }: SeenScene): readonly { question: DnsQuestionSeen; endpoint: Endpoint }[] {
  return (observed?.questions ?? []).flatMap((question) => {
    const endpoint = needed.find((each) => coversName(each, question.name));
    return endpoint === undefined ? [] : [{ question, endpoint }];
  });
}

function tellQuestion({ process, client, name, server, result }: DnsQuestionSeen): string {
  return `${process ?? client ?? 'an unknown process'} asks ${server} for ${name}: ${result}`;
}

function askedLocally(scene: SeenScene): Judgement | null {
  const asked = localQuestions(scene).filter(({ endpoint }) => {
    const decision = scene.routing?.decisions[endpoint.id];
    return decision === undefined || scene.routing === null || decision[scene.routing.pmsDialect].route === 'proxy';
  });
  if (asked.length === 0) return null;
  return {
    state: 'likely',
    because: [
      ...new Set(asked.map(({ question }) => tellQuestion(question))),
      'a client that uses an HTTP proxy leaves names to it',
    ],
    hosts: [...new Set(asked.map(({ endpoint }) => endpoint.host))],
  };
}

/** Nothing went around: that rules the cause out only when a scan was at work meanwhile. */
function nothingAround(scene: SeenScene, needs: readonly SeenNeed[], observed: Observed): Judgement | null {
  if (!observed.shows.direct) return loggedAround(scene);
  const asked = needs.filter(({ proxy }) => proxy.length > 0);
  const scanned = scene.pmsLog?.scans.some(({ kind }) => kind === 'started' || kind === 'child') === true;
  const because = [
    'while watched, no connection around the proxy to an endpoint that a scan needs was seen',
    ...asked.map(({ proxy }) => tellProxied(proxy)),
  ];
  return scanned && asked.length === needs.length && needs.length > 0
    ? { state: 'ruled-out', because }
    : { state: 'unknown', because: [...because.slice(0, 1), 'whether a scan was at work meanwhile is not known'] };
}

const proxyDenies: SeenRule = (scene) => {
  const asked = seenNeeds(scene).filter(({ proxy }) => proxy.length > 0);
  const refused = asked.filter(({ proxy }) =>
    proxy.some(({ flow }) => flow.outcome === 'denied' || flow.outcome === 'proxy-auth'),
  );
  const logged = scene.needed.flatMap((endpoint) =>
    failedRequests(scene, endpoint).filter(({ outcome }) => outcome === 'denied' || outcome === 'proxy-auth'),
  );
  if (refused.length === 0 && logged.length > 0) {
    return {
      state: 'confirmed',
      because: logged.map(tellRequest),
      hosts: [...new Set(logged.map(({ host }) => host))],
    };
  }
  if (refused.length > 0) return proxyRefused(refused, logged, scene);
  const passed = asked.filter(({ proxy }) => proxy.some(({ flow }) => flow.outcome === 'ok'));
  return passed.length > 0 && passed.length === scene.needed.length
    ? { state: 'ruled-out', because: passed.map(({ proxy }) => tellProxied(proxy)) }
    : null;
};

/** What the proxy lets through later needs no remedy; a scan that was refused may have been so before. */
function proxyRefused(refused: readonly SeenNeed[], logged: readonly PmsRequest[], scene: SeenScene): Judgement {
  const never = refused.filter(({ proxy }) => proxy.every(({ flow }) => flow.outcome !== 'ok'));
  const isMended = ({ proxy }: SeenNeed): boolean =>
    wasLetThroughLater(
      proxy.filter(({ flow }) => flow.outcome !== 'ok'),
      proxy,
    );
  const unmended = refused.filter((need) => !isMended(need));
  const isPast = unmended.length === 0 && logged.length === 0 && refusedSections(scene).length === 0;
  return {
    state: never.length > 0 ? 'confirmed' : isPast ? 'ruled-out' : 'possible',
    because: [
      ...refused.map((need) => tellProxied(need.proxy) + (isMended(need) ? '; it was let through later' : '')),
      ...logged.map(tellRequest),
    ],
    hosts: hostsOf(unmended.length > 0 ? unmended : refused),
  };
}

const proxyUnreachable: SeenRule = (scene) => {
  const troubled = (scene.observed?.flows ?? []).filter(
    ({ flow }) => flow.route === 'proxy' && (flow.outcome === 'proxy-unreachable' || flow.outcome === 'proxy-silent'),
  );
  const served = (scene.observed?.flows ?? []).some(({ flow }) => flow.route === 'proxy' && flow.outcome === 'ok');
  const logged = (scene.pmsLog?.requests ?? []).filter(({ outcome }) => outcome === 'proxy-unreachable');
  if (troubled.length === 0 && logged.length === 0)
    return served ? { state: 'ruled-out', because: ['the proxy was seen to serve requests'] } : null;
  return {
    state: served ? 'possible' : 'confirmed',
    because: [
      ...(troubled.length > 0 ? [tellProxied(troubled)] : []),
      ...logged.map(tellRequest),
      ...(served ? ['but it was seen to serve other requests'] : []),
    ],
  };
};

const tlsIntercepted: SeenRule = (scene) => {
  const logged = scene.needed.flatMap((endpoint) =>
    failedRequests(scene, endpoint).filter(({ outcome }) => outcome === 'tls-untrusted' || outcome === 'intercepted'),
  );
  return logged.length === 0
    ? null
    : { state: 'likely', because: logged.map(tellRequest), hosts: [...new Set(logged.map(({ host }) => host))] };
};

const notSignedIn: SeenRule = (scene) => stateRule(scene, 'sign-in', (value) => /^(ok|signed.?in)$/i.test(value));
const providerOffline: SeenRule = (scene) => stateRule(scene, 'providers', (value) => Number(value) > 0);

/** What PMS's log said last about a state of its own. */
function stateRule(
  scene: SeenScene,
  kind: 'sign-in' | 'providers',
  isGood: (value: string) => boolean,
): Judgement | null {
  const last = scene.pmsLog?.states.findLast((state) => state.kind === kind);
  if (last === undefined) return null;
  const words =
    kind === 'sign-in'
      ? `its sign-in is "${last.value}"`
      : `${last.value} ${last.value === '1' ? 'cloud provider is' : 'cloud providers are'} online`;
  const because = [`the last word of PMS's log: ${words}${last.at === null ? '' : ` (${last.at})`}`];
  if (isGood(last.value)) return { state: 'ruled-out', because };
  const refused = refusedSections(scene);
  return {
    state: refused.length > 0 ? 'confirmed' : 'likely',
    because: [...because, ...refused.map(({ id, status }) => `it refused to scan section ${id}: ${status}`)],
  };
}

const dnsFailsLocally: SeenRule = (scene) => {
  const failing = localQuestions(scene).filter(({ question }) => question.result !== 'answered');
  const answered = localQuestions(scene).filter(({ question }) => question.result === 'answered');
  const logged = scene.needed.flatMap((endpoint) =>
    failedRequests(scene, endpoint).filter(({ outcome }) => outcome === 'unresolved'),
  );
  const hosts = [...new Set([...failing.map(({ endpoint }) => endpoint.host), ...logged.map(({ host }) => host)])];
  const unanswered = failing.filter(({ endpoint }) => !answered.some((each) => each.endpoint === endpoint));
  if (unanswered.length === 0 && logged.length === 0) return null;
  return {
    state: 'confirmed',
    because: [...new Set([...unanswered.map(({ question }) => tellQuestion(question)), ...logged.map(tellRequest)])],
    hosts,
  };
};

const loopbackThroughProxy: SeenRule = ({ observed }) => {
  const own = (observed?.flows ?? []).filter(
    ({ flow, host }) => flow.route === 'proxy' && host !== null && isLoopbackName(host),
  );
  // That it happens was seen; that it breaks a scan was not.
  return own.length === 0 ? null : { state: 'likely', because: [tellProxied(own)] };
};

function isLoopbackName(host: string): boolean {
  const v4 = parseIPv4(host);
  return host === 'localhost' || host === '::1' || (v4 !== null && v4 >>> 24 === 127);
}

const ipv6Differs: SeenRule = (scene) => {
  const split = seenNeeds(scene).filter(({ direct }) => {
    const open = new Set(direct.filter(({ flow }) => flow.outcome === 'ok').map(({ flow }) => flow.family));
    const blocked = direct.filter(({ flow }) => isBlocked(flow.outcome)).map(({ flow }) => flow.family);
    return open.size > 0 && blocked.some((family) => !open.has(family));
  });
  return split.length === 0
    ? null
    : { state: 'likely', because: split.map(({ direct }) => tellDirect(direct)), hosts: hostsOf(split) };
};

const SEEN_RULES: Readonly<Partial<Record<CauseId, SeenRule>>> = {
  'scanner-bypasses-proxy': scannerBypassesProxy,
  'proxy-denies': proxyDenies,
  'proxy-unreachable': proxyUnreachable,
  'tls-intercepted': tlsIntercepted,
  'not-signed-in': notSignedIn,
  'provider-offline': providerOffline,
  'dns-fails-locally': dnsFailsLocally,
  'loopback-through-proxy': loopbackThroughProxy,
  'ipv6-differs': ipv6Differs,
};

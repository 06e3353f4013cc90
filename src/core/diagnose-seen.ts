import { usedSource } from './derive.ts';
import type { Endpoint } from './endpoint.ts';
import { valueOf, type AttemptRecord, type Settings } from './evidence.ts';
import type { Facts, Routing } from './facts.ts';
import { CONTROL_HOSTS, needyScans, type Experiment, type Scan } from './experiment.ts';
import { coversName, isLoopbackName } from './flows.ts';
import type { Judgement } from './judgement.ts';
import type { Family } from './outcome.ts';
import { proxyWatchedDuring, type Observed, type SeenFlow } from './observed.ts';
import {
  isRefusal,
  providerByExperiment,
  scannedSections,
  signInByExperiment,
  tellScan,
} from './diagnose-experiment.ts';
import { joinStates, providerNow, signInNow } from './diagnose-state.ts';
import { METADATA_HOST, type PmsStatus } from './pms-status.ts';
import type { CauseId, Diagnosis } from './report.ts';
import { namesProxy } from './settings-compare.ts';
import { isBlocked, tellDirect, tellProxied } from './tell-flow.ts';
import type { DnsQuestionSeen, Flow, PmsLog, PmsRequest, PmsScan } from './traffic.ts';

const SCANNER = 'Plex Media Scanner';

/** What was seen, and what it takes to judge it. */
export interface SeenScene {
  /** Endpoints that a scan needs. */
  readonly needed: readonly Endpoint[];
  readonly observed: Observed | null;
  readonly pmsLog: PmsLog | null;
  readonly routing: Routing | null;
  readonly settings: Settings | null;
  readonly pmsStatus: PmsStatus | null;
  readonly experiment: Experiment | null;
  /** By endpoint id, the families over which a probe reached it directly. */
  readonly openFamilies: Readonly<Record<string, readonly Family[]>>;
}

export function seenSceneOf(facts: Facts): SeenScene {
  return {
    needed: (valueOf(facts.endpoints) ?? []).filter(({ need }) => need === 'scan'),
    observed: valueOf(facts.observed),
    pmsLog: valueOf(facts.pmsLog),
    routing: valueOf(facts.routing),
    settings: valueOf(facts.settings),
    pmsStatus: valueOf(facts.pmsStatus),
    experiment: valueOf(facts.experiment),
    openFamilies: Object.fromEntries(
      (valueOf(facts.results) ?? []).map(({ endpoint, attempts }) => [endpoint.id, familiesReached(attempts.direct)]),
    ),
  };
}

function familiesReached(attempts: readonly AttemptRecord[]): readonly Family[] {
  return [...new Set(attempts.flatMap(({ outcome, family }) => (outcome === 'ok' && family !== null ? [family] : [])))];
}

/** What was seen says about a cause; null: nothing. */
export function judgeSeen(id: CauseId, scene: SeenScene): Judgement | null {
  return SEEN_RULES[id]?.(scene) ?? null;
}

// ── the condition ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** The sections that were scanned in the experiment; without one, those whose scan PMS refused by its own log. */
export function seenSections(scene: SeenScene): Diagnosis['sections'] {
  return scene.experiment === null
    ? refusedSections(scene)
    : scannedSections(scene.experiment, (scan) => failedForNetwork(scan, scene));
}

/** A scan that PMS took, and for which one of its processes then could not reach what it needs. */
function failedForNetwork(scan: Scan, scene: SeenScene): boolean {
  if (scan.library.needs === 'nothing' || scan.end === 'refused') return false;
  return flowsDuring(scan, scene).some(
    (flows) => flows.some(({ flow }) => isBlocked(flow.outcome)) && !flows.some(({ flow }) => flow.outcome === 'ok'),
  );
}

/** A library that needs somebody outside was scanned, and every needed endpoint that was contacted meanwhile let PMS in. */
export function reachedWhatScansNeed(scene: SeenScene): boolean {
  if (scene.experiment === null) return false;
  const finished = needyScans(scene.experiment).filter(({ end }) => end === 'finished');
  const contacted = finished.flatMap((scan) => flowsDuring(scan, scene));
  return contacted.length > 0 && contacted.every((flows) => flows.some(({ flow }) => flow.outcome === 'ok'));
}

/** Whether a scan got as far as asking one of those that it needs, or PMS logged that it did so in vain. */
function scanAskedSomebody(scene: SeenScene): boolean {
  const scans = scene.experiment === null ? [] : needyScans(scene.experiment);
  const isMeanwhile = (at: string | null): boolean =>
    at !== null && scans.some(({ startedAt, endedAt }) => startedAt <= at && at <= endedAt);
  return (
    scans.some((scan) => flowsDuring(scan, scene).length > 0) ||
    scene.needed.some((endpoint) =>
      failedRequests(scene, endpoint).some(
        ({ log, lastAt }) => !isOfControl(log, endpoint, scene) && isMeanwhile(lastAt),
      ),
    )
  );
}

/** What went to each needed endpoint during a scan, and was not sent for the sake of a control. */
function flowsDuring(scan: Scan, scene: SeenScene): readonly (readonly SeenFlow[])[] {
  return seenNeeds(scene)
    .map(({ endpoint, direct, proxy }) =>
      [...direct, ...proxy].filter(({ flow }) => isDuring(flow, scan) && !isOfControl(flow.process, endpoint, scene)),
    )
    .filter((flows) => flows.length > 0);
}

/** PMS itself may still be busy with a control when a scan has begun; its scanner never is. */
function isOfControl(program: string | null, { host }: Endpoint, { experiment }: SeenScene): boolean {
  const isScanner = program?.startsWith(SCANNER) === true;
  return !isScanner && (experiment?.controls ?? []).some(({ kind }) => CONTROL_HOSTS[kind] === host);
}

function isDuring({ firstAt, lastAt }: Flow, { startedAt, endedAt }: Scan): boolean {
  return firstAt !== null && lastAt !== null && firstAt <= endedAt && startedAt <= lastAt;
}

/** By PMS's own log: only the last word on each section counts, for the trouble may have been mended. */
function refusedSections({ pmsLog, pmsStatus }: SeenScene): Diagnosis['sections'] {
  const last = new Map<string, PmsScan>();
  for (const scan of pmsLog?.scans ?? [])
    if (scan.kind === 'refused' || scan.kind === 'started') last.set(scan.section ?? 'all', scan);
  return [...last].flatMap(([id, { kind, status }]) =>
    kind === 'refused' && status !== null && status >= 500
      ? [{ id, ...kindOf(id, pmsStatus), status, condition: 'reproduced' }]
      : [],
  );
}

/** The log names libraries by number; PMS itself knows more. */
function kindOf(id: string, status: PmsStatus | null): { readonly type: string; readonly agent: string } {
  const { type = 'unknown', agent = 'unknown' } = status?.sections?.find((section) => section.id === id) ?? {};
  return { type, agent };
}

// ── what is asked of the scene ─────────────────────────────────────────────────────────────────────────────────────────

interface SeenNeed {
  readonly endpoint: Endpoint;
  readonly direct: readonly SeenFlow[];
  readonly proxy: readonly SeenFlow[];
}

function seenNeeds({ needed, observed }: SeenScene): readonly SeenNeed[] {
  return needed.map((endpoint) => ({ endpoint, ...(observed?.byEndpoint[endpoint.id] ?? { direct: [], proxy: [] }) }));
}

/** The settings themselves send this flow direct: whoever opened it obeys them. */
function obeysSettings({ flow, endpoint }: SeenFlow, { routing, settings }: SeenScene): boolean {
  const own = settings?.sources.find((source) => source.pid !== null && source.pid === flow.pid);
  if (own?.variables.state === 'ok' && !namesProxy(own.variables.value)) return true;
  const decisions = endpoint === null ? undefined : routing?.decisions[endpoint.id];
  const isKnown = settings !== null && usedSource(settings)?.variables.state === 'ok';
  return isKnown && decisions !== undefined && routing !== null && decisions[routing.pmsDialect].route === 'direct';
}

function failedRequests({ pmsLog }: SeenScene, endpoint: Endpoint): readonly PmsRequest[] {
  return (pmsLog?.requests ?? []).filter(
    ({ host, error, curl }) => (error !== null || curl !== null) && coversName(endpoint, host),
  );
}

function tellRequest({ log, host, curl, error, count }: PmsRequest): string {
  const code = curl === null ? '' : `curl ${curl}: `;
  return `${log} logs that ${host} failed ${count === 1 ? 'once' : `${count} times`} (${code}${error ?? 'no reason given'})`;
}

function hostsOf(needs: readonly SeenNeed[]): readonly string[] {
  return needs.map(({ endpoint }) => endpoint.host);
}

// ── one rule per cause ─────────────────────────────────────────────────────────────────────────────────────────────────

type SeenRule = (scene: SeenScene) => Judgement | null;

const scannerBypassesProxy: SeenRule = (scene) => {
  const { observed } = scene;
  if (observed === null) return null;
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
  const stopped = disobeying.filter(({ direct }) => direct.every(({ flow }) => isBlocked(flow.outcome)));
  if (stopped.length > 0) return bypassStopped(stopped, scene, observed);
  if (disobeying.length > 0) {
    const unclear = disobeying.some(({ direct }) => direct.every(({ flow }) => flow.outcome === null));
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

function unresolvedRequests(scene: SeenScene, endpoint: Endpoint): readonly PmsRequest[] {
  return failedRequests(scene, endpoint).filter(({ outcome }) => outcome === 'unresolved');
}

/** Nothing went around: that rules the cause out only when a scan was at work meanwhile. */
function nothingAround(scene: SeenScene, needs: readonly SeenNeed[], observed: Observed): Judgement | null {
  if (!observed.shows.direct) return null;
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
  if (refused.length > 0) {
    const always = refused.some(({ proxy }) => proxy.every(({ flow }) => flow.outcome !== 'ok'));
    return {
      state: always ? 'confirmed' : 'possible',
      because: [...refused.map(({ proxy }) => tellProxied(proxy)), ...logged.map(tellRequest)],
      hosts: hostsOf(refused),
    };
  }
  const passed = asked.filter(({ proxy }) => proxy.some(({ flow }) => flow.outcome === 'ok'));
  return passed.length > 0 && passed.length === scene.needed.length
    ? { state: 'ruled-out', because: passed.map(({ proxy }) => tellProxied(proxy)) }
    : null;
};

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

const notSignedIn: SeenRule = (scene) => {
  const logged = stateRule(scene, 'sign-in', (value) => /^(ok|signed.?in)$/i.test(value));
  const asked = joinStates(scene.pmsStatus && signInNow(scene.pmsStatus), logged);
  return joinStates(scene.experiment && signInByExperiment(scene.experiment), asked);
};
const providerOffline: SeenRule = (scene) => {
  const logged = stateRule(scene, 'providers', (value) => Number(value) > 0);
  const asked = joinStates(scene.pmsStatus && providerNow(scene.pmsStatus), logged);
  const tried = scene.experiment && providerByExperiment(scene.experiment);
  return joinStates(tried ?? providerByScan(scene), asked);
};

/** A library whose agent needs the provider was scanned, and the provider was asked with success. */
function providerByScan(scene: SeenScene): Judgement | null {
  const scans = scene.experiment === null ? [] : needyScans(scene.experiment);
  const served = scans.filter(
    (scan) =>
      scan.library.needs === 'provider' &&
      scan.end === 'finished' &&
      flowsDuring(scan, scene).some((flows) =>
        flows.some(({ flow, host }) => host === METADATA_HOST && flow.outcome === 'ok'),
      ),
  );
  return served.length === 0 || scans.some(isRefusal)
    ? null
    : { state: 'ruled-out', because: [...served.map(tellScan), `${METADATA_HOST} was asked meanwhile and answered`] };
}

/** What PMS's log said last about a state of its own. */
function stateRule(
  scene: SeenScene,
  kind: 'sign-in' | 'providers',
  isGood: (value: string) => boolean,
): Judgement | null {
  const last = scene.pmsLog?.states.findLast((state) => state.kind === kind);
  if (last === undefined) return null;
  const words = kind === 'sign-in' ? `its sign-in is "${last.value}"` : `${last.value} cloud providers are online`;
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
  const logged = scene.needed.flatMap((endpoint) => unresolvedRequests(scene, endpoint));
  const hosts = [...new Set([...failing.map(({ endpoint }) => endpoint.host), ...logged.map(({ host }) => host)])];
  const unanswered = failing.filter(({ endpoint }) => !answered.some((each) => each.endpoint === endpoint));
  if (unanswered.length === 0 && logged.length === 0) return null;
  return {
    state: 'confirmed',
    because: [...new Set([...unanswered.map(({ question }) => tellQuestion(question)), ...logged.map(tellRequest)])],
    hosts,
  };
};

function callsToItself({ observed }: SeenScene): readonly SeenFlow[] {
  return (observed?.flows ?? []).filter(
    ({ flow, host }) => flow.route === 'proxy' && host !== null && isLoopbackName(host),
  );
}

const loopbackThroughProxy: SeenRule = (scene) => {
  const own = callsToItself(scene);
  if (own.length === 0) return null;
  const refused = (scene.experiment?.scans ?? []).filter(
    (scan) => isRefusal(scan) && own.some(({ flow }) => isBlocked(flow.outcome) && isDuring(flow, scan)),
  );
  // That it happens was seen; that it breaks a scan only where PMS refused the scan that it was made for.
  return {
    state: refused.length > 0 ? 'confirmed' : 'likely',
    because: [tellProxied(own), ...refused.map((scan) => `meanwhile ${tellScan(scan)}`)],
  };
};

const ipv6Differs: SeenRule = (scene) => {
  const split = seenNeeds(scene).filter(({ direct }) => {
    const open = new Set(direct.filter(({ flow }) => flow.outcome === 'ok').map(({ flow }) => flow.family));
    const blocked = direct.filter(({ flow }) => isBlocked(flow.outcome)).map(({ flow }) => flow.family);
    return open.size > 0 && blocked.some((family) => !open.has(family));
  });
  if (split.length > 0)
    return { state: 'likely', because: split.map(({ direct }) => tellDirect(direct)), hosts: hostsOf(split) };
  const stopped = seenNeeds(scene).flatMap((need) => {
    const tried = new Set(need.direct.map(({ flow }) => flow.family));
    const open = scene.openFamilies[need.endpoint.id] ?? [];
    const isStopped = need.direct.length > 0 && need.direct.every(({ flow }) => isBlocked(flow.outcome));
    return isStopped && open.length > 0 && !open.some((family) => tried.has(family)) ? [{ need, open }] : [];
  });
  if (stopped.length > 0) {
    return {
      state: stopped.some(({ need }) => need.direct.some(({ flow }) => flow.process !== null)) ? 'confirmed' : 'likely',
      because: stopped.flatMap(({ need, open }) => [
        tellDirect(need.direct),
        `${need.endpoint.host} answers directly over IPv${open.join()}, which it did not try`,
      ]),
      hosts: hostsOf(stopped.map(({ need }) => need)),
    };
  }
  return reachedWhatScansNeed(scene)
    ? { state: 'ruled-out', because: ['the scans that PMS was asked for got through all the same'] }
    : null;
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

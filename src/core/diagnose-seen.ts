import { scannerBypassesProxy } from './diagnose-bypass.ts';
import { isRefusal, providerByExperiment, signInByExperiment, tellScan } from './diagnose-experiment.ts';
import { flowsDuring, reachedWhatScansNeed, refusedSections } from './diagnose-scans.ts';
import { joinStates, providerNow, signInNow } from './diagnose-state.ts';
import { isDuring, needyScans } from './experiment.ts';
import type { Judgement } from './judgement.ts';
import { wasLetThroughLater } from './let-through.ts';
import { METADATA_HOST } from './pms-status.ts';
import type { CauseId } from './report.ts';
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
import { isBlocked, tellDirect, tellProxied } from './tell-flow.ts';
import type { PmsRequest } from './traffic.ts';

/** One rule per cause, by what was seen. */

/** What was seen says about a cause; null: nothing. */
export function judgeSeen(id: CauseId, scene: SeenScene): Judgement | null {
  return SEEN_RULES[id]?.(scene) ?? null;
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

const notSignedIn: SeenRule = (scene) => {
  const logged = stateRule(scene, 'sign-in', (value) => /^(ok|signed.?in)$/i.test(value));
  const asked = joinStates(scene.pmsStatus && signInNow(scene.pmsStatus), logged);
  return joinStates(scene.experiment && signInByExperiment(scene.experiment), asked);
};

const providerOffline: SeenRule = (scene) => {
  const logged = stateRule(scene, 'providers', (value) => Number(value) > 0);
  const asked = joinStates(scene.pmsStatus && providerNow(scene.pmsStatus), logged);
  const tried = scene.experiment && providerByExperiment(scene.experiment);
  // What its log and its list say by then is of after the mending.
  return tried?.state === 'confirmed' ? tried : joinStates(tried ?? providerByScan(scene), asked);
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

import { CAUSE_WORDS } from './causes.ts';
import { fill } from './check.ts';
import { judgeSeen } from './diagnose-seen.ts';
import { refusedSections, seenSceneOf, type SeenScene } from './seen-scene.ts';
import { valueOf, type Reason, type SettingsSource } from './evidence.ts';
import type { FactItems, Facts } from './facts.ts';
import type { Family, Outcome } from './outcome.ts';
import {
  failsAlikeOnBothRoutes,
  invalidNameAnswer,
  pmsWays,
  proxyErrorKind,
  refusedByPmsBundle,
  tellRoute,
  usability,
  usableByPms,
  type PmsWay,
  type ProxyErrorKind,
  type Usability,
} from './pms-way.ts';
import { joinJudgements, STATES, type Judgement } from './judgement.ts';
import { exclusionsUnstated, namesProxy } from './settings-compare.ts';
import { CAUSES, type Cause, type CauseId, type Diagnosis, type Finding } from './report.ts';

/** One endpoint that a scan needs, on the way PMS goes. */
interface ScanWay extends PmsWay {
  readonly usable: Usability;
  readonly direct: Usability;
}

/** What every rule looks at. */
interface Scene {
  readonly ways: readonly ScanWay[];
  readonly settings: FactItems['settings'];
  readonly routing: FactItems['routing'];
  readonly proxies: FactItems['proxies'];
  readonly facts: Facts;
}

type Rule = (scene: Scene) => Judgement;

/**
 * The scan condition and its causes, by settings and probes and by what was seen. `reproduced`: PMS refused a scan, by its own log.
 * `would-occur`: PMS could not use an endpoint that a scan needs. Every cause is present, the surest first.
 * `findings` only add the words of checks that explain a cause; they never change a state.
 */
export function diagnose(facts: Facts, findings: readonly Finding[]): Diagnosis {
  const scene = sceneOf(facts);
  const seen = seenSceneOf(facts);
  const causes = CAUSES.map((id) => {
    const computed = 'missing' in scene ? undecided(scene.missing) : RULES[id](scene);
    return cause(id, joinJudgements(computed, judgeSeen(id, seen)), findings);
  });
  const sections = refusedSections(seen);
  return {
    condition:
      sections.length > 0 ? 'reproduced' : weighSeen('missing' in scene ? 'unknown' : conditionOf(scene), seen),
    sections,
    causes: causes.toSorted((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state)),
  };
}

/**
 * A cause that was seen at work stops a scan, whatever the probes found on the way that PMS should take. That calls to itself through the
 * proxy do so is not proven.
 */
function weighSeen(computed: Diagnosis['condition'], seen: SeenScene): Diagnosis['condition'] {
  const states = CAUSES.filter((id) => id !== 'loopback-through-proxy').map((id) => judgeSeen(id, seen)?.state);
  if (states.includes('confirmed')) return 'would-occur';
  return computed === 'not-found' && states.includes('likely') ? 'unknown' : computed;
}

function cause(id: CauseId, judgement: Judgement, findings: readonly Finding[]): Cause {
  const { state, because, hosts = [] } = judgement;
  const words = CAUSE_WORDS[id];
  const stands = state === 'confirmed' || state === 'likely' || state === 'possible';
  const explained = findings.filter(
    (f) => words.explainedBy.includes(f.check) && (f.verdict === 'fail' || f.verdict === 'warn'),
  );
  return {
    id,
    state,
    because: stands ? [...because, ...explained.map((f) => f.text)] : because,
    remedy: stands ? fill(words.remedy, { hosts: hosts.length > 0 ? hosts.join(', ') : 'the needed endpoints' }) : null,
  };
}

function undecided(reason: Reason): Judgement {
  return { state: 'unknown', because: [reason.message] };
}

function sceneOf(facts: Facts): Scene | { readonly missing: Reason } {
  const { results, routing, settings } = facts;
  if (results.state !== 'ok') return { missing: results.reason };
  if (routing.state !== 'ok') return { missing: routing.reason };
  if (settings.state !== 'ok') return { missing: settings.reason };
  const ways = pmsWays(results.value, routing.value)
    .filter((way) => way.result.need === 'scan')
    .map((way) => ({ ...way, usable: usableByPms(way), direct: usability(way.result.direct) }));
  return {
    ways,
    routing: routing.value,
    settings: settings.value,
    proxies: valueOf(facts.proxies) ?? [],
    facts,
  };
}

function conditionOf(scene: Scene): Diagnosis['condition'] {
  if (scene.ways.some((way) => way.usable === 'unusable') || strandedChildren(scene)) return 'would-occur';
  if (scene.ways.length === 0 || scene.ways.some((way) => way.usable === 'undecided')) return 'unknown';
  return nobodyToJudge(scene) ? 'unknown' : 'not-found';
}

/** A process of PMS without the variables is on its own: where direct connections fail, what it does for a scan fails. */
function strandedChildren(scene: Scene): boolean {
  return (
    scene.settings.basis === 'observed' &&
    lackingProxy(scene).some(({ kind }) => kind === 'child') &&
    scene.ways.some((way) => isProxied(way) && way.direct === 'unusable')
  );
}

/** An open network, no PMS and no proxy: that this shell gets out says nothing about a server that is not there. */
function nobodyToJudge(scene: Scene): boolean {
  const pms = valueOf(scene.facts.pms);
  return (
    pms?.found !== true && scene.settings.basis === 'assumed' && !scene.routing.configured && scene.proxies.length === 0
  );
}

// ── shared vocabulary of the rules ─────────────────────────────────────────────────────────────────────────────────────

/** Evidence on the way PMS takes proves a cause only when it is known that PMS takes that way. */
function proven(scene: Scene): 'confirmed' | 'likely' {
  return scene.settings.basis === 'observed' || scene.settings.basis === 'asserted' ? 'confirmed' : 'likely';
}

/** What the settings do not do can only be ruled out for PMS when they are taken for PMS's own. */
function ruledOutBySettings(scene: Scene, because: string): Judgement {
  return scene.settings.basis === 'assumed'
    ? {
        state: 'unknown',
        because: [because, "but the settings judged are only assumed to be PMS's"],
      }
    : { state: 'ruled-out', because: [because] };
}

function hostsOf(ways: readonly ScanWay[]): readonly string[] {
  return ways.map((way) => way.result.host);
}

function isProxied(way: PmsWay): boolean {
  return way.decision.route === 'proxy';
}

const NOTHING_TO_SCAN: Judgement = { state: 'unknown', because: ['no endpoint that a scan needs was looked at'] };
const NOT_ASKED: Judgement = { state: 'unknown', because: ["needs PMS's own state: not asked in this run"] };

// ── one rule per cause ─────────────────────────────────────────────────────────────────────────────────────────────────

const scannerBypassesProxy: Rule = (scene) => {
  const blocked = scene.ways.filter((way) => way.direct === 'unusable');
  if (scene.ways.length === 0) return NOTHING_TO_SCAN;
  if (!scene.routing.configured)
    return ruledOutBySettings(scene, 'PMS is configured for no proxy that a process could go around');
  if (blocked.length === 0) {
    const open = scene.ways.every((way) => way.direct === 'usable');
    return {
      state: open ? 'ruled-out' : 'unknown',
      because: open
        ? [
            'a process that goes around the proxy gets through: direct connections work',
            ...scene.ways.map((way) => tellRoute(way.result, 'direct')),
          ]
        : scene.ways.map((way) => tellRoute(way.result, 'direct')),
    };
  }
  const children = lackingProxy(scene).filter((source) => source.kind === 'child');
  return {
    state: children.length > 0 ? 'likely' : 'possible',
    because: [
      ...children.map((source) => `${nameOf(source)} runs without a proxy variable`),
      ...blocked.map((way) => tellRoute(way.result, 'direct')),
      ...(scene.facts.observed.state === 'ok' ? [] : ['which way the scanner goes was not watched in this run']),
    ],
    hosts: hostsOf(blocked),
  };
};

const excludedByNoProxy: Rule = (scene) => {
  const excluded = scene.ways.filter((way) => way.decision.route === 'direct' && way.decision.excludedBy !== null);
  if (scene.ways.length === 0) return NOTHING_TO_SCAN;
  if (excluded.length === 0)
    return ruledOutBySettings(scene, 'no entry of no_proxy covers an endpoint that a scan needs');
  const hurt = excluded.filter((way) => way.usable === 'unusable');
  if (hurt.length > 0) return { state: proven(scene), because: hurt.flatMap(tellExclusion), hosts: hostsOf(hurt) };
  const works = excluded.every((way) => way.usable === 'usable');
  return {
    state: works ? 'ruled-out' : 'possible',
    because: excluded.flatMap(tellExclusion),
    hosts: hostsOf(excluded),
  };
};

function tellExclusion(way: ScanWay): string[] {
  return [
    `the entry "${way.decision.excludedBy}" of no_proxy sends ${way.result.host} direct`,
    tellRoute(way.result, 'direct'),
  ];
}

const proxyNotInProcess: Rule = (scene) => {
  const unproxied = scene.ways.filter(
    ({ decision }) => decision.route === 'direct' && decision.excludedBy === null && decision.error === null,
  );
  const lacking = lackingProxy(scene);
  if (scene.ways.length === 0) return NOTHING_TO_SCAN;
  if (lacking.length === 0 && unproxied.length === 0) return everyProcessHasIt(scene);
  if (scene.ways.every((way) => way.direct === 'usable')) {
    return { state: 'ruled-out', because: ['a process without the variables gets through: direct connections work'] };
  }
  const blocked = scene.ways.filter((way) => way.direct === 'unusable');
  const because = [
    ...lacking.map((source) => `${nameOf(source)} names no proxy for https${upperCaseOnly(source)}`),
    ...(lacking.length === 0 ? [`${scene.settings.used} names no proxy for ${hostsOf(unproxied).join(', ')}`] : []),
    ...declaring(scene).map((source) => `${source.id} does name one`),
    ...blocked.map((way) => tellRoute(way.result, 'direct')),
  ];
  if (blocked.length === 0) return { state: 'possible', because, hosts: hostsOf(unproxied) };
  return { state: lacking.length > 0 ? 'confirmed' : proven(scene), because, hosts: hostsOf(blocked) };
};

function everyProcessHasIt(scene: Scene): Judgement {
  const unread = scene.settings.sources.filter(isProcess).filter((source) => source.variables.state !== 'ok');
  const { used, basis } = scene.settings;
  if (unread.length > 0)
    return { state: 'unknown', because: unread.map((s) => `the environment of ${nameOf(s)} could not be read`) };
  return basis === 'observed' || basis === 'asserted'
    ? { state: 'ruled-out', because: [`${used} names a proxy for every endpoint that a scan needs`] }
    : {
        state: 'unknown',
        because: [`${used} names a proxy, but no running process was there to compare: ${scene.settings.why}`],
      };
}

const proxyDenies: Rule = (scene) => {
  const refused = scene.ways.filter((way) => isOneOf(way.result.proxy?.outcome, 'denied', 'proxy-auth'));
  const asked = refused.filter(isProxied);
  if (asked.length > 0) return { state: proven(scene), because: tellProxy(asked), hosts: hostsOf(asked) };
  if (refused.length > 0) {
    return {
      state: 'possible',
      because: ['PMS does not ask the proxy yet; when it does:', ...tellProxy(refused)],
      hosts: hostsOf(refused),
    };
  }
  const paged = scene.ways.filter((way) => isProxied(way) && way.found?.outcome === 'captive');
  if (paged.length > 0) {
    const because = ['something else answers in its place, as a block page does', ...tellProxy(paged)];
    return { state: 'possible', because, hosts: hostsOf(paged) };
  }
  return ruledOutByProxyRoute(
    scene,
    (outcome) => !isOneOf(outcome, 'not-run', 'proxy-unreachable', 'proxy-silent', 'proxy-error'),
  );
};

const proxyUnreachable: Rule = (scene) => {
  const refusing = scene.ways.filter((way) => way.decision.error !== null);
  if (refusing.length > 0) {
    const because = refusing.map(
      ({ decision }) => `PMS's client refuses the value of ${decision.variable}: ${decision.error}`,
    );
    return { state: proven(scene), because: unique(because), hosts: hostsOf(refusing) };
  }
  const troubled = scene.ways.flatMap((way) => {
    const trouble = proxyTrouble(way, scene);
    return trouble === null ? [] : [{ way, trouble }];
  });
  const asked = troubled.filter(({ way }) => isProxied(way));
  if (troubled.length === 0) return ruledOutByProxyRoute(scene, (outcome) => outcome !== 'not-run');
  const ways = (asked.length > 0 ? asked : troubled).map(({ way }) => way);
  const because = [
    ...(asked.length > 0 ? [] : ['PMS does not ask the proxy yet; when it does:']),
    ...scene.proxies.filter((proxy) => proxy.outcome !== 'ok' && proxy.outcome !== 'not-run').map(tellProxyItself),
    ...tellProxy(ways),
  ];
  if (asked.length === 0) return { state: 'possible', because, hosts: hostsOf(ways) };
  const dead = asked.some(({ trouble }) => trouble === 'no-answer' || trouble === 'garbage');
  return { state: dead ? proven(scene) : 'likely', because, hosts: hostsOf(ways) };
};

/** What is wrong with the proxy itself, judged by one endpoint; null when nothing is, or it is the endpoint's connection that failed. */
function proxyTrouble(way: PmsWay, scene: Scene): ProxyErrorKind | 'no-answer' | null {
  const found = way.result.proxy;
  if (found === null) return null;
  if (found.outcome === 'proxy-unreachable' || found.outcome === 'proxy-silent') return 'no-answer';
  return found.outcome === 'proxy-error' ? proxyErrorKind(found, invalidNameAnswer(scene.proxies)) : null;
}

const tlsIntercepted: Rule = (scene) => {
  const swapped = scene.ways.filter((way) => isOneOf(way.found?.outcome, 'intercepted', 'tls-untrusted'));
  const refused = scene.ways.filter((way) => refusedByPmsBundle(way));
  const certain = swapped.filter((way) => way.found?.outcome === 'intercepted');
  const because = [
    ...swapped.map((way) => `${tellRoute(way.result, way.decision.route)}${issuedBy(way)}`),
    ...refused.map(
      (way) => `${way.result.host} presents a certificate that PMS's own bundle does not accept${issuedBy(way)}`,
    ),
  ];
  const hosts = hostsOf([...swapped, ...refused]);
  if (certain.length > 0) return { state: proven(scene), because, hosts };
  if (because.length > 0) return { state: 'likely', because, hosts };
  // A filter that reads the name in the handshake and then ends the connection looks like this; so do other things.
  const broken = scene.ways.filter(
    (way) => isProxied(way) && isOneOf(way.found?.outcome, 'tls-failed', 'cut', 'stalled'),
  );
  if (broken.length > 0) {
    return { state: 'possible', because: tellProxy(broken), hosts: hostsOf(broken) };
  }
  if (scene.ways.length === 0) return NOTHING_TO_SCAN;
  const unverified = scene.ways.filter((way) => way.found?.outcome !== 'ok');
  return unverified.length > 0
    ? {
        state: 'unknown',
        because: unverified.map((way) => `no TLS handshake to judge: ${tellRoute(way.result, way.decision.route)}`),
      }
    : { state: 'ruled-out', because: ['every certificate on the way PMS takes ends at a trusted root'] };
};

function issuedBy(way: PmsWay): string {
  const issuer = way.found?.attempts.find((a) => a.tls !== null)?.tls?.issuer;
  return issuer === undefined ? '' : `, issued by "${issuer}"`;
}

const dnsFailsLocally: Rule = (scene) => {
  const { resolver } = scene.facts;
  if (resolver.state !== 'ok') return undecided(resolver.reason);
  const looked = scene.ways.map((way) => {
    const lookups = resolver.value.lookups.filter(
      (l) => l.host === way.endpoint.probeHost || l.host === way.result.host,
    );
    return { way, lookups, code: lookups.find((l) => l.code !== null)?.code ?? 'no address' };
  });
  const failing = looked.filter(({ lookups }) => lookups.length > 0 && lookups.every((l) => l.addresses.length === 0));
  if (failing.length > 0) {
    const direct = failing.some(({ way }) => !isProxied(way));
    return {
      state: direct ? proven(scene) : 'possible',
      because: [
        ...failing.map(({ way, code }) => `${way.result.host} does not resolve here (${code})`),
        direct
          ? 'PMS goes direct and has to resolve it'
          : 'PMS leaves it to the proxy; a process that goes around it could not resolve it',
      ],
      hosts: hostsOf(failing.map(({ way }) => way)),
    };
  }
  const unasked = looked.filter(({ lookups }) => lookups.length === 0);
  if (looked.length === 0) return NOTHING_TO_SCAN;
  return unasked.length > 0
    ? { state: 'unknown', because: unasked.map(({ way }) => `${way.result.host} was not looked up here`) }
    : { state: 'ruled-out', because: ['every endpoint that a scan needs resolves on this host'] };
};

const loopbackThroughProxy: Rule = (scene) => {
  const proxied = scene.routing.loopback.filter(
    ({ decisions }) => decisions[scene.routing.pmsDialect].route === 'proxy',
  );
  if (exclusionsUnstated(scene.settings)) {
    return {
      state: 'unknown',
      because: ['the proxy was named by hand without --no-proxy: what PMS excludes is not known'],
    };
  }
  if (proxied.length === 0) return ruledOutBySettings(scene, "PMS's calls to itself go direct");
  const named = proxied.map(({ host }) => host);
  // PMS serves itself on 127.0.0.1 (Plex support article 200430283).
  if (named.every((host) => host === '::1')) {
    return ruledOutBySettings(scene, 'only calls to ::1 go to the proxy, and PMS calls itself by 127.0.0.1');
  }
  return {
    state: 'likely',
    because: [`no_proxy does not cover ${named.join(', ')}: http to it goes to the proxy`],
  };
};

const ipv6Differs: Rule = (scene) => {
  const split = scene.ways.flatMap((way) => {
    const families = familiesOf(way);
    return families.open.length > 0 && families.blocked.length > 0 ? [{ way, ...families }] : [];
  });
  if (split.length > 0) {
    return {
      state: split.some(({ way }) => !isProxied(way)) ? 'likely' : 'possible',
      because: split.map(
        ({ way, open, blocked }) =>
          `${way.result.host} answers directly over IPv${open.join()} but not over IPv${blocked.join()}`,
      ),
      hosts: hostsOf(split.map(({ way }) => way)),
    };
  }
  const untried = scene.ways.filter((way) => ['not-run', 'unresolved', 'no-route'].includes(way.result.direct.outcome));
  if (scene.ways.length === 0) return NOTHING_TO_SCAN;
  return untried.length > 0
    ? { state: 'unknown', because: untried.map((way) => tellRoute(way.result, 'direct')) }
    : { state: 'ruled-out', because: ['no endpoint answers over one family while the other is blocked'] };
};

/** An address was there and a connection to it failed. Having no address or no route of a family is not being blocked. */
const BLOCKED: readonly Outcome[] = [
  'refused',
  'prohibited',
  'no-reply',
  'cut',
  'stalled',
  'tls-failed',
  'intercepted',
  'captive',
];

function familiesOf(way: PmsWay): { readonly open: readonly Family[]; readonly blocked: readonly Family[] } {
  const families = (wanted: (outcome: Outcome) => boolean): Family[] =>
    way.attempts.direct.flatMap((a) => (a.family !== null && wanted(a.outcome) ? [a.family] : []));
  const open = families((outcome) => outcome === 'ok');
  const blocked = families((outcome) => BLOCKED.includes(outcome)).filter((family) => !open.includes(family));
  return { open: unique(open), blocked: unique(blocked) };
}

const endpointDown: Rule = (scene) => {
  const down = scene.ways.filter((way) => failsAlike(way, scene));
  if (down.length > 0) {
    return {
      state: directWorksElsewhere(scene) ? 'likely' : 'possible',
      because: down.flatMap((way) => [
        tellRoute(way.result, 'direct'),
        ...(way.result.proxy === null ? [] : [tellRoute(way.result, 'proxy')]),
      ]),
      hosts: hostsOf(down),
    };
  }
  const unreached = scene.ways.filter((way) => way.direct !== 'usable' && usability(way.result.proxy) !== 'usable');
  if (scene.ways.length === 0) return NOTHING_TO_SCAN;
  return unreached.length > 0
    ? { state: 'unknown', because: unreached.map((way) => `no route got as far as ${way.result.host}`) }
    : { state: 'ruled-out', because: ['every endpoint that a scan needs answers on one route at least'] };
};

/** Both routes met the same failure; where only the direct one was tried, that it works for other endpoints has to stand in. */
function failsAlike(way: PmsWay, scene: Scene): boolean {
  const { direct, proxy } = way.result;
  if (proxy === null || proxy.outcome === 'not-run') {
    return usability(direct) === 'unusable' && directWorksElsewhere(scene);
  }
  return failsAlikeOnBothRoutes(way.result, invalidNameAnswer(scene.proxies));
}

function directWorksElsewhere(scene: Scene): boolean {
  return (valueOf(scene.facts.results) ?? []).some(({ result }) => result.direct.outcome === 'ok');
}

const RULES: Readonly<Record<CauseId, Rule>> = {
  'scanner-bypasses-proxy': scannerBypassesProxy,
  'excluded-by-no-proxy': excludedByNoProxy,
  'proxy-not-in-process': proxyNotInProcess,
  'proxy-denies': proxyDenies,
  'proxy-unreachable': proxyUnreachable,
  'tls-intercepted': tlsIntercepted,
  'not-signed-in': () => NOT_ASKED,
  'provider-offline': () => NOT_ASKED,
  'dns-fails-locally': dnsFailsLocally,
  'loopback-through-proxy': loopbackThroughProxy,
  'ipv6-differs': ipv6Differs,
  'endpoint-down': endpointDown,
};

// ── small words ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Rules a fault of the proxy out by its answers for the endpoints that PMS sends to it; `tells` says which answers do. */
function ruledOutByProxyRoute(scene: Scene, tells: (outcome: Outcome) => boolean): Judgement {
  const asked = scene.ways.filter(isProxied);
  if (scene.ways.length === 0) return NOTHING_TO_SCAN;
  if (asked.length === 0) return ruledOutBySettings(scene, 'PMS asks no proxy for an endpoint that a scan needs');
  const silent = asked.filter((way) => way.result.proxy === null || !tells(way.result.proxy.outcome));
  return silent.length > 0
    ? { state: 'unknown', because: tellProxy(silent) }
    : { state: 'ruled-out', because: tellProxy(asked) };
}

function tellProxy(ways: readonly PmsWay[]): string[] {
  return ways.map((way) => tellRoute(way.result, 'proxy'));
}

function tellProxyItself(proxy: FactItems['proxies'][number]): string {
  const code = proxy.code === null ? '' : ` (${proxy.code})`;
  return `${proxy.url}: ${proxy.outcome}${code}`;
}

function isProcess(source: SettingsSource): boolean {
  return source.kind === 'process' || source.kind === 'child';
}

function nameOf(source: SettingsSource): string {
  return source.process === null ? source.id : `${source.process} (${source.id})`;
}

/** Running processes whose environment was read and names no proxy for https. */
function lackingProxy(scene: Scene): readonly SettingsSource[] {
  return scene.settings.sources
    .filter(isProcess)
    .filter((source) => source.variables.state === 'ok' && !namesProxy(source.variables.value));
}

/** Places other than the processes that name a proxy for https. */
function declaring(scene: Scene): readonly SettingsSource[] {
  return scene.settings.sources.filter(
    (source) => !isProcess(source) && source.variables.state === 'ok' && namesProxy(source.variables.value),
  );
}

function upperCaseOnly(source: SettingsSource): string {
  const names = (valueOf(source.variables) ?? []).map((v) => v.name);
  return names.includes('HTTP_PROXY') ? ': HTTP_PROXY in upper case means nothing to libcurl' : '';
}

function isOneOf(outcome: Outcome | undefined, ...wanted: readonly Outcome[]): boolean {
  return outcome !== undefined && wanted.includes(outcome);
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}

import { defineCause } from '../core/diagnose/cause.ts';
import { hostsOf } from '../core/diagnose/judgement.ts';
import {
  directWorksElsewhere,
  isProxied,
  isSinkholed,
  nothingToScan,
  surenessOfWay,
} from '../core/diagnose/probe-scene.ts';
import { namingOf } from '../core/judge/proxy-names.ts';
import { isOwnName } from '../core/diagnose/told.ts';
import { localQuestions, unresolvedRequests } from '../core/diagnose/seen-scene.ts';
import type { ResolverFacts } from '../core/model/evidence.ts';
import { isOfKind } from '../core/model/outcome.ts';
import { describeReason } from '../core/words/common.ts';
import { distinct } from '../core/words/message.ts';
import { describeLoggedFailure, describeQuestion } from '../core/words/requests.ts';

type Lookups = ResolverFacts['lookups'];

/** No server answered in time, and the C library of this host has an answer all the same. */
function isOnlyLate(lookups: Lookups, bySystem: NonNullable<ResolverFacts['bySystem']>): boolean {
  return (
    lookups.some(({ code }) => code === 'ETIMEOUT') &&
    bySystem.some(({ host, addresses }) => addresses.length > 0 && lookups.some((lookup) => lookup.host === host))
  );
}

export default defineCause({
  id: 'dns-fails-locally',
  rank: 90,
  title: 'The PMS host cannot resolve the endpoints',
  why: 'A client that uses the proxy leaves names to it. A client that goes direct has to resolve them itself, and fails at once where local DNS knows internal names only.',
  judgedBy:
    'The resolver of this host is asked for the endpoints of a scan. Confirmed when PMS goes direct and no address came back; possible when PMS uses the proxy, because then it only affects a process that goes around it. Also confirmed when a process of PMS was seen to ask without an answer, or when its log says so; likely when an unknown program asked, or when it may have been the name of the proxy.',
  remedy:
    'Let the resolver of the PMS host answer for {hosts}: exempt them from the block list that sinks them, if there is one. Where PMS has a proxy, sending every process of PMS through it helps as well, because a proxy resolves names itself. "fix" writes the file for it, and how to install it.',
  commands: () => ['sudo pms-proxy-doctor fix dns-fails-locally -o fixes'],
  messages: {
    sinkholed:
      '{host} resolves to {address} here, which is no public address: a block list or a rebinding protection answers so',
    unresolved: '{host} does not resolve here ({code})',
    direct: 'PMS goes direct and has to resolve it',
    socks:
      'SOCKS of this version carries addresses, so PMS has to resolve it (socks5h or socks4a would leave it to the proxy)',
    proxied: 'PMS leaves names to the proxy; a process that goes around the proxy could not resolve it',
    'not-looked-up': '{host} was not looked up here',
    'whose-name': "the log does not tell whether that name or the proxy's own was asked for",
    'asker-unknown': 'which program asked was not seen, so it may have been another one than PMS',
    late: 'no name server answered for {host} in time, but other programs of this host resolve it: the name server may be slow, or those programs ask another one',
    'no-answer-there':
      '{host} resolves to {address} here, where nothing answers, while other endpoints answer: the address may be old or wrong (an entry of the hosts file, a name server that keeps it)',
    'not-proven': '{host} resolves to {address} here, and no answer shows whether that address is right',
    resolves: 'every endpoint that a scan needs resolves on this host',
  },

  couldStop({ route, isResolved, outcome }) {
    return (route !== 'proxy' || outcome === 'unresolved') && isResolved !== true;
  },

  fromProbes(scene, say) {
    const { resolver } = scene.facts;
    if (resolver.state !== 'ok') return { state: 'unknown', because: [describeReason(resolver.reason)] };
    const looked = scene.ways.map((way) => ({
      ...way,
      lookups: resolver.value.lookups.filter(({ host }) => host === way.endpoint.probeHost || host === way.result.host),
    }));
    const unanswered = looked.filter(
      ({ lookups }) => lookups.length > 0 && lookups.every(({ addresses }) => addresses.length === 0),
    );
    const late = new Set(unanswered.filter(({ lookups }) => isOnlyLate(lookups, resolver.value.bySystem ?? [])));
    const failing = looked.filter((way) => isSinkholed(way, scene) || (unanswered.includes(way) && !late.has(way)));
    if (failing.length > 0) {
      const isOfSocks = failing.some((way) => isProxied(way) && !namingOf(way.decision).leavesNames);
      const isHurt = isOfSocks || failing.some((way) => !isProxied(way));
      return {
        state: isHurt ? surenessOfWay(scene) : 'possible',
        because: [
          ...failing.map(({ result, lookups }) => {
            const [sunk] = lookups.flatMap(({ addresses }) => addresses);
            if (sunk !== undefined) return say('sinkholed', { host: result.host, address: sunk.address });
            const code = lookups.find((lookup) => lookup.code !== null)?.code ?? 'no address';
            return say('unresolved', { host: result.host, code });
          }),
          say(isOfSocks ? 'socks' : isHurt ? 'direct' : 'proxied'),
        ],
        hosts: hostsOf(failing),
      };
    }
    if (looked.length === 0) return nothingToScan(scene);
    const unasked = looked.filter(({ lookups }) => lookups.length === 0);
    if (unasked.length > 0)
      return { state: 'unknown', because: unasked.map(({ result }) => say('not-looked-up', { host: result.host })) };
    if (late.size > 0)
      return { state: 'possible', because: [...late].map(({ result }) => say('late', { host: result.host })) };
    // An address is right when the endpoint answers there.
    const unproven = looked.filter(
      (way) => !(isProxied(way) && namingOf(way.decision).leavesNames) && way.usable !== 'usable',
    );
    if (unproven.length === 0) return { state: 'ruled-out', because: [say('resolves')] };
    const dead = directWorksElsewhere(scene)
      ? unproven.filter(({ result }) => isOfKind(result.direct.outcome, 'block'))
      : [];
    return {
      state: dead.length > 0 ? 'possible' : 'unknown',
      because: (dead.length > 0 ? dead : unproven).map(({ result, lookups }) =>
        say(dead.length > 0 ? 'no-answer-there' : 'not-proven', {
          host: result.host,
          address: lookups.flatMap(({ addresses }) => addresses)[0]?.address ?? '',
        }),
      ),
      ...(dead.length > 0 ? { hosts: hostsOf(dead) } : {}),
    };
  },

  fromSeen(scene, say) {
    const questions = localQuestions(scene);
    const answered = new Set(
      questions.flatMap(({ question, endpoint }) => (question.result === 'answered' ? [endpoint] : [])),
    );
    const unanswered = questions.filter(({ endpoint }) => !answered.has(endpoint));
    const told = scene.needed.flatMap((endpoint) =>
      unresolvedRequests(scene, endpoint).map((request) => ({ request, isOwn: isOwnName(request, endpoint, scene) })),
    );
    const logged = told.map(({ request }) => request);
    if (unanswered.length === 0 && logged.length === 0) return null;
    const failing = questions.filter(({ question }) => question.result !== 'answered');
    // Any program of this host asks for such names, and so does this one before it watches.
    const isOwn = told.some((one) => one.isOwn);
    const isOfPms = unanswered.some(({ question }) => question.process !== null);
    return {
      state: isOwn || isOfPms ? 'confirmed' : 'likely',
      because: distinct([
        ...unanswered.map(({ question }) => describeQuestion(question)),
        ...(unanswered.length > 0 && !isOfPms ? [say('asker-unknown')] : []),
        ...logged.map(describeLoggedFailure),
        ...(logged.length > 0 && !isOwn ? [say('whose-name')] : []),
      ]),
      hosts: [...new Set([...hostsOf(failing), ...logged.map(({ host }) => host)])],
    };
  },
  fromExperiment: {
    never: 'PMS does not say whether a name was resolved for a scan; the questions of the scan are judged as seen.',
  },
});

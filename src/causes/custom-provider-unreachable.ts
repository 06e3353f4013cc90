import { ABOUT_OWN_PROBES, ABOUT_SETTINGS } from '../core/diagnose/about.ts';
import { defineCause } from '../core/diagnose/cause.ts';
import type { Judgement, State } from '../core/diagnose/judgement.ts';
import { isProxied, ruledOutBySettings } from '../core/diagnose/probe-scene.ts';
import { failedRequests, type SeenScene } from '../core/diagnose/seen-scene.ts';
import { isAt, isInOwnNetwork, providerWays, type ProviderWay } from '../core/judge/custom-providers.ts';
import { coversName } from '../core/judge/traffic/flows.ts';
import { nameList, pmsWays, usableByPms } from '../core/judge/pms-way.ts';
import type { Endpoint } from '../core/model/endpoint.ts';
import { valueOf } from '../core/model/evidence.ts';
import { isFailure } from '../core/model/outcome.ts';
import { librariesOf, type CustomProvider, type Library } from '../core/model/pms-status.ts';
import type { Statement } from '../core/model/statement.ts';
import { describeReason } from '../core/words/common.ts';
import { describeDirect, describeProxied } from '../core/words/flows.ts';
import type { Say } from '../core/words/message.ts';
import { describeLoggedFailure } from '../core/words/requests.ts';
import { describeRoute } from '../core/words/routes.ts';

const messages = {
  untold: 'PMS did not list its custom metadata providers',
  none: 'PMS has no custom metadata provider',
  works: "every custom metadata provider works on PMS's route: {hosts}",
  untried: 'could not determine whether PMS can use its custom metadata provider {provider}',
  'own-network':
    '{host} is in the own network, and PMS asks the proxy for it: such a provider needs an entry in no_proxy',
  refused: 'PMS refuses the proxy value for it: {error}',
  used: 'it is the agent of library {libraries}',
  unused: 'no library has it as its agent, but it may add to the agent of one',
  offline: 'PMS says that its custom metadata provider {provider} is offline',
} as const;

type SayThis = Say<typeof messages>;

export default defineCause({
  id: 'custom-provider-unreachable',
  rank: 130,
  title: 'A custom metadata provider cannot be reached',
  why: 'PMS 1.43 and later take metadata from any URL, in the own network too. PMS asks for it as for everything else, by the proxy variables.',
  judgedBy:
    "PMS lists its custom metadata providers, and each is probed on PMS's route. Likely at most, where a library has it as its agent, and possible otherwise: Plex does not say how a scan ends without it, and users saw that nothing happens.",
  remedy:
    'Make PMS reach {hosts}: add an address of the own network to no_proxy for PMS and restart it, or allow another one on the proxy; and check that the provider runs.',
  harmUnproven: true,
  messages,

  couldStop({ host }, { providers }) {
    return host === null || providers.some((endpoint) => coversName(endpoint, host));
  },

  fromProbes(scene, say) {
    const { pmsStatus, results } = scene.facts;
    if (pmsStatus.state !== 'ok') return { state: 'unknown', because: [describeReason(pmsStatus.reason)] };
    const { customProviders: providers = null, sections } = pmsStatus.value;
    if (providers === null) return { state: 'unknown', because: [say('untold')] };
    if (providers.length === 0) return { state: 'ruled-out', because: [say('none')], about: ABOUT_SETTINGS };
    const ways = providerWays(providers, pmsWays(valueOf(results) ?? [], scene.routing));
    const broken = ways.filter(({ way }) => usableByPms(way) === 'unusable');
    if (broken.length > 0) return unreachable(broken, sections, say);
    const tried = ways.filter(({ way }) => usableByPms(way) === 'usable').map(({ provider }) => provider);
    const untried = providers.filter((provider) => !tried.includes(provider));
    if (untried.length > 0)
      return { state: 'unknown', because: untried.map(({ identifier }) => say('untried', { provider: identifier })) };
    const works = say('works', { hosts: nameList(ways.map(({ way }) => way.endpoint.host)) });
    return { ...ruledOutBySettings(scene, works), about: ABOUT_OWN_PROBES };
  },

  fromSeen(scene, say) {
    const { pmsStatus, providers } = scene;
    const listed = pmsStatus?.customProviders ?? [];
    const offline = listed.filter(({ online }) => online === false);
    const failed = providers.flatMap((endpoint) => {
      const said = failuresOf(endpoint, scene);
      return said.length === 0 ? [] : [{ endpoint, said }];
    });
    // PMS keeps the state of when it last asked: online is no proof that it is so now.
    if (offline.length === 0 && failed.length === 0) return null;
    const troubled = listed.filter(
      (provider) => offline.includes(provider) || failed.some(({ endpoint }) => isAt(provider, endpoint)),
    );
    return {
      state: harmOf(troubled, pmsStatus?.sections ?? null),
      because: [
        ...offline.map(({ identifier }) => say('offline', { provider: identifier })),
        ...failed.flatMap(({ said }) => said),
      ],
      hosts: [
        ...new Set([
          ...offline.flatMap(({ place }) => place?.host ?? []),
          ...failed.map(({ endpoint }) => endpoint.host),
        ]),
      ],
    };
  },

  fromExperiment: { never: 'How a scan ends does not show whether a custom metadata provider was reached.' },
});

/** Likely where a library depends on one of them, or where that is not known. */
function harmOf(providers: readonly CustomProvider[], sections: readonly Library[] | null): State {
  const isUnused = sections !== null && providers.every((provider) => librariesOf(provider, sections).length === 0);
  return isUnused ? 'possible' : 'likely';
}

function unreachable(broken: readonly ProviderWay[], sections: readonly Library[] | null, say: SayThis): Judgement {
  return {
    state: harmOf(
      broken.map(({ provider }) => provider),
      sections,
    ),
    because: broken.flatMap(({ provider, way }) => {
      const { decision, endpoint, result } = way;
      return [
        decision.error === null ? describeRoute(result, decision.route) : say('refused', { error: decision.error }),
        ...(isProxied(way) && isInOwnNetwork(way) ? [say('own-network', { host: endpoint.host })] : []),
        ...usesOf(provider, sections, say),
      ];
    }),
    hosts: [...new Set(broken.map(({ way }) => way.endpoint.host))],
  };
}

function usesOf(provider: CustomProvider, sections: readonly Library[] | null, say: SayThis): readonly Statement[] {
  if (sections === null) return [];
  const ids = librariesOf(provider, sections).map(({ id }) => id);
  return [ids.length === 0 ? say('unused') : say('used', { libraries: nameList(ids) })];
}

/** Failures of PMS's own requests to a provider. */
function failuresOf(endpoint: Endpoint, scene: SeenScene): readonly Statement[] {
  const failed = scene.ended.filter((seen) => seen.endpoint?.id === endpoint.id && isFailure(seen.end));
  const [proxied, direct] = [true, false].map((wanted) =>
    failed.filter(({ flow }) => (flow.route === 'proxy') === wanted),
  );
  return [
    ...(proxied?.length ? [describeProxied(proxied)] : []),
    ...(direct?.length ? [describeDirect(direct)] : []),
    ...failedRequests(scene, endpoint).map(describeLoggedFailure),
  ];
}

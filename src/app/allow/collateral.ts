import { collateral, withReverse, type Sighting } from '../../allow/collateral/collateral.ts';
import type { Collateral } from '../../allow/collateral/model.ts';
import type { Endpoint } from '../../core/model/endpoint.ts';
import { meantNames, plainName, surestName } from '../../core/judge/traffic/flows.ts';
import { familyOf } from '../../core/values/address.ts';
import type { Traffic } from '../../core/model/traffic.ts';
import { lookUpAll, reverseNames } from '../../gather/addresses.ts';
import type { ServerSeen } from '../../gather/files/join/join-traffic.ts';
import type { AllowOptions } from './options.ts';
import { seenIn, type AllowTask } from './seen.ts';

/** All questions together: eighty names at a name server that never answers take some twenty seconds. */
const BUDGET_MS = 20_000;
const ROUND_MS = 10_000;

/** The addresses of the list and the other names on them: by DNS, or by files alone. With both `--from` and `--resolver`, by both. */
export async function findCollateral(options: AllowOptions, task: AllowTask): Promise<Collateral> {
  const { list, endpoints, terminal, signal } = task;
  const isLive = options.from.length === 0 || options.resolvers.length > 0;
  const sightings = options.from.length === 0 ? [] : await seenOnAddresses(options, task);
  if (!isLive) return collateral(list, sightings, [], false);
  const hosts = [
    ...new Set([
      ...list.names.map(({ host }) => host),
      ...endpoints.flatMap(nameOf),
      ...sightings.map(({ host }) => host),
    ]),
  ];
  const named = hosts.filter((host) => !host.startsWith('*') && familyOf(host) === null && host !== 'lan-gateway');
  terminal.status.show(`asking for the addresses of ${named.length} names`);
  const limit = AbortSignal.timeout(BUDGET_MS + options.times * ROUND_MS);
  const asking = { resolvers: options.resolvers, times: options.times, signal: AbortSignal.any([signal, limit]) };
  const answers = await lookUpAll(named, asking).finally(() => terminal.status.show(null));
  const found = collateral(
    list,
    [
      ...sightings,
      ...answers.flatMap(({ host, source, addresses, at }) =>
        addresses.map((address) => ({ host, address, source, at })),
      ),
    ],
    answers.flatMap(({ host, why }) => (why === null ? [] : [{ host, why }])),
    true,
  );
  return withReverse(
    found,
    await reverseNames(
      found.addresses.map(({ address }) => address),
      asking,
    ),
  );
}

function nameOf({ kind, host, probeHost }: Endpoint): readonly string[] {
  if (kind === 'udp') return [];
  return host.startsWith('*') ? (probeHost === null ? [] : [probeHost]) : [host];
}

async function seenOnAddresses(options: AllowOptions, task: AllowTask): Promise<readonly Sighting[]> {
  const { traffic, servers } = await seenIn(options, task);
  return [
    ...servers.map(({ host, address, at }: ServerSeen) => ({ host: plainName(host), address, source: 'log', at })),
    ...(traffic === null ? [] : captured(traffic)),
  ];
}

/** Names that connections around the proxy were for, and answers of DNS. */
function captured({ flows, questions }: Traffic): readonly Sighting[] {
  return [
    ...flows.flatMap((flow): readonly Sighting[] => {
      const name = flow.route === 'direct' ? surestName(meantNames(flow)) : null;
      if (name === null || flow.address === null || name.source === 'lookup') return [];
      return [{ host: plainName(name.name), address: flow.address, source: 'capture', at: flow.lastAt }];
    }),
    ...questions.flatMap(({ name, addresses, lastAt }) =>
      addresses.map((address) => ({ host: plainName(name), address, source: 'capture', at: lastAt })),
    ),
  ];
}

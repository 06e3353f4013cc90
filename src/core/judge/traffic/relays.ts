import { isForProxies, meantNames, plainName } from './flows.ts';
import { groupBy } from '../../values/group.ts';
import type { Flow } from '../../model/traffic.ts';

/** A proxy opens its own connection at once when it is asked for one. */
const RELAYED_WITHIN_MS = 2_000;
/** One connection may coincide with a request by chance. */
const LEAST_HOSTS = 2;

/**
 * Addresses that connect on behalf of a proxy's clients: all their connections succeed, each to a host that the proxy was asked for just
 * before. They are the proxy's own, in another family or network than its listening address.
 */
export function relaysOf(flows: readonly Flow[]): readonly string[] {
  const asked = flows.filter(({ route, outcome }) => route === 'proxy' && outcome === 'ok');
  const askers = new Set(flows.flatMap(({ route, client }) => (route === 'proxy' ? [client] : [])));
  const direct = flows.filter(
    (flow) => flow.route === 'direct' && flow.process === null && isForProxies(flow) && !askers.has(flow.client),
  );
  return [...groupBy(direct, ({ client }) => client ?? '')].flatMap(([client, own]) => {
    const hosts = new Set(own.flatMap(namesOf));
    const isRelay = own.every((flow) => flow.outcome === 'ok' && asked.some((request) => isCarriedOut(request, flow)));
    return client !== '' && isRelay && hosts.size >= LEAST_HOSTS ? [client] : [];
  });
}

function isCarriedOut(request: Flow, flow: Flow): boolean {
  const names = new Set(namesOf(request));
  if (request.firstAt === null || flow.firstAt === null || !namesOf(flow).some((name) => names.has(name))) return false;
  const after = Date.parse(flow.firstAt) - Date.parse(request.firstAt);
  return after >= 0 && after <= RELAYED_WITHIN_MS;
}

function namesOf(flow: Flow): readonly string[] {
  return meantNames(flow).map(({ name }) => plainName(name));
}

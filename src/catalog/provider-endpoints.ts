import type { Endpoint } from '../core/model/endpoint.ts';
import type { CustomProvider } from '../core/model/pms-status.ts';

/**
 * The endpoints and those of PMS's custom metadata providers. Providers with one host and port share an endpoint. A host that is listed already
 * is a provider's as well.
 */
export function withProviders(
  endpoints: readonly Endpoint[],
  providers: readonly CustomProvider[],
): readonly Endpoint[] {
  const added = new Map(
    providers.flatMap(({ place }) => (place === null ? [] : [[keyOf(place), providerEndpoint(place)]])),
  );
  const listed = endpoints.map((endpoint) => {
    const isProvider = added.delete(keyOf(endpoint));
    return isProvider ? { ...endpoint, provider: true } : endpoint;
  });
  return [...listed, ...added.values()];
}

type Place = NonNullable<CustomProvider['place']>;

function keyOf({ host, port }: Pick<Place, 'host' | 'port'>): string {
  return `${host} ${port}`;
}

/** The provider's own path is not asked for: it may hold a key. */
function providerEndpoint({ scheme, host, port }: Place): Endpoint {
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    id: `${name}:${port}`,
    kind: 'host',
    host,
    probeHost: host,
    port,
    scheme,
    purpose: 'custom metadata',
    need: 'feature',
    needByAgent: {},
    breaks: 'Libraries that use this metadata provider get nothing from it.',
    mark: 'official',
    source: "PMS's own list of metadata providers",
    telemetry: false,
    path: '/',
    accepts: null,
    custom: true,
    provider: true,
  };
}

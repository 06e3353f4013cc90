import { familyOf } from '../values/address.ts';
import { scopeOf } from '../values/scope.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { CustomProvider } from '../model/pms-status.ts';
import type { JudgedEndpoint } from './facts.ts';
import type { PmsWay } from './pms-way.ts';

/** A custom metadata provider of PMS, on the way PMS goes to it. */
export interface ProviderWay {
  readonly provider: CustomProvider;
  readonly way: PmsWay;
}

/** The providers whose endpoints were probed or seen. */
export function providerWays(providers: readonly CustomProvider[], ways: readonly PmsWay[]): readonly ProviderWay[] {
  return providers.flatMap((provider) => {
    const way = ways.find(({ endpoint }) => isAt(provider, endpoint));
    return way === undefined ? [] : [{ provider, way }];
  });
}

export function isAt({ place }: CustomProvider, { host, port }: Endpoint): boolean {
  return place !== null && host === place.host && port === place.port;
}

/**
 * Whether an endpoint stands in the own network or on this host, where no proxy belongs between. Only a custom provider can: a public name with
 * such an address is a matter of DNS.
 */
export function isInOwnNetwork({ endpoint, attempts }: Pick<JudgedEndpoint, 'endpoint' | 'attempts'>): boolean {
  if (endpoint.provider !== true) return false;
  if (endpoint.host === 'localhost') return true;
  const scopes =
    familyOf(endpoint.host) === null ? attempts.direct.flatMap(({ scope }) => scope ?? []) : [scopeOf(endpoint.host)];
  return scopes.length > 0 && scopes.every((scope) => scope !== 'public');
}

import type { Judgement } from './judgement.ts';
import { proxyWatchedAt } from './observed.ts';
import type { Outcome } from './outcome.ts';
import { failedRequests, hostsOf, seenNeeds, tellRequest, type SeenScene } from './seen-scene.ts';

/** How a request ends whose connection the network stops. Of one through a proxy curl would name the proxy, except for a silent one. */
const STOPPED: ReadonlySet<Outcome | null> = new Set(['no-reply', 'refused', 'prohibited', 'no-route']);

/**
 * What PMS's log says where nobody would have seen connections around the proxy: a request that ended as blocked ones do. Likely, and no
 * more, where the proxy heard nothing of it meanwhile.
 */
export function loggedAround(scene: SeenScene): Judgement | null {
  const stopped = seenNeeds(scene)
    .map((need) => ({
      ...need,
      requests: failedRequests(scene, need.endpoint).filter(({ outcome }) => STOPPED.has(outcome)),
    }))
    .filter(({ requests }) => requests.length > 0);
  if (stopped.length === 0) return null;
  const watchers = scene.observed?.watchers ?? [];
  const unasked = stopped.filter(
    ({ proxy, requests }) => proxy.length === 0 && requests.every((request) => proxyWatchedAt(watchers, request)),
  );
  return {
    state: unasked.length > 0 ? 'likely' : 'possible',
    because: [
      ...stopped.flatMap(({ requests }) => requests.map(tellRequest)),
      ...unasked.map(({ endpoint }) => `the proxy was not asked for ${endpoint.host} at that time`),
      'so ends a direct connection that is blocked',
    ],
    hosts: hostsOf(stopped),
  };
}

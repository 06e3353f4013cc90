import { outcomeOfConnectRefusal } from '../../core/model/connect-refusal.ts';
import type { Outcome } from '../../core/model/outcome.ts';
import type { AccessEntry } from './entry.ts';

type Judged = Pick<AccessEntry, 'method' | 'pseudo' | 'result' | 'status' | 'hierarchy' | 'error'>;

/**
 * The outcome of a request as the proxy's log tells it; null when the log does not say (`%Ss` and `%>Hs` are missing) and for
 * queries of other caches. A 407 is `proxy-auth` also when it is the usual first half of a login: whether the same client
 * succeeded afterwards is for the caller to see. For a tunnel, `ok` means that it opened: the log does not show its content.
 */
export function outcomeOf(entry: Judged): Outcome | null {
  const { result, status, pseudo } = entry;
  if (result?.protocol === 'UDP' || result?.protocol === 'ICP') return null;
  // The client closed the connection before a request was complete; nothing was asked of the proxy.
  if (pseudo === 'error:transaction-end-before-headers') return 'cut';
  if (status === 407 || entry.error === 'ERR_CACHE_ACCESS_DENIED') return 'proxy-auth';
  if (result?.tag.startsWith('DENIED') === true || entry.error === 'ERR_ACCESS_DENIED') return 'denied';
  if (pseudo !== null) return 'proxy-error';
  // ESTABLISHED: the server was reached, and its answer is not logged.
  if (status === null) return result?.tag === 'TUNNEL' || result?.tag === 'ESTABLISHED' ? 'ok' : null;
  // No reply was sent: the client gave up, or a timeout ended the wait for the server.
  if (status === 0) return 'proxy-silent';
  if (entry.method === 'CONNECT') return outcomeOfConnect(status);
  return outcomeOfForward(entry, status);
}

/** RFC 9110 section 9.3.6: only a 2xx opens the tunnel. Any other status comes from this proxy or a parent. */
function outcomeOfConnect(status: number): Outcome {
  if (status >= 200 && status < 300) return 'ok';
  return status < 200 ? 'proxy-error' : outcomeOfConnectRefusal(status);
}

/**
 * An error status is the proxy's own when it asked no server. Gateway statuses are taken for its own as well: Squid answers so when
 * it cannot reach the server, and without `%err_code` nothing tells the two apart. All others came from the origin or the cache.
 */
function outcomeOfForward({ error, result, hierarchy }: Judged, status: number): Outcome {
  if (error !== null || (status >= 502 && status <= 504)) return 'proxy-error';
  const unasked = result?.protocol === 'NONE' || (result?.tag === 'MISS' && hierarchy === 'HIER_NONE');
  if (!unasked || status < 400) return 'ok';
  return status === 429 ? 'rate-limited' : 'proxy-error';
}

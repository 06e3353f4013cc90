import type { Outcome } from './outcome.ts';

/** 451: RFC 7725. A redirect leads to a block page, or to a login of the proxy. */
function isPolicy(status: number): boolean {
  return status === 403 || status === 451 || (status >= 300 && status < 400);
}

/**
 * The outcome of a request whose CONNECT a proxy answered with a status other than 2xx. 511 (RFC 6585 section 6) wants a login at a portal.
 * Statuses whose meaning depends on headers are judged by their reader.
 */
export function outcomeOfConnectRefusal(status: number): Outcome {
  if (status === 407 || status === 511) return 'proxy-auth';
  if (status === 429) return 'rate-limited';
  return isPolicy(status) ? 'denied' : 'proxy-error';
}

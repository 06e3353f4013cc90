import type { HttpRecord } from '../../core/model/probe-records.ts';
import { ownCode } from '../../core/model/reason.ts';
import { refusal } from './wire/connect.ts';
import type { Job } from './plan.ts';
import { failure, type StageFailure, type StageResult } from './wire/wait.ts';

type Answer = StageResult<HttpRecord> & { readonly ok: true };

/** RFC 6585 section 6: the status of captive portals. */
const HTTP_NETWORK_AUTHENTICATION_REQUIRED = 511;

/** The result of an attempt that got an answer: whether the endpoint gave it. */
export function verdictOn(answer: Answer, job: Job, isForwarded: boolean): StageResult<HttpRecord> {
  return isForwarded ? verdictOnForwarded(answer, job) : verdictOnDirect(answer, job);
}

function verdictOnDirect(answer: Answer, { endpoint, host }: Job): StageResult<HttpRecord> {
  const { status } = answer.value;
  // Verified TLS proves the sender, and so does a status that the genuine endpoint is known to give.
  if (endpoint.scheme === 'https' || endpoint.accepts?.includes(status)) return answer;
  if (leadsElsewhere(answer.value, host)) return impostor(ownCode('FOREIGN_REDIRECT'), status);
  return verdictOnPage(answer, endpoint.accepts !== null);
}

/** `isKnown`: it is known which statuses the genuine endpoint gives, and none of them is this one. */
function verdictOnPage(answer: Answer, isKnown: boolean): StageResult<HttpRecord> {
  const { status, html } = answer.value;
  if (status === HTTP_NETWORK_AUTHENTICATION_REQUIRED) return impostor('HTTP_511', status);
  return isKnown && status === 200 && html ? impostor(ownCode('UNEXPECTED_PAGE'), status) : answer;
}

function impostor(code: string, status: number): StageFailure {
  return { ...failure('captive', code, 'another server answered instead of the endpoint'), status };
}

/** Statuses by which a forwarding proxy refuses or reports its own failure; from an endpoint itself they would be plain answers. */
const FORWARDING_REFUSALS: ReadonlySet<number> = new Set([403, 407, 429, 502, 503, 504]);

/** The answer to a request in absolute form comes from the endpoint or from the proxy itself, and both look alike. */
function verdictOnForwarded(answer: Answer, { endpoint, host }: Job): StageResult<HttpRecord> {
  const { status, proxyHeaders } = answer.value;
  if (namesItself(proxyHeaders))
    return isOwnRefusal(status) && proxyHeaders['x-squid-error'] === undefined
      ? { ...failure('proxy-error', ownCode('PLAIN_HTTP_REFUSED'), 'the proxy itself answered'), status }
      : refused(answer.value);
  if (endpoint.accepts?.includes(status)) return answer;
  if (leadsElsewhere(answer.value, host))
    return {
      ...failure('denied', ownCode('POLICY_REDIRECT'), 'the proxy leads to another site instead of the endpoint'),
      status,
    };
  const isPassedOn = proxyHeaders['via'] !== undefined;
  if (FORWARDING_REFUSALS.has(status))
    return isPassedOn && mayBeOfOrigin(status) ? unclear(status) : refused(answer.value);
  return isPassedOn || speaksForEndpoint(answer.value, host)
    ? verdictOnPage(answer, endpoint.accepts !== null)
    : unclear(status);
}

/** RFC 9110 section 7.6.3: a proxy adds `Via` to what it passes on. A gateway's own failure may carry it as well. */
function mayBeOfOrigin(status: number): boolean {
  return status === 403 || status === 429;
}

/** Headers that only the answer of a proxy itself has: it names its error page or its own program. */
function namesItself(headers: HttpRecord['proxyHeaders']): boolean {
  return (
    headers['x-squid-error'] !== undefined ||
    headers['proxy-agent'] !== undefined ||
    headers['proxy-authenticate'] !== undefined ||
    /;\s*error=/i.test(headers['proxy-status'] ?? '')
  );
}

/** RFC 9110 section 15: statuses of a server that does not do what was asked, as of a proxy that takes CONNECT alone. */
function isOwnRefusal(status: number): boolean {
  return status === 400 || status === 404 || status === 405 || status === 501;
}

/** A page for people, or an error, may be the proxy's own; other content, or a redirect to the endpoint's own site, is not. */
function speaksForEndpoint({ status, html, redirectHost }: HttpRecord, host: string): boolean {
  if (status >= 300 && status < 400) return redirectHost !== null && isOwnSite(redirectHost, host);
  return status < 300 && !html;
}

function unclear(status: number): StageFailure {
  const detail = 'nothing tells whether the endpoint or the proxy itself answered';
  return { ...failure('unclear-answer', ownCode('ORIGIN_UNPROVEN'), detail), status };
}

function refused({ status, proxyHeaders }: HttpRecord): StageFailure {
  return refusal(status, new Map(Object.entries(proxyHeaders).map(([name, value]) => [name, [value]])));
}

function leadsElsewhere({ status, redirectHost }: HttpRecord, host: string): boolean {
  return status >= 300 && status < 400 && redirectHost !== null && !isOwnSite(redirectHost, host);
}

/** Plex's hosts redirect to each other. */
const PLEX_SITES: ReadonlySet<string> = new Set(['plex.tv', 'plexapp.com', 'plex.direct']);

function isOwnSite(redirectHost: string, host: string): boolean {
  const [target, own] = [siteOf(redirectHost), siteOf(host)];
  return target === own || (PLEX_SITES.has(target) && PLEX_SITES.has(own));
}

/** The last two labels: near enough to tell a portal's own name from the endpoint's. */
function siteOf(host: string): string {
  return host.toLowerCase().split('.').slice(-2).join('.');
}

import { plainName } from './flows.ts';
import { OUTCOME, type Outcome } from '../../model/outcome.ts';
import type { Bypass, EndpointResult, RouteResult, Violation } from '../../model/report.ts';
import { ownCode } from '../../model/reason.ts';

/** The expectations of an egress policy for one endpoint. `any` expects nothing. */
export interface Expectation {
  /** blocked: no answer may come on the direct route, over any address family. ok: it must work. */
  readonly direct: 'blocked' | 'ok' | 'any';
  /** ok: it must work through the proxy. denied: the proxy must refuse it by policy. */
  readonly proxy: 'ok' | 'denied' | 'any';
  /** none: nothing may go around the proxy, neither a flow that was seen nor one that the settings lead to. */
  readonly bypass: 'none' | 'any';
}

export interface Policy {
  readonly default: Expectation;
  /** By id or host; an id outranks a host, and each aspect that is not given falls to the next. */
  readonly endpoints: Readonly<Record<string, Partial<Expectation>>>;
}

export const NO_EXPECTATION: Expectation = { direct: 'any', proxy: 'any', bypass: 'any' };

/**
 * All violations of the policy. Unknown is never pass: an attempt that was not made violates an
 * expectation, and `actual` says `undecided`. Bypasses are judged as far as they were looked for.
 */
export function evaluatePolicy(
  policy: Policy,
  results: readonly EndpointResult[],
  bypasses: readonly Bypass[],
): readonly Violation[] {
  const perEndpoint = results.flatMap((result) => {
    const expected = expectationFor(policy, result);
    return [
      ...violation(result, 'direct', expected.direct, directActual(expected.direct, result)),
      ...violation(result, 'proxy', expected.proxy, proxyActual(expected.proxy, result)),
      ...(expected.bypass === 'any' ? [] : bypasses)
        .filter((bypass) => concerns(bypass, result))
        .flatMap((bypass) => violation(result, 'bypass', expected.bypass, bypassActual(bypass))),
    ];
  });
  const strangers = bypasses.filter((bypass) => !results.some((result) => concerns(bypass, result)));
  return [...perEndpoint, ...strangers.flatMap((bypass) => strangerViolation(policy, bypass))];
}

/** Whether the policy wants nothing to go directly to one of these hosts; where none is named, to any endpoint. */
export function forbidsDirect(policy: Policy, results: readonly EndpointResult[], hosts: readonly string[]): boolean {
  return results
    .filter(({ host }) => hosts.length === 0 || hosts.includes(host))
    .map((result) => expectationFor(policy, result))
    .some(({ direct, bypass }) => direct === 'blocked' || bypass === 'none');
}

/** How many expectations the policy states about these endpoints: what `evaluatePolicy` checks. */
export function countExpectations(policy: Policy, results: readonly EndpointResult[]): number {
  return results
    .map((result) => expectationFor(policy, result))
    .flatMap(({ direct, proxy, bypass }) => [direct, proxy, bypass])
    .filter((expected) => expected !== 'any').length;
}

/**
 * The policy's expectations for one endpoint. A wildcard without a representative name cannot be attempted, so only entries for this very
 * endpoint apply to its routes: otherwise a default would fail for it on every host.
 */
function expectationFor({ default: fallback, endpoints }: Policy, { id, host, direct }: EndpointResult): Expectation {
  const unprobed = direct.outcome === 'not-run' && direct.code === ownCode('NO_REPRESENTATIVE_NAME');
  const forAll = unprobed ? { ...NO_EXPECTATION, bypass: fallback.bypass } : fallback;
  return { ...forAll, ...own(endpoints, host), ...own(endpoints, id) };
}

/** Object.hasOwn: a host named like a member of Object.prototype must not find that member. */
function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function violation(
  { id, host }: Pick<EndpointResult, 'id' | 'host'>,
  aspect: Violation['aspect'],
  expected: string,
  actual: string | null,
): readonly Violation[] {
  return actual === null ? [] : [{ endpoint: id, host, aspect, expected, actual }];
}

/** The actual outcome where it differs from the expected one, else null. */
function directActual(expected: Expectation['direct'], { direct, observed }: EndpointResult): string | null {
  if (expected === 'any') return null;
  return expected === 'ok' ? okActual(direct) : blockedActual(direct, observed?.directOutcome ?? null);
}

function proxyActual(expected: Expectation['proxy'], { proxy, observed }: EndpointResult): string | null {
  if (expected === 'any') return null;
  if (proxy === null) return 'undecided (not attempted)';
  if (expected === 'ok') return okActual(proxy);
  // A denied probe does not undo a request of PMS that the proxy let through.
  if (observed?.proxyOutcome === 'ok') return `ok${SEEN}`;
  return proxy.outcome === 'denied' ? null : describeRoute(proxy);
}

/** Marks the outcome of PMS's own connections on a route without a probe. */
const SEEN = ' (seen)';

function okActual(route: RouteResult): string | null {
  return route.outcome === 'ok' ? null : describeRoute(route);
}

/**
 * A direct route is blocked when no family got an answer. One open family is enough to make it open, whatever the
 * result of the whole route says.
 */
function blockedActual(route: RouteResult, seen: Outcome | null): string | null {
  const attempts = route.attempts.length > 0 ? route.attempts : [{ ...route, family: null }];
  const open = attempts.find(({ outcome }) => OUTCOME[outcome].egress === 'open');
  if (open && route.basis === undefined)
    return `${OUTCOME[open.outcome].words}${open.family === null ? '' : ` over IPv${open.family}`}`;
  // PMS's own outcome counts beside a probe with another one: family, address or time may differ.
  if (seen !== null && OUTCOME[seen].egress === 'open') return OUTCOME[seen].words + SEEN;
  const unclear = attempts.find(({ outcome }) => OUTCOME[outcome].egress === 'unclear');
  return unclear ? describeRoute(unclear) : null;
}

function describeRoute({ outcome, code, basis }: Pick<RouteResult, 'outcome' | 'code' | 'basis'>): string {
  if (outcome === 'not-run') return `undecided (${code ?? 'not attempted'})`;
  const { words } = OUTCOME[outcome];
  return basis === 'observed' ? words + SEEN : words;
}

function bypassActual({ kind, count, process, dialects }: Bypass): string {
  if (kind === 'configured') return `configured${dialects.length > 0 ? ` for ${dialects.join(', ')}` : ''}`;
  return `observed ${count === 1 ? 'once' : `${count} times`}${process === null ? '' : ` by ${process}`}`;
}

function concerns(bypass: Bypass, { host, port }: Pick<EndpointResult, 'host' | 'port'>): boolean {
  if (bypass.host === null || bypass.port !== port) return false;
  const name = plainName(bypass.host);
  return host.startsWith('*.') ? name.endsWith(host.slice(1)) : name === host;
}

/** A bypass to something that no endpoint of the catalogue is, such as another port of a host: its host or the default speaks about it. */
function strangerViolation({ default: fallback, endpoints }: Policy, bypass: Bypass): readonly Violation[] {
  const host = bypass.host ?? bypass.address ?? 'unknown';
  const expected = own(endpoints, plainName(host))?.bypass ?? fallback.bypass;
  return expected === 'any' ? [] : violation({ id: host, host }, 'bypass', expected, bypassActual(bypass));
}

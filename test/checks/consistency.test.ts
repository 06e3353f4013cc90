import {
  array,
  assert,
  boolean,
  constant,
  constantFrom,
  oneof,
  pre,
  property,
  record,
  type Arbitrary,
} from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../checks/index.ts';
import { CAUSES } from '../../src/causes/index.ts';
import { runChecks } from '../../src/core/check.ts';
import { diagnose } from '../../src/core/diagnose/diagnose.ts';
import type { Outcome } from '../../src/core/model/outcome.ts';
import {
  ENDPOINTS,
  library,
  PROXY,
  factsFixture,
  type AttemptPlan,
  type FixtureOptions,
} from '../support/fixtures/facts.ts';
import { runs } from '../support/fuzz.ts';

const DIRECT: readonly Outcome[] = [
  'ok',
  'unresolved',
  'refused',
  'prohibited',
  'no-route',
  'no-reply',
  'tls-untrusted',
  'intercepted',
  'tls-failed',
  'cut',
  'stalled',
  'captive',
  'not-run',
];

const PROXIED: readonly AttemptPlan[] = [
  { outcome: 'ok' },
  { outcome: 'proxy-unreachable', code: 'ECONNREFUSED' },
  { outcome: 'proxy-silent' },
  { outcome: 'proxy-auth' },
  { outcome: 'denied' },
  { outcome: 'proxy-error', code: 'ERR_DNS_FAIL', status: 503 },
  { outcome: 'proxy-error', code: 'ERR_CONNECT_FAIL', status: 503 },
  { outcome: 'proxy-error', code: 'NOT_HTTP', status: null },
  { outcome: 'intercepted' },
  { outcome: 'tls-failed' },
  { outcome: 'cut' },
  { outcome: 'stalled' },
  { outcome: 'captive' },
  { outcome: 'not-run' },
  { outcome: 'ok', tls: { trustedByPms: false } },
];

const BY_AGENT = ENDPOINTS.map((each) =>
  each.need === 'scan' ? { ...each, needByAgent: { none: 'optional' as const } } : each,
);
const LOOPBACK = 'localhost,127.0.0.1,::1,[::1]';
const VARIABLES = [
  {},
  { http_proxy: PROXY, https_proxy: PROXY, no_proxy: LOOPBACK },
  { http_proxy: PROXY, https_proxy: PROXY, no_proxy: `${LOOPBACK},plex.tv` },
  { http_proxy: PROXY, no_proxy: LOOPBACK },
];

function forEachEndpoint<T>(fates: readonly T[]): Arbitrary<readonly T[]> {
  return array(constantFrom(...fates), { minLength: ENDPOINTS.length, maxLength: ENDPOINTS.length });
}

const SIGN_INS = ['ok', 'none', null] as const;
const LIBRARIES = [
  null,
  [],
  [library('1', 'artist', 'tv.plex.agents.music')],
  [library('2', 'movie', 'tv.plex.agents.movie')],
  [library('3', 'movie', 'com.plexapp.agents.none')],
  [library('3', 'movie', 'com.plexapp.agents.none'), library('4', 'show', 'com.plexapp.agents.thetvdb')],
];

/** Each endpoint meets its own fate on each route, or everything works directly. */
const networks: Arbitrary<FixtureOptions> = record({
  direct: oneof(forEachEndpoint(DIRECT), constant<readonly Outcome[]>([])),
  proxied: forEachEndpoint(PROXIED),
  variables: constantFrom(...VARIABLES),
  withProxy: boolean(),
  signIn: constantFrom(...SIGN_INS),
  sections: constantFrom(...LIBRARIES),
  isAsked: boolean(),
}).map(({ direct, proxied, variables, withProxy, signIn, sections, isAsked }) => ({
  variables,
  endpoints: BY_AGENT,
  ...(isAsked ? { pmsStatus: { signIn, sections } } : {}),
  direct: Object.fromEntries(ENDPOINTS.map(({ id }, at) => [id, direct[at] ?? 'ok'])),
  viaProxy: withProxy ? Object.fromEntries(ENDPOINTS.map(({ id }, at) => [id, proxied[at] ?? 'ok'])) : null,
}));

const judged = (options: FixtureOptions) => {
  const facts = factsFixture(options);
  const findings = runChecks(CHECKS, facts);
  return {
    findings,
    failing: findings.filter(({ verdict }) => verdict === 'fail'),
    scan: diagnose(CAUSES, facts, findings),
  };
};

describe('findings and diagnosis agree', () => {
  it('no check crashes, and every text is filled', () => {
    assert(
      property(networks, (options) => {
        const { findings } = judged(options);
        expect(findings.filter(({ verdict }) => verdict === 'crashed')).toEqual([]);
        expect(findings.filter(({ text, remedy }) => /\{\w+\}/.test(`${text}${remedy ?? ''}`))).toEqual([]);
      }),
    );
  });

  it('a check fails exactly when a scan would fail', () => {
    assert(
      property(networks, (options) => {
        const { failing, scan } = judged(options);
        expect(failing.length > 0).toBe(scan.condition === 'would-occur');
      }),
      runs(33),
    );
  });

  it('what would fail has a finding that is nobody’s consequence, and a cause that stands', () => {
    assert(
      property(networks, (options) => {
        const { failing, scan } = judged(options);
        pre(scan.condition === 'would-occur');
        expect(failing.some(({ supersededBy }) => supersededBy === null)).toBe(true);
        expect(
          scan.causes.some(({ state }) => state === 'confirmed' || state === 'likely' || state === 'possible'),
        ).toBe(true);
      }),
      runs(33),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { CAUSES } from '../../../src/causes/index.ts';
import { diagnose } from '../../../src/core/diagnose/diagnose.ts';
import { CAUSE_IDS, type CauseId } from '../../../src/core/model/cause-ids.ts';
import { failed, notRun, ok } from '../../../src/core/model/evidence.ts';
import type { Outcome } from '../../../src/core/model/outcome.ts';
import type { Cause, Diagnosis, Finding } from '../../../src/core/model/report.ts';
import { factsFixture, PROXY, type AttemptPlan } from '../../support/fixtures/facts.ts';

type States = Partial<Record<CauseId, Cause['state'] | 'not-found'>>;

function statesOf(diagnosis: Diagnosis): States {
  return Object.fromEntries(
    diagnosis.causes.map(({ id, state, unfound }) => [id, unfound === true ? 'not-found' : state]),
  );
}

const ROUTERS: Readonly<Record<string, Outcome>> = {
  open: 'ok',
  drop: 'no-reply',
  reject: 'prohibited',
  reset: 'refused',
};

const NO_FAULT: States = {
  'excluded-by-no-proxy': 'ruled-out',
  'not-signed-in': 'unknown',
  'provider-offline': 'unknown',
  'dns-fails-locally': 'not-found',
  'loopback-through-proxy': 'ruled-out',
  'ipv6-differs': 'not-found',
};

interface ProxyCase {
  readonly plan: AttemptPlan;
  readonly condition: Diagnosis['condition'];
  readonly states: States;
}

/** The meaning of each behaviour of the proxy when PMS's environment sends everything to it. */
const PROXIES: Readonly<Record<string, ProxyCase>> = {
  allowed: {
    plan: { outcome: 'ok' },
    condition: 'not-found',
    states: { 'proxy-denies': 'not-found', 'proxy-unreachable': 'not-found', 'tls-intercepted': 'not-found' },
  },
  denied: {
    plan: { outcome: 'denied' },
    condition: 'would-occur',
    states: { 'proxy-denies': 'confirmed', 'proxy-unreachable': 'not-found', 'tls-intercepted': 'unknown' },
  },
  '407': {
    plan: { outcome: 'proxy-auth' },
    condition: 'would-occur',
    states: { 'proxy-denies': 'confirmed', 'proxy-unreachable': 'not-found', 'tls-intercepted': 'unknown' },
  },
  silent: {
    plan: { outcome: 'proxy-silent' },
    condition: 'would-occur',
    states: { 'proxy-denies': 'unknown', 'proxy-unreachable': 'confirmed', 'tls-intercepted': 'unknown' },
  },
  dead: {
    plan: { outcome: 'proxy-unreachable', code: 'ECONNREFUSED' },
    condition: 'would-occur',
    states: { 'proxy-denies': 'unknown', 'proxy-unreachable': 'confirmed', 'tls-intercepted': 'unknown' },
  },
  garbage: {
    plan: { outcome: 'proxy-error', code: 'NOT_HTTP', status: null },
    condition: 'would-occur',
    states: { 'proxy-denies': 'unknown', 'proxy-unreachable': 'confirmed', 'tls-intercepted': 'unknown' },
  },
  intercepted: {
    plan: { outcome: 'intercepted' },
    condition: 'would-occur',
    states: { 'proxy-denies': 'not-found', 'proxy-unreachable': 'not-found', 'tls-intercepted': 'confirmed' },
  },
};

const GRID = Object.entries(ROUTERS).flatMap(([router, direct]) =>
  Object.entries(PROXIES).map(([proxy, expected]) => ({ router, direct, proxy, ...expected })),
);

describe('router × proxy, PMS configured for the proxy', () => {
  it.each(GRID)('$router × $proxy: $condition', ({ direct, plan, condition, states }) => {
    const diagnosis = diagnose(CAUSES, factsFixture({ direct, viaProxy: plan }), []);
    // Where a direct connection is stopped, a scanner that goes around the proxy is not seen by a probe.
    expect(diagnosis.condition).toBe(condition === 'not-found' && direct !== 'ok' ? 'unknown' : condition);
    const reached = direct === 'ok' || plan.outcome === 'ok';
    expect(statesOf(diagnosis)).toMatchObject({
      ...NO_FAULT,
      // No scanner ran whose variables could be read: without them it gets through an open router only.
      'proxy-not-in-process': direct === 'ok' ? 'not-found' : 'unknown',
      ...states,
      'scanner-bypasses-proxy': direct === 'ok' ? 'not-found' : 'possible',
      'endpoint-down': reached ? 'not-found' : 'unknown',
    });
  });
});

describe('shape', () => {
  const facts = factsFixture({ viaProxy: 'denied' });

  it('holds every cause once, the surest first', () => {
    const { causes } = diagnose(CAUSES, facts, []);
    expect(causes.map(({ id }) => id).toSorted()).toEqual([...CAUSE_IDS].toSorted());
    const order = ['confirmed', 'likely', 'possible', 'ruled-out', 'unknown'];
    const ranks = causes.map(({ state }) => order.indexOf(state));
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
  });

  it('gives a remedy, with the hosts in it, exactly to the causes that stand', () => {
    const { causes } = diagnose(CAUSES, facts, []);
    const standing = causes.filter(({ state }) => state !== 'ruled-out' && state !== 'unknown');
    expect(causes.filter(({ remedy }) => remedy !== null)).toEqual(standing);
    expect(causes.find(({ id }) => id === 'proxy-denies')?.remedy).toMatchObject({
      message: 'remedy',
      args: { hosts: 'plex.tv, metadata.provider.plex.tv' },
    });
    for (const { remedy } of causes) expect(remedy?.text ?? '').not.toMatch(/\{\w+\}/);
  });

  it('always says why', () => {
    const grid = GRID.flatMap(
      ({ direct, plan }) => diagnose(CAUSES, factsFixture({ direct, viaProxy: plan }), []).causes,
    );
    expect(grid.filter(({ because }) => because.length === 0 || because.some(({ text }) => text === ''))).toEqual([]);
  });

  it('leaves every cause unknown, with the reason, when there is nothing to judge', () => {
    const { causes } = diagnose(
      CAUSES,
      factsFixture({ items: { settings: failed('EACCES', 'permission denied') } }),
      [],
    );
    expect(new Set(causes.map(({ state }) => state))).toEqual(new Set(['unknown']));
    expect(causes[0]?.because).toEqual([{ message: 'EACCES', args: {}, text: 'permission denied' }]);
  });

  it('adds the words of checks that explain a cause which stands', () => {
    const finding: Finding = {
      check: 'uppercase-http-proxy',
      verdict: 'warn',
      severity: 'high',
      message: 'ignored',
      args: { variable: 'HTTP_PROXY' },
      text: 'HTTP_PROXY is ignored by libcurl.',
      remedy: null,
      endpoint: null,
      supersededBy: null,
      causes: [],
    };
    const unproxied = factsFixture({ variables: { HTTP_PROXY: PROXY } });
    const [told] = diagnose(CAUSES, unproxied, [finding]).causes.filter(({ id }) => id === 'proxy-not-in-process');
    const [ruledOut] = diagnose(CAUSES, factsFixture(), [finding]).causes.filter(
      ({ id }) => id === 'proxy-not-in-process',
    );
    const statement = { message: 'uppercase-http-proxy/ignored', args: { variable: 'HTTP_PROXY' }, text: finding.text };
    expect(told?.because).toContainEqual(statement);
    expect(ruledOut?.because).not.toContainEqual(statement);
  });

  it('survives evidence without proxies and attempts', () => {
    const bare = factsFixture({
      items: { proxies: ok([]), 'attempts.direct': notRun('OTHER', 'x'), 'attempts.proxy': notRun('OTHER', 'x') },
    });
    expect(diagnose(CAUSES, bare, []).condition).toBe('unknown');
  });
});

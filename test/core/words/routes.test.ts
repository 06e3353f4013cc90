import { expect, it } from 'vitest';
import { valueOf } from '../../../src/core/model/evidence.ts';
import type { Route } from '../../../src/core/model/outcome.ts';
import type { EndpointResult } from '../../../src/core/model/report.ts';
import type { Statement } from '../../../src/core/model/statement.ts';
import { describeRoute, ROUTE_MESSAGES } from '../../../src/core/words/routes.ts';
import { factsFixture, type AttemptPlan, type FixtureOptions } from '../../support/fixtures/facts.ts';

const target = 'plex.tv:443';

interface Row {
  /** null: the route was not attempted at all. */
  readonly plan: AttemptPlan | null;
  readonly route?: Route;
  readonly id?: string;
  readonly statement: Statement;
}

const ROWS: readonly Row[] = [
  {
    plan: { outcome: 'ok', ms: 41.4 },
    statement: {
      message: 'proxied-answers',
      args: { target, ms: 41 },
      text: 'plex.tv:443 answers through the proxy in 41 ms',
    },
  },
  {
    plan: { outcome: 'ok', ms: 41.4 },
    route: 'direct',
    statement: { message: 'direct-answers', args: { target, ms: 41 }, text: 'plex.tv:443 answers directly in 41 ms' },
  },
  {
    plan: { outcome: 'denied' },
    statement: {
      message: 'proxy-refused',
      args: { status: 403, request: 'CONNECT plex.tv:443', code: 'ERR_ACCESS_DENIED' },
      text: 'the proxy answered 403 to CONNECT plex.tv:443 (ERR_ACCESS_DENIED)',
    },
  },
  {
    plan: { outcome: 'denied' },
    id: 'resources-cdn.plexapp.com',
    statement: {
      message: 'proxy-refused',
      args: { status: 403, request: 'GET http://resources-cdn.plexapp.com:80/', code: 'ERR_ACCESS_DENIED' },
      text: 'the proxy answered 403 to GET http://resources-cdn.plexapp.com:80/ (ERR_ACCESS_DENIED)',
    },
  },
  {
    plan: { outcome: 'proxy-error', code: 'NOT_HTTP', status: null },
    statement: {
      message: 'proxied-failed',
      args: { target, outcome: 'proxy error', code: 'NOT_HTTP' },
      text: 'plex.tv:443 through the proxy: proxy error (NOT_HTTP)',
    },
  },
  {
    plan: { outcome: 'stalled' },
    route: 'direct',
    statement: {
      message: 'direct-failed',
      args: { target, outcome: 'stalled' },
      text: 'plex.tv:443 directly: stalled',
    },
  },
  ...(['direct', 'proxy'] as const).flatMap((route): readonly Row[] => {
    const [by, how] = route === 'direct' ? ['direct', 'directly'] : ['proxied', 'through the proxy'];
    return [
      {
        plan: { outcome: 'not-run', code: 'BUDGET_SPENT' },
        route,
        statement: {
          message: `${by}-not-attempted`,
          args: { target, code: 'BUDGET_SPENT' },
          text: `plex.tv:443 was not attempted ${how} (BUDGET_SPENT)`,
        },
      },
      {
        plan: { outcome: 'not-run', code: 'NEVER_ASKED' },
        route,
        statement: {
          message: `${by}-not-seen`,
          args: { target },
          text: `PMS was not seen to contact plex.tv:443 ${how}`,
        },
      },
      {
        plan: { outcome: 'not-run', code: 'OUTCOME_NOT_SEEN' },
        route,
        statement: {
          message: `${by}-end-not-seen`,
          args: { target },
          text: `PMS contacted plex.tv:443 ${how}; the outcome was not seen`,
        },
      },
    ];
  }),
  {
    plan: null,
    statement: {
      message: 'proxied-not-attempted',
      args: { target },
      text: 'plex.tv:443 was not attempted through the proxy',
    },
  },
];

it.each(ROWS)('$statement.text', ({ plan, route = 'proxy', id = 'plex.tv', statement }) => {
  const options: FixtureOptions = route === 'proxy' ? { viaProxy: plan } : { direct: plan ?? 'not-run' };
  expect(describeRoute(resultOf(id, options), route)).toEqual(statement);
});

it('has a row for each of its messages', () => {
  const exercised = new Set(ROWS.map(({ statement }) => statement.message));
  expect(Object.keys(ROUTE_MESSAGES).filter((id) => !exercised.has(id))).toEqual([]);
});

function resultOf(id: string, options: FixtureOptions): EndpointResult {
  const found = (valueOf(factsFixture(options).results) ?? []).find(({ result }) => result.id === id);
  if (found === undefined) throw new Error(`the fixture has no endpoint ${id}`);
  return found.result;
}

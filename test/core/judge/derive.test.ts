import { describe, expect, it } from 'vitest';
import { deriveFacts } from '../../../src/core/judge/derive.ts';
import { usedSource } from '../../../src/core/judge/settings/judged-settings.ts';
import {
  failed,
  notRun,
  ok,
  valueOf,
  type Evidence,
  type Gathered,
  type Settings,
} from '../../../src/core/model/evidence.ts';
import { evidenceFixture } from '../../support/fixtures/evidence.ts';
import { endpoint, PROXY, source, type FixtureOptions } from '../../support/fixtures/facts.ts';
import { directFlow, traffic } from '../../support/fixtures/traffic.ts';

function derived(options: FixtureOptions = {}, items: Partial<Evidence['items']> = {}) {
  const { routing, results } = deriveFacts(evidenceFixture(options, items));
  return { routing: valueOf(routing), results: valueOf(results), raw: { routing, results } };
}

describe('deriveFacts', () => {
  it.each<[string, FixtureOptions, string, boolean]>([
    ['the version of the bundled libcurl', {}, 'curl-7.87', true],
    ['an old one', { pms: { libcurl: ok({ version: '7.60.0', file: 'x' }) } }, 'curl-7.85', true],
    ['a new one', { pms: { libcurl: ok({ version: '8.18.0', file: 'x' }) } }, 'curl-8.18', true],
    ['unknown', { pms: { libcurl: failed('EACCES', 'x') } }, 'curl', false],
    ['no PMS', { items: { pms: failed('OTHER', 'x') } }, 'curl', false],
  ])('PMS follows %s', (_, options, dialect, known) => {
    expect(derived(options).routing).toMatchObject({ pmsDialect: dialect, pmsDialectKnown: known });
  });

  it.each<[string, Readonly<Record<string, string>>, boolean]>([
    ['both variables', { https_proxy: PROXY, http_proxy: PROXY }, true],
    ['one of them', { http_proxy: PROXY }, true],
    ['none', {}, false],
    ['everything excluded', { https_proxy: PROXY, http_proxy: PROXY, no_proxy: '*' }, false],
    ['only the spelling that curl ignores', { HTTP_PROXY: PROXY }, false],
  ])('a proxy is configured: %s', (_, variables, configured) => {
    expect(derived({ variables }).routing?.configured).toBe(configured);
  });

  it.each([
    ['http://proxy.test:3128', 'proxy'],
    ['', 'direct'],
    ['http://proxy.test:port', 'refused'],
  ])('the settings %j mean for curl: %s', (https_proxy, way) => {
    const { results } = derived({ endpoints: [endpoint('plex.tv')], variables: { https_proxy } });
    expect(results?.map(({ result }) => result.configured['curl'])).toEqual([way]);
  });

  it('decides for every endpoint and for the calls to PMS itself', () => {
    const relay = endpoint('*.relay.test', { kind: 'wildcard', probeHost: null });
    const { routing, results } = derived({
      endpoints: [endpoint('plex.tv'), relay],
      variables: { https_proxy: PROXY, http_proxy: PROXY, no_proxy: 'relay.test,localhost' },
    });
    expect(Object.keys(routing?.decisions ?? {})).toEqual(['plex.tv', '*.relay.test']);
    expect(results?.map(({ result }) => result.configured['curl'])).toEqual(['proxy', 'direct']);
    expect(routing?.loopback.map(({ host, decisions }) => [host, decisions.curl.route])).toEqual([
      ['127.0.0.1', 'proxy'],
      ['localhost', 'direct'],
      ['::1', 'proxy'],
    ]);
  });

  it.each<[string, Partial<Evidence['items']>, string]>([
    ['no settings', { settings: failed('EACCES', 'x') }, 'EACCES'],
    ['no endpoints', { endpoints: failed('MALFORMED', 'x') }, 'MALFORMED'],
    ['the judged source is missing', { settings: settings({ used: 'pid:1' }) }, 'NO_SETTINGS'],
    [
      'the judged source cannot be read',
      {
        settings: settings({
          used: 's',
          sources: [source('s', 'unit', {}, { variables: failed('OVERWRITTEN', 'x') })],
        }),
      },
      'OVERWRITTEN',
    ],
  ])('without routing: %s', (_, items, code) => {
    expect(derived({}, items).raw.routing).toMatchObject({ reason: { code } });
  });

  it('usedSource is null when it is not among the sources', () => {
    expect(usedSource({ used: 'x', basis: 'assumed', why: '', sources: [] })).toBeNull();
  });

  it('what was seen stands in for attempts that nobody made', () => {
    const { items } = evidenceFixture({ traffic: traffic([directFlow('plex.tv')]) });
    const nothing = notRun('NOT_PROBED', 'x');
    const unprobed = { 'attempts.direct': nothing, 'attempts.proxy': nothing, traffic: items.traffic };
    expect(derived({}, unprobed).results?.map(({ result }) => result.direct.code)).toEqual([
      null,
      ...Array.from({ length: 5 }, () => 'NEVER_ASKED'),
    ]);
    expect(derived({}, { ...unprobed, traffic: notRun('NOT_WATCHED', 'x') }).raw.results).toMatchObject({
      reason: { code: 'NOT_PROBED' },
    });
  });

  it.each<[string, Partial<Evidence['items']>]>([
    ['the settings of a proxy', {}],
    ['settings that cannot be read', { settings: failed('EACCES', 'x') }],
  ])('judges what was seen by %s', (_, items) => {
    const facts = deriveFacts(evidenceFixture({ traffic: traffic([directFlow('plex.tv')]) }, items));
    expect(valueOf(facts.observed)?.flows.map((flow) => flow.bypass)).toEqual([true]);
  });

  it('watching that failed is a reason, not silence', () => {
    const facts = deriveFacts(evidenceFixture({}, { traffic: failed('CAPTURE_FAILED', 'x') }));
    expect(facts.observed).toMatchObject({ state: 'failed', reason: { code: 'CAPTURE_FAILED' } });
  });

  it('results stand without settings and without a proxy, not without direct attempts', () => {
    const proxyless = notRun('NO_PROXY_CONFIGURED', 'x');
    const { results } = derived({}, { settings: failed('OTHER', 'x'), 'attempts.proxy': proxyless });
    expect(results?.map(({ result }) => [result.proxy, result.configured])).toEqual(results?.map(() => [null, {}]));
    expect(derived({}, { 'attempts.direct': failed('INTERRUPTED', 'y') }).raw.results).toMatchObject({
      reason: { code: 'INTERRUPTED' },
    });
  });
});

function settings(more: Partial<Settings>): Gathered<Settings> {
  return ok({ used: 's', basis: 'observed', why: 'x', sources: [], ...more });
}

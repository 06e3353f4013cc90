import { array, assert, constantFrom, integer, option, property, record, subarray, type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../checks/index.ts';
import { CAUSES } from '../../src/causes/index.ts';
import { runChecks } from '../../src/core/check.ts';
import { diagnose } from '../../src/core/diagnose/diagnose.ts';
import { valueOf } from '../../src/core/model/evidence.ts';
import { OUTCOMES } from '../../src/core/model/outcome.ts';
import { NAME_SOURCES, WATCHER_KINDS, type Flow, type FlowName, type Traffic } from '../../src/core/model/traffic.ts';
import { ENDPOINTS, PROXY, factsFixture } from '../support/fixtures/facts.ts';
import { directFlow, question, watcher } from '../support/fixtures/traffic.ts';

const HOSTS = [...ENDPOINTS.map(({ host }) => host), 'api.example', '45.76.0.10'];
const time = option(integer({ min: 0, max: 59 }).map((second) => new Date(second * 1_000).toISOString()));
const name: Arbitrary<FlowName> = record({
  name: constantFrom(...HOSTS),
  source: constantFrom(...NAME_SOURCES),
  outer: constantFrom(false, false, true),
});
const flow: Arbitrary<Flow> = record({
  process: constantFrom(null, 'Plex Media Server', 'Plex Media Scanner'),
  pid: constantFrom(null, 812, 931),
  attribution: constantFrom(null, 'socket', 'network'),
  transport: constantFrom('tcp', 'udp'),
  client: constantFrom(null, '10.0.0.2', '10.0.0.3'),
  address: constantFrom(null, '45.76.0.10', '10.0.0.3', '2a00::1'),
  port: constantFrom(null, 443, 80, 53, 3128),
  targetPort: constantFrom(null, 443, 80),
  protocol: constantFrom(null, 'tls', 'quic', 'dns', 'ntp', 'http-proxy'),
  names: array(name, { maxLength: 3 }),
  route: constantFrom('proxy', 'direct', 'lan', 'loopback'),
  outcome: option(constantFrom(...OUTCOMES)),
  firstAt: time,
  lastAt: time,
  seenBy: subarray([...WATCHER_KINDS], { minLength: 1 }),
} satisfies { [K in keyof Flow]?: Arbitrary<Flow[K]> }).map((more) => directFlow(null, more));
const seen: Arbitrary<Traffic> = record({
  watchers: array(constantFrom(...WATCHER_KINDS).map((kind) => watcher(kind))),
  flows: array(flow, { maxLength: 6 }),
  questions: array(
    constantFrom(...HOSTS).map((host) => question(host)),
    { maxLength: 2 },
  ),
  omitted: constantFrom(0, 0, 1),
});
const variables = constantFrom<Readonly<Record<string, string>>[]>(
  {},
  { https_proxy: PROXY, http_proxy: PROXY },
  { https_proxy: PROXY, http_proxy: PROXY, no_proxy: 'plex.tv,.example' },
);

describe('whatever was seen', () => {
  it('no check crashes, every text is filled, and the diagnosis stands', () => {
    assert(
      property(seen, variables, (traffic, given) => {
        const facts = factsFixture({ traffic, variables: given });
        const findings = runChecks(CHECKS, facts);
        expect(findings.filter(({ verdict }) => verdict === 'crashed')).toEqual([]);
        expect(findings.filter(({ text, remedy }) => /\{\w+\}|undefined|null/.test(`${text}${remedy ?? ''}`))).toEqual(
          [],
        );
        expect(
          diagnose(CAUSES, facts, findings)
            .causes.flatMap(({ because }) => because.map(({ text }) => text))
            .join(' '),
        ).not.toMatch(/undefined|\bnull\b/);
      }),
    );
  });

  it('the order of the flows changes no verdict', () => {
    const verdicts = (traffic: Traffic, given: Readonly<Record<string, string>>) =>
      runChecks(CHECKS, factsFixture({ traffic, variables: given }))
        .map(({ check, verdict, message, endpoint }) => `${check} ${verdict} ${message} ${endpoint}`)
        .toSorted();
    assert(
      property(seen, variables, (traffic, given) => {
        const turned = { ...traffic, flows: traffic.flows.toReversed() };
        expect(verdicts(turned, given)).toEqual(verdicts(traffic, given));
      }),
    );
  });

  it('a bypass is claimed exactly where a flow is one, and silence of the proxy only where it was not asked', () => {
    assert(
      property(seen, variables, (traffic, given) => {
        const facts = factsFixture({ traffic, variables: given });
        const observed = valueOf(facts.observed);
        const findings = runChecks(CHECKS, facts);
        const claims = findings.filter(
          ({ check, message }) => check === 'bypass-observed' && (message === 'seen' || message === 'excluded'),
        );
        expect(claims.length > 0).toBe(observed?.flows.some(({ bypass }) => bypass));
        for (const { endpoint } of findings.filter(({ message }) => message === 'never-asked')) {
          expect(observed?.byEndpoint[endpoint ?? '']?.proxy).toEqual([]);
        }
      }),
    );
  });
});

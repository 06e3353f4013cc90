import { describe, expect, it } from 'vitest';
import { targetKey, wasLetThroughLater } from '../../../src/core/judge/let-through.ts';
import { observe, type SeenFlow } from '../../../src/core/judge/observed.ts';
import type { Flow, FlowName } from '../../../src/core/model/traffic.ts';
import { evidenceFixture } from '../../support/fixtures/evidence.ts';
import { directFlow, proxiedFlow, traffic } from '../../support/fixtures/traffic.ts';

const seen = (...flows: readonly Flow[]): readonly SeenFlow[] =>
  observe(traffic(flows), evidenceFixture().items, null).flows;
const at = (second: number): { readonly lastAt: string } => ({ lastAt: `2026-01-01T00:00:0${second}.000Z` });
const denied = (more: Partial<Flow> = {}): Flow => proxiedFlow('api.example', { outcome: 'denied', ...at(2), ...more });
const passed = (more: Partial<Flow> = {}): Flow => proxiedFlow('api.example', { ...at(3), ...more });
const names = (source: FlowName['source'], ...hosts: readonly string[]): readonly FlowName[] =>
  hosts.map((name) => ({ name, source, outer: false }));

describe('a refusal was let through later', () => {
  it.each<[string, Flow, Flow, boolean]>([
    ['by the same proxy for the same client', denied(), passed(), true],
    ['under the same name in other letters', denied(), passed({ names: names('host', 'API.example.') }), true],
    ['before, not later', denied(), passed(at(1)), false],
    ['at the same time', denied(), passed(at(2)), false],
    ['at the same time, after a challenge', denied({ outcome: 'proxy-auth' }), passed(at(2)), true],
    ['for another client', denied(), passed({ client: '10.0.0.9' }), false],
    ['for another port', denied(), passed({ targetPort: 80 }), false],
    ['for another host', denied(), passed({ names: names('host', 'other.example') }), false],
    ['around the proxy', denied(), passed({ route: 'direct' }), false],
    ['at a time that is not known', denied({ lastAt: null }), passed(), false],
  ])('%s', (_, refused, later, expected) => {
    const [first, ...rest] = seen(refused, later);
    expect(wasLetThroughLater(first === undefined ? [] : [first], rest)).toBe(expected);
  });
});

it('a target without one name is all that it could have been', () => {
  const [one, other, named] = seen(
    directFlow(null, { names: names('dns', 'a.example', 'b.example') }),
    directFlow(null, { names: names('dns', 'b.example', 'a.example') }),
    directFlow('a.example'),
  ).map(targetKey);
  expect(one).toBe(other);
  expect(named).not.toBe(one);
});

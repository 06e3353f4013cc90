import { describe, expect, it } from 'vitest';
import { planProbes } from '../../../src/gather/probe/plan.ts';
import { endpoint } from '../../support/fixtures/facts.ts';

describe('planProbes', () => {
  const endpoints = [
    endpoint('o', { need: 'optional' }),
    endpoint('s1', { need: 'scan' }),
    endpoint('f', { need: 'feature' }),
    endpoint('s2', { need: 'scan', kind: 'wildcard', host: '*.s2', probeHost: 'x.s2' }),
    endpoint('relay', { kind: 'wildcard', probeHost: null }),
    endpoint('dns', { kind: 'dns' }),
    endpoint('lan', { kind: 'udp' }),
  ];

  it('what a scan needs comes first; both families directly, once through the proxy', () => {
    const { jobs } = planProbes(endpoints, [4, 6], true);
    const told = jobs.map(({ endpoint: { id }, host, route, family }) => `${id} ${host} ${route} ${family ?? '-'}`);
    expect(told).toEqual(
      ['s1 s1', 's2 x.s2', 'f f', 'o o'].flatMap((e) => [`${e} direct 4`, `${e} direct 6`, `${e} proxy -`]),
    );
  });

  it.each([
    [[4] as const, false, ['direct4']],
    [[6] as const, true, ['direct6', 'proxynull']],
    [[] as const, true, ['proxynull']],
  ])('families %j, proxy %s', (families, withProxy, expected) => {
    const { jobs } = planProbes([endpoint('a')], families, withProxy);
    expect(jobs.map(({ route, family }) => `${route}${family}`)).toEqual(expected);
  });

  it('names what it leaves out', () => {
    expect(planProbes(endpoints, [4], false).skipped.map((e) => e.id)).toEqual(['relay', 'dns', 'lan']);
  });
});

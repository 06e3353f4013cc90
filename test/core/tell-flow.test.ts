import { describe, expect, it } from 'vitest';
import { observe, type SeenFlow } from '../../src/core/observed.ts';
import { OUTCOMES } from '../../src/core/outcome.ts';
import { becameOf, isBlocked, seenIn, targetOf, tellDirect, tellProxied, whoOf } from '../../src/core/tell-flow.ts';
import { WATCHER_KINDS, type Flow, type FlowName } from '../../src/core/traffic.ts';
import { evidenceFixture } from '../support/evidence-fixture.ts';
import { directFlow, proxiedFlow, traffic } from '../support/traffic-fixture.ts';

const seen = (...flows: readonly Flow[]): readonly SeenFlow[] =>
  observe(traffic(flows), evidenceFixture().items, null).flows;
const name = (text: string, source: FlowName['source'], outer = false): FlowName => ({ name: text, source, outer });

describe('whoOf', () => {
  it.each<[Partial<Flow>, string]>([
    [{}, 'Plex Media Scanner (pid 931)'],
    [{ pid: null }, 'Plex Media Scanner'],
    [{ process: null, pid: null }, 'a process of 10.0.0.2'],
    [{ process: null, pid: null, client: null }, 'an unknown process'],
  ])('%j', (flow, expected) => {
    expect(whoOf(directFlow(null, flow))).toBe(expected);
  });
});

describe('targetOf', () => {
  it.each<[string, Flow, string]>([
    ['a name', directFlow('plex.tv'), 'plex.tv:443'],
    ['an address', directFlow(null), '45.76.0.10:443'],
    ['an address of IPv6', directFlow(null, { address: '2a00::1' }), '[2a00::1]:443'],
    ['nothing at all', proxiedFlow(null, { targetPort: null }), 'an unknown host'],
    [
      'several names',
      directFlow(null, { names: [name('a.example', 'dns'), name('b.example', 'dns'), name('c.example', 'lookup')] }),
      '45.76.0.10:443 (one of a.example, b.example)',
    ],
    [
      'our own lookup',
      directFlow(null, { names: [name('plex.tv', 'lookup')] }),
      'plex.tv:443 (by its address 45.76.0.10)',
    ],
    [
      'the proxy itself, which names nobody',
      proxiedFlow(null, { address: '10.0.0.3', port: 3128, targetPort: null, names: [name('proxy.example', 'dns')] }),
      '10.0.0.3:3128',
    ],
  ])('%s', (_, flow, expected) => {
    expect(seen(flow).map(targetOf)).toEqual([expected]);
  });
});

it('has words for every outcome and every watcher', () => {
  expect(new Set(OUTCOMES.map(becameOf)).size).toBe(OUTCOMES.length);
  expect(becameOf(null)).toBe('outcome not seen');
  expect(seenIn(WATCHER_KINDS).split(', ')).toHaveLength(WATCHER_KINDS.length);
});

it('only what is known not to have come about is blocked', () => {
  expect(
    [null, 'ok', 'not-run', 'no-reply', 'cut'].map((outcome) => isBlocked(OUTCOMES.find((o) => o === outcome) ?? null)),
  ).toEqual([false, false, false, true, true]);
});

describe('tellDirect', () => {
  it.each<[string, readonly Flow[], string]>([
    ['nothing', [], 'nothing was seen'],
    [
      'one',
      [directFlow('plex.tv', { tries: 1 })],
      'Plex Media Scanner (pid 931) connects to plex.tv:443 directly: no reply, 1 try (packets)',
    ],
    [
      'several programs and outcomes; sockets and packets of the same connections count once',
      [
        directFlow('plex.tv'),
        directFlow('plex.tv', { seenBy: ['socket'], outcome: null, tries: 1 }),
        directFlow('plex.tv', { process: 'Plex Script Host', pid: 7, outcome: 'refused', tries: 1 }),
      ],
      'Plex Media Scanner (pid 931), Plex Script Host (pid 7) connects to plex.tv:443 directly: no reply, outcome not seen, refused, 5 tries (packets, its sockets)',
    ],
    [
      'several addresses, perhaps of one host',
      ['10.0.0.2', '2001:db8::2'].map((client) =>
        directFlow('plex.tv', { process: null, pid: null, client, tries: 1 }),
      ),
      'a process of 10.0.0.2 or 2001:db8::2 connects to plex.tv:443 directly: no reply, 2 tries (packets)',
    ],
  ])('%s', (_, flows, expected) => {
    expect(tellDirect(seen(...flows))).toBe(expected);
  });
});

describe('tellProxied', () => {
  it.each<[string, readonly Flow[], string]>([
    ['nothing', [], 'the proxy was never asked'],
    ['once', [proxiedFlow('plex.tv')], 'the proxy was asked for plex.tv:443 once: connected (the log of the proxy)'],
    [
      'denied, with the words of the proxy',
      [proxiedFlow('plex.tv', { outcome: 'denied', status: 403, code: 'TCP_DENIED', count: 3 })],
      'the proxy was asked for plex.tv:443 3 times: denied by the proxy (403 TCP_DENIED) (the log of the proxy)',
    ],
    [
      'not reached, so that nobody saw what for',
      [
        proxiedFlow(null, {
          outcome: 'proxy-unreachable',
          code: 'refused',
          address: '10.0.0.9',
          status: null,
          count: 2,
        }),
      ],
      'the proxy was called 2 times: the proxy was not reached (refused) (the log of the proxy)',
    ],
  ])('%s', (_, flows, expected) => {
    expect(tellProxied(seen(...flows))).toBe(expected);
  });
});

import { describe, expect, it } from 'vitest';
import { observe, type SeenFlow } from '../../../src/core/judge/observed.ts';
import { OUTCOME, OUTCOMES } from '../../../src/core/model/outcome.ts';
import type { Statement } from '../../../src/core/model/statement.ts';
import {
  connectionWords,
  describeDirect,
  describeProxied,
  FLOW_MESSAGES,
  seenIn,
  targetOf,
  whoOf,
} from '../../../src/core/words/flows.ts';
import { WATCHER_KINDS, type Flow, type FlowName } from '../../../src/core/model/traffic.ts';
import { evidenceFixture } from '../../support/fixtures/evidence.ts';
import { directFlow, loggedFlow, traffic } from '../../support/fixtures/traffic.ts';

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
    ['nothing at all', loggedFlow(null, { targetPort: null }), 'an unknown host'],
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
      loggedFlow(null, { address: '10.0.0.3', port: 3128, targetPort: null, names: [name('proxy.example', 'dns')] }),
      '10.0.0.3:3128',
    ],
  ])('%s', (_, flow, expected) => {
    expect(seen(flow).map(targetOf)).toEqual([expected]);
  });
});

it('calls a connection that was merely seen connected, every failure by its one name', () => {
  const others = OUTCOMES.filter((outcome) => outcome !== 'ok');
  expect(others.map(connectionWords)).toEqual(others.map((outcome) => OUTCOME[outcome].words));
  expect([connectionWords('ok'), connectionWords(null)]).toEqual(['connected', 'outcome not seen']);
});

it('has words for every watcher', () => {
  expect(seenIn(WATCHER_KINDS).split(', ')).toHaveLength(WATCHER_KINDS.length);
});

const ROWS: readonly (readonly [string, Statement, Statement])[] = [
  ['no connection', describeDirect([]), { message: 'no-connection', args: {}, text: 'nothing was seen' }],
  [
    'one',
    describeDirect(seen(directFlow('plex.tv', { tries: 1 }))),
    {
      message: 'direct-connection',
      args: {
        process: 'Plex Media Scanner (pid 931)',
        target: 'plex.tv:443',
        outcome: 'no reply',
        tries: 1,
        seenIn: 'packets',
      },
      text: 'Plex Media Scanner (pid 931) connects to plex.tv:443 directly: no reply, 1 try (packets)',
    },
  ],
  [
    'several programs and outcomes; sockets and packets of the same connections count once',
    describeDirect(
      seen(
        directFlow('plex.tv'),
        directFlow('plex.tv', { seenBy: ['socket'], outcome: null, tries: 1 }),
        directFlow('plex.tv', { process: 'Plex Script Host', pid: 7, outcome: 'refused', tries: 1 }),
      ),
    ),
    {
      message: 'direct-connection',
      args: {
        process: 'Plex Media Scanner (pid 931), Plex Script Host (pid 7)',
        target: 'plex.tv:443',
        outcome: 'no reply, outcome not seen, refused',
        tries: 5,
        seenIn: 'packets, its sockets',
      },
      text: 'Plex Media Scanner (pid 931), Plex Script Host (pid 7) connects to plex.tv:443 directly: no reply, outcome not seen, refused, 5 tries (packets, its sockets)',
    },
  ],
  [
    'several addresses, perhaps of one host',
    describeDirect(
      seen(
        ...['10.0.0.2', '2001:db8::2'].map((client) =>
          directFlow('plex.tv', { process: null, pid: null, client, tries: 1 }),
        ),
      ),
    ),
    {
      message: 'direct-connection',
      args: {
        process: 'a process of 10.0.0.2 or 2001:db8::2',
        target: 'plex.tv:443',
        outcome: 'no reply',
        tries: 2,
        seenIn: 'packets',
      },
      text: 'a process of 10.0.0.2 or 2001:db8::2 connects to plex.tv:443 directly: no reply, 2 tries (packets)',
    },
  ],
  ['no request', describeProxied([]), { message: 'proxy-never-asked', args: {}, text: 'the proxy was never asked' }],
  [
    'one request',
    describeProxied(seen(loggedFlow('plex.tv'))),
    {
      message: 'proxy-asked',
      args: { target: 'plex.tv:443', count: 1, outcome: 'connected', seenIn: 'the log of the proxy' },
      text: 'the proxy was asked for plex.tv:443 once: connected (the log of the proxy)',
    },
  ],
  [
    'denied, with the words of the proxy',
    describeProxied(seen(loggedFlow('plex.tv', { outcome: 'denied', status: 403, code: 'TCP_DENIED', count: 3 }))),
    {
      message: 'proxy-asked',
      args: {
        target: 'plex.tv:443',
        count: 3,
        outcome: 'denied (403 TCP_DENIED)',
        seenIn: 'the log of the proxy',
      },
      text: 'the proxy was asked for plex.tv:443 3 times: denied (403 TCP_DENIED) (the log of the proxy)',
    },
  ],
  [
    'not reached, so that its target was not seen',
    describeProxied(
      seen(
        loggedFlow(null, {
          outcome: 'proxy-unreachable',
          code: 'refused',
          address: '10.0.0.9',
          status: null,
          count: 2,
        }),
      ),
    ),
    {
      message: 'proxy-called',
      args: { count: 2, outcome: 'proxy unreachable (refused)', seenIn: 'the log of the proxy' },
      text: 'the proxy was called 2 times: proxy unreachable (refused) (the log of the proxy)',
    },
  ],
];

describe('connections and requests', () => {
  it.each(ROWS)('%s', (_, made, statement) => {
    expect(made).toEqual(statement);
  });

  it('have a row for each message', () => {
    const exercised = new Set(ROWS.map(([, { message }]) => message));
    expect(Object.keys(FLOW_MESSAGES).filter((id) => !exercised.has(id))).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { relaysOf } from '../../../../src/core/judge/traffic/relays.ts';
import type { Flow } from '../../../../src/core/model/traffic.ts';
import { directFlow, proxiedFlow } from '../../../support/fixtures/traffic.ts';

const PROXY = '10.0.1.3';
const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString();
const asked = (host: string, seconds: number): Flow => proxiedFlow(host, { client: 'fd00::2', firstAt: at(seconds) });
const opened = (host: string, seconds: number, more: Partial<Flow> = {}): Flow =>
  directFlow(host, { process: null, pid: null, client: PROXY, outcome: 'ok', firstAt: at(seconds), ...more });

describe('relaysOf', () => {
  const requests = [asked('plex.tv', 10), asked('pubsub.plex.tv', 20)];
  it.each<[string, readonly Flow[], readonly string[]]>([
    ['who opens what was just asked for', [opened('plex.tv', 11), opened('pubsub.plex.tv', 20)], [PROXY]],
    ['of one host that may be chance', [opened('plex.tv', 11)], []],
    [
      'not who opens something else too',
      [opened('plex.tv', 11), opened('pubsub.plex.tv', 20), opened('a.example', 20)],
      [],
    ],
    ['not who is too late', [opened('plex.tv', 11), opened('pubsub.plex.tv', 29)], []],
    ['not who is first', [opened('plex.tv', 9), opened('pubsub.plex.tv', 20)], []],
    ['not who is blocked', [opened('plex.tv', 11), opened('pubsub.plex.tv', 20, { outcome: 'no-reply' })], []],
    [
      'not who asks the proxy too',
      [opened('plex.tv', 11, { client: 'fd00::2' }), opened('pubsub.plex.tv', 20, { client: 'fd00::2' })],
      [],
    ],
    [
      'not a process of PMS',
      [opened('plex.tv', 11, { process: 'x' }), opened('pubsub.plex.tv', 20, { process: 'x' })],
      [],
    ],
  ])('%s', (_, flows, expected) => {
    expect(relaysOf([...requests, ...flows])).toEqual(expected);
  });
});

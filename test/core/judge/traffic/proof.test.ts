import { describe, expect, it } from 'vitest';
import { contactsOf, judgeProof, libraryEnd, otherChanges } from '../../../../src/core/judge/traffic/proof.ts';
import type { Bridge, Contact, ProofStep, Tunnel } from '../../../../src/core/model/bridge.ts';
import type { Scan } from '../../../../src/core/model/experiment.ts';
import { describeProof } from '../../../../src/core/words/proof.ts';
import { directFlow, proxiedFlow } from '../../../support/fixtures/traffic.ts';

const HOST = 'metadata.provider.plex.tv';
const AT = '2026-11-22T14:03:11.000Z';

function scan(end: Scan['end'], status: number | null = end === 'refused' ? 503 : 200, id = '1'): Scan {
  const library = {
    id,
    type: 'artist',
    agent: 'tv.plex.agents.music',
    scanner: 'Plex Music',
    needs: 'provider',
    locations: 1,
  } as const;
  const times = { startedAt: AT, endedAt: AT, narrowed: false };
  return { library, role: 'agent', attempt: 1, ...times, status, body: null, end, trouble: null };
}

const missed: Contact = { host: HOST, route: 'direct', process: 'Plex Media Scanner', outcome: 'no-reply', count: 2 };
const through: Contact = { ...missed, route: 'bridge', outcome: 'ok' };
const tunnel: Tunnel = { host: HOST, at: AT, outcome: 'ok', code: null, status: 200 };

function step(name: ProofStep['name'], scans: readonly Scan[], more: Partial<ProofStep> = {}): ProofStep {
  const empty = { contacts: [], tunnels: [], others: [], logged: null, watched: true };
  return { name, startedAt: AT, endedAt: AT, pid: 812, scans, ...empty, ...more };
}

const BEFORE = step('before', [scan('refused')], { contacts: [missed] });
const WITH = step('with', [scan('finished')], { contacts: [through], tunnels: [tunnel] });
const AFTER = step('after', [scan('refused')], { contacts: [missed] });

function bridge(steps: readonly ProofStep[], more: Partial<Bridge> = {}): Bridge {
  return {
    hosts: [{ host: HOST, address: '127.66.0.1' }],
    proxy: 'http://proxy.example:3128',
    steps,
    asked: [tunnel],
    stopped: null,
    remarks: [],
    restored: true,
    detail: null,
    ...more,
  };
}

describe('judgeProof', () => {
  it.each<[string, Bridge, string]>([
    ['refused, scanned, refused', bridge([BEFORE, WITH, AFTER]), 'proved proved'],
    [
      'taken without reaching the host, reached, not reached',
      bridge([{ ...BEFORE, scans: [scan('finished')] }, WITH, { ...AFTER, scans: [scan('finished')] }]),
      'proved proved',
    ],
    [
      'refused with it as well',
      bridge([BEFORE, { ...WITH, scans: [scan('refused')] }, AFTER]),
      'not-proved with-failed',
    ],
    [
      'the proxy refused all that the bridge asked',
      bridge([BEFORE, { ...WITH, tunnels: [{ ...tunnel, outcome: 'denied', status: 403 }] }, AFTER]),
      'not-proved with-failed',
    ],
    [
      'nothing asked of the bridge',
      bridge([BEFORE, { ...WITH, contacts: [], tunnels: [] }, AFTER]),
      'undecided with-idle',
    ],
    [
      'nothing asked of the bridge, by what was not watched',
      bridge([BEFORE, { ...WITH, contacts: [], tunnels: [], watched: null }, AFTER]),
      'undecided with-unknown',
    ],
    ['still running with it', bridge([BEFORE, { ...WITH, scans: [scan('running')] }, AFTER]), 'undecided with-unknown'],
    ['nothing new afterwards', bridge([BEFORE, WITH, step('after', [scan('finished')])]), 'undecided nothing-new'],
    [
      'reached directly afterwards',
      bridge([BEFORE, WITH, step('after', [scan('finished')], { contacts: [{ ...missed, outcome: 'ok' }] })]),
      'not-proved after-works',
    ],
    [
      'no answer afterwards',
      bridge([BEFORE, WITH, step('after', [scan('unanswered', null)])]),
      'undecided after-unknown',
    ],
    [
      'a wrong request afterwards',
      bridge([BEFORE, WITH, step('after', [scan('refused', 404)])]),
      'undecided after-unknown',
    ],
    ['two steps', bridge([BEFORE, WITH]), 'undecided missing-step'],
    ['another PMS', bridge([BEFORE, { ...WITH, pid: 900 }, AFTER]), 'undecided pms-restarted'],
    ['not refused', bridge([step('before', [scan('finished')]), WITH, AFTER]), 'undecided not-refused'],
    [
      'one of two libraries failed with it',
      bridge([
        step('before', [scan('refused'), scan('refused', 503, '2')]),
        { ...WITH, scans: [scan('finished'), scan('refused', 503, '2')] },
        AFTER,
      ]),
      'not-proved with-failed',
    ],
    ['a mount is left', bridge([BEFORE, WITH, AFTER], { restored: false }), 'not-proved not-restored'],
    [
      'the proxy refuses the name',
      bridge([BEFORE], { stopped: { why: 'proxy-refuses', args: { host: HOST, answer: '403' } }, restored: null }),
      'not-proved proxy-refuses',
    ],
    [
      'a line of the hosts file',
      bridge([BEFORE], { stopped: { why: 'hosts-line', args: { host: HOST, address: '10.0.0.9', line: 3 } } }),
      'undecided hosts-line',
    ],
    ['interrupted', bridge([BEFORE, WITH], { stopped: { why: 'interrupted', args: {} } }), 'undecided interrupted'],
  ])('%s', (_name, given, expected) => {
    const { state, why } = judgeProof(given);
    expect(`${state} ${why}`).toBe(expected);
  });

  it('says what was asked of the proxy, and what else has changed', () => {
    const others = [{ host: 'plex.tv', outcome: 'ok' as const }];
    const told = describeProof(
      bridge([{ ...BEFORE, others }, WITH, { ...AFTER, others: [{ host: 'plex.tv', outcome: 'refused' }] }], {
        remarks: [{ message: 'shared-hosts', args: {} }],
      }),
    );
    expect(told.because.map(({ message }) => message)).toEqual(['proved', 'asked-by-name']);
    expect(told.notes.map(({ message }) => message)).toEqual(['shared-hosts', 'other-changed', 'log-not-read']);
    expect(otherChanges(bridge([BEFORE, WITH, AFTER]))).toEqual([]);
  });

  it('says why PMS was not asked to scan', () => {
    const because = (notAsked: string | null) => describeProof(bridge([]), notAsked).because.map(({ text }) => text);
    expect(because('PMS did not answer')).toEqual(['PMS was not asked to scan: PMS did not answer']);
    expect(because(null)).toEqual(['not all three scans took place']);
  });

  it.each<[string, ProofStep, string]>([
    ['no such library', BEFORE, 'unknown'],
    [
      'an unseen outcome',
      step('before', [scan('finished', 200, '9')], { contacts: [{ ...missed, outcome: null }] }),
      'unknown',
    ],
  ])('a library with %s', (_name, given, expected) => {
    expect(libraryEnd(given, '9')).toBe(expected);
  });
});

describe('contactsOf', () => {
  const bridged = [{ host: HOST, address: '127.66.0.1' }];
  const none = { scans: [], controls: [] };
  const loopback = { ...directFlow(HOST), address: '127.66.0.1', route: 'loopback' } as const;

  it.each([
    ['a direct connection', directFlow(HOST), ['direct']],
    ['one to the bridge', loopback, ['bridge']],
    ['one to another listener of this machine', { ...loopback, address: '127.0.0.1' }, []],
    ['another host', directFlow('plex.tv'), []],
    ['one to the proxy by a known process', { ...proxiedFlow(HOST), attribution: 'trace' as const }, ['proxy']],
    [
      'one to the proxy that the bridge itself may have made',
      { ...proxiedFlow(HOST), attribution: 'elimination' as const },
      [],
    ],
  ])('%s', (_name, flow, expected) => {
    expect(contactsOf([flow], bridged, none).contacts.map(({ route }) => route)).toEqual(expected);
  });

  it('keeps apart what went elsewhere', () => {
    expect(contactsOf([directFlow('plex.tv')], bridged, none).others.map(({ host }) => host)).toEqual(['plex.tv']);
  });
});

import type { PmsStandInSettings } from '../../../src/demo/pms/config.ts';
import { proxyUrl } from '../lab.ts';
import {
  by,
  BYPASS,
  fine,
  IGNORING,
  KEPT,
  OPEN,
  perhaps,
  playedBy,
  through,
  under,
  type Setting,
  type State,
} from './state.ts';

/** A scanner that goes around the proxy, and what stops it or not: the bypass is one and the same. */

const STOPPED: readonly Setting[] = [
  ...(['drop', 'reject', 'reset', 'reject-port', 'no-route'] as const).map((verdict) => ({
    name: `stopped by ${verdict}`,
    policy: { pms4: verdict, pms6: verdict },
    ...by(BYPASS),
  })),
  { name: 'reset by the name in its hello', policy: { pms4: 'cut-name', pms6: 'cut-name' }, ...by(BYPASS) },
  {
    name: 'decrypted',
    policy: { pms4: 'decrypt', pms6: 'decrypt' },
    fails: true,
    atWork: [BYPASS, 'tls-intercepted'],
    evident: [BYPASS],
  },
  { name: 'large packets are lost', policy: { mtu: 'black-hole' }, ...by(BYPASS) },
  {
    name: 'answered by a portal',
    policy: { pms4: 'portal', pms6: 'portal' },
    fails: true,
    atWork: [BYPASS, 'tls-intercepted'],
    evident: [BYPASS],
  },
  // Names that do not resolve stop it as well as a packet filter does.
  ...(['sinkhole', 'nxdomain', 'refused', 'private'] as const).map((resolver) => ({
    name: `names: ${resolver}`,
    resolver,
    fails: true,
    atWork: [BYPASS, 'dns-fails-locally'] as const,
    evident: [BYPASS] as const,
  })),
  {
    name: 'names: no reply',
    policy: { pms4: 'drop', pms6: 'drop', dns: 'drop' },
    fails: true,
    atWork: [BYPASS, 'dns-fails-locally'],
    evident: [BYPASS],
  },
  // The two families end differently, and neither gets through.
  { name: 'IPv4 dropped, no IPv6', policy: { pms4: 'drop', pms6: 'no-route' }, ...by(BYPASS) },
  { name: 'no IPv4, IPv6 dropped', policy: { pms4: 'no-route', pms6: 'drop' }, ...by(BYPASS) },
  { name: 'IPv4 reset, IPv6 dropped', policy: { pms4: 'reset', pms6: 'drop' }, ...by(BYPASS) },
  { name: 'IPv4 cut by name, IPv6 rejected', policy: { pms4: 'cut-name', pms6: 'reject' }, ...by(BYPASS) },
  // The proxy is in trouble as well.
  {
    name: 'the proxy denies it as well',
    environment: through('denied-scan'),
    fails: true,
    atWork: [BYPASS, 'proxy-denies'],
    evident: [BYPASS],
  },
  {
    name: 'the proxy is dead as well',
    environment: through('dead'),
    fails: true,
    atWork: [BYPASS, 'proxy-unreachable'],
    evident: [BYPASS],
  },
  {
    name: 'PMS takes the scan, and the match fails in silence',
    pms: { ...IGNORING, refuse: [] },
    ...by(BYPASS),
  },
];

/** The knowledge of check alone: nothing that proves the bypass, and nothing that denies it. */
const UNWATCHED: readonly Setting[] = [
  { name: 'the case itself', ...perhaps(BYPASS) },
  {
    name: 'decrypted',
    policy: { pms4: 'decrypt', pms6: 'decrypt' },
    ...perhaps(BYPASS, 'tls-intercepted'),
  },
  { name: 'cut by name', policy: { pms4: 'cut-name', pms6: 'cut-name' }, ...perhaps(BYPASS) },
  { name: 'large packets are lost', policy: { mtu: 'black-hole' }, ...perhaps(BYPASS) },
  { name: 'sinkholed', resolver: 'sinkhole', ...perhaps(BYPASS, 'dns-fails-locally') },
  { name: 'no IPv4, IPv6 dropped', policy: { pms4: 'no-route', pms6: 'drop' }, ...perhaps(BYPASS) },
  { name: 'PMS does not answer', pms: { ...IGNORING, misbehaviour: 'hangs' }, ...perhaps(BYPASS) },
  { name: 'its failure is in the log', history: { scans: 'now' }, ...perhaps(BYPASS) },
  {
    name: 'its failure is in the log, which is not read',
    history: { scans: 'now' },
    options: ['--no-logs'],
    ...perhaps(BYPASS),
  },
];

const STOPS_NOTHING: readonly Setting[] = [
  { name: 'only IPv6 is blocked', policy: { pms6: 'drop' }, ...fine },
  { name: 'only IPv4 is blocked', policy: { pms4: 'drop' }, ...fine },
  { name: 'IPv4 rejected, IPv6 open', policy: { pms4: 'reject' }, ...fine },
  { name: 'the network is open', policy: OPEN, ...fine },
];

const around = (settings: readonly Setting[]): readonly Setting[] =>
  under({ pms: IGNORING }, settings, 'a scanner around the proxy, ');

const WITHOUT_ENVIRONMENT: PmsStandInSettings = { ...KEPT, matcher: 'no-environment' };

function usingProxy(name: string): PmsStandInSettings {
  return { ...KEPT, matcher: 'own-proxy', matcherProxy: proxyUrl(name) };
}

export const SCANNERS: readonly State[] = [
  ...playedBy(['reproduce'], around([...STOPPED, ...STOPS_NOTHING])),
  ...playedBy(['check'], around([...UNWATCHED, ...STOPS_NOTHING])),
  ...playedBy(
    ['observe'],
    around([
      { name: 'stopped by drop', history: { scans: 'now' }, ...by(BYPASS) },
      // Nothing is traced here, and the scanner is gone before its socket is looked at: packets alone name no process.
      {
        name: 'reset by the name in its hello',
        policy: { pms4: 'cut-name', pms6: 'cut-name' },
        history: { scans: 'now' },
        ...perhaps(BYPASS),
      },
      { name: 'and no scan meanwhile', ...perhaps(BYPASS) },
      { name: 'the network is open', policy: OPEN, history: { scans: 'now' }, ...fine },
    ]),
  ),
  // ── a scan that asks for nothing proves nothing ──
  {
    name: 'a scanner around the proxy, and nothing is new',
    command: 'reproduce',
    pms: { ...IGNORING, libraries: [{ id: '1', type: 'artist', agent: 'tv.plex.agents.music' }] },
    ...perhaps(BYPASS),
  },
  {
    name: 'a scanner without any environment',
    command: 'check',
    pms: WITHOUT_ENVIRONMENT,
    ...perhaps('proxy-not-in-process'),
  },
  {
    name: 'a scanner without any environment, and its failure is in the log',
    command: 'check',
    pms: WITHOUT_ENVIRONMENT,
    history: { scans: 'now' },
    ...perhaps('proxy-not-in-process'),
  },
  // ── scanners that differ from PMS in their variables ──
  ...playedBy(
    ['reproduce'],
    [
      {
        name: 'a scanner without any environment',
        pms: WITHOUT_ENVIRONMENT,
        ...by('proxy-not-in-process'),
      },
      // It is gone at once, so that its environment is hard to read.
      ...(['reject', 'reset', 'no-route', 'cut-name'] as const).map((verdict): Setting => ({
        name: `a scanner without any environment, stopped by ${verdict}`,
        pms: WITHOUT_ENVIRONMENT,
        policy: { pms4: verdict, pms6: verdict },
        ...by('proxy-not-in-process'),
      })),
      {
        name: 'a scanner without any environment, decrypted',
        pms: WITHOUT_ENVIRONMENT,
        policy: { pms4: 'decrypt', pms6: 'decrypt' },
        fails: true,
        atWork: ['proxy-not-in-process', 'tls-intercepted'],
        evident: ['proxy-not-in-process'],
      },
      ...(['sinkhole', 'nxdomain'] as const).map((resolver): Setting => ({
        name: `a scanner without any environment, names: ${resolver}`,
        pms: WITHOUT_ENVIRONMENT,
        resolver,
        fails: true,
        atWork: ['proxy-not-in-process', 'dns-fails-locally'],
        evident: ['proxy-not-in-process'],
      })),
      {
        name: 'a scanner without any environment in an open network',
        pms: WITHOUT_ENVIRONMENT,
        policy: OPEN,
        ...fine,
      },
      ...(['dead', 'silent', 'garbage'] as const).map((proxy): Setting => ({
        name: `a scanner with an old proxy that is "${proxy}"`,
        pms: { ...KEPT, matcher: 'own-proxy', matcherProxy: proxyUrl(proxy) },
        ...by('proxy-unreachable'),
      })),
      ...(['denied-scan', 'auth'] as const).map((proxy): Setting => ({
        name: `a scanner with another proxy that denies: "${proxy}"`,
        pms: { ...KEPT, matcher: 'own-proxy', matcherProxy: proxyUrl(proxy) },
        ...by('proxy-denies'),
      })),
      {
        name: 'a scanner with another proxy that works',
        pms: usingProxy('open'),
        ...fine,
      },
    ],
  ),
];

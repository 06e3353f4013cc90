import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Bypass } from '../../src/core/model/report.ts';
import { addressesFor } from '../../src/bridge/hosts-file.ts';
import { hostsToBridge } from '../../src/bridge/hosts-of-report.ts';
import { ENGINES, type Engine, type PlanInput } from '../../src/bridge/model.ts';
import { planBridge, usualEngine, type PlanResult } from '../../src/bridge/plan/plan.ts';
import { COMPOSE, KUBERNETES } from '../support/bridge/containers.ts';
import { misshapen, type Shape } from '../support/shape.ts';

const HOSTS = ['metadata.provider.plex.tv', 'plex.tv'];
const PROXY: PlanInput['proxy'] = { scheme: 'http', host: 'proxy.example', port: 3128, credentials: null };
const SECRET = 'lab:se:cr@t';
const UNIT = 'plexmediaserver.service';

function plan(engine: Engine, proxy: Partial<PlanInput['proxy']> = {}, unit: string | null = UNIT): PlanResult {
  return planBridge({ engine, hosts: addressesFor(HOSTS), proxy: { ...PROXY, ...proxy }, unit });
}

function filesOf(result: PlanResult): ReadonlyMap<string, string> {
  return new Map(result.ok ? result.plan.files.map(({ name, text }) => [name, text]) : []);
}

describe('planBridge', () => {
  it.each<[Engine, Partial<PlanInput['proxy']>, string | null, RegExp | null]>([
    ['systemd-nc', {}, UNIT, null],
    ['systemd-nc', { scheme: 'socks5h' }, UNIT, null],
    ['systemd-nc', { credentials: SECRET }, UNIT, /--engine systemd-socat/],
    ['systemd-nc', { scheme: 'socks5', credentials: SECRET }, UNIT, /no password from a file/],
    ['systemd-nc', { scheme: 'https' }, UNIT, /--engine squid-peek/],
    ['systemd-socat', { scheme: 'socks5' }, UNIT, /--engine systemd-nc/],
    ['squid-peek', { scheme: 'https' }, UNIT, null],
    ['squid-peek', { scheme: 'socks5' }, UNIT, /speaks socks5/],
    ['squid-peek', {}, null, /limited to the unit/],
    ['squid-peek', {}, 'x"; drop.service', /limited to the unit/],
    ['compose', {}, null, null],
  ])('%s to %j, unit %s', (engine, proxy, unit, expected) => {
    const result = plan(engine, proxy, unit);
    expect(result.ok ? 'planned' : result.problem).toMatch(expected ?? /^planned$/);
  });

  it.each(ENGINES.filter((engine) => engine !== 'systemd-nc'))(
    '%s: the password stands in one file of mode 0600',
    (engine) => {
      const result = plan(engine, { credentials: SECRET });
      const files = result.ok ? result.plan.files : [];
      const holding = files.filter(({ text }) => /se[:%]\S*cr/.test(text));
      expect(holding.map(({ mode }) => mode)).toEqual([0o600]);
      expect(files.filter(({ mode }) => mode === 0o600)).toEqual(holding);
    },
  );

  it.each(ENGINES)('%s: every host is there, and a page that fits on a screen', (engine) => {
    const files = filesOf(plan(engine));
    const all = [...files].filter(([name]) => name !== 'README.md').map(([, text]) => text);
    expect(HOSTS.filter((host) => !all.some((text) => text.includes(host)))).toEqual([]);
    expect(files.get('README.md')?.split('\n').length).toBeLessThan(45);
  });

  it('listens on an address for each name, and asks the proxy for the name', () => {
    const files = filesOf(plan('systemd-nc'));
    expect(files.get('hosts.lines')).toBe('127.66.0.1 metadata.provider.plex.tv\n127.66.0.2 plex.tv\n');
    expect(files.get('pms-bridge-plex.tv.socket')).toContain('ListenStream=127.66.0.2:443\n');
    expect(files.get('pms-bridge-plex.tv@.service')).toContain('-X connect -x proxy.example:3128 plex.tv 443\n');
  });

  it.each<[string, string, boolean]>([
    ['a name', 'proxy.example', false],
    ['an address', '10.0.0.9', true],
  ])('lets a unit reach %s only', (_name, host, isLimited) => {
    const unit = filesOf(plan('systemd-nc', { host })).get('pms-bridge-plex.tv@.service') ?? '';
    expect(unit.includes(`IPAddressAllow=localhost ${host}\n`)).toBe(isLimited);
  });
});

/** Names in a report of unknown origin: none becomes a word of a script. */
const HOSTILE = [
  'x.example; touch pwned #',
  '$(touch pwned).example',
  '`id`.example',
  "x'y.example",
  'x.example\nplex.tv',
  'a b.example',
  '-rf.example',
  '../../etc/x.example',
  '*.example',
  '10.0.0.1',
  'localhost',
  '',
];

describe.each(ENGINES)('%s refuses', (engine) => {
  it.each(HOSTILE)('the host %j', (host) => {
    const hosts = [...addressesFor(HOSTS), { host, address: '127.66.0.3' }];
    const result = planBridge({ engine, hosts, proxy: PROXY, unit: UNIT });
    expect(result.ok ? 'planned' : result.problem).toMatch(/is no full name of a host$/);
  });

  it.each(['a;reboot', 'a,b', 'a$(id)', '`id`', "a'b", 'fe80::1%eth0', '%41', 'a b', ''])('the proxy %j', (host) => {
    const result = plan(engine, { host });
    expect(result.ok ? 'planned' : result.problem).toMatch(/plain name or address/);
  });

  it('more names than it has addresses for', () => {
    const many = addressesFor(Array.from({ length: 10_000 }, (_, index) => `n${index}.example`));
    expect(planBridge({ engine, hosts: many, proxy: PROXY, unit: UNIT })).toMatchObject({ ok: false });
  });
});

it.each<[Engine, string, Shape, string | null]>([
  ['compose', 'compose.bridge.yaml', COMPOSE, null],
  ['compose', 'compose.bridge.yaml', COMPOSE, SECRET],
  ['kubernetes', 'bridge-patch.yaml', KUBERNETES, null],
  ['kubernetes', 'bridge-patch.yaml', KUBERNETES, SECRET],
])('%s: %s is as its schema has it', (engine, name, shape, credentials) => {
  const text = filesOf(plan(engine, { credentials })).get(name) ?? '';
  expect(misshapen(shape, parse(text))).toEqual([]);
  // A number with a leading zero is octal for some readers of YAML, and decimal for others.
  expect(text).not.toMatch(/: 0\d/);
});

it.each<[Partial<PlanInput['proxy']>, Engine]>([
  [{}, 'systemd-socat'],
  [{ credentials: SECRET }, 'systemd-socat'],
  [{ scheme: 'https' }, 'squid-peek'],
  [{ scheme: 'socks5' }, 'systemd-nc'],
])('the usual engine for %j', (proxy, expected) => {
  expect(usualEngine({ ...PROXY, ...proxy })).toBe(expected);
});

type Missed = Pick<Bypass, 'host' | 'port' | 'outcome'>;

describe('hostsToBridge', () => {
  const endpoints = [
    { host: 'metadata.provider.plex.tv', need: 'scan' },
    { host: 'metrics.plex.tv', need: 'optional' },
  ] as const;
  it.each<[string, Missed, number]>([
    ['a needed host that is missed', { host: 'metadata.provider.plex.tv', port: 443, outcome: 'no-reply' }, 1],
    ['one that is reached', { host: 'metadata.provider.plex.tv', port: 443, outcome: 'ok' }, 0],
    ['one whose outcome was not seen', { host: 'metadata.provider.plex.tv', port: 443, outcome: null }, 0],
    ['port 80', { host: 'metadata.provider.plex.tv', port: 80, outcome: 'no-reply' }, 0],
    ['telemetry', { host: 'metrics.plex.tv', port: 443, outcome: 'no-reply' }, 0],
    ['an address', { host: null, port: 443, outcome: 'no-reply' }, 0],
  ])('%s', (_name, bypass, count) => {
    const bypasses = [{ kind: 'observed', ...bypass }] as const;
    expect(hostsToBridge({ bypasses, endpoints }, 443)).toHaveLength(count);
  });
});

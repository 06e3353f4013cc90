import type { Target } from '../../../src/core/dialects/dialect.ts';
import type { Variables } from '../../../src/core/values/variables.ts';

export interface Case {
  readonly variables: Variables;
  readonly target: Target;
}

/** A small seeded generator (mulberry32): the same seed gives the same cases on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const NAMES = [
  'example.com',
  'www.example.com',
  'a.b.example.com',
  'notexample.com',
  'EXAMPLE.com',
  'example.com.',
  'plex.tv',
  'metadata.provider.plex.tv',
  'nas',
  'host-1.int.example',
  'under_score.example.org',
  'xn--mller-kva.example',
  '1.2.3.4.',
  'a-b.c-d.example.net',
];
const ADDRESSES = [
  '192.168.1.1',
  '192.168.1.77',
  '10.0.0.5',
  '1.2.3.4',
  '127.0.0.1',
  '127.0.0.53',
  '::1',
  '2001:db8::1',
  '2001:DB8:0:0:0:0:0:2',
  'fd00::10:5',
  '::ffff:10.0.0.5',
  '10.5',
  '0x0a000005',
  '012.0.0.5',
];

/** Proxy values that ordinary and less ordinary people write. The recorder answers at all of these addresses. */
const PROXIES = [
  'http://127.0.0.1:3128',
  'http://127.0.0.1:3128/',
  'http://127.0.0.2:3129',
  'http://proxy.lan:3128',
  'http://proxy:3128',
  'http://[::1]:3128',
  'http://user:secret@127.0.0.1:3128',
  'http://user@127.0.0.1:3128',
  'http://@127.0.0.1:3128',
  'HTTP://127.0.0.1:3128',
  'http://127.0.0.1',
  'http://127.0.0.1:',
  'http://127.0.0.1:80',
  'http://127.0.0.1:03128',
  'http://127.0.0.1:3128/path?query#fragment',
  'http://127.0.0.1:3128?query',
  'http://127.1:3128',
  'https://127.0.0.1:3129',
  'https://127.0.0.1',
  '127.0.0.1:3128',
  '127.0.0.1',
  '127.0.0.1:',
  '127.0.0.1:3128/',
  'proxy.lan:3128',
  'proxy:3128',
  'proxy.lan',
  'localhost:3128',
  'user:secret@127.0.0.1:3128',
  'user:secret@proxy.lan:3128',
  '[::1]:3128',
  'socks5://127.0.0.1:1080',
  'socks5h://127.0.0.1',
  'socks4a://127.0.0.1:1080',
  'socks://127.0.0.1:1080',
  'ftp://127.0.0.1:3128',
  'foo://127.0.0.1:3128',
  'http:/127.0.0.1:3128',
  'http:///127.0.0.1:3128',
  'http:127.0.0.1:3128',
  '//127.0.0.1:3128',
  'http://127.0.0.1:99999',
  'http://127.0.0.1:port',
  'http://',
  'http:///',
  'http://:3128',
  ' http://127.0.0.1:3128',
  'http://127.0.0.1:3128 ',
  'http://127.0.0.1:3128\n',
  'http://127.0.0.1:3128\t',
  '"http://127.0.0.1:3128"',
  ' ',
  '\t',
  'http://user:p@ss@127.0.0.1:3128',
  'http://127.0.0.1:3128,http://127.0.0.2:3129',
  'http://127.0.0.1 :3128',
  'http://[::1',
  'ftp.proxy.lan:3128',
  'http://user:p/ss@127.0.0.1:3128',
  'http://user:p#ss@127.0.0.1:3128',
  'http://user:a;b@127.0.0.1:3128',
  'http://user:100%@127.0.0.1:3128',
  'http://user:%0A@127.0.0.1:3128',
  'http://user:%E6%97%A5@127.0.0.1:3128',
  'socks5://[::1]:1080',
];
/** The first few are what most machines have, and are drawn more often than the rest. */
const COMMON_PROXIES = 6;

const MISSPELT_SHARE = 0.15;

const SEPARATORS = [',', ',', ',', ', ', ' , ', ' ', ',,', '\t', '\n', ';', '|'];

type Random = () => number;

function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

/** Accidents in text fields: blanks of all kinds, quotes, comments, letters beyond ASCII. */
const NOISE = [
  ...Array.from('.,,:*/[] \t\n\r\v\f-@#?%"\';|'),
  '\u001f',
  '\u0085',
  '\u00a0',
  '\ufeff',
  '\u3000',
  'ü',
  'Ü',
  '😀',
];

/** Accidents in an address: brackets inside of credentials and symbols in names would only test URL parsers. */
const SLIPS = [...Array.from('.,:*/ \t\n\r\v\f-@#?%"\';|'), '\u001f', 'ü'];

/** One character too many, or one too few; numbers stay whole, because the recorder listens on certain ports only. */
function misspelt(random: Random, value: string): string {
  const at = Math.floor(random() * (value.length + 1));
  const isInNumber = /^\d\d$/.test(value.slice(Math.max(at - 1, 0), at + 1));
  if (isInNumber) return value;
  const isKept = random() < 0.6 || /\d/.test(value.charAt(at));
  return value.slice(0, at) + (isKept ? pick(random, SLIPS) : '') + value.slice(isKept ? at : at + 1);
}

function proxyValue(random: Random): string {
  if (random() < MISSPELT_SHARE) return misspelt(random, pick(random, PROXIES));
  return random() < 0.5 ? pick(random, PROXIES.slice(0, COMMON_PROXIES)) : pick(random, PROXIES);
}

/** An entry that has something to do with the host, so that near misses are common. */
function entryFor(random: Random, { host, port }: Target): string {
  const isSix = host.includes(':');
  const labels = host.split('.');
  const parent = labels.slice(1 + Math.floor(random() * 2)).join('.') || host;
  const base = pick(random, [host, host, parent, host.toUpperCase()]);
  const shapes: readonly (() => string)[] = [
    () => base,
    () => `.${base}`,
    () => `..${base}`,
    () => `*.${base}`,
    () => `*${base}`,
    () => '*',
    () => `${base}.`,
    () => `.${base}.`,
    () => `${base}:${port}`,
    () => `${base}:${pick(random, [80, 443, 8080, 1])}`,
    () => `[${base}]`,
    () => `[${base}]:${port}`,
    () =>
      `${base}/${pick(random, ['0', '1', '8', '16', '24', '31', '32', '33', '64', '128', '129', '', 'x', '16a', '-1'])}`,
    () =>
      pick(random, ['192.168.0.0/16', '10.0.0.0/8', '127.0.0.0/8', '2001:db8::/32', 'fd00::/8', '0.0.0.0/0', '::/0']),
    () => pick(random, ['127.0.0.1', '::1', '[::1]', 'localhost', '.local', '.', '..', 'nothing.test']),
    () => (isSix ? '::1-::9' : '192.168.1.1-192.168.1.99'),
    () => (isSix ? '0:0:0:0:0:0:0:1' : labels.slice(-2).join('.')),
    () => base.slice(1),
    () => `http://${base}`,
    () => `"${base}"`,
    () => `${base}-x`,
    () => `${base}${' '.repeat(2)}`,
  ];
  return pick(random, shapes)();
}

/** Pieces of the host between pieces of noise. */
function noisyList(random: Random, { host }: Target): string {
  const length = 1 + Math.floor(random() * 8);
  return Array.from({ length }, () => {
    const from = Math.floor(random() * 3) * Math.floor(random() * host.length);
    return random() < 0.5 ? pick(random, NOISE) : pick(random, [host, host.slice(from), `.${host}`, '*', 'x']);
  }).join('');
}

function longList(random: Random, target: Target): string {
  const filler = Array.from({ length: 300 }, (_, index) => `host-${index}.int.example`);
  filler.splice(Math.floor(random() * 300), 0, entryFor(random, target));
  return filler.join(pick(random, SEPARATORS));
}

function listFor(random: Random, target: Target): string {
  const kind = random();
  if (kind > 0.98) return longList(random, target);
  if (kind > 0.78) return noisyList(random, target);
  if (kind < 0.08) return pick(random, ['*', ' *', '*,', ',*', '*,foo.test', '', ' ', ',', ',,', '.']);
  const length = 1 + Math.floor(random() * 4);
  const entries = Array.from({ length }, () =>
    random() < 0.7 ? entryFor(random, target) : pick(random, ['foo.test', '.bar.test', '10.1.0.0/16', 'localhost']),
  );
  const separator = pick(random, SEPARATORS);
  const padding = pick(random, ['', '', '', ' ', ',', '\t', '\n', ', ']);
  return random() < 0.5 ? padding + entries.join(separator) : entries.join(separator) + padding;
}

function targetFrom(random: Random): Target {
  const scheme = random() < 0.5 ? 'http' : 'https';
  const host = random() < 0.6 ? pick(random, NAMES) : pick(random, ADDRESSES);
  // A proxy on this machine's default ports must stay distinguishable from a target on this machine.
  const isLocal = /^(?:127\.|::1$)/.test(host);
  const port = isLocal
    ? 32_400
    : pick(random, [scheme === 'http' ? 80 : 443, scheme === 'http' ? 80 : 443, 8080, 8443]);
  return { scheme, host, port };
}

function variablesFor(random: Random, target: Target): Variables {
  const variables: Record<string, string> = {};
  const own = `${target.scheme}_proxy`;
  const maybe = (probability: number, name: string, value: () => string): void => {
    if (random() < probability) variables[name] = value();
  };
  const orEmpty = (): string => (random() < 0.15 ? '' : proxyValue(random));
  maybe(0.7, own, orEmpty);
  maybe(0.3, own.toUpperCase(), orEmpty);
  maybe(0.15, target.scheme === 'http' ? 'https_proxy' : 'http_proxy', orEmpty);
  maybe(0.1, target.scheme === 'http' ? 'HTTPS_PROXY' : 'HTTP_PROXY', orEmpty);
  maybe(0.12, 'all_proxy', orEmpty);
  maybe(0.08, 'ALL_PROXY', orEmpty);
  maybe(0.04, pick(random, ['Http_Proxy', 'HTTPS_proxy', 'Https_Proxy', 'No_Proxy']), orEmpty);
  maybe(0.7, 'no_proxy', () => listFor(random, target));
  maybe(0.25, 'NO_PROXY', () => listFor(random, target));
  maybe(0.05, 'REQUEST_METHOD', () => pick(random, ['GET', '']));
  return variables;
}

/** `count` cases, the same for the same seed. */
export function generateCases(count: number, seed: number): Case[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => {
    const target = targetFrom(random);
    return { target, variables: variablesFor(random, target) };
  });
}

/** Every proxy value alone, for both schemes, with nothing else set: the readings without the matching. */
export function proxyValueCases(): Case[] {
  return PROXIES.flatMap((value) =>
    (['http', 'https'] as const).map((scheme) => ({
      variables: { [`${scheme}_proxy`]: value },
      target: { scheme, host: 'example.com', port: scheme === 'http' ? 80 : 443 },
    })),
  );
}

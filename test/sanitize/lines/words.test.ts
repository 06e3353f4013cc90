import { readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSanitizer } from '../../../src/sanitize/lines/line-sanitizer.ts';
import { FNV_START, hashed, NamelessWords } from '../../../src/sanitize/lines/nameless-words.ts';
import { hideLogParts } from '../../../src/sanitize/rules/log-lines.ts';
import { Sanitizer } from '../../../src/sanitize/sanitizer.ts';
import { NO_SEEDS, type Seeds } from '../../../src/sanitize/values/seeds.ts';
import { runs } from '../../support/fuzz.ts';

const SEEDS: Seeds = {
  ...NO_SEEDS,
  hostnames: ['zqnas', 'zqbox42'],
  users: ['zqjane'],
  domains: ['zqhome.lan'],
  words: [
    ['server', 'Zqcastle Den'],
    ['name', '7a1b2c3d'],
  ],
  kept: ['zqkept'],
};
const made = (): Sanitizer => new Sanitizer(SEEDS, [hideLogParts], true);

function fast(lines: readonly string[]): readonly string[] {
  const sanitizer = new LineSanitizer(made());
  const out = [...sanitizer.push(Buffer.from(lines.join('\n'))), ...sanitizer.end()];
  return Buffer.concat(out).toString().split('\n');
}

function slow(lines: readonly string[]): readonly string[] {
  const sanitizer = made();
  return lines.map((line) => sanitizer.text(line));
}

/** Words of titles, of people, of files: such as no list has, such as lists have, and such as are known beforehand. */
const letters = (text: string) => fc.constantFrom(...text.split(''));
const syllables = fc
  .array(fc.tuple(letters('bdfghjklmnprstvwz'), letters('aeiou'), letters('bdgklmnprstxz')), {
    minLength: 1,
    maxLength: 5,
  })
  .map((all) => all.flat().join(''));
const capital = syllables.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
const word = fc.oneof(
  { weight: 6, arbitrary: capital },
  { weight: 4, arbitrary: syllables },
  { weight: 1, arbitrary: syllables.map((each) => each.toUpperCase()) },
  { weight: 1, arbitrary: fc.tuple(syllables, capital).map((both) => both.join('')) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('The', 'of', 'House', 'file', 'movie', 'zqnas', 'Zqcastle', 'Den', 'zqkept'),
  },
  { weight: 1, arbitrary: fc.constantFrom('mkv', 'token', 'user', 'xxxx', 'Amélie', 'zqbox42', 'zqjane', 'proxyname') },
);
const figures = (min: number, max: number) =>
  fc.array(letters('0123456789'), { minLength: min, maxLength: max }).map((all) => all.join(''));
const hex = (min: number, max: number) =>
  fc.array(letters('0123456789abcdef'), { minLength: min, maxLength: max }).map((all) => all.join(''));
const octet = fc.integer({ min: 1, max: 255 });
const address = fc.oneof(
  fc.tuple(octet, octet).map(([a, b]) => `192.168.${a}.${b}`),
  fc.tuple(octet, octet, octet, octet).map((all) => all.join('.')),
);

/** The values that stand in the place of each mark of a form: every line of a form has other values. */
const VALUES = {
  W: word,
  N: figures(1, 6),
  H: hex(1, 9),
  L: hex(20, 40),
  U: fc.tuple(hex(8, 8), hex(4, 4), hex(4, 4), hex(4, 4), hex(12, 12)).map((all) => all.join('-')),
  A: address,
  B: fc.string({ minLength: 9, maxLength: 30 }).map((text) => Buffer.from(text).toString('base64')),
  M: fc.array(hex(2, 2), { minLength: 6, maxLength: 6 }).map((all) => all.join(':')),
} as const;
type Mark = keyof typeof VALUES;

const FORMS = [
  'DEBUG - Scanner: processing file /mnt/media/W W (N)/W W - SNEN - W.mkv',
  "INFO - Updating metadata for 'W W' (N)",
  'DEBUG - [Req#H] Request: [A:N (Subnet)] GET /library/metadata/N/W/N?X-Plex-Token=xxxxxxxx (N live) #H TLS Signed-in Token (W) (W W)',
  'DEBUG - Match: "W W W" (N) scored N for guid=plex://movie/L',
  'ERROR - Couldn\'t check for "/data/W.W.N/W.W.W.mkv": boost::filesystem::status: Permission denied',
  'DEBUG - HTTP requesting GET https://W.W.W/W/L.jpg?W=W',
  'WARN - W: W W has W=W, W: W; [W] {W} (W)',
  'DEBUG - user is W (ID: N), as user W, from W@W.W',
  '/home/W/W/W.conf and /home/W W/W, C:/Users/W/W',
  'resolve host: W; HIT from W; W.zqhome.lan, W-W.plex.direct',
  'transcode/L-H/W-H-W W_W WN NW',
  'key W/W+W/W W-W-W-W-W W.W.W.W',
  'cookie: W=W; authorization: basic WW W',
  'title="W W" deviceId=W session_id=W-H playerTitle=W N',
  'via: 1.1 W (W), Server: W/N.N.N',
  '{"title":"W","user":"W","file":"/share/W/W W.flac"}',
  '--token W --W=W pass W token: W password W',
  'U M L A W',
  'B W B',
  'Jan N W W[N]: W: W (W) A W-H.W',
  'W W W W W W W W W W W W W W W W',
  '/volume1/W/W W W/W/W.W.srt /tmp/W/W /var/lib/W',
  "W's W can't W; `W` \"W\" 'W'",
  'CONNECT W.W:443 W HIER_DIRECT/A W/W',
  'docker W container W unit W.service W.timer scope W.slice',
] as const;

const isMark = (char: string, form: string, at: number): char is Mark =>
  char in VALUES && !/[A-Za-z]{2}/.test(form.slice(Math.max(0, at - 1), at + 1)) && !/[a-z]/.test(form.charAt(at + 1));

function filled(form: string): fc.Arbitrary<string> {
  const parts = form.split('').map((char, at) => (isMark(char, form, at) ? VALUES[char] : fc.constant(char)));
  return fc.tuple(...parts).map((all) => all.join(''));
}

/** Lines of a few forms, each of them several times, so that most meet a plan that another one made. */
const lines = fc.array(fc.constantFrom(...FORMS), { minLength: 1, maxLength: 2 }).chain((forms) =>
  fc.array(
    fc.constantFrom(...forms).chain((form) => filled(form)),
    { minLength: 3, maxLength: 14 },
  ),
);
/** Any text between the marks. */
const free = fc
  .array(fc.oneof(fc.constantFrom('W', 'W', 'N', 'H', 'A'), fc.constantFrom(...' /:=.,-"\'()[]@&;?_#+|~*'.split(''))), {
    minLength: 1,
    maxLength: 14,
  })
  .map((all) => all.join(''))
  .chain((form) => fc.array(filled(form), { minLength: 3, maxLength: 8 }));

describe('lines that differ in unknown words', () => {
  it('are sanitized as each of them alone would be', () => {
    fc.assert(
      fc.property(lines, (all) => {
        expect(fast(all)).toEqual(slow(all));
      }),
      runs(25),
    );
  });
  it('whatever stands between them', () => {
    fc.assert(
      fc.property(free, (all) => {
        expect(fast(all)).toEqual(slow(all));
      }),
      runs(25),
    );
  });
  it('are put together by a plan', () => {
    const names = ['Talvor', 'Grasin', 'Wickeli', 'Pelmon', 'Rentham', 'Sinduro'];
    const sanitizer = new Sanitizer(SEEDS, [hideLogParts], true);
    let looked = 0;
    const counting = new Proxy(sanitizer, {
      get: (target, key) => {
        if (key === 'textAndCounts') looked += 1;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const filter = new LineSanitizer(counting);
    for (const name of names) filter.push(Buffer.from(`INFO - Updating metadata for '${name} Duna' (12)\n`));
    expect({ looked, ...filter.counts }).toEqual({ looked: 2, lines: 6, changed: 6, dropped: 0 });
  });
});

describe('a word that is nothing but unknown', () => {
  const words = new NamelessWords(made());
  const isNameless = (text: string): boolean => {
    const bytes = Buffer.from(text);
    return words.has(bytes, 0, bytes.length, [...bytes].reduce(hashed, FNV_START));
  };
  it.each(['Talvor', 'grasin'])('%s', (text) => {
    expect(isNameless(text)).toBe(true);
    expect(isNameless(text)).toBe(true);
  });
  it.each(['the', 'zqnas', 'Zqcastle', 'Den', 'zqkept', 'zqhome', 'mkv', 'mytoken', 'xxxxx', 'FooBar', 'ABC'])(
    'is not %s',
    (text) => {
      expect(isNameless(text)).toBe(false);
    },
  );
  it('is none that a rule looks for', () => {
    const found = ['rules', 'values'].flatMap((folder) =>
      readdirSync(`src/sanitize/${folder}`).flatMap((file) =>
        (literalsOf(readFileSync(`src/sanitize/${folder}/${file}`, 'utf8')).match(/[A-Za-z]+/g) ?? [])
          .filter((text) => /^(?:[A-Z]?[a-z]{2,}|[A-Z]{3,})$/.test(text) && isNameless(text.toLowerCase()))
          .map((text) => `${file}: ${text}`),
      ),
    );
    expect([...new Set(found)]).toEqual([]);
  });
});

/** The texts and expressions of a source, without the escapes of classes of characters. */
function literalsOf(source: string): string {
  const code = source.replaceAll(/\/\*\*.*?\*\/|^import .*?;$|^ *\/\/.*?$/gms, '');
  const literals =
    code.match(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/(?:[^/\n\\[]|\\.|\[(?:[^\]\\]|\\.)*\])+\/(?=[dgimsuvy])/g) ??
    [];
  return literals.join('\n').replaceAll(/\\+(?:[bBdDsSwWrnt]|u\{?[\dA-F]+\}?|p\{\w+\})/g, ' ');
}

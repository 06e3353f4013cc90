import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sanitizer } from '../../src/sanitize/sanitizer.ts';
import { NO_SEEDS, type Seeds } from '../../src/sanitize/values/seeds.ts';
import { runs } from '../support/fuzz.ts';

// Canaries that no other word of the contexts contains.
const SEEDS: Seeds = {
  ...NO_SEEDS,
  hostnames: ['zqmachine'],
  users: ['zquser'],
  domains: ['int.zqdomain.com'],
  proxyHosts: ['gate.int.zqdomain.com'],
};
const RUNS = runs(50);

const letters = (alphabet: string, minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...alphabet.split('')), { minLength, maxLength }).map((chars) => chars.join(''));
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const WORD = `${LOWER}${LOWER.toUpperCase()}0123456789_-`;

/** Passwords with everything that URL parsers stumble over; the canary's core must not survive. */
const password = fc
  .tuple(letters(`${WORD}@/#?:%+=!$&*(),;~`, 0, 6), letters(LOWER, 8, 8), letters(`${WORD}@/#?:%+=!$&*(),;~`, 0, 6))
  .map(([before, core, after]) => ({ value: `${before}zq${core}${after}`, core: `zq${core}` }));
const token = letters(WORD, 16, 16).map((tail) => `zqTK${tail}`);
/** The kinds of tokens that say what they are wherever they stand, each with a canary that stays in it as it is. */
const base64 = (part: string): string => Buffer.from(part).toString('base64url');
const jwt = fc
  .tuple(fc.constantFrom('{"alg":"EdDSA"}', '{ "typ": "JWT", "alg": "EdDSA", "kid": "a" }'), letters(WORD, 8, 80))
  .map(([head, tail]) => `${base64(head)}.${base64('{"sub":"1","exp":1}')}.zqJW${tail}`);
const selfTelling = fc.oneof(
  jwt,
  letters(WORD, 16, 16).map((tail) => `claim-zqCL${tail}`),
  fc.uuid().map((uuid) => `transient-${uuid}`),
);
const host = fc
  .tuple(
    letters(LOWER, 1, 8),
    letters(LOWER, 2, 8),
    fc.constantFrom('lan', 'corp', 'internal', 'local', 'example', 'intra', 'int', 'com'),
  )
  .map(([name, domain, top]) => `${name}.zq${domain}.${top}`);
const octet = fc.integer({ min: 2, max: 254 });
const ipv4 = fc.oneof(
  fc.tuple(fc.constant(10), octet, octet, octet),
  fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
  fc.tuple(fc.integer({ min: 11, max: 99 }), octet, octet, octet),
);
const ipv6 = fc
  .array(fc.integer({ min: 0x10_00, max: 0xff_fe }), { minLength: 7, maxLength: 7 })
  .map((groups) => ['fd12', ...groups.map((group) => group.toString(16))].join(':'));

/** Texts around a value; the value stands where a writer would put it. */
const context = fc.constantFrom<(value: string) => string>(
  (v) => v,
  (v) => `connect to ${v}: refused`,
  (v) => `"${v}"`,
  (v) => `(${v})`,
  (v) => `{"a":"${v}","b":1}`,
  (v) => `a=${v}&b=1`,
  (v) => `HIER_DIRECT/${v} text/html`,
  (v) => `one\ntwo ${v}\nthree`,
  (v) => `[${v}]`,
  (v) => `localhost,${v},127.0.0.1`,
  (v) => `'${v}'`,
  (v) => `<td>${v}</td>`,
);
const caseOf = fc.constantFrom<(value: string) => string>(
  (v) => v,
  (v) => v.toUpperCase(),
);
const encoding = fc.constantFrom<(value: string) => string>(
  (v) => v,
  (v) => `u=${encodeURIComponent(v)}`,
  (v) => `u=${encodeURIComponent(`x=${encodeURIComponent(v)}`)}`,
);

function survives(text: string, ...canaries: readonly string[]): readonly string[] {
  let plain = new Sanitizer(SEEDS).text(text).toLowerCase();
  const forms = [plain];
  for (let i = 0; i < 3; i += 1) {
    plain = plain.replace(/%([0-7][0-9a-f])/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
    forms.push(plain);
  }
  return canaries.filter((canary) => forms.some((form) => form.includes(canary.toLowerCase())));
}

describe('planted canaries never survive', () => {
  it('passwords of a proxy address', () => {
    const scheme = fc.constantFrom('http://', 'https://', 'socks5://', 'HTTP://', 'pac+http://', '');
    const at = fc.oneof(host, fc.constantFrom('gate.int.zqdomain.com', 'fwproxy', '10.9.8.7', '[fd12::9]'));
    fc.assert(
      fc.property(scheme, password, at, context, (prefix, { value, core }, where, around) => {
        expect(survives(around(`${prefix}zquser:${value}@${where}:3128`), core, 'zquser', 'zqdomain')).toEqual([]);
      }),
      RUNS,
    );
  });

  it('percent-encoded passwords', () => {
    fc.assert(
      fc.property(password, host, context, encoding, ({ value, core }, where, around, encode) => {
        expect(survives(around(encode(`http://zquser:${encodeURIComponent(value)}@${where}:3128/`)), core)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('tokens where tokens stand', () => {
    const place = fc.constantFrom<(value: string) => string>(
      (v) => `https://plex.tv/api?X-Plex-Token=${v}&x=1`,
      (v) => `/library?auth_token=${v}`,
      (v) => `GET /a?token=${v} HTTP/1.1`,
      (v) => `X-Plex-Token: ${v}`,
      (v) => `{"X-Plex-Token":"${v}"}`,
      (v) => `PlexOnlineToken="${v}"`,
      (v) => `Proxy-Authorization: Basic ${Buffer.from(`zquser:${v}`).toString('base64')}`,
      (v) => `Authorization: Bearer ${v}`,
      (v) => `transient-12345678-1234-1234-1234-123456789012 claim-${v}`,
      (v) => `http://h.example/x?url=${encodeURIComponent(`https://plex.tv/?X-Plex-Token=${v}`)}`,
    );
    fc.assert(
      fc.property(token, place, (value, put) => {
        expect(survives(put(value), value, Buffer.from(`zquser:${value}`).toString('base64'))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('tokens that say what they are, wherever they stand', () => {
    const place = fc.constantFrom<(value: string) => string>(
      (v) => `GET https://provider.example/${v}/movie failed`,
      (v) => `sent ${v}.`,
      (v) => `x-${v}`,
      (v) => `plex_${v}`,
      (v) => `<Preferences PlexOnlineToken="${v}"/>`,
      (v) => `Authorization: Bearer ${v}`,
      (v) => `docker run -e PLEX_CLAIM=${v} plexinc/pms-docker`,
      (v) => `Error Parsing ${encodeURIComponent(`{"authToken":"${v}"}`)}`,
    );
    fc.assert(
      fc.property(selfTelling, place, context, (value, put, around) => {
        expect(survives(around(put(value)), value, 'zqJW', 'zqCL')).toEqual([]);
      }),
      RUNS,
    );
  });

  it('tokens of any shape behind the names that they have in files, environments and commands', () => {
    const place = fc.constantFrom<(value: string) => string>(
      (v) => `PLEX_CLAIM=${v}`,
      (v) => `PLEX_CLAIM_TOKEN: ${v}`,
      (v) => `  PLEX_CLAIM: "${v}"`,
      (v) => `      - PLEX_TOKEN=${v}`,
      (v) => `Environment="PLEX_TOKEN=${v}"`,
      (v) => `{\\"authToken\\":\\"${v}\\"}`,
      (v) => `start --claim ${v} --name x`,
      (v) => `start --plex-token "${v}"`,
      (v) => `clientToken=${v}&x=1`,
      (v) => `/api/claim/exchange?token=${v}`,
    );
    fc.assert(
      fc.property(fc.oneof(token, selfTelling), place, (value, put) => {
        expect(survives(put(value), value, 'zqJW', 'zqCL', 'zqTK')).toEqual([]);
      }),
      RUNS,
    );
  });

  it('internal names', () => {
    fc.assert(
      fc.property(
        host,
        context,
        encoding,
        caseOf,
        fc.constantFrom('', ':3128', '.', 'x@', 'https://'),
        (name, around, encode, cased, extra) => {
          const text = extra === 'x@' || extra === 'https://' ? extra + cased(name) : cased(name) + extra;
          expect(survives(around(encode(text)), name.split('.').slice(1).join('.'))).toEqual([]);
        },
      ),
      RUNS,
    );
  });

  it('known words', () => {
    const word = fc.constantFrom(
      'zqmachine',
      'zquser',
      'zqmachine.int.zqdomain.com',
      '.int.zqdomain.com',
      'gate.int.zqdomain.com:3128',
      '/home/zquser/x',
      String.raw`C:\Users\zquser\x`,
    );
    fc.assert(
      fc.property(word, context, encoding, caseOf, (name, around, encode, cased) => {
        expect(survives(around(encode(cased(name))), 'zqmachine', 'zquser', 'zqdomain')).toEqual([]);
      }),
      RUNS,
    );
  });

  it('IPv4 addresses in every spelling', () => {
    const spell = fc.constantFrom<(octets: readonly number[]) => string>(
      (o) => o.join('.'),
      (o) => `${o.join('.')}:32400`,
      (o) => `::ffff:${o.join('.')}`,
      (o) => `${o.join('-')}.0123456789abcdef0123456789abcdef.plex.direct`,
      (o) => `peer-${o.join('.')}`,
      (o) => `http://${o.join('.')}/x`,
      (o) => `${o.join('.')}/32`,
      (o) => `ip-${o.join('-')}`,
    );
    fc.assert(
      fc.property(ipv4, spell, context, encoding, (octets, write, around, encode) => {
        expect(survives(around(encode(write(octets))), octets.join('.'), octets.join('-'))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('IPv6 addresses', () => {
    const spell = fc.constantFrom<(address: string) => string>(
      (a) => a,
      (a) => `[${a}]:3128`,
      (a) => `${a}/128`,
      (a) => `${a}%eth0`,
      (a) => `http://[${a.toUpperCase()}]/`,
    );
    fc.assert(
      fc.property(ipv6, spell, context, encoding, (address, write, around, encode) => {
        expect(survives(around(encode(write(address))), address, address.split(':').slice(-3).join(':'))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('mail addresses', () => {
    fc.assert(
      fc.property(letters(LOWER, 3, 8), host, context, encoding, (name, domain, around, encode) => {
        expect(survives(around(encode(`zq${name}@${domain}`)), `zq${name}`)).toEqual([]);
      }),
      RUNS,
    );
  });
});

describe('what must hold for any text', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom(
      'http://',
      '@',
      ':',
      '/',
      '%40',
      '%2F',
      '"',
      "'",
      ' ',
      '\n',
      'plex.tv',
      'zquser',
      'token=',
      'Authorization: ',
      'Cookie: ',
      '***@',
      '<lan-ip-1>',
      '<domain-3>',
      '::',
      '.',
      ',',
      '<',
      '>',
      '-',
      'from ',
    ),
    host,
    ipv6,
    ipv4.map((octets) => octets.join('.')),
    token,
    letters('0123456789abcdef:.-', 1, 20),
  );
  const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));

  it('sanitizing twice changes nothing', () => {
    fc.assert(
      fc.property(text, (input) => {
        const sanitizer = new Sanitizer(SEEDS);
        const once = sanitizer.text(input);
        expect(sanitizer.text(once)).toBe(once);
        expect(new Sanitizer(SEEDS).text(once)).toBe(once);
      }),
      runs(170),
    );
  });

  it('versions, fingerprints and times stay', () => {
    const byte = fc.integer({ min: 0, max: 255 }).map((n) => n.toString(16).padStart(2, '0').toUpperCase());
    const kept = fc.oneof(
      fc
        .tuple(
          fc.integer({ min: 1, max: 2 }),
          octet,
          octet,
          fc.integer({ min: 1000, max: 9999 }),
          letters('0123456789abcdef', 9, 9),
        )
        .map(([a, b, c, d, e]) => `${a}.${b}.${c}.${d}-${e}`),
      fc.tuple(fc.integer({ min: 1, max: 99 }), octet, octet, octet).map((parts) => `version ${parts.join('.')}`),
      fc.array(byte, { minLength: 32, maxLength: 32 }).map((bytes) => bytes.join(':')),
      fc
        .date({ noInvalidDate: true, min: new Date('1990-01-01'), max: new Date('2100-01-01') })
        .map((date) => date.toISOString()),
      fc.tuple(octet, octet).map(([a, b]) => `${a}.${b} ms`),
    );
    fc.assert(
      fc.property(kept, fc.constantFrom('', 'it is ', '(', '"'), (value, before) => {
        expect(new Sanitizer(SEEDS).text(before + value)).toBe(before + value);
      }),
      RUNS,
    );
  });
});

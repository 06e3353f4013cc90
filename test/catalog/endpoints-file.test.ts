import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATALOGUE, parseEndpointsFile } from '../../src/catalog/index.ts';
import type { Endpoint } from '../../src/core/model/endpoint.ts';
import { anyCharacter, runs } from '../support/fuzz.ts';

function endpointsOf(text: string): readonly Endpoint[] {
  const result = parseEndpointsFile(text, 'my.yaml', CATALOGUE);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.endpoints;
}

function problemsOf(text: string): readonly string[] {
  const result = parseEndpointsFile(text, 'my.yaml', CATALOGUE);
  return result.ok ? [] : result.problems;
}

describe('add', () => {
  it.each<[string, string, Partial<Endpoint>]>([
    [
      'the defaults',
      'add:\n  - host: mirror.example.org',
      {
        id: 'mirror-example-org',
        kind: 'host',
        host: 'mirror.example.org',
        probeHost: 'mirror.example.org',
        port: 443,
        scheme: 'https',
        need: 'feature',
        path: '/',
        accepts: null,
        telemetry: false,
        custom: true,
      },
    ],
    ['a plain list', '- host: a.example', { host: 'a.example', id: 'a-example' }],
    ['JSON', '{"add": [{"host": "a.example"}]}', { host: 'a.example' }],
    ['a byte order mark and CRLF', '\uFEFFadd:\r\n  - host: a.example\r\n', { host: 'a.example' }],
    ['port 80 for http', '- { host: a.example, scheme: http }', { scheme: 'http', port: 80 }],
    ['upper case and a final dot', '- host: A.Example.', { host: 'a.example', rooted: true }],
    ['an IPv4 address', '- host: 192.0.2.7', { host: '192.0.2.7', id: '192-0-2-7' }],
    ['an IPv6 address', '- host: "2001:db8::7"', { host: '2001:db8::7' }],
    ['a single label', '- host: mirror', { host: 'mirror' }],
    [
      'a wildcard',
      '- { host: "*.cdn.example", probe: a.cdn.example }',
      { kind: 'wildcard', host: '*.cdn.example', probeHost: 'a.cdn.example', id: 'cdn-example' },
    ],
    ['a name that is only resolved', '- { host: "*.local.example", kind: dns }', { kind: 'dns', probeHost: null }],
    [
      'everything',
      `- id: mirror
  host: a.example
  port: 8443
  scheme: http
  purpose: posters
  need: scan
  needByAgent: { music: scan, none: optional }
  breaks: Posters.
  mark: seen
  source: https://example.org/why
  telemetry: true
  path: /health?x=1
  accepts: [200, 404]`,
      {
        id: 'mirror',
        port: 8443,
        purpose: 'posters',
        need: 'scan',
        needByAgent: { music: 'scan', none: 'optional' },
        breaks: 'Posters.',
        mark: 'seen',
        source: 'https://example.org/why',
        telemetry: true,
        path: '/health?x=1',
        accepts: [200, 404],
      },
    ],
  ])('takes %s', (_, text, expected) => {
    const endpoints = endpointsOf(text);
    expect(endpoints.slice(0, -1)).toEqual(CATALOGUE);
    expect(endpoints.at(-1)).toMatchObject(expected);
  });
});

describe('change and remove', () => {
  it.each<[string, string, string, Partial<Endpoint>]>([
    ['a need', 'change:\n  downloads: { need: scan }', 'downloads', { need: 'scan', port: 443, custom: false }],
    ['by host', 'change:\n  downloads.plex.tv: { need: scan }', 'downloads', { need: 'scan' }],
    ['the port with the scheme', 'change: { images: { scheme: http } }', 'images', { scheme: 'http', port: 80 }],
    ['only the scheme', 'change: { images: { scheme: http, port: 443 } }', 'images', { scheme: 'http', port: 443 }],
    [
      'the host',
      'change: { images: { host: images.example } }',
      'images',
      { host: 'images.example', probeHost: 'images.example', custom: true },
    ],
    ['a representative', 'change: { relay: { probe: a.plex.direct } }', 'relay', { probeHost: 'a.plex.direct' }],
  ])('changes %s', (_, text, id, expected) => {
    const endpoints = endpointsOf(text);
    expect(endpoints.find((endpoint) => endpoint.id === id)).toMatchObject(expected);
    expect(endpoints.filter((endpoint) => endpoint.id !== id)).toEqual(CATALOGUE.filter((e) => e.id !== id));
  });

  it('removes by id and by host', () => {
    const left = endpointsOf('remove:\n  - sentry\n  - meta.plex.tv').map(({ id }) => id);
    const gone = CATALOGUE.map(({ id }) => id).filter((id) => !left.includes(id));
    expect(gone).toEqual(['meta-plex-tv', 'meta-plex-tv-http', 'sentry']);
  });

  it('takes the place of what it removes, and says when a scan endpoint is gone', () => {
    const swapped = parseEndpointsFile('remove: [plex-tv]\nadd: [{ id: plex-tv, host: a.example }]', 'f', CATALOGUE);
    expect(swapped).toMatchObject({ ok: true, notes: [] });
    const removed = parseEndpointsFile('remove: [plex-tv]', 'f', CATALOGUE);
    expect(removed).toMatchObject({ ok: true, notes: [expect.stringContaining('"plex.tv" was removed')] });
  });

  it('leaves the catalogue as it is for an empty file', () => {
    expect(parseEndpointsFile('# nothing\n', 'f', CATALOGUE)).toMatchObject({ ok: true, endpoints: CATALOGUE });
  });
});

describe('problems', () => {
  it.each<[string, string, ...string[]]>([
    [
      'an unknown key',
      'add:\n  - host: a.example\n    prot: 80',
      'my.yaml:3:5: found the unknown key "prot"; expected one of id, host, kind, probe, port, scheme, purpose, need, needByAgent, breaks, mark, source, telemetry, path, accepts; did you mean "port"?',
    ],
    [
      'an unknown section',
      'ad:\n  - host: a.example',
      'my.yaml:1:1: found the unknown key "ad"; expected one of add, change, remove; did you mean "add"?',
    ],
    [
      'a bad port',
      '- { host: a.example, port: 70000 }',
      'my.yaml:1:28: found 70000; expected a port from 1 to 65535; write a whole number in that range',
    ],
    [
      'a quoted port',
      '- host: a.example\n  port: "443"',
      'my.yaml:2:9: found "443"; expected a port from 1 to 65535; remove the quotes',
    ],
    [
      'a missing value',
      '- host: a.example\n  port:',
      'my.yaml:2:8: found nothing; expected a port from 1 to 65535; write a whole number in that range',
    ],
    [
      'a scheme with a typo',
      '- { host: a.example, scheme: htps }',
      'my.yaml:1:30: found "htps"; expected a scheme: https, http; did you mean "https"?',
    ],
    [
      'an international name',
      '- host: bücher.example',
      'my.yaml:1:9: found "bücher.example"; expected a host name in ASCII (punycode); write "xn--bcher-kva.example"',
    ],
    [
      'a URL for a host',
      '- host: https://a.example/x',
      'my.yaml:1:9: found "https://a.example/x"; expected a bare host name; write only "a.example" and use the keys scheme, port and path',
    ],
    [
      'a host with a port',
      '- host: a.example:8443',
      'my.yaml:1:9: found "a.example:8443"; expected a bare host name; write "a.example" and use the key port',
    ],
    [
      'a host with an underlined label, a star within',
      '- host: a.*.example',
      'my.yaml:1:9: found "a.*.example"; expected a host name, *.name or an IP address; use letters, digits, hyphens and dots; a star only as the first label',
    ],
    [
      'an address that is none',
      '- host: 300.1.1.1',
      'my.yaml:1:9: found "300.1.1.1"; expected a host name, *.name or an IP address; use letters, digits, hyphens and dots; a star only as the first label',
    ],
    [
      'user information in a host, masked',
      '- host: ann:hunter2@a.example',
      'my.yaml:1:9: found "***@a.example"; expected a bare host name; remove the user information',
    ],
    [
      'a token in a path, not repeated',
      '- { host: a.example, path: "/x?X-Plex-Token=abcdef" }',
      'my.yaml:1:28: found a path with a secret in it; expected a path that needs none; probes never send tokens: remove it',
    ],
    [
      'a wildcard without representative',
      'add:\n  - host: "*.cdn.example"',
      'my.yaml:2:5: found the wildcard "*.cdn.example" without probe; expected a name to probe it by; add `probe: some.name`',
    ],
    [
      'a probe of a single host',
      '- { host: a.example, probe: b.example }',
      'my.yaml:1:3: found probe for a single host; expected it for wildcards and dns only; remove it or change the host',
    ],
    ['no host', 'add:\n  - port: 80', 'my.yaml:2:5: found an endpoint without host; expected a host; add `host: name`'],
    [
      'nothing at all',
      'add:\n  - {}',
      'my.yaml:2:5: found an endpoint without host; expected a host; add `host: name`',
    ],
    [
      'an empty item',
      'add:\n  -',
      'my.yaml:2:4: found nothing; expected the settings of an endpoint; write `key: value` lines',
    ],
    [
      'an id that exists',
      '- id: plex-tv\n  host: a.example',
      'my.yaml:1:7: found the id "plex-tv", which exists; expected something new; put it under change: "plex-tv", or give other values',
    ],
    [
      'a target that exists',
      '- id: own\n  host: plex.tv',
      'my.yaml:1:7: found "plex.tv" once more; expected something new; put it under change: "plex-tv", or give other values',
    ],
    [
      'an unknown id to change',
      'change:\n  plex-tw: { port: 80 }',
      'my.yaml:2:3: found the unknown endpoint "plex-tw"; expected a name that the catalogue has; did you mean "plex-tv"?',
    ],
    [
      'an unknown id to remove',
      'remove:\n  - nobody.at.all.example',
      'my.yaml:2:5: found the unknown endpoint "nobody.at.all.example"; expected a name that the catalogue has; correct or remove it',
    ],
    [
      'a host that several have',
      'change:\n  meta.plex.tv: { need: scan }',
      'my.yaml:2:3: found "meta.plex.tv", which several endpoints have; expected one endpoint; use one of the ids meta-plex-tv, meta-plex-tv-http',
    ],
    [
      'change and remove at once',
      'change: { sentry: { need: scan } }\nremove: [sentry]',
      'my.yaml:1:11: found "sentry" in both change and remove; expected it in one of them; decide for one',
    ],
    [
      'the same changed twice',
      'change:\n  images: { need: scan }\n  images.plex.tv: { need: scan }',
      'my.yaml:3:3: found a second change of "images"; expected one; put both into one entry',
    ],
    [
      'an id in change',
      'change:\n  images: { id: pics }',
      'my.yaml:2:13: found the unknown key "id"; expected one of host, kind, probe, port, scheme, purpose, need, needByAgent, breaks, mark, source, telemetry, path, accepts; correct or remove it',
    ],
    [
      'a duplicate key',
      '- host: a.example\n  port: 80\n  port: 81',
      'my.yaml:3:3: found a key that stands here twice; expected every key once; remove one of them',
    ],
    [
      'a scalar at the top',
      'hello',
      'my.yaml:1:1: found "hello"; expected a list of endpoints, or a mapping with add, change and remove; write `key: value` lines',
    ],
    [
      'a mapping where a list belongs',
      'add:\n  host: a.example',
      'my.yaml:2:3: found a mapping; expected a list of endpoints; write `- item` lines',
    ],
    [
      'an alias',
      'add:\n  - &x { host: a.example }\n  - *x',
      'my.yaml:3:5: found an alias (these are not followed); expected the settings of an endpoint; write `key: value` lines',
    ],
    [
      'a line break in a purpose',
      '- host: a.example\n  purpose: "a\\nb"',
      'my.yaml:2:12: found a line break or control character; expected a purpose; write it in one line',
    ],
    [
      'a status that is none',
      '- { host: a.example, accepts: [200, 999] }',
      'my.yaml:1:37: found 999; expected an HTTP status from 100 to 599; write a whole number in that range',
    ],
    [
      'an unknown agent',
      '- { host: a.example, needByAgent: { musik: scan } }',
      'my.yaml:1:37: found the unknown key "musik"; expected one of movie, series, music, legacy, legacy-music, live-tv, none; did you mean "music"?',
    ],
    [
      'an id in capitals',
      '- { id: My Mirror, host: a.example }',
      'my.yaml:1:9: found "My Mirror"; expected an id in kebab-case; write "my-mirror"',
    ],
    [
      'several at once, in the order of the file',
      'remove: [nobody]\nadd:\n  - { host: a b, port: 0 }',
      'my.yaml:1:10: found the unknown endpoint "nobody"; expected a name that the catalogue has; correct or remove it',
      'my.yaml:3:13: found "a b"; expected a host name, *.name or an IP address; use letters, digits, hyphens and dots; a star only as the first label',
      'my.yaml:3:24: found 0; expected a port from 1 to 65535; write a whole number in that range',
    ],
  ])('%s', (_, text, ...expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });

  it.each([
    [
      'a tab',
      'add:\n\t- host: a.example',
      'my.yaml:2:1: found broken YAML ("Tabs are not allowed as indentation"); expected one YAML 1.2 document;',
    ],
    [
      'an open quote',
      'add: "x',
      `my.yaml:1:8: found broken YAML ("Missing closing 'quote"); expected one YAML 1.2 document;`,
    ],
    [
      'a second document',
      '- host: a.example\n---\n- host: b.example',
      'my.yaml:2:1: found a second YAML document; expected one; remove the line with ---',
    ],
    ['deep nesting', '['.repeat(20_000), 'my.yaml:1:'],
    ['an own tag', '- !evil { host: a.example }', 'my.yaml:1:3: found broken YAML ('],
  ])('broken YAML: %s', (_, text, beginning) => {
    const problems = problemsOf(text);
    expect(problems[0]?.slice(0, beginning.length)).toBe(beginning);
    expect(problems.length).toBeLessThanOrEqual(3);
  });

  it('does not expand aliases', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...Array.from('bcdefghi').map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`),
    ];
    expect(problemsOf(bomb.join('\n')).length).toBeGreaterThan(0);
  });

  it('bounds how many it lists', () => {
    const problems = problemsOf(Array.from({ length: 500 }, (_, i) => `- { host: a${i}.example, port: 0 }`).join('\n'));
    expect(problems).toHaveLength(21);
    expect(problems.at(-1)).toBe('my.yaml: and 480 more of the kind; correct these first');
  });

  it('keeps one problem in one line whatever the value is', () => {
    const [problem] = problemsOf(`- host: "${'a'.repeat(900)}\\nb\\u001b[31m"`);
    expect(problem).not.toMatch(/\p{Cc}/u);
    expect(problem?.length).toBeLessThan(300);
  });
});

describe('any text', () => {
  const word = fc.constantFrom(
    'add',
    'change',
    'remove',
    'host',
    'port',
    'plex-tv',
    ': ',
    '- ',
    '\n',
    '  ',
    '{',
    '}',
    '[',
    ']',
    ',',
    '"',
    '*.a.b',
    '&x',
    '*x',
    '?',
    '|',
    '<<',
    '443',
    'é',
  );
  it.each([
    ['random', fc.string({ unit: anyCharacter, maxLength: 300 })],
    ['near to YAML', fc.array(word, { maxLength: 40 }).map((words) => words.join(''))],
    ['JSON', fc.json()],
  ])('%s gives a result, and each problem is one line with a place', (_, texts) => {
    const shape = /^my\.yaml:(\d+:\d+: found [^\n]+; expected [^\n]+; [^\n]+| and \d+ more [^\n]+)$/;
    expect(() =>
      fc.assert(
        fc.property(texts, (text) => {
          const result = parseEndpointsFile(text, 'my.yaml', CATALOGUE);
          if (!result.ok) return result.problems.length > 0 && result.problems.every((problem) => shape.test(problem));
          return new Set(result.endpoints.map(({ id }) => id)).size === result.endpoints.length;
        }),
        runs(50),
      ),
    ).not.toThrow();
  });
});

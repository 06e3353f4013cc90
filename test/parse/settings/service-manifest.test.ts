import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isManifest, parseManifest } from '../../../src/parse/settings/service-manifest.ts';

function read(text: string) {
  const manifest = parseManifest(text);
  if (!manifest.ok) throw new TypeError(manifest.problem.rule);
  return manifest.services.map(({ name, assignments, files }) => ({
    name,
    set: assignments.map((a) => `${a.name}=${a.value}@${a.line}${a.unresolved === null ? '' : ` (${a.unresolved})`}`),
    files: files.map(({ path }) => path),
  }));
}

describe('compose', () => {
  it.each<[string, string, readonly string[], readonly string[]]>([
    [
      'a list',
      'services:\n  plex:\n    environment:\n      - PUID=1000\n      - HTTPS_PROXY=http://p:3128\n      - NO_PROXY="a,b"\n',
      ['PUID=1000@4', 'HTTPS_PROXY=http://p:3128@5', 'NO_PROXY="a,b"@6'],
      [],
    ],
    ['a map', 'services: {plex: {environment: {A: "1", B: yes, C: 2}}}', ['A=1@1', 'B=yes@1', 'C=2@1'], []],
    [
      'values from elsewhere',
      'services:\n  plex:\n    environment:\n      A: ${PROXY:-x}\n      B:\n      C: 50$$\n',
      ['A=${PROXY:-x}@4 (${PROXY:-x})', 'B=@5 (the value of B)', 'C=50$@6'],
      [],
    ],
    ['a name alone in a list', 'services:\n  plex:\n    environment:\n      - A\n', ['A=@4 (the value of A)'], []],
    [
      'a merged map',
      'x-proxy: &p\n  https_proxy: http://p\nservices:\n  plex:\n    environment:\n      <<: *p\n      A: 1\n',
      ['https_proxy=http://p@2', 'A=1@7'],
      [],
    ],
    ['one file', 'services:\n  plex:\n    env_file: proxy.env\n', [], ['proxy.env']],
    [
      'files',
      'services:\n  plex:\n    env_file:\n      - a.env\n      - path: b.env\n        required: false\n',
      [],
      ['a.env', 'b.env'],
    ],
    ['nothing', 'services:\n  plex:\n    image: x\n', [], []],
  ])('%s', (_, text, set, files) => {
    expect(isManifest(text)).toBe(true);
    expect(read(text)).toEqual([{ name: 'plex', set, files }]);
  });
});

describe('Kubernetes', () => {
  const containers = (indent: string): string =>
    ['containers:', '  - name: plex', '    env:', '      - name: HTTPS_PROXY', '        value: http://p:3128']
      .map((line) => `${indent}${line}\n`)
      .join('');
  it.each([
    ['Pod', `kind: Pod\nspec:\n${containers('  ')}`],
    ['Deployment', `apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n${containers('      ')}`],
    ['List', `kind: List\nitems:\n  - kind: Pod\n    spec:\n${containers('      ')}`],
  ])('%s', (_, text) => {
    expect(read(text)).toMatchObject([
      { name: 'plex', set: [expect.stringMatching(/^HTTPS_PROXY=http:\/\/p:3128@\d+$/)] },
    ]);
  });

  it('takes a ConfigMap of the same file, below the own variables', () => {
    const text = `kind: ConfigMap\nmetadata:\n  name: m\ndata:\n  A: "1"\n  B: "1"\n---\nkind: Pod\nspec:\n  containers:\n    - name: plex\n      envFrom:\n        - configMapRef:\n            name: m\n      env:\n        - name: B\n          value: $(A)\n        - name: C\n          valueFrom: {}\n`;
    expect(read(text)[0]?.set).toEqual(['A=1@5', 'B=1@6', 'B=$(A)@17 ($(A))', 'C=@18 (the value of C)']);
  });
});

describe('what is elsewhere', () => {
  const plexOf = (text: string) => {
    const manifest = parseManifest(text);
    return manifest.ok ? manifest.services.find(({ name }) => name === 'plex') : null;
  };
  it.each<[string, string, readonly string[], string | null]>([
    [
      'extends within the file',
      'services:\n  base:\n    environment: {A: 1, B: 1}\n  plex:\n    extends: {service: base}\n    environment: {B: 2}\n',
      ['A=1', 'B=1', 'B=2'],
      null,
    ],
    ['extends by name', 'services: {base: {environment: [A=1]}, plex: {extends: base}}', ['A=1'], null],
    [
      'extends another file',
      'services: {plex: {extends: {service: base, file: common.yml}}}',
      [],
      'the service base of common.yml',
    ],
    ['extends nobody', 'services: {plex: {extends: base}}', [], 'the service base'],
    ['extends itself', 'services: {plex: {extends: plex}}', [], 'the service plex'],
    [
      'a Secret',
      'kind: Pod\nspec: {containers: [{name: plex, envFrom: [{secretRef: {name: s}}]}]}',
      [],
      'the Secret s',
    ],
    [
      'a ConfigMap',
      'kind: Pod\nspec: {containers: [{name: plex, envFrom: [{configMapRef: {name: m}}]}]}',
      [],
      'the ConfigMap m',
    ],
    [
      'a Secret of the file',
      'kind: Secret\nmetadata: {name: s}\ndata: {A: aHR0cDovL3A=}\nstringData: {B: x}\n---\nkind: Pod\nspec: {containers: [{name: plex, envFrom: [{secretRef: {name: s}}]}]}',
      ['A=http://p', 'B=x'],
      null,
    ],
    [
      'a Secret that is not base64',
      'kind: Secret\nmetadata: {name: s}\ndata: {A: abcde, B: _}\n---\nkind: Pod\nspec: {containers: [{name: plex, envFrom: [{secretRef: {name: s}}]}]}',
      ['A= (the value of A)', 'B= (the value of B)'],
      null,
    ],
    [
      'keys of a ConfigMap of the file',
      'kind: ConfigMap\nmetadata: {name: m}\ndata: {k: x}\n---\nkind: Pod\nspec: {containers: [{name: plex, env: [{name: A, valueFrom: {configMapKeyRef: {name: m, key: k}}}, {name: B, valueFrom: {configMapKeyRef: {name: m, key: z}}}]}]}',
      ['A=x', 'B= (the value of B)'],
      null,
    ],
    [
      'merges of merges, the own entries last',
      'x-a: &a {A: 1, B: 1}\nx-b: &b {<<: *a, B: 2}\nservices: {plex: {environment: {<<: [*b, {A: 9, C: 9}], C: 3}}}',
      ['A=9', 'C=9', 'A=1', 'B=1', 'B=2', 'C=3'],
      null,
    ],
  ])('%s', (_, text, set, missing) => {
    const plex = plexOf(text);
    const said = plex?.assignments.map(
      ({ name, value, unresolved }) => `${name}=${value}${unresolved === null ? '' : ` (${unresolved})`}`,
    );
    expect(said).toEqual(set);
    expect(plex?.missing?.what ?? null).toBe(missing);
  });

  it('knows which files are required, and which are raw', () => {
    const text = 'services: {plex: {env_file: [a, {path: b, required: false}, {path: c, format: raw}]}}';
    expect(plexOf(text)?.files).toMatchObject([
      { path: 'a', isRequired: true, isRaw: false },
      { path: 'b', isRequired: false, isRaw: false },
      { path: 'c', isRequired: true, isRaw: true },
    ]);
  });
});

const bomb = (levels: number): string =>
  Array.from({ length: levels }, (_, level) => {
    const below =
      level === 0
        ? '{A: 1}'
        : `{<<: [${Array(10)
            .fill(`*l${level - 1}`)
            .join(', ')}]}`;
    return `x-${level}: &l${level} ${below}\n`;
  }).join('');

it.each([
  ['aliases of aliases', `${bomb(9)}services: {plex: {environment: *l8}}\n`],
  ['brackets', `services: ${'['.repeat(100_000)}`],
  ['lists of lists', `services:\n${'- '.repeat(50_000)}x`],
  ['much text', `services:\n${'# x\n'.repeat(400_000)}`],
])('refuses %s', (_, text) => {
  expect(parseManifest(text)).toMatchObject({ ok: false });
});

it('reads many aliases', () => {
  const text = `x: &a {A: 1}\nservices:\n${Array.from({ length: 1000 }, (_, i) => `  s${i}: {environment: *a}\n`).join('')}`;
  const manifest = parseManifest(text);
  expect(manifest.ok && manifest.services.at(-1)?.assignments).toMatchObject([{ name: 'A' }]);
});

it.each([
  ['services:\n  plex: [\n', false],
  ['services: 5\n', true],
  ['services:\n  plex: &a\n    environment: *a\n', true],
])('%j is read or refused', (text, isRead) => {
  expect(parseManifest(text).ok).toBe(isRead);
});

it('takes any text', () => {
  const piece = fc.constantFrom(
    'services:',
    'kind: Pod',
    '\n',
    '  ',
    '- ',
    'a: 1',
    '&a ',
    '*a',
    '<<: ',
    '{',
    ']',
    '"',
    'spec:',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      expect(typeof parseManifest(pieces.join('')).ok).toBe('boolean');
    }),
  );
});

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CATALOGUE, parseEndpointsFile, parsePolicyFile } from '../../src/catalog/index.ts';
import { catalogueDocument } from '../../src/report/catalogue.ts';

function page(name: string): string {
  return readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
}

function example(name: string): string {
  return /```yaml\n(.*?)```/s.exec(page(name))?.[1] ?? '';
}

it('docs/endpoints-file.md shows a file that is accepted and does what it says', () => {
  const result = parseEndpointsFile(example('endpoints-file.md'), 'example.yaml', CATALOGUE);
  expect(result.ok ? [] : result.problems).toEqual([]);
  const endpoints = result.ok ? result.endpoints : [];
  expect(endpoints.slice(-3).map(({ id }) => id)).toEqual(['posters-example-org', 'my-agent', 'cdn-example-net']);
  expect(endpoints).toHaveLength(CATALOGUE.length + 3 - 2);
  expect(endpoints.find(({ id }) => id === 'epg-provider')?.need).toBe('scan');
});

it('docs/endpoints-file.md names every setting, and no other', () => {
  const known = parseEndpointsFile('- { host: a.example, unknown: 1 }', 'f', CATALOGUE);
  const expected = known.ok ? '' : (/one of (.*?);/.exec(known.problems[0] ?? '')?.[1] ?? '');
  const documented = Array.from(page('endpoints-file.md').matchAll(/^\| `(\w+)` /gm), ([, key]) => key);
  expect(new Set(documented)).toEqual(new Set(expected.split(', ')));
});

it('docs/policy-file.md shows a policy that is accepted', () => {
  const result = parsePolicyFile(example('policy-file.md'), 'example.yaml', CATALOGUE);
  expect(result.ok ? Object.keys(result.policy.endpoints) : result.problems).toEqual([
    'plex-tv',
    'metrics.plex.tv',
    '*.o.lencr.org',
  ]);
});

it('docs/catalogue.md is what the catalogue gives (npm run generate)', () => {
  expect(page('catalogue.md')).toBe(catalogueDocument(CATALOGUE));
});

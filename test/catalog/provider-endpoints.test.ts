import { expect, it } from 'vitest';
import { CATALOGUE, withProviders } from '../../src/catalog/index.ts';
import type { CustomProvider } from '../../src/core/model/pms-status.ts';

function at(host: string, port: number, scheme: 'https' | 'http' = 'http'): CustomProvider {
  return { identifier: `tv.plex.agents.custom.${port}`, place: { scheme, host, port }, online: null };
}

const added = (...providers: readonly CustomProvider[]): readonly string[] =>
  withProviders(CATALOGUE, providers)
    .slice(CATALOGUE.length)
    .map(({ id, scheme }) => `${scheme} ${id}`);

it.each<[string, readonly CustomProvider[], readonly string[]]>([
  ['none', [], []],
  ['one', [at('nas', 5_000)], ['http nas:5000']],
  ['an address of IPv6', [at('fd00::5', 80)], ['http [fd00::5]:80']],
  ['two at one place', [at('nas', 5_000), { ...at('nas', 5_000), identifier: 'x' }], ['http nas:5000']],
  ['two ports of a host', [at('nas', 1), at('nas', 2)], ['http nas:1', 'http nas:2']],
  ['one without a place', [{ ...at('nas', 1), place: null }], []],
])('%s', (_, providers, ids) => {
  expect(added(...providers)).toEqual(ids);
});

it('a place that is listed already is marked, and stays as it is', () => {
  const [first] = CATALOGUE;
  if (first === undefined) throw new Error('an empty catalogue');
  const endpoints = withProviders(CATALOGUE, [at(first.host, first.port, first.scheme)]);
  expect(endpoints).toEqual([{ ...first, provider: true }, ...CATALOGUE.slice(1)]);
});

it('is private, and asked for nothing that the URL may have held', () => {
  const [endpoint] = withProviders([], [at('nas', 5_000)]);
  expect(endpoint).toMatchObject({ custom: true, path: '/', need: 'feature' });
});

import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../../src/catalog/index.ts';
import type { Flow } from '../../../../src/core/model/traffic.ts';
import { clientOfLog, clientOfPackets, givenClients, isChosen } from '../../../../src/gather/files/join/clients.ts';
import { FLOWS_KEPT, mostRelevant, Relevance } from '../../../../src/gather/flows/relevance.ts';
import { familyName } from '../../../../src/gather/files/join/rotation.ts';
import { directFlow, proxiedFlow } from '../../../support/fixtures/traffic.ts';

const relevance = new Relevance(CATALOGUE);

describe('of packets', () => {
  const plex = (client: string): Flow => directFlow('plex.tv', { client });
  const other = (client: string): Flow => directFlow('bank.example', { client });
  const rows: readonly (readonly [string, readonly Flow[], readonly string[] | null])[] = [
    ['the one that contacts Plex', [plex('10.0.0.2'), other('10.0.0.3')], ['10.0.0.2']],
    ['in both families', [plex('10.0.0.2'), plex('2001:db8::2')], ['10.0.0.2', '2001:db8::2']],
    ['with loopback', [plex('10.0.0.2'), proxiedFlow('plex.tv', { client: '127.0.0.1' })], ['10.0.0.2', '127.0.0.1']],
    [
      'the one that uses a proxy',
      [proxiedFlow('bank.example', { client: '10.0.0.2' }), other('10.0.0.3')],
      ['10.0.0.2'],
    ],
    ['two that contact Plex', [plex('10.0.0.2'), plex('10.0.0.3')], null],
    ['nobody', [other('10.0.0.3')], null],
  ];
  it.each(rows)('%s', (_, flows, clients) => {
    const choice = clientOfPackets(flows, relevance);
    const chosen = flows.filter((flow) => isChosen(flow, choice, relevance)).map(({ client }) => client);
    expect(choice.clients === null ? null : chosen).toEqual(clients);
  });
});

describe('of a log', () => {
  const seen = (client: string, plexCount: number) => ({ client, count: 10, plexCount });
  const rows: readonly (readonly [string, Parameters<typeof clientOfLog>, number | null, RegExp | null])[] = [
    ['the only one', [[seen('a', 0)], null], 1, null],
    ['the only one that asks', [[seen('a', 0), seen('b', 3)], null], 1, /of its 2 clients only one/],
    ['several that ask', [[seen('a', 1), seen('b', 3)], null], null, /2 of its 2 clients ask/],
    ['none that asks', [[seen('a', 0), seen('b', 0)], null], null, /none of its 2 clients/],
    ['the captured one', [[seen('10.0.0.2', 0), seen('b', 3)], givenClients(['10.0.0.2'])?.clients ?? null], 1, null],
    ['no clients in the log', [[], null], null, null],
  ];
  it.each(rows)('%s', (_, input, size, why) => {
    const choice = clientOfLog(...input);
    expect(choice.clients?.size ?? null).toBe(size);
    expect(choice.why ?? '').toMatch(why ?? /^$/);
  });
});

it('knows an address in any spelling', () => {
  const choice = givenClients(['2001:DB8:0:0::2']);
  expect(choice && isChosen(directFlow('plex.tv', { client: '2001:db8::2' }), choice, relevance)).toBe(true);
  expect(choice && isChosen(directFlow('plex.tv', { client: null }), choice, relevance)).toBe(false);
});

it('keeps the flows that concern PMS when there are too many', () => {
  const flows = Array.from({ length: FLOWS_KEPT + 10 }, (_, n) => directFlow(`h${n}.example`, { count: n }));
  const { flows: kept, omitted } = mostRelevant([...flows, directFlow('plex.tv', { count: 1 })], relevance);
  expect(kept).toHaveLength(FLOWS_KEPT);
  expect(omitted).toBe(11);
  expect(kept.at(-1)?.names[0]?.name).toBe('plex.tv');
  expect(kept[0]?.count).toBe(11);
});

it.each([
  ['access.log', 'access.log'],
  ['access.log.1', 'access.log'],
  ['access.log.2.gz', 'access.log'],
  ['access.log-20261122', 'access.log'],
  ['access.log-20261122.gz', 'access.log'],
  ['access.log.2026-11-22', 'access.log'],
  ['squid2.log', 'squid2.log'],
])('%s is a rotation of %s', (name, family) => {
  expect(familyName(name)).toBe(family);
});

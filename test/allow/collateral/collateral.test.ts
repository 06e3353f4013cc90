import { describe, expect, it } from 'vitest';
import { collateral, withReverse, type Sighting } from '../../../src/allow/collateral/collateral.ts';
import { collateralSchema } from '../../../src/allow/collateral/model.ts';
import { collateralText } from '../../../src/allow/collateral/text.ts';
import { CATALOGUE } from '../../../src/catalog/index.ts';
import { listOf, own } from '../../support/allow/lists.ts';

const LIST = listOf([...CATALOGUE, own('*.wild.example')], { asked: 'scan', isNamed: false });
const SHARED = '104.18.41.153';

function seen(host: string, address: string, more: Partial<Sighting> = {}): Sighting {
  return { host, address, source: '9.9.9.9', at: '2026-11-01T00:00:00.000Z', ...more };
}

const SEEN = [
  seen('metadata.provider.plex.tv', SHARED),
  seen('analytics.plex.tv', SHARED, { source: 'log', at: '2026-11-03T00:00:00.000Z' }),
  seen('metadata.provider.plex.tv', '2001:db8::1'),
  seen('other.example', '2001:db8::1', { at: null }),
  seen('www.plex.tv', '203.0.113.7'),
  seen('plex.tv', 'unknown'),
];
const FOUND = collateral(LIST, SEEN, [{ host: 'plex.tv', why: 'no reply' }], true);

describe('the addresses of allowed names', () => {
  it('have all names that were seen on them, those that are shared first', () => {
    expect(FOUND.addresses).toEqual([
      {
        address: SHARED,
        family: 4,
        reverse: null,
        allowed: ['metadata.provider.plex.tv'],
        others: [{ host: 'analytics.plex.tv', isKnown: true }],
        sources: ['9.9.9.9', 'log'],
        lastAt: '2026-11-03T00:00:00.000Z',
      },
      {
        address: '2001:db8::1',
        family: 6,
        reverse: null,
        allowed: ['metadata.provider.plex.tv'],
        others: [{ host: 'other.example', isKnown: false }],
        sources: ['9.9.9.9'],
        lastAt: '2026-11-01T00:00:00.000Z',
      },
    ]);
  });

  it.each<[string, boolean, string]>([
    ['the reason of the name server', true, 'no reply'],
    ['that the files show none', false, 'no file shows an address'],
  ])('are missing with %s', (_, isLive, why) => {
    const { unresolved } = collateral(LIST, SEEN, [{ host: 'plex.tv', why: 'no reply' }], isLive);
    expect(unresolved).toEqual([{ host: 'plex.tv', why }]);
  });

  it('of a pattern are those of the names below', () => {
    const list = listOf([own('*.wild.example'), own('*.none.example')]);
    const found = collateral(list, [seen('a.wild.example', SHARED), seen('wild.example', SHARED)], [], true);
    expect(found.addresses).toMatchObject([{ allowed: ['a.wild.example'], others: [{ host: 'wild.example' }] }]);
    expect(found.unresolved).toEqual([{ host: '*.none.example', why: 'a pattern has no address of its own' }]);
  });

  it('have reverse names where their owners answered', () => {
    const { addresses } = withReverse(FOUND, new Map([[SHARED, []]]));
    expect(addresses.map(({ reverse }) => reverse)).toEqual([[], null]);
  });
});

describe('the text', () => {
  it('says in one sentence what a rule opens', () => {
    const text = collateralText(withReverse(FOUND, new Map([[SHARED, ['edge.example']]])), 400);
    expect(text).toContain(`${SHARED}  (reverse name edge.example; 9.9.9.9, log)`);
    expect(text).toContain(
      `A rule for ${SHARED} lets metadata.provider.plex.tv through, and besides analytics.plex.tv.`,
    );
    expect(text).toContain('other.example (not of the catalogue)');
  });

  it.each([60, 80, 120])('keeps to %d columns', (width) => {
    const lines = collateralText(FOUND, width).split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
  });

  it('is data that the sanitizer knows', () => {
    expect(collateralSchema.parse(FOUND)).toEqual(FOUND);
  });
});

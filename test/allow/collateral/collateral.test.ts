import { describe, expect, it } from 'vitest';
import { collateral, withRanges, withReverse, type Sighting } from '../../../src/allow/collateral/collateral.ts';
import { collateralSchema } from '../../../src/allow/collateral/model.ts';
import { rangeOfAddress, readRanges } from '../../../src/allow/collateral/ranges.ts';
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
        range: null,
        allowed: ['metadata.provider.plex.tv'],
        others: [{ host: 'analytics.plex.tv', isKnown: true }],
        sources: ['9.9.9.9', 'log'],
        lastAt: '2026-11-03T00:00:00.000Z',
      },
      {
        address: '2001:db8::1',
        family: 6,
        reverse: null,
        range: null,
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

const AWS = JSON.stringify({
  prefixes: [
    { ip_prefix: '104.16.0.0/12', service: 'AMAZON' },
    { ip_prefix: '104.18.0.0/16', service: 'CLOUDFRONT' },
  ],
  ipv6_prefixes: [{ ipv6_prefix: '2001:db8::/32' }],
});

describe('published ranges', () => {
  it.each<[string, string, readonly string[]]>([
    ['JSON, whatever its keys', AWS, ['104.16.0.0/12', '104.18.0.0/16', '2001:db8::/32']],
    ['lines with remarks', '# v4\n192.0.2.0/24\n198.51.100.7 ; one\n\n', ['192.0.2.0/24', '198.51.100.7/32']],
    ['a geofeed', '192.0.2.0/24,DE,DE-BE,Berlin,\n2001:db8::/48,US,,,', ['192.0.2.0/24', '2001:db8::/48']],
    ['a page of an error', '<html>404</html>', []],
    ['broken JSON', '{"prefixes": [', []],
    ['everything', '0.0.0.0/0\n::/0\n192.0.2.0/33\n192.0.2.0/x', []],
  ])('are read from %s', (_name, text, expected) => {
    expect(
      readRanges(text)
        .map(({ prefix }) => prefix)
        .toSorted(),
    ).toEqual(expected);
  });

  it('tell the narrowest that holds an address, and of no other family', () => {
    const published = [{ of: 'aws', ranges: readRanges(AWS) }];
    expect(rangeOfAddress(SHARED, published)).toEqual({ of: 'aws', prefix: '104.18.0.0/16' });
    expect(rangeOfAddress('104.32.0.1', published)).toBeNull();
    expect(rangeOfAddress('2001:db8::7', published)).toEqual({ of: 'aws', prefix: '2001:db8::/32' });
    expect(rangeOfAddress('2001:db9::7', published)).toBeNull();
  });

  it('stand beside the address in the text and in the document', () => {
    const found = withRanges(FOUND, [{ of: 'aws', ranges: readRanges(AWS) }]);
    expect(collateralText(found, 100)).toContain(`${SHARED}  (in 104.18.0.0/16 of aws; `);
    expect(collateralSchema.parse(found)).toEqual(found);
  });
});

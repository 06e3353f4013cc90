import { expect, it } from 'vitest';
import urlTable from '../../../src/allow/targets/url-table.ts';
import { familyOf } from '../../../src/core/values/address.ts';
import { assertAccepted, listOf, own, rulesOf } from '../../support/allow/lists.ts';

const LIST = {
  ...listOf([own('a.example'), own('b.example'), own('*.c.example'), own('lost.example')]),
  addresses: new Map([
    ['a.example', ['198.51.100.1', '2001:db8::1']],
    ['b.example', ['198.51.100.1']],
    ['x.c.example', ['198.51.100.3']],
    ['other.example', ['198.51.100.9']],
  ]),
};

it('has each address of the names once', () => {
  expect(rulesOf(urlTable, LIST)).toEqual(['198.51.100.1', '2001:db8::1', '198.51.100.3']);
});

it('says which names have no address', () => {
  expect(urlTable.draw(LIST, { sni: false }).notIn).toMatchObject([{ host: 'lost.example' }]);
});

it('has an address that is in the list without a question', () => {
  expect(rulesOf(urlTable, listOf([own('203.0.113.5')]))).toEqual(['203.0.113.5']);
});

it('is a table of addresses for both, whatever its comments hold', () => {
  // parse_aliases_file of pfsense/pfsense at 9363ac5b: the text before "#", and of that the text before a blank.
  assertAccepted(urlTable, (text) =>
    text.split('\n').filter((line) => {
      const taken = (line.trim().split('#')[0] || line.trim()).split(' ')[0] ?? '';
      return taken !== '' && taken !== '#' && familyOf(taken) === null;
    }),
  );
});

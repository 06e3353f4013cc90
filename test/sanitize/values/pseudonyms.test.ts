import { expect, it } from 'vitest';
import { Pseudonyms } from '../../../src/sanitize/values/pseudonyms.ts';

const NONE = { taken: [], assigned: {} };

it('one value has one number, each kind counts for itself', () => {
  const pseudonyms = new Pseudonyms(NONE);
  const given = [
    pseudonyms.of('host', 'nas'),
    pseudonyms.of('host', 'printer'),
    pseudonyms.of('user', 'nas'),
    pseudonyms.of('host', 'nas'),
  ];
  expect(given).toEqual(['<host-1>', '<host-2>', '<user-1>', '<host-1>']);
});

it('a number that a document brings along is not given to another value', () => {
  const pseudonyms = new Pseudonyms({ ...NONE, taken: ['<host-1>', '<user-2>'] });
  pseudonyms.reserve('<host-3>');
  expect([pseudonyms.of('host', 'nas'), pseudonyms.of('host', 'printer')]).toEqual(['<host-2>', '<host-4>']);
});

it.each(['<removed-token>', '<other-1>', 'host-1', '<host-x>'])('%s is no pseudonym that takes a number', (text) => {
  const pseudonyms = new Pseudonyms({ ...NONE, taken: [text] });
  expect(pseudonyms.of('host', 'nas')).toBe('<host-1>');
});

it('another instance continues where one stopped', () => {
  const first = new Pseudonyms({ ...NONE, taken: ['<host-1>'] });
  first.of('host', 'nas');
  first.of('host', 'printer');
  const second = new Pseudonyms({ taken: ['<host-1>'], assigned: first.assigned });
  expect([second.of('host', 'printer'), second.of('host', 'router')]).toEqual(['<host-3>', '<host-4>']);
});

it('replacements are counted, numbers that are only assigned are not', () => {
  const pseudonyms = new Pseudonyms(NONE);
  pseudonyms.assign('proxy', 'gate');
  const [result, counts] = pseudonyms.countsOf(() => pseudonyms.of('host', 'nas') + pseudonyms.of('host', 'nas'));
  pseudonyms.count('token', 3);
  expect({ result, counts, removed: pseudonyms.removed, total: pseudonyms.total }).toEqual({
    result: '<host-1><host-1>',
    counts: [['host', 2]],
    removed: { host: 2, token: 3 },
    total: 5,
  });
});

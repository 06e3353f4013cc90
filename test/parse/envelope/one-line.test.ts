import { describe, expect, it } from 'vitest';
import { splitAtStarts } from '../../../src/parse/envelope/one-line.ts';

const PMS = 'Nov 22, 2026 15:00:01.000 [230] INFO - text';
const SQUID = '1796070149.003    139 10.0.0.2 TCP_TUNNEL/200 1991 CONNECT plex.tv:443 - HIER_DIRECT/203.0.113.10 -';
const isNoHead = (): boolean => false;

describe('splitAtStarts', () => {
  it.each<[string, readonly string[]]>([
    ['records', [PMS, PMS, PMS]],
    ['records of a proxy', [SQUID, SQUID]],
    ['marks of a quote', [`> ${PMS}`, `> ${PMS}`]],
    ['bars', [`| ${PMS}`, `| ${PMS}`]],
    ['numbers', [`12: ${PMS}`, `13: ${PMS}`]],
    ['services', [`plex-1  | ${PMS}`, `squid-1 | ${PMS}`]],
    ['names of files', [`a.log:1:${PMS}`, `b.log:2:${PMS}`]],
    ['a record that ends like a number', [`${PMS} response 403)`, PMS]],
    ['a record with bars that ends like a service', [`| ${PMS} 698 bytes`, `| ${PMS}`]],
    ['a record that ends like a name of a file', [`${PMS} of x.log:`, PMS]],
  ])('splits %s', (_, records) => {
    expect(splitAtStarts(records.join(' '), isNoHead)).toEqual(records);
  });

  it.each<[string, string]>([
    ['one record', PMS],
    ['another text in front', `see ${PMS} ${PMS}`],
    ['a time in the text', `${PMS} at Nov 22, 2026`],
    ['nothing', ''],
  ])('leaves %s', (_, line) => {
    expect(splitAtStarts(line, isNoHead)).toBeNull();
  });

  it('leaves an envelope in an envelope', () => {
    const time = '2026-11-30T20:10:40Z';
    expect(splitAtStarts(`${time} ${time} text`, (piece) => piece.trim() === time)).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { readOrder, readOutsideReport, type Order, type OutsideReport } from '../../../src/demo/system/order.ts';

describe('readOrder', () => {
  it.each<[Order]>([
    [{ role: 'outside' }],
    [{ role: 'pms-side', entry: '/a b/c.js', toolArguments: ['--format', 'json', "it's"] }],
  ])('reads what was written: %j', (order) => {
    expect(readOrder(JSON.stringify(order))).toEqual(order);
  });

  it.each([[undefined], ['outside'], ['{"role":"inside"}'], ['{"role":"pms-side"}'], ['[]']])('refuses %j', (text) => {
    expect(readOrder(text)).toBeNull();
  });
});

describe('readOutsideReport', () => {
  it.each<[OutsideReport]>([
    [{ state: 'separate' }],
    [{ state: 'serving' }],
    [{ state: 'failed', step: 'a link', detail: 'no' }],
    [{ state: 'finished', requests: 2, served: ['plex.tv'], denied: [], vanished: null }],
  ])('reads what was written: %j', (report) => {
    expect(readOutsideReport(JSON.stringify(report))).toEqual(report);
  });

  it('throws at anything else', () => {
    expect(() => readOutsideReport('{"state":"lost"}')).toThrow(/state/);
  });
});

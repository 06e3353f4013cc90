import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileTime, DEFAULT_TIME, TimeReader } from '../../../../../src/parse/access-log/squid/format/strftime.ts';

function read(spec: string, text: string, utc = false): { readonly end: number; readonly ms: number } {
  const reader = new TimeReader(compileTime(spec, utc));
  const bytes = Buffer.from(text);
  return { end: reader.read(bytes, 0, bytes.length), ms: reader.ms };
}

describe('TimeReader', () => {
  it.each<[string, string, boolean, string]>([
    [DEFAULT_TIME, '22/Nov/2026:14:03:01 +0000', false, '2026-11-22T14:03:01.000Z'],
    [DEFAULT_TIME, '22/Nov/2026:14:03:01 -0730', false, '2026-11-22T21:33:01.000Z'],
    ['%d/%b/%Y:%H:%M:%S', '01/Jan/2026:00:00:00', true, '2026-01-01T00:00:00.000Z'],
    ['%FT%T%z', '2026-11-22T14:03:01+0100', false, '2026-11-22T13:03:01.000Z'],
    ['%e.%m.%y %I:%M:%S %p', ' 2.11.26 12:00:01 AM', true, '2026-11-02T00:00:01.000Z'],
    ['%a %b %e %H:%M:%S %Z %Y', 'Sun Nov 22 14:03:01 UTC 2026', false, '2026-11-22T14:03:01.000Z'],
    ['%j/%Y %R', '032/2026 01:02', true, '2026-02-01T01:02:00.000Z'],
    ['%s', '1795378072', false, '2026-11-22T20:07:52.000Z'],
    ['%%%D %l%p%M', '%11/22/26  2PM03', true, '2026-11-22T14:03:00.000Z'],
  ])('reads %s from %j', (spec, text, utc, iso) => {
    const { end, ms } = read(spec, text, utc);
    expect(end).toBe(text.length);
    expect(new Date(ms).toISOString()).toBe(iso);
  });

  it.each<[string, string, string]>([
    ['local time without a zone', '%d/%b/%Y:%H:%M:%S', '22/Nov/2026:14:03:01'],
    ['a zone by name', '%FT%T %Z', '2026-11-22T14:03:01 CET'],
    ['no date', '%H:%M:%S %z', '14:03:01 +0000'],
  ])('passes over %s and gives no time', (_, spec, text) => {
    expect(read(spec, text)).toEqual({ end: text.length, ms: Number.NaN });
  });

  it.each<[string, string, string]>([
    ['a month that is none', DEFAULT_TIME, '22/Nox/2026:14:03:01 +0000'],
    ['an hour that is none', DEFAULT_TIME, '22/Nov/2026:34:03:01 +0000'],
    ['an end too early', DEFAULT_TIME, '22/Nov/2026:14:03'],
    ['half a zone', DEFAULT_TIME, '22/Nov/2026:14:03:01 +00'],
    ['words instead of digits', '%s', 'now'],
  ])('refuses %s', (_, spec, text) => {
    expect(read(spec, text).end).toBe(-1);
  });

  it('says which conversions it does not know', () => {
    expect(compileTime('%Y-%Q', true)).toMatchObject({ known: false, readable: false });
  });

  it('reads back every second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
        const iso = new Date(seconds * 1000).toISOString();
        expect(read('%FT%T', iso.slice(0, 19), true)).toEqual({ end: 19, ms: seconds * 1000 });
      }),
    );
  });

  it('has a result for any specification and text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.boolean(), (spec, text, utc) => {
        const { end } = read(`%${spec}`, text, utc);
        expect(end).toBeLessThanOrEqual(Buffer.byteLength(text));
      }),
    );
  });
});

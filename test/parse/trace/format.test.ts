import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEventFormat, parsePageLayout } from '../../../src/parse/trace/format.ts';
import { formatText } from '../../support/traces/trace-builder.ts';

describe('parseEventFormat', () => {
  it('reads ids, and the names of fields of every shape', () => {
    const format = parseEventFormat(
      formatText(2287, [
        ['const void * skaddr', 8],
        ['__u8 saddr_v6[16]', 16],
        ['__data_loc char[] filename', 4],
        ['char comm[TASK_COMM_LEN]', 16],
      ]),
    );
    expect(format?.id).toBe(2287);
    expect([...(format?.fields ?? [])].slice(4)).toEqual([
      ['skaddr', { offset: 8, bytes: 8 }],
      ['saddr_v6', { offset: 16, bytes: 16 }],
      ['filename', { offset: 32, bytes: 4 }],
      ['comm', { offset: 36, bytes: 16 }],
    ]);
  });

  it.each(['', 'name: x\nformat:\n', 'ID: none\n'])('is null without an id: %j', (text) => {
    expect(parseEventFormat(text)).toBeNull();
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseEventFormat(text)?.id ?? 0).toBeTypeOf('number');
        expect(parsePageLayout(text)).toBeNull();
      }),
    );
  });
});

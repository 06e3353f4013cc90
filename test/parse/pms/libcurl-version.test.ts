import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LibcurlVersionScanner } from '../../../src/parse/pms/libcurl-version.ts';

const scan = (...chunks: readonly string[]) => {
  const scanner = new LibcurlVersionScanner();
  for (const chunk of chunks) scanner.push(Buffer.from(chunk, 'latin1'));
  return scanner.end();
};

describe('LibcurlVersionScanner', () => {
  it.each([
    ['\0libcurl/8.11.1\0', '8.11.1'],
    ['\0CLIENT libcurl 8.11.1\r\n', '8.11.1'],
    ['libcurl/7.86.0-DEV', '7.86.0'],
    ['libcurl/8.0', '8.0'],
    ['libcurl/%s libcurl lacks IDN libcurl/8.4.0', '8.4.0'],
    ['libcurl/8.11.1.2 libcurl/8.4.0', '8.4.0'],
    ['curl/8.11.1', null],
    ['', null],
  ])('%j', (text, version) => {
    expect(scan(text)).toBe(version);
  });

  it('finds it wherever the chunks are cut', () => {
    const text = `${'x'.repeat(50)}\0libcurl/8.11.1\0${'y'.repeat(50)}`;
    fc.assert(
      fc.property(fc.array(fc.nat({ max: text.length }), { maxLength: 6 }), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        expect(scan(...at.slice(1).map((end, index) => text.slice(at[index], end)))).toBe('8.11.1');
      }),
    );
  });

  it('says so as soon as it knows, and not too early', () => {
    const scanner = new LibcurlVersionScanner();
    scanner.push(Buffer.from('libcurl/8.1'));
    expect(scanner.version).toBeNull();
    scanner.push(Buffer.from('1.1\0'));
    expect(scanner.version).toBe('8.11.1');
  });
});

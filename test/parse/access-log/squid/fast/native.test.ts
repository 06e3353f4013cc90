import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINE_LIMIT_BYTES } from '../../../../../src/parse/access-log/lines.ts';
import type { AccessLogOptions } from '../../../../../src/parse/access-log/parser.ts';
import { SquidLogReader } from '../../../../../src/parse/access-log/squid/log.ts';
import { BUILTIN_FORMATS, type SquidFormat } from '../../../../../src/parse/access-log/squid/format/logformat.ts';
import { NativeLine } from '../../../../../src/parse/access-log/squid/fast/native.ts';
import { nativeLog } from '../../../../support/logs/squid-log-builder.ts';
import { runs } from '../../../../support/fuzz.ts';

/** The same format under another name is read without the scanner and the memory for native lines. */
const SLOW = { ...BUILTIN_FORMATS.squid, line: 'slow' };

function read(log: Uint8Array, format: SquidFormat, options: AccessLogOptions, chunkBytes: number): unknown {
  const reader = new SquidLogReader(format, options);
  for (let at = 0; at < log.length; at += chunkBytes) reader.push(log.slice(at, at + chunkBytes));
  const { format: _, ...summary } = reader.end();
  return { summary, clients: reader.clientsSeen(), entries: reader.entries() };
}

function expectSame(log: Uint8Array, options: AccessLogOptions = {}, chunkBytes = log.length): void {
  const slow = read(log, SLOW, options, chunkBytes);
  expect(read(log, BUILTIN_FORMATS.squid, options, chunkBytes)).toEqual(slow);
}

const requests = [
  'TCP_TUNNEL/200 4711 CONNECT plex.tv:443 - HIER_DIRECT/198.51.100.7 -',
  'TCP_TUNNEL/200 4711 CONNECT plex.tv:443 - HIER_DIRECT/198.51.100.8 -',
  'TCP_DENIED/407 4123 CONNECT [2001:db8::1]:443 - HIER_NONE/- text/html',
  'TCP_MISS/200 10 GET http://example.net/a/b.jpg?c=d user HIER_DIRECT/198.51.100.9 image/jpeg',
  'TCP_MISS/200 10 GET http://example.net - HIER_DIRECT/198.51.100.9 image/jpeg',
  'TCP_MISS/200 10 GET http://u:p@example.net:8080/ - FIRSTUP_PARENT/cache.example -',
  'NONE_NONE/400 3500 - error:invalid-request - HIER_NONE/- text/html',
  'TCP_MISS/304 0 GET /path - HIER_NONE/- -',
];
const line = (request: string): string => `1700000000.123    812 10.0.0.5 ${request}\n`;

const fragments = [
  ' ',
  '\t',
  '\r',
  '\n',
  '\0',
  '/',
  ':',
  '@',
  '?',
  '#',
  '\\',
  '-',
  '.',
  '"',
  '1',
  'x',
  '\u00e9',
  '  ',
  '//',
  'http://',
  'error:',
  'a@',
  '[::1]',
  ' [a: b] [c: d]',
  '0'.repeat(20),
  'x'.repeat(900),
];
const change = fc.record({ at: fc.nat(130), cut: fc.nat(3), insert: fc.constantFrom('', ...fragments) });
const written = fc.record({ request: fc.constantFrom(...requests), changes: fc.array(change, { maxLength: 2 }) });

function changed({
  request,
  changes,
}: {
  request: string;
  changes: readonly { at: number; cut: number; insert: string }[];
}): string {
  return changes.reduce(
    (text, { at, cut, insert }) => text.slice(0, at) + insert + text.slice(at + cut),
    line(request),
  );
}

describe('lines in the native format', () => {
  it('are read as by the plan of the format, whatever their damage', () => {
    const sizes = fc.constantFrom(97, 1000, 100_000);
    const options = fc.constantFrom({}, { clients: ['10.0.0.5'] }, { clients: ['10.0.0.6'] }, { maxEntries: 2 });
    fc.assert(
      fc.property(fc.array(written, { minLength: 1, maxLength: 30 }), options, sizes, (lines, given, chunkBytes) => {
        // Sound lines before and after: what was remembered of one must not speak for another.
        const sound = requests.map(line).join('');
        expectSame(Buffer.from(sound + lines.map(changed).join('') + sound), given, chunkBytes);
      }),
      runs(50),
    );
  });

  it('are read as by the plan of the format when there are more requests than are remembered', () => {
    const log = Buffer.concat([...nativeLog({ seed: 3, lines: 20_000, clients: 2_000, hosts: 10_000 })]);
    expectSame(log, {}, 65_536);
  });

  it.each([
    ['of the longest length', 0],
    ['that is cut', 100],
  ])('are read as by the plan of the format: a line %s', (_, more) => {
    const usual = line('TCP_MISS/200 10 GET http://example.net/ - HIER_DIRECT/198.51.100.9 image/jpeg');
    const path = 'x'.repeat(LINE_LIMIT_BYTES + 1 - usual.length + more);
    expectSame(Buffer.from(usual + usual.replace('net/', `net/${path}`) + usual));
  });
});

describe('NativeLine', () => {
  const scanned = (text: string): readonly string[] | null => {
    const bytes = Buffer.from(`${text}...`);
    const native = new NativeLine();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const last = text.lastIndexOf('\n');
    if (!native.scan(bytes, view, 0, last)) return null;
    expect(native.end).toBe(last);
    const { resultFrom, resultEnd, targetFrom, targetEnd, wayFrom, wayEnd } = native;
    return [
      String(native.ms),
      bytes.toString('latin1', resultFrom, resultEnd),
      String(native.bytesSent),
      bytes.toString('latin1', targetFrom, targetEnd),
      bytes.toString('latin1', wayFrom, wayEnd),
    ];
  };
  const tunnel = line('TCP_TUNNEL/200 4711 CONNECT plex.tv:443 - HIER_DIRECT/198.51.100.7 -');
  const ofTunnel = [
    '1700000000123',
    '10.0.0.5 TCP_TUNNEL/200',
    '4711',
    'CONNECT plex.tv:443',
    'HIER_DIRECT/198.51.100.7',
  ];

  it.each([
    ['a tunnel', tunnel, ofTunnel],
    ['a carriage return at the end', tunnel.replace('\n', '\r\n'), ofTunnel],
    ['a long time', tunnel.replace('   812', '123456789'), ofTunnel],
    [
      'a URL without its path',
      line('TCP_MISS/200 10 GET http://example.net/a?b - HIER_NONE/- -'),
      ['1700000000123', '10.0.0.5 TCP_MISS/200', '10', 'GET http://example.net', 'HIER_NONE/-'],
    ],
  ])('takes %s apart', (_, text, expected) => {
    expect(scanned(text)).toEqual(expected);
  });

  it.each([
    ['headers behind it', tunnel.replace(' -\n', ' - [A: b] [C: d]\n')],
    ['a dash for the size', tunnel.replace('4711', '-')],
    ['no time', tunnel.replace('1700000000.123', '-')],
    ['a tab', tunnel.replace(' - ', '\t- ')],
    ['a space in the URL', tunnel.replace('plex.tv', 'plex tv')],
    ['a short line', '1700000000.123 1 2 3/4 5 6 7 8 9/0 -\n'],
    ['an empty line', '\n'],
  ])('leaves %s to the plan of the format', (_, text) => {
    expect(scanned(text)).toBeNull();
  });
});

import * as fc from 'fast-check';
import { runs } from '../../support/fuzz.ts';
import { describe, expect, it } from 'vitest';
import type { Envelope } from '../../../src/parse/envelope/envelope.ts';
import { ENVELOPES, PASTES, Unwrapper } from '../../../src/parse/envelope/index.ts';

function named(id: string): Envelope {
  const found = [...PASTES, ...ENVELOPES].find((envelope) => envelope.id === id);
  if (found === undefined) throw new Error(id);
  return found;
}

function unwrap(id: string, text: string | Uint8Array, chunkBytes = Number.POSITIVE_INFINITY): readonly string[] {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const lines: string[] = [];
  const unwrapper = new Unwrapper(named(id), (line, source) =>
    lines.push(source === null ? line : `${source}: ${line}`),
  );
  const size = Math.min(chunkBytes, Math.max(1, bytes.length));
  for (let at = 0; at < bytes.length; at += size) unwrapper.push(bytes.subarray(at, at + size));
  unwrapper.end();
  return lines;
}

const docker = (log: string): string => JSON.stringify({ log, stream: 'stdout' });

describe('Unwrapper', () => {
  it.each<[string, string, string, readonly string[]]>([
    [
      'a byte order mark, carriage returns and empty lines',
      'docker-json',
      `\ufeff${docker('a\n')}\r\n\r\n${docker('b\n')}\r\n`,
      ['a', 'b'],
    ],
    ['a line without its end', 'docker-json', docker('a\n'), ['a']],
    ['a line in pieces', 'docker-json', [docker('a'), docker('b'), docker('c\n')].join('\n'), ['abc']],
    ['a last piece without its end', 'docker-json', [docker('a'), docker('b')].join('\n'), ['ab']],
    ['lines in a record', 'docker-json', docker('a\nb\n'), ['a', 'b']],
    ['a record over several lines', 'docker-json', JSON.stringify({ log: 'a\n', time: 'x' }, null, 2), ['a']],
    [
      'nested objects over several lines',
      'gelf',
      JSON.stringify({ version: '1', _x: { y: 1 }, short_message: 'a' }, null, 1),
      ['a'],
    ],
    ['an array', 'docker-json', `[\n${docker('a\n')},\n${docker('b\n')}\n]\n`, ['a', 'b']],
    ['an array on one line', 'docker-json', `[${docker('a\n')},${docker('b\n')}]`, ['a', 'b']],
    ['a cut record, and what follows it', 'docker-json', `{"log":"a\n${docker('b\n')}\n`, ['{"log":"a', 'b']],
    [
      'further lines of the line before',
      'compose',
      'plex-1  | a\n\tat b\nsquid-1 | c\n',
      ['plex-1: a', 'plex-1: \tat b', 'squid-1: c'],
    ],
    [
      'records with other marks',
      'quote',
      '[Plex] Nov 22, 2026 15:00:01.000 [1] INFO - a\n> b\n> c\n| Nov 22, 2026 15:00:01.000 [1] INFO - d\n[x] e\n',
      ['Nov 22, 2026 15:00:01.000 [1] INFO - a', 'b', 'c', 'Nov 22, 2026 15:00:01.000 [1] INFO - d', '[x] e'],
    ],
    ['separators of a journal', 'syslog', '-- Boot 3f2a --\nNov 30 20:10:40 h plex[1]: a\n', ['plex: a']],
    [
      'blocks and what stands between them',
      'fence',
      'hello\n```\na\n```\nworld\n~~~log\nb\n~~~\n',
      ['block 1: a', 'block 2: b'],
    ],
    ['headers', 'tail', '==> /a/x.log <==\na\n\n==> y.log <==\nb\n', ['x.log: a', 'y.log: b']],
    ['names of files', 'grep', 'a/b.log:1:x\n--\nC:\\d\\e.log:y\nf.log-2-z\n', ['b.log: x', 'e.log: y', 'f.log: z']],
    ['lines of a list', 'strings', '[\n"a \\"b\\" \\\\ \\u00e9",\n"c"\n]\n', ['a "b" \\ \u00c3\u00a9', 'c']],
  ])('takes out %s', (_, id, text, expected) => {
    expect(unwrap(id, text)).toEqual(expected);
  });

  it('gives the same in chunks of any size, and never throws', () => {
    const texts = [
      docker('a\n'),
      docker('b'),
      '{',
      '}',
      '"',
      '\n',
      '\r\n',
      'x',
      '```',
      '==> a <==',
      'Nov 30 20:10:40 h p[1]: ',
      'a,message',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...PASTES, ...ENVELOPES),
        fc.array(fc.constantFrom(...texts), { maxLength: 40 }),
        fc.integer({ min: 1, max: 50 }),
        ({ id }, parts, size) => {
          const text = parts.join('');
          expect(unwrap(id, text, size)).toEqual(unwrap(id, text));
        },
      ),
      runs(100),
    );
  });

  it('loses no line of a text that is in another envelope', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z {}"[\],:]{1,20}$/), { maxLength: 30 }), (lines) => {
        // Brackets alone are the marks of a list.
        const kept = lines.filter((line) => /[a-z]/.test(line));
        const found = unwrap('docker-json', `${kept.join('\n')}\n`);
        expect(found).toEqual(kept);
      }),
    );
  });

  it('stays quick where no record ends', () => {
    const open = '{"log": "x\n'.repeat(100_000);
    expect(unwrap('docker-json', open)).toHaveLength(100_000);
  });
});

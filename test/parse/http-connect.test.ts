import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { authSchemes, HEAD_LIMIT_BYTES, parseReplyHead, parseRetryAfter } from '../../src/parse/http-connect.ts';
import { runs } from '../support/fuzz.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const OK = 'HTTP/1.1 200 Connection established\r\n\r\n';

/** Text near enough to a reply to get deep into the parser. */
const replyLike = fc
  .array(
    fc.oneof(
      fc.constantFrom('HTTP/1.', 'HTTP/1.1 200 OK', '403', ' ', '\t', '\r', '\n', '\r\n', '\r\n\r\n', ':', 'Via: x'),
      fc.string({ maxLength: 6 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => bytes(parts.join('')));

/** A well-formed head, with what it must be read as. */
const head = fc.record({
  status: fc.integer({ min: 100, max: 999 }),
  eol: fc.constantFrom('\r\n', '\n'),
  fields: fc.array(
    fc.tuple(fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,8}$/), fc.stringMatching(/^([!-~]([ -~]{0,20}[!-~])?)?$/)),
    {
      maxLength: 6,
    },
  ),
});

/** Reads so often that time in proportion to the square of the bytes would be minutes, which no test is given. */
function oftenRead<T>(read: () => T): T {
  for (let time = 1; time < 10; time += 1) read();
  return read();
}

describe('parseReplyHead', () => {
  it.each<[string, string, object]>([
    ['nothing', '', { kind: 'need-more' }],
    ['the beginning', 'HTTP/1.1 200 Conn', { kind: 'need-more' }],
    ['CONNECT granted', OK, { kind: 'complete', status: 200, reason: 'Connection established', end: OK.length }],
    ['HTTP/1.0', 'HTTP/1.0 407 X\r\n\r\n', { kind: 'complete', status: 407 }],
    ['no reason', 'HTTP/1.1 200\r\n\r\n', { kind: 'complete', reason: '' }],
    ['an empty reason', 'HTTP/1.1 200 \r\n\r\n', { kind: 'complete', reason: '' }],
    ['bare line feeds', 'HTTP/1.1 200 OK\nVia: x\n\n', { kind: 'complete', status: 200 }],
    ['bytes behind it', `${OK}\x16\x03\x01`, { kind: 'complete', end: OK.length }],
    ['SSH', 'SSH-2.0-OpenSSH_9.6\r\n', { kind: 'malformed', offset: 0 }],
    ['SOCKS', '\x05\x00', { kind: 'malformed', offset: 0 }],
    ['HTTP/2', 'HTTP/2 200\r\n\r\n', { kind: 'malformed', offset: 5 }],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n', { kind: 'malformed' }],
    ['a field without colon', 'HTTP/1.1 200 OK\r\nnonsense\r\n\r\n', { kind: 'malformed' }],
    ['a field without name', 'HTTP/1.1 200 OK\r\n: x\r\n\r\n', { kind: 'malformed' }],
    ['a bare CR in a value', 'HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n', { kind: 'malformed' }],
  ])('%s', (_, text, expected) => {
    expect(parseReplyHead(bytes(text))).toMatchObject(expected);
  });

  it('collects the values of a field in order, and joins folded lines', () => {
    const parsed = parseReplyHead(bytes('HTTP/1.1 407 X\r\nVia: a\r\nvia:\t b \r\nX: one\r\n\ttwo\r\n\r\n'));
    expect(parsed.kind === 'complete' && Object.fromEntries(parsed.headers)).toEqual({
      via: ['a', 'b'],
      x: ['one two'],
    });
  });

  it('gives up at the limit, and not before', () => {
    const endless = (length: number): Buffer => bytes('HTTP/1.1 200 OK\r\n'.padEnd(length, 'x'));
    expect(parseReplyHead(endless(HEAD_LIMIT_BYTES - 1)).kind).toBe('need-more');
    expect(parseReplyHead(endless(HEAD_LIMIT_BYTES)).kind).toBe('malformed');
    expect(parseReplyHead(endless(HEAD_LIMIT_BYTES + 1_000)).kind).toBe('malformed');
  });

  it('reads every well-formed head', () => {
    fc.assert(
      fc.property(head, ({ status, eol, fields }) => {
        const text = [`HTTP/1.1 ${status} x`, ...fields.map(([n, v]) => `${n}: ${v}`), '', ''].join(eol);
        const expected: Record<string, string[]> = {};
        for (const [name, value] of fields) (expected[`_${name.toLowerCase()}`] ??= []).push(value);
        const parsed = parseReplyHead(bytes(text));
        if (parsed.kind !== 'complete') throw new Error(parsed.kind);
        expect(parsed.status).toBe(status);
        expect(parsed.end).toBe(text.length);
        expect(Object.fromEntries([...parsed.headers].map(([n, v]) => [`_${n}`, v]))).toEqual(expected);
      }),
    );
  });

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), replyLike), (input) => {
        const parsed = parseReplyHead(input);
        expect(parsed.kind === 'complete' ? parsed.end : 0).toBeLessThanOrEqual(input.length);
      }),
    );
  });

  it('says of the beginning what it says of the whole, or asks for more', () => {
    fc.assert(
      fc.property(replyLike, fc.nat(), (whole, at) => {
        const part = parseReplyHead(whole.subarray(0, at % (whole.length + 1)));
        expect(part.kind === 'need-more' ? part : parseReplyHead(whole)).toEqual(part);
      }),
      runs(100),
    );
  });

  it.each([
    ['spaces', `HTTP/1.1 200 OK\r\nA: x${' '.repeat(65_000)}y\r\n\r\n`],
    ['line ends', `HTTP/1.1 200 OK\r\n${'a:\n'.repeat(21_000)}\n`],
    ['the same field', `HTTP/1.1 200 OK\r\n${'a: b\n'.repeat(13_000)}\n`],
  ])('takes no more time for many %s', (_, text) => {
    expect(oftenRead(() => parseReplyHead(bytes(text))).kind).toBe('complete');
  });
});

describe('authSchemes', () => {
  it.each<[readonly string[], readonly string[]]>([
    [[], []],
    [[''], []],
    [['Basic realm="x"'], ['Basic']],
    [
      ['Negotiate', 'NTLM', 'Basic realm="x"'],
      ['Negotiate', 'NTLM', 'Basic'],
    ],
    [['Negotiate, NTLM, Basic realm="a, b"'], ['Negotiate', 'NTLM', 'Basic']],
    [['Digest realm="x", qop="auth", nonce="y", algorithm=MD5, Basic realm="z"'], ['Digest', 'Basic']],
    [['Basic realm = "x" , charset = "UTF-8"'], ['Basic']],
    [['Negotiate YII=='], ['Negotiate']],
    [['Basic realm="x", Basic realm="y"'], ['Basic']],
    [[String.raw`Basic realm="a\", Corp", NTLM`], ['Basic', 'NTLM']],
    [['Basic realm="left open, Corp'], ['Basic']],
  ])('%j', (fields, schemes) => {
    expect(authSchemes(fields)).toEqual(schemes);
  });

  it('never gives what stands in quotes', () => {
    const quoted = fc.string().map((text) => text.replace(/["\\]/g, ''));
    fc.assert(
      fc.property(quoted, (realm) => {
        expect(authSchemes([`Basic realm="${realm}", NTLM`])).toEqual(['Basic', 'NTLM']);
      }),
    );
  });

  it('takes anything', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (fields) => {
        for (const scheme of authSchemes(fields)) expect(scheme).toMatch(/^[A-Za-z][\w-]*$/);
      }),
    );
  });

  it.each([
    ['"\\'.repeat(30_000), []],
    [' '.repeat(60_000), []],
    [',Basic '.repeat(9_000), ['Basic']],
  ])('takes no more time (row %#)', (field, schemes) => {
    expect(oftenRead(() => authSchemes([field]))).toEqual(schemes);
  });
});

describe('Retry-After', () => {
  const NOW = Date.parse('2026-11-22T14:00:00Z');

  it.each([
    ['120', 120],
    ['0', 0],
    ['Sun, 22 Nov 2026 14:00:30 GMT', 30],
    ['Sun, 22 Nov 2026 13:00:00 GMT', 0],
    ['Sunday, 22-Nov-26 14:00:05 GMT', 5],
    ['soon', null],
    ['-5', null],
    ['1.5', null],
    ['', null],
    [null, null],
  ])('%s', (value, expected) => {
    expect(parseRetryAfter(value, NOW)).toBe(expected);
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const seconds = parseRetryAfter(text, NOW);
        return seconds === null || seconds >= 0;
      }),
      runs(200),
    );
  });
});

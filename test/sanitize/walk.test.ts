import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { comparisonSchema } from '../../src/core/model/comparison.ts';
import { evidenceSchema } from '../../src/core/model/evidence.ts';
import {
  certificateName,
  describedIfLive,
  file,
  host,
  program,
  shaped,
  text,
  vouchedFor,
  word,
} from '../../src/core/model/privacy.ts';
import { reportSchema } from '../../src/core/model/report.ts';
import { list, obj } from '../../src/core/model/schema.ts';
import { mapStrings } from '../../src/sanitize/walk.ts';

/** Each string with its class in place of its content. */
function classes(schema: z.core.$ZodType, document: unknown): unknown {
  return mapStrings(schema, document, (_, privacy, isOpen) => privacy.class + (isOpen ? ' open' : ''));
}

describe('every string has a class', () => {
  it.each([
    ['evidence', evidenceSchema],
    ['the report', reportSchema],
    ['a comparison', comparisonSchema],
  ])('of %s', (_, schema) => {
    expect(() => classes(schema, null)).not.toThrow();
  });

  it.each<[string, z.core.$ZodType, string]>([
    ['a field', obj({ a: obj({ b: z.string() }) }), 'a.b: this string has no privacy class'],
    ['a field that may be missing', obj({ a: z.optional(z.nullable(z.string())) }), 'a: this string'],
    ['a field with a default', obj({ a: z.prefault(z.string(), '') }), 'a: this string'],
    ['a list', obj({ a: list(z.string()) }), 'a[]: this string'],
    ['a key', obj({ a: z.record(z.string(), text()) }), 'a (key): this string'],
    ['a value of a record', obj({ a: z.record(word(), z.string()) }), 'a{}: this string'],
    ['a union', obj({ a: z.union([z.number(), z.string()]) }), 'a: this string'],
    [
      'an option',
      z.discriminatedUnion('kind', [z.object({ kind: z.literal('x'), a: z.string() })]),
      '(x).a: this string',
    ],
  ])('%s without one is found', (_, schema, problem) => {
    expect(() => classes(schema, null)).toThrow(problem);
  });

  it.each<[string, z.core.$ZodType]>([
    ['a value of any kind', z.unknown()],
    ['two kinds of strings', z.union([text(), host()])],
    ['objects without a discriminator', z.union([obj({ a: text() }), obj({ a: host() })])],
  ])('%s is refused, because nothing tells its class', (_, schema) => {
    expect(() => classes(obj({ a: schema }), null)).toThrow(/^a: /);
  });
});

describe('a document is walked with its schema', () => {
  it.each<[string, z.core.$ZodType, unknown, unknown]>([
    ['fields', obj({ a: text(), b: host(), c: z.int() }), { a: 'x', b: 'x', c: 1 }, { a: 'text', b: 'host', c: 1 }],
    ['null', z.nullable(text()), null, null],
    ['a field that is missing', obj({ a: z.optional(text()) }), {}, {}],
    ['a field that the schema does not know', obj({ a: text() }), { a: 'x', b: 'private' }, { a: 'text' }],
    ['a closed list', obj({ a: z.enum(['x', 'y']), b: z.literal('z') }), { a: 'x', b: 'z' }, { a: 'x', b: 'z' }],
    ['a list', list(program()), ['x', 'y'], ['program', 'program']],
    ['a record', z.record(word(), host()), { a: 'x' }, { public: 'host' }],
    ['text or a number', list(z.union([text(), z.number()])), ['x', 1], ['text', 1]],
    ['a default', z.prefault(host(), 'x'), 'y', 'host'],
  ])('%s', (_, schema, document, expected) => {
    expect(classes(schema, document)).toEqual(expected);
  });

  const gathered = z.discriminatedUnion('state', [
    z.object({ state: z.literal('ok'), value: host() }),
    z.object({ state: z.literal('failed'), value: text() }),
  ]);
  it.each([
    [
      { state: 'ok', value: 'x' },
      { state: 'ok', value: 'host' },
    ],
    [
      { state: 'failed', value: 'x' },
      { state: 'failed', value: 'text' },
    ],
    // The schema refuses it afterwards.
    [{ state: 'other', value: 'x' }, undefined],
  ])('%o takes the option that the discriminator names', (document, expected) => {
    expect(classes(gathered, document)).toEqual(expected);
  });
});

describe('names of a certificate', () => {
  const certificate = vouchedFor({
    subject: certificateName(),
    trusted: z.boolean(),
    anchor: obj({ subject: certificateName() }),
  });
  const of = (trusted: unknown) => ({ certificate: { subject: 'x', trusted, anchor: { subject: 'x' } } });
  it.each([
    [true, 'certificate-name open'],
    [false, 'certificate-name'],
    ['yes', 'certificate-name'],
    [undefined, 'certificate-name'],
  ])('trusted: %s', (trusted, expected) => {
    expect(classes(obj({ certificate }), of(trusted))).toMatchObject({
      certificate: { subject: expected, anchor: { subject: expected } },
    });
  });
  it('say nothing about what stands beside the certificate', () => {
    const schema = obj({ certificate, other: certificateName() });
    expect(classes(schema, { ...of(true), other: 'x' })).toMatchObject({ other: 'certificate-name' });
  });
});

it.each([
  [true, 'file open'],
  [false, 'file'],
  [undefined, 'file'],
])('the source of a watcher, live: %s', (live, expected) => {
  const watcher = describedIfLive({ source: file(), live: z.optional(z.boolean()) });
  expect(classes(watcher, { source: 'x', live })).toMatchObject({ source: expected });
});

it('a class carries the shape that a public value needs', () => {
  const seen: unknown[] = [];
  mapStrings(shaped(/^\d+$/), '7', (value, privacy) => {
    seen.push(privacy);
    return value;
  });
  expect(seen).toEqual([{ class: 'public', shape: /^\d+$/ }]);
});

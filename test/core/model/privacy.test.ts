import { describe, expect, it } from 'vitest';
import type * as z from 'zod/mini';
import {
  alpn,
  codeWord,
  fileKind,
  fingerprint,
  privacyOf,
  text,
  time,
  variableName,
  version,
  word,
} from '../../../src/core/model/privacy.ts';

function isPublic(schema: z.core.$ZodType, value: string): boolean | null {
  const privacy = privacyOf(schema);
  return privacy?.class === 'public' ? privacy.shape.test(value) : null;
}

describe('values that are public by their shape', () => {
  it.each<[string, string, z.core.$ZodType]>([
    ['word', 'proxy-certificate-swap', word()],
    ['code', 'TCP_DENIED', codeWord()],
    ['code', 'error:invalid-request', codeWord()],
    ['version', '1.41.3.9314-a0bfb8370', version()],
    ['version', 'TLSv1.3', version()],
    ['time', '2026-11-22T14:03:09.120Z', time()],
    ['time', 'Nov  2 14:03:09 2026 GMT', time()],
    ['fingerprint', 'AB:CD:01', fingerprint()],
    ['protocol', 'http/1.1', alpn()],
    ['kind of a file', 'squid-conf', fileKind()],
    ['variable', 'no_proxy', variableName()],
    ['variable', 'HTTPS_PROXY', variableName()],
  ])('%s: %s', (_, value, schema) => {
    expect(isPublic(schema, value)).toBe(true);
  });
});

describe('values that may be private', () => {
  it.each<[string, string, z.core.$ZodType]>([
    ['word', 'nas.acme.lan', word()],
    ['word', 'two words', word()],
    ['word', '10-0-0-7', word()],
    ['code', 'error: nas.acme.lan', codeWord()],
    ['version', '10.0.0.7:3128', version()],
    ['time', 'nas 2026-11-22', time()],
    ['fingerprint', 'fd12::9%eth0', fingerprint()],
    ['protocol', 'acme/1', alpn()],
    ['variable', 'acme_proxy_password', variableName()],
  ])('%s: %s', (_, value, schema) => {
    expect(isPublic(schema, value)).toBe(false);
  });
});

it('takes any string, so that a document of another version stays readable', () => {
  expect(version().parse('unknown to this version')).toBe('unknown to this version');
});

it('gives text no shape', () => {
  expect(privacyOf(text())).toEqual({ class: 'text' });
});

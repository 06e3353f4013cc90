import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SecretVariables } from '../../../src/core/values/secret-variables.ts';

const variables = new SecretVariables({ https_proxy: 'http://alice:hunter2@proxy.test:3128', no_proxy: 'localhost' });

describe('SecretVariables', () => {
  it.each([
    ['a template', String(variables)],
    ['JSON', JSON.stringify({ variables })],
    ['inspect', inspect({ variables }, { depth: 9, showHidden: true })],
    ['masked()', JSON.stringify(variables.masked())],
  ])('hides the password from %s and keeps the rest', (_, text) => {
    expect(text).not.toMatch(/hunter2|alice/);
    expect(text).toContain('***@proxy.test:3128');
    expect(text).toContain('localhost');
  });

  it('reveals the whole values', () => {
    expect(variables.reveal()['https_proxy']).toBe('http://alice:hunter2@proxy.test:3128');
  });

  it('does not follow later changes of what it was made from', () => {
    const source = { http_proxy: 'http://a:1' };
    const kept = new SecretVariables(source);
    source.http_proxy = 'http://b:2';
    expect(kept.reveal()['http_proxy']).toBe('http://a:1');
  });
});

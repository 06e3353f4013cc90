import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEnvFrom } from '../../../src/core/values/env-from.ts';

describe('parseEnvFrom', () => {
  it.each([
    ['auto', { kind: 'auto' }],
    ['shell', { kind: 'shell' }],
    ['pid:812', { kind: 'pid', pid: 812 }],
    ['unit:plexmediaserver', { kind: 'unit', name: 'plexmediaserver.service' }],
    ['unit:plexmediaserver.service', { kind: 'unit', name: 'plexmediaserver.service' }],
    ['unit:plex@home.service', { kind: 'unit', name: 'plex@home.service' }],
    ['container:plex', { kind: 'container', name: 'plex' }],
    ['file:/etc/default/plexmediaserver', { kind: 'file', path: '/etc/default/plexmediaserver' }],
    ['file:C:\\env.txt', { kind: 'file', path: 'C:\\env.txt' }],
  ])('reads %s', (text, value) => {
    expect(parseEnvFrom(text)).toEqual({ ok: true, value });
  });

  it.each([
    '',
    'pid',
    'pid:',
    'pid:0',
    'pid:-1',
    'pid:1e3',
    'pid:99999999999',
    'unit:',
    'unit:../../etc/x',
    'container:',
    'container:a/b',
    'file:',
    'file',
    'auto:1',
    'shell:x',
    'PID:1',
    'nothing',
  ])('refuses %j with a sentence', (text) => {
    const result = parseEnvFrom(text);
    expect(result.ok).toBe(false);
    expect(result.ok ? '' : result.problem).toMatch(/\w+ \w+/);
  });

  it('gives back every pid', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 0xffff_ffff }), (pid) => {
        expect(parseEnvFrom(`pid:${pid}`)).toEqual({ ok: true, value: { kind: 'pid', pid } });
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(typeof parseEnvFrom(text).ok === 'boolean').toBe(true);
      }),
    );
  });
});

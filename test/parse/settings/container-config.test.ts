import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDockerConfig, parseOciConfig, podmanName } from '../../../src/parse/settings/container-config.ts';

describe('container configurations', () => {
  it('reads Docker’s', () => {
    const json = JSON.stringify({ ID: 'abc', Name: '/plex', Config: { Hostname: 'plexbox', Env: ['A=1', 7, 'B=2'] } });
    expect(parseDockerConfig(json)).toEqual({
      id: 'abc',
      name: 'plex',
      hostname: 'plexbox',
      environment: ['A=1', 'B=2'],
    });
  });

  it('reads an OCI bundle', () => {
    const json = JSON.stringify({
      hostname: 'plexbox',
      process: { env: ['A=1'] },
      annotations: { 'io.kubernetes.cri.container-name': 'plex' },
    });
    expect(parseOciConfig(json)).toEqual({ id: null, name: 'plex', hostname: 'plexbox', environment: ['A=1'] });
  });

  it.each([
    ['no environment', { ID: 'a', Config: {} }, []],
    ['an environment of another type', { ID: 'a', Config: { Env: 'A=1' } }, []],
  ])('gives none for %s', (_, value, environment) => {
    expect(parseDockerConfig(JSON.stringify(value))).toMatchObject({ name: null, hostname: null, environment });
  });

  it.each(['', '{', 'null', '[]', '7', '{}', '{"Config":null}', '{"process":[]}'])('%j is none', (json) => {
    expect([parseDockerConfig(json), parseOciConfig(json)]).toEqual([null, null]);
  });

  it.each([
    ['[{"id":"b","names":["other"]},{"id":"a","names":["plex","x"]}]', 'plex'],
    ['[{"id":"a"}]', null],
    ['{}', null],
    ['', null],
  ])('podman’s list %j', (json, name) => {
    expect(podmanName(json, 'a')).toBe(name);
  });

  it('never throws', () => {
    expect(() =>
      fc.assert(
        fc.property(fc.json(), (json) => {
          const read = [parseDockerConfig(json), parseOciConfig(json), podmanName(json, 'a')];
          return read.length === 3;
        }),
      ),
    ).not.toThrow();
  });
});

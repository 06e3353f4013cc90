import { expect, it } from 'vitest';
import { parse } from 'yaml';
import smokescreen from '../../../src/allow/targets/smokescreen.ts';
import { assertExact, isNamed, listOf, own, textOf } from '../../support/allow/lists.ts';

it('has exactly the names as domain globs', () => {
  assertExact(
    smokescreen,
    (rules, { host }) =>
      rules
        .filter((rule) => rule.startsWith("- '"))
        .map((rule) => rule.slice(3, -1))
        .some((glob) => (glob.startsWith('*.') ? host.endsWith(glob.slice(1)) : host === glob)),
    (list, { host }) => isNamed(list, host),
  );
});

it('is a version 1 file with the keys that its loader reads', () => {
  expect(parse(textOf(smokescreen, listOf([own('a.example'), own('*.b.example')])))).toEqual({
    version: 'v1',
    services: [
      {
        name: 'plex-media-server',
        project: 'plex',
        action: 'enforce',
        allowed_domains: ['a.example', '*.b.example'],
      },
    ],
    default: { project: 'other', action: 'enforce', allowed_domains: [] },
  });
});

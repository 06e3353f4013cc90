import { expect, it } from 'vitest';
import { parse } from 'yaml';
import smokescreen from '../../../src/allow/targets/smokescreen.ts';
import { addressBytes, formatAddress, unmapped } from '../../../src/core/values/address.ts';
import { assertAccepted, assertExact, isNamed, listOf, own, textOf } from '../../support/allow/lists.ts';
import { misshapen, type Shape } from '../../support/shape.ts';

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

const GLOB = /^(?!\*\.?$)(?:\*\.)?(?!\*)[^*]+$/;
const RULE: Shape = {
  name: /^[\w-]+$/,
  'project!': /^[\w-]+$/,
  'action!': /^(?:enforce|report|open)$/,
  'allowed_domains!': [globShape],
};

/** pkg/smokescreen/acl/v1/acl.go of stripe/smokescreen at a3294a6c: only the normal form of a name or an address is taken. */
function globShape(value: unknown, path: string): readonly string[] {
  const wrong = misshapen(GLOB, value, path);
  const host = String(value).replace(/^\*\./, '');
  const labels = host.includes(':') ? [] : host.split('.');
  const isNormal = labels.every((label) => label === label.toLowerCase() && !/^(?:-|.*-$|(?!xn).{2}--)/.test(label));
  const bytes = addressBytes(host);
  return isNormal && (bytes === null || formatAddress(unmapped(bytes)) === host)
    ? wrong
    : [...wrong, `${path}: ${host}`];
}

it('is what its loader takes', () => {
  const file: Shape = { 'version!': /^v1$/, 'services!': [RULE], default: RULE };
  assertAccepted(smokescreen, (text) => misshapen(file, parse(text)));
  expect(globShape('fd00:0::1', '')).not.toEqual([]);
  expect(globShape('r3---sn.example', '')).not.toEqual([]);
});

import { expect, it } from 'vitest';
import opnsense from '../../../src/allow/targets/opnsense.ts';
import { familyOf } from '../../../src/core/values/address.ts';
import { assertAccepted, listOf, own, textOf } from '../../support/allow/lists.ts';
import { mapOf, misshapen, type Shape } from '../../support/shape.ts';

it('has an alias of hosts for each port', () => {
  const list = listOf([
    own('a.example'),
    own('b.example'),
    own('a.example', { scheme: 'http', port: 80, id: 'x' }),
    own('*.c.example'),
  ]);
  const file: unknown = JSON.parse(textOf(opnsense, list));
  expect(file).toMatchObject({
    aliases: {
      alias: {
        '00000000-0000-4000-8000-000000000001': { name: 'plex_443', type: 'host', content: 'a.example\nb.example' },
        '00000000-0000-4000-8000-000000000002': { name: 'plex_http_80', type: 'host', content: 'a.example' },
      },
    },
  });
});

it('gives an alias every field that the export has', () => {
  const file = textOf(opnsense, listOf([own('a.example')]));
  for (const field of ['enabled', 'proto', 'interface', 'counters', 'updatefreq', 'categories', 'description'])
    expect(file).toContain(`"${field}"`);
});

/** Util::isDomain and isIpAddress, AliasNameField, DescriptionField and Alias.xml of opnsense/core at f95e8151. */
const LABEL = '(?:[a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9])';
const HOST = new RegExp(`^(?:${LABEL}\\.)*${LABEL}$`, 'i');
const ALIAS: Shape = {
  'enabled!': /^[01]$/,
  'name!': /^(?:[a-zA-Z]|(?:[_a-zA-Z][a-zA-Z0-9]|[a-zA-Z][_a-zA-Z0-9])[_a-zA-Z0-9]{0,29})$/,
  'type!': /^host$/,
  proto: /^(?:|IPv4|IPv6)$/,
  interface: /^$/,
  counters: /^[01]?$/,
  updatefreq: /^$/,
  content: (value, path) =>
    String(value)
      .split('\n')
      .filter((host) => familyOf(host) === null && !HOST.test(host))
      .map((host) => `${path}: ${host}`),
  categories: /^$/,
  description: /^.{1,255}$/,
};

it('is what its import takes, which refuses a file for one wrong entry', () => {
  const file: Shape = { 'aliases!': { 'alias!': mapOf(ALIAS) } };
  assertAccepted(opnsense, (text) => misshapen(file, JSON.parse(text)));
  expect(misshapen(ALIAS, { enabled: '1', name: 'a', type: 'host', content: 'a_b.example' })).not.toEqual([]);
});

it('leaves a name with an underscore out, and says so', () => {
  const { notIn } = opnsense.draw(listOf([own('a_b.example')]), { sni: false });
  expect(notIn).toMatchObject([{ host: 'a_b.example', why: expect.stringContaining('underscore') }]);
});

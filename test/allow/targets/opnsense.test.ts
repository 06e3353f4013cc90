import { expect, it } from 'vitest';
import opnsense from '../../../src/allow/targets/opnsense.ts';
import { listOf, own, textOf } from '../../support/allow/lists.ts';

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

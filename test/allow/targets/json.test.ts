import { expect, it } from 'vitest';
import json from '../../../src/allow/targets/json.ts';
import { CATALOGUE } from '../../../src/catalog/index.ts';
import { listOf, own, textOf } from '../../support/allow/lists.ts';

it('has each name with its services, need and loss, and what was left out', () => {
  const list = listOf([...CATALOGUE, own('x.example', { breaks: 'My "plug-in".' }), own('not a name')]);
  const document: unknown = JSON.parse(textOf(json, list));
  expect(document).toMatchObject({ schemaVersion: 1, for: 'features', leftOut: [{ host: 'not a name' }] });
  expect(document).toHaveProperty('names.0.host', 'plex.tv');
  expect(document).toHaveProperty('names.0.services', [{ scheme: 'https', port: 443 }]);
  expect(document).toHaveProperty(`names.${list.names.length - 1}`, {
    host: 'x.example',
    kind: 'name',
    services: [{ scheme: 'https', port: 443 }],
    isResolved: false,
    purpose: 'custom',
    need: 'feature',
    breaks: 'My "plug-in".',
    mark: 'inferred',
    ids: ['x.example'],
    custom: true,
  });
});

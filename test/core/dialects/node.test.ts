import { expect, it } from 'vitest';
import { NODE_FETCH, NODE_HTTP } from '../../../src/core/dialects/node.ts';
import { HTTP, HTTPS } from '../../support/dialects.ts';

it('undici refuses everything for one bad value, whatever the list says', () => {
  const variables = { http_proxy: 'p.test:3128', https_proxy: 'http://a.test:3128', no_proxy: '*' };
  expect(NODE_FETCH.decide(variables, HTTPS)).toMatchObject({
    variable: 'http_proxy',
    error: expect.any(String),
  });
  expect(NODE_HTTP.decide(variables, HTTPS).error).not.toBeNull();
});

it.each([
  ['http_proxy', 'http', true],
  ['http_proxy', 'https', true],
  ['https_proxy', 'http', false],
  ['https_proxy', 'https', true],
] as const)("Node's own agents refuse a name that cannot be decoded: %s for %s", (variable, scheme, isRefused) => {
  const target = scheme === 'http' ? HTTP : HTTPS;
  const { error } = NODE_HTTP.decide({ [variable]: 'http://100%@p.test:3128' }, target);
  expect(error !== null).toBe(isRefused);
});

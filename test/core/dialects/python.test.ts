import { expect, it } from 'vitest';
import {
  PYTHON_REQUESTS,
  PYTHON_REQUESTS_2_33,
  PYTHON_URLLIB,
  requestsDialectFor,
} from '../../../src/core/dialects/python.ts';
import { HTTP, isDirect } from '../../support/dialects.ts';

it('urllib goes on to the proxy of the scheme that the first proxy has', () => {
  const variables = { http_proxy: 'https://first.test:1', https_proxy: 'http://second.test:2' };
  expect(PYTHON_URLLIB.decide(variables, HTTP).proxy).toContain('second.test');
  expect(PYTHON_URLLIB.decide({ ...variables, no_proxy: 'first.test' }, HTTP).proxy).toContain('first.test');
});

it('urllib speaks in the clear to the proxy of https, whatever its scheme', () => {
  const decide = (value: string) =>
    PYTHON_URLLIB.decide({ https_proxy: value }, { scheme: 'https', host: 'plex.tv', port: 443 }).proxy;
  expect(['http://p.test:1', 'https://p.test:1', 'p.test:1'].map(decide)).toEqual(Array(3).fill('http://p.test:1'));
});

it.each([
  ['example.com', 'http://notexample.com', false, true],
  ['example.com', 'http://www.example.com', true, true],
  ['.example.com', 'http://example.com', true, true],
  ['mple.com', 'http://example.com', false, true],
])('requests compares whole labels since 2.34: %s and %s', (list, url, now, before) => {
  expect([isDirect(PYTHON_REQUESTS, list, url), isDirect(PYTHON_REQUESTS_2_33, list, url)]).toEqual([now, before]);
});

it('knows the era of a version of requests', () => {
  const [old, current] = ['python-requests-2.33', 'python-requests'];
  expect(['2.28.1', '2.33.1', '2.34.0', '3.0'].map(requestsDialectFor)).toEqual([old, old, current, current]);
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATALOGUE, parsePolicyFile } from '../../src/catalog/index.ts';
import type { Policy } from '../../src/core/judge/traffic/policy.ts';
import { anyCharacter, runs } from '../support/fuzz.ts';

const ANY = { direct: 'any', proxy: 'any', bypass: 'any' } as const;

describe('a policy', () => {
  it.each<[string, string, Policy]>([
    [
      'as documented',
      `default: { direct: blocked, proxy: ok, bypass: none }
endpoints:
  plex-tv: { proxy: ok }
  metrics.plex.tv: { proxy: denied }   # id or host`,
      {
        default: { direct: 'blocked', proxy: 'ok', bypass: 'none' },
        endpoints: { 'plex-tv': { proxy: 'ok' }, 'metrics.plex.tv': { proxy: 'denied' } },
      },
    ],
    ['that asks one thing', 'default: { direct: blocked }', { default: { ...ANY, direct: 'blocked' }, endpoints: {} }],
    [
      'without a default',
      'endpoints: { sentry: { direct: ok, bypass: any } }',
      { default: ANY, endpoints: { sentry: { direct: 'ok', bypass: 'any' } } },
    ],
    [
      'by host in capitals',
      'endpoints: { PLEX.TV: { proxy: ok } }',
      { default: ANY, endpoints: { 'plex.tv': { proxy: 'ok' } } },
    ],
    [
      'for a wildcard',
      'endpoints: { "*.o.lencr.org": { proxy: any, direct: blocked } }',
      { default: ANY, endpoints: { '*.o.lencr.org': { proxy: 'any', direct: 'blocked' } } },
    ],
  ])('%s', (_, text, policy) => {
    expect(parsePolicyFile(text, 'policy.yaml', CATALOGUE)).toEqual({ ok: true, policy });
  });
});

describe('problems', () => {
  it.each<[string, string, ...string[]]>([
    [
      'a typo in a word',
      'default: { direct: bloked }',
      'p.yaml:1:20: found "bloked"; expected what to expect of direct: blocked, ok, any; did you mean "blocked"?',
    ],
    [
      'a word of another aspect',
      'default:\n  bypass: denied',
      'p.yaml:2:11: found "denied"; expected what to expect of bypass: none, any; choose one',
    ],
    [
      'an unknown aspect',
      'default: { via: ok }',
      'p.yaml:1:12: found the unknown key "via"; expected one of direct, proxy, bypass; correct or remove it',
    ],
    [
      'an unknown endpoint',
      'endpoints:\n  metrix.plex.tv: { proxy: denied }',
      'p.yaml:2:3: found the unknown endpoint "metrix.plex.tv"; expected a name that the catalogue has; did you mean "metric.plex.tv"?',
    ],
    [
      'an empty file',
      '',
      'p.yaml:1:1: found nothing; expected a mapping with default and endpoints; write `key: value` lines',
    ],
    [
      'a policy that asks nothing',
      'default: { direct: any }',
      'p.yaml:1:1: found a policy that asks nothing; expected at least one expectation; add `default: { direct: blocked }`',
    ],
    [
      'a word where settings belong',
      'endpoints:\n  plex-tv: ok',
      'p.yaml:2:12: found "ok"; expected a mapping of expectations: direct, proxy, bypass; write `key: value` lines',
    ],
    [
      'a number as a name',
      'endpoints: { 1: { proxy: ok } }',
      'p.yaml:1:14: found 1 as a key; expected a name; put the name in quotes if it looks like a number',
    ],
    [
      'two at once',
      'default: { direct: no }\nendpoints: { nobody-knows-this: {} }',
      'p.yaml:1:20: found "no"; expected what to expect of direct: blocked, ok, any; choose one',
      'p.yaml:2:14: found the unknown endpoint "nobody-knows-this"; expected a name that the catalogue has; correct or remove it',
    ],
  ])('%s', (_, text, ...problems) => {
    expect(parsePolicyFile(text, 'p.yaml', CATALOGUE)).toEqual({ ok: false, problems });
  });
});

it('gives a result for any text', () => {
  const word = fc.constantFrom(
    'default',
    'endpoints',
    'direct',
    'blocked',
    'plex-tv',
    '__proto__',
    ': ',
    '\n',
    '  ',
    '{',
    '}',
    '- ',
    '*x',
    '&x ',
    'any',
  );
  const texts = fc.oneof(
    fc.string({ unit: anyCharacter, maxLength: 200 }),
    fc.array(word, { maxLength: 30 }).map((w) => w.join('')),
  );
  const isProblem = (problem: string) => /^p\.yaml:(\d+:\d+: found [^\n]+|and \d+ more)/.test(problem);
  expect(() =>
    fc.assert(
      fc.property(texts, (text) => {
        const result = parsePolicyFile(text, 'p.yaml', CATALOGUE);
        if (result.ok) return ['blocked', 'ok', 'any'].includes(result.policy.default.direct);
        return result.problems.length > 0 && result.problems.every(isProblem);
      }),
      runs(100),
    ),
  ).not.toThrow();
});

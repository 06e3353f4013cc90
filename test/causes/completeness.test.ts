import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../checks/index.ts';
import { CAUSES } from '../../src/causes/index.ts';
import { CAUSE_IDS } from '../../src/core/model/cause-ids.ts';
import { COMMON_MESSAGES } from '../../src/core/words/common.ts';
import { FLOW_MESSAGES } from '../../src/core/words/flows.ts';
import { REQUEST_MESSAGES } from '../../src/core/words/requests.ts';
import { ROUTE_MESSAGES } from '../../src/core/words/routes.ts';
import { SCAN_MESSAGES } from '../../src/core/words/scans.ts';
import { SHARED_MESSAGES } from '../../src/core/words/shared.ts';
import { causesPage } from '../../src/tooling/pages.ts';

const FILES = readdirSync('src/causes')
  .filter((name) => name !== 'index.ts')
  .map((name) => name.replace(/\.ts$/, ''))
  .toSorted();

describe('every cause', () => {
  it('stands in the index and in the closed list, under the name of its file', () => {
    expect(CAUSES.map(({ id }) => id)).toEqual(FILES);
    expect(CAUSE_IDS).toEqual(FILES);
  });

  it.each(FILES)('%s has a test that runs its rows', (id) => {
    // causeRows fails by itself when a message has no row; what is left to show is that it is called for this cause.
    const text = existsSync(`test/causes/${id}.test.ts`) ? readFileSync(`test/causes/${id}.test.ts`, 'utf8') : '';
    expect(text).toContain(`'../../src/causes/${id}.ts'`);
    expect(text).toMatch(/^causeRows\(\w+, /m);
  });

  it('has its place in an up-to-date page', () => {
    expect(readFileSync('docs/causes.md', 'utf8')).toBe(causesPage(CAUSES));
  });

  it('has a rank of its own', () => {
    expect(new Set(CAUSES.map(({ rank }) => rank)).size).toBe(CAUSES.length);
  });

  it.each(CAUSES)('$id is explained by checks that exist', ({ explainedBy }) => {
    expect(explainedBy.filter((id) => !CHECKS.some((check) => check.id === id))).toEqual([]);
  });

  it.each(CAUSES)('$id has ids for its messages that no shared message has', ({ messages }) => {
    expect(Object.keys(messages).filter((id) => id in SHARED_MESSAGES)).toEqual([]);
  });
});

it('no two shared messages have the same id', () => {
  const all = [COMMON_MESSAGES, ROUTE_MESSAGES, FLOW_MESSAGES, REQUEST_MESSAGES, SCAN_MESSAGES].flatMap(Object.keys);
  expect(all.toSorted()).toEqual(Object.keys(SHARED_MESSAGES).toSorted());
});

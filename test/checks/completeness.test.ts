import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../checks/index.ts';
import { checkPage, checksOverview } from '../../src/tooling/pages.ts';

const FILES = readdirSync('checks')
  .filter((name) => name !== 'index.ts')
  .map((name) => name.replace(/\.ts$/, ''))
  .toSorted();
const IDS = new Set(CHECKS.map(({ id }) => id));

describe('every check', () => {
  it('stands in the index, under the name of its file', () => {
    expect(CHECKS.map(({ id }) => id)).toEqual(FILES);
  });

  it.each(FILES)('%s has a test that runs its rows', (id) => {
    // checkRows fails by itself when a message has no row; what is left to show is that it is called for this check.
    const text = existsSync(`test/checks/${id}.test.ts`) ? readFileSync(`test/checks/${id}.test.ts`, 'utf8') : '';
    expect(text).toContain(`'../../checks/${id}.ts'`);
    expect(text).toMatch(/^checkRows\(\w+, /m);
  });

  it.each(CHECKS)('$id has an up-to-date page', (check) => {
    expect(readFileSync(`docs/checks/${check.id}.md`, 'utf8')).toBe(checkPage(check));
  });

  it('has a line in the overview, and no page is left of one that is gone', () => {
    expect(readFileSync('docs/checks/README.md', 'utf8')).toBe(checksOverview(CHECKS));
    expect(readdirSync('docs/checks').toSorted()).toEqual(['README.md', ...FILES.map((id) => `${id}.md`)].toSorted());
  });

  it.each(CHECKS)('$id names roots that exist, and is not its own root', ({ id, supersededBy }) => {
    expect(supersededBy.filter((root) => !IDS.has(root) || rootsOf(root).has(id))).toEqual([]);
  });
});

/** The roots of a check and theirs, so that a circle shows. */
function rootsOf(id: string, seen: ReadonlySet<string> = new Set()): ReadonlySet<string> {
  if (seen.has(id)) return seen;
  const own = CHECKS.find((check) => check.id === id)?.supersededBy ?? [];
  return own.reduce((all, root) => new Set([...all, root, ...rootsOf(root, new Set([...all, id]))]), seen);
}

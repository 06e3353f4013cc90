// Writes what is derived from the code, or with --check names what is stale and exits 1. Run it from the root of the repository.
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { CATALOGUE } from '../catalog/index.ts';
import type { Check } from '../core/check.ts';
import { reportSchema } from '../core/report.ts';
import { catalogueDocument } from '../report/endpoints.ts';
import { importTypeScript } from './load.ts';
import { causesPage, checkIndex, checkPage, checksOverview, outcomesPage } from './pages.ts';

const ROOT = process.cwd();

/** Path > content of every generated file; null where a file must not exist (the page of a check that is gone). */
type Tree = ReadonlyMap<string, string | null>;

async function generated(): Promise<Tree> {
  const ids = (await readdir(join(ROOT, 'checks')))
    .filter((name) => name.endsWith('.ts') && name !== 'index.ts')
    .map((name) => name.slice(0, -'.ts'.length));
  const index = checkIndex(ids);
  const checks = await loadChecks(index);
  const gone = (await readdir(join(ROOT, 'docs/checks')).catch(missingIsEmpty)).filter(
    (name) => name !== 'README.md' && !ids.includes(name.replace(/\.md$/, '')),
  );
  return new Map<string, string | null>([
    ['checks/index.ts', index],
    ['docs/checks/README.md', checksOverview(checks)],
    ['docs/catalogue.md', catalogueDocument(CATALOGUE)],
    ['docs/causes.md', causesPage()],
    ['docs/outcomes.md', outcomesPage()],
    // As input: a report of a later version may hold more, and additions are compatible.
    ['docs/report.schema.json', `${JSON.stringify(z.toJSONSchema(reportSchema, { io: 'input' }), null, 2)}\n`],
    ...checks.map((check): [string, string] => [`docs/checks/${check.id}.md`, checkPage(check)]),
    ...gone.map((name): [string, null] => [`docs/checks/${name}`, null]),
  ]);
}

/** The checks of an index that need not be on disk yet, so that one pass is enough after a check has come or gone. */
async function loadChecks(index: string): Promise<readonly Check[]> {
  const { CHECKS } = await importTypeScript(index, join(ROOT, 'checks'));
  if (!Array.isArray(CHECKS) || !CHECKS.every(isCheck))
    throw new Error('a default export below checks/ is not a check');
  return CHECKS;
}

function isCheck(value: unknown): value is Check {
  return typeof value === 'object' && value !== null && 'id' in value && 'messages' in value && 'run' in value;
}

function missingIsEmpty(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

async function currentContent(path: string): Promise<string | null> {
  return readFile(join(ROOT, path), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}

async function put(path: string, content: string | null): Promise<void> {
  const file = join(ROOT, path);
  if (content === null) return rm(file);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

const stale: [string, string | null][] = [];
for (const [path, content] of await generated()) {
  if ((await currentContent(path)) !== content) stale.push([path, content]);
}

if (process.argv.includes('--check')) {
  for (const [path] of stale) console.error(`${path} is stale: run npm run generate`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [path, content] of stale) {
    await put(path, content);
    console.log(`${content === null ? 'removed' : 'wrote'} ${path}`);
  }
}

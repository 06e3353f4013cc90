// Writes what is derived from the code, or with --check names what is stale and exits 1. Run it from the root of the repository.
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { CATALOGUE } from '../catalog/index.ts';
import type { Check } from '../core/check.ts';
import type { ScanCause } from '../core/diagnose/cause.ts';
import { FORMATS, READ_FORMATS } from '../gather/files/formats.ts';
import { catalogueDocument } from '../report/catalogue.ts';
import { importTypeScript } from './load.ts';
import {
  causeIds,
  causeIndex,
  causesPage,
  checkIndex,
  checkPage,
  checksOverview,
  formatsPage,
  outcomesPage,
  targetIndex,
} from './pages.ts';

const ROOT = process.cwd();

/** Path > content of generated files; null where a file must not exist (the page of a check that is gone). */
type Tree = ReadonlyMap<string, string | null>;

const CAUSES = await idsIn('src/causes');
const CHECKS = await idsIn('checks');
const TARGETS = await idsIn('src/allow/targets');

/** The closed list of causes comes before all that is loaded below: the report's schema, causes and checks are made of it. */
const closedLists: Tree = new Map([['src/core/model/cause-ids.ts', causeIds(CAUSES)]]);

async function everythingElse(): Promise<Tree> {
  const [checkList, causeList] = [checkIndex(CHECKS), causeIndex(CAUSES)];
  const checks = await loadIndex(checkList, 'checks', 'CHECKS', isCheck);
  const causes = await loadIndex(causeList, 'src/causes', 'CAUSES', isCause);
  const gone = (await readdir(join(ROOT, 'docs/checks')).catch(missingIsEmpty)).filter(
    (name) => name !== 'README.md' && !CHECKS.includes(name.replace(/\.md$/, '')),
  );
  return new Map<string, string | null>([
    ['checks/index.ts', checkList],
    ['src/causes/index.ts', causeList],
    ['src/allow/targets/index.ts', targetIndex(TARGETS)],
    ['docs/checks/README.md', checksOverview(checks)],
    ['docs/catalogue.md', catalogueDocument(CATALOGUE)],
    ['docs/causes.md', causesPage(causes)],
    ['docs/file-formats.md', formatsPage(FORMATS, READ_FORMATS)],
    ['docs/outcomes.md', outcomesPage()],
    ['docs/report.schema.json', await jsonSchema('report', 'reportSchema')],
    ['docs/comparison.schema.json', await jsonSchema('comparison', 'comparisonSchema')],
    ...checks.map((check): [string, string] => [`docs/checks/${check.id}.md`, checkPage(check)]),
    ...gone.map((name): [string, null] => [`docs/checks/${name}`, null]),
  ]);
}

async function manualPage(): Promise<Tree> {
  const { text } = await importTypeScript(
    [
      "import { COMMANDS } from './commands/index.ts';",
      "import { manual } from './help/man.ts';",
      "import { COMMON_OPTIONS } from './options/options.ts';",
      'export const text = manual(COMMANDS, COMMON_OPTIONS);',
    ].join('\n'),
    join(ROOT, 'src/cli'),
  );
  return new Map([['docs/pms-proxy-doctor.1', String(text)]]);
}

/** As input: a document of a later version may hold more, and additions are compatible. */
async function jsonSchema(file: string, name: string): Promise<string> {
  const { [name]: schema } = await importTypeScript(`export * from './${file}.ts';`, join(ROOT, 'src/core/model'));
  if (!(schema instanceof z.ZodMiniType)) throw new Error(`src/core/model/${file}.ts has no schema`);
  return `${JSON.stringify(z.toJSONSchema(schema, { io: 'input' }), null, 2)}\n`;
}

async function idsIn(folder: string): Promise<readonly string[]> {
  return (await readdir(join(ROOT, folder)))
    .filter((name) => name.endsWith('.ts') && name !== 'index.ts')
    .map((name) => name.slice(0, -'.ts'.length));
}

/** The units of an index that need not be on disk yet, so that one pass is enough after a unit has come or gone. */
async function loadIndex<T>(
  index: string,
  folder: string,
  name: string,
  isUnit: (value: unknown) => value is T,
): Promise<readonly T[]> {
  const { [name]: units } = await importTypeScript(index, join(ROOT, folder));
  if (!Array.isArray(units) || !units.every(isUnit))
    throw new Error(`a default export below ${folder}/ is of another kind`);
  return units;
}

function isCheck(value: unknown): value is Check {
  return typeof value === 'object' && value !== null && 'id' in value && 'messages' in value && 'run' in value;
}

function isCause(value: unknown): value is ScanCause {
  return typeof value === 'object' && value !== null && 'id' in value && 'messages' in value && 'fromSeen' in value;
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

/** Writes what differs, or with --check names it. */
async function settle(tree: Tree): Promise<void> {
  for (const [path, content] of tree) {
    if ((await currentContent(path)) === content) continue;
    if (process.argv.includes('--check')) {
      console.error(`${path} is stale: run npm run generate`);
      process.exitCode = 1;
    } else {
      await put(path, content);
      console.log(`${content === null ? 'removed' : 'wrote'} ${path}`);
    }
  }
}

await settle(closedLists);
await settle(await everythingElse());
// Commands load checks and causes by the indexes that are on disk: they have to be right first.
if (process.exitCode === undefined) await settle(await manualPage());

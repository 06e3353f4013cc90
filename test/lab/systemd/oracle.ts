import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ok } from '../../../src/core/model/evidence.ts';
import { readUnitVariables, type UnitVariables } from '../../../src/gather/settings/unit.ts';
import type { FoundVariable } from '../../../src/gather/system/environment.ts';
import type { Ignored } from '../../../src/parse/settings/systemd-environment.ts';
import type { Files, Forest } from './trees.ts';
import { COMPARED } from './vocabulary.ts';

const SANDBOX = resolve('test/lab/systemd/sandbox.sh');

/** Null when systemd can be booted here, else why not. */
export function whyNoSystemd(): string | null {
  if (process.getuid?.() !== 0) return 'root is needed';
  if (!existsSync('/usr/lib/systemd/systemd') && !existsSync('/lib/systemd/systemd')) return 'systemd is not installed';
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
  return mounts.includes(' - cgroup2 ') ? null : 'no cgroup2 file system is mounted';
}

/** One tree as systemd read it. */
interface Theirs {
  /** The environment of the process; null when systemd did not start it. */
  readonly environment: ReadonlyMap<string, string> | null;
  /** It did not, because a file of `EnvironmentFile=` is missing. */
  readonly isFileMissing: boolean;
  /** `path:line` of the places in unit files that it ignored with a warning, with its words. */
  readonly warnings: ReadonlyMap<string, string>;
  /** Environment files of which it ignored something that was meant to set a proxy variable. */
  readonly badFiles: ReadonlySet<string>;
}

export interface Difference {
  readonly asked: string;
  readonly what: string;
  readonly ours: unknown;
  readonly theirs: unknown;
  readonly files: Readonly<Record<string, string>>;
  readonly log: readonly string[];
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** How many trees ended in which way. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Plants the forest, boots systemd on it, and lists all trees of which this tool thinks otherwise. */
export async function compareForest(forest: Forest): Promise<Comparison> {
  const folder = await mkdtemp(join(tmpdir(), 'systemd-oracle-'));
  try {
    const root = join(folder, 'tree');
    await plant(root, [machinery(forest), forest.common, ...forest.trees.map(({ files }) => files)]);
    const log = await boot(root, folder, forest.manager);
    const results = await readdir(join(folder, 'results'));
    if (!results.includes('end.service')) throw new Error(`systemd did not get to the end:\n${log.slice(-3000)}`);
    const manager = Object.entries(forest.manager).map(([name, value]) => ({ name, value, from: 'manager' }));
    const counts: Record<string, number> = {};
    const differences: Difference[] = [];
    for (const [index, { asked, files }] of forest.trees.entries()) {
      const isOfTree = new RegExp(`(?:^|/)t${index}[-./:@]`);
      const lines = log.split(/[\r\n]+/).filter((line) => isOfTree.test(line));
      const result = results.find((each) => isOfTree.test(each));
      const theirs: Theirs = {
        environment: result === undefined ? null : environmentOf(await readFile(join(folder, 'results', result))),
        isFileMissing: lines.some((line) =>
          line.endsWith('Failed to load environment files: No such file or directory'),
        ),
        warnings: warningsOf(lines),
        badFiles: badFilesOf(lines),
      };
      const query = { root, name: asked, user: false, managerEnvironment: () => Promise.resolve(ok(manager)) } as const;
      const { way, problems } = judge(await readUnitVariables(query), theirs, files);
      counts[way] = (counts[way] ?? 0) + 1;
      for (const problem of problems)
        differences.push({ asked, ...problem, files: textsOf(new Map([...forest.common, ...files])), log: lines });
    }
    return { differences, counts };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Problem = Pick<Difference, 'what' | 'ours' | 'theirs'>;

function judge({ found, ignored }: UnitVariables, theirs: Theirs, files: Files) {
  const { environment, isFileMissing, warnings } = theirs;
  const way = `${found.state === 'ok' ? 'read' : found.reason.code}, ${environment === null ? 'not started' : 'started'}`;
  const lines =
    found.state === 'ok' || found.reason.code === 'UNRESOLVED' ? lineProblems(ignored, warnings, files) : [];
  if (found.state === 'ok' && environment !== null) {
    return {
      way,
      problems: [...variableProblems(found.value, environment), ...lines, ...fileProblems(ignored, theirs)],
    };
  }
  // A unit whose file is missing does not start. Its files still say what it had when the file was there.
  if (found.state === 'ok' && isFileMissing) return { way: 'read, a file is missing', problems: lines };
  // The value of a specifier that only the running system knows would name the file.
  if (found.state !== 'ok' && found.reason.code === 'UNRESOLVED') return { way, problems: lines };
  const isSame = (found.state === 'ok') === (environment !== null);
  return { way, problems: isSame ? [] : [{ what: way, ours: found, theirs: environment && [...environment] }] };
}

function variableProblems(
  found: readonly FoundVariable[],
  environment: ReadonlyMap<string, string>,
): readonly Problem[] {
  const ours = new Map(found.map((variable) => [variable.name, variable]));
  return COMPARED.flatMap((name) => {
    const mine = ours.get(name);
    const theirs = environment.get(name);
    const isOpen = mine?.from.includes('is not filled in') === true && theirs !== undefined;
    return isOpen || mine?.value === theirs ? [] : [{ what: name, ours: mine ?? null, theirs: theirs ?? null }];
  });
}

/** Lines that only the other side ignores. Of unknown sections systemd tells the header alone, and of what follows a bad one nothing. */
function lineProblems(ignored: readonly Ignored[], warnings: Theirs['warnings'], files: Files): readonly Problem[] {
  const ends = new Map(
    [...files].flatMap(([path, file]) =>
      Buffer.isBuffer(file) && path.includes('/systemd/') ? [[path, logicalLines(file.toString())]] : [],
    ),
  );
  const ours = new Map(
    ignored
      .filter(({ path, why }) => ends.has(path) && !['not-conf', 'folder', 'unknown-section'].includes(why))
      .map(({ path, line, why }) => [
        `${path}:${ends.get(path)?.find((each) => each.start <= line && line <= each.end)?.end ?? line}`,
        why,
      ]),
  );
  const theirs = new Map(
    [...warnings].filter(([place, words]) => {
      const [, path = '', line] = /^(.*):(\d+)$/.exec(place) ?? [];
      const isAbout = ABOUT_ENVIRONMENT.test(ends.get(path)?.find(({ end }) => end === Number(line))?.text ?? '');
      return isAbout && !words.startsWith('Unknown section');
    }),
  );
  const missed = [...theirs].filter(([place]) => !ours.has(place));
  const invented = [...ours].filter(([place]) => !warnings.has(place));
  return [
    ...missed.map(([place, words]) => ({ what: 'line', ours: null, theirs: `${place}: ${words}` })),
    ...invented.map(([place, why]) => ({ what: 'line', ours: `${place}: ${why}`, theirs: null })),
  ];
}

const ABOUT_ENVIRONMENT =
  /^[ \t]*(?:(?:Default|Manager|Pass|Unset)?Environment(?:File)?[ \t]*=|(?:export\s+)?\w*_proxy\s*=)/i;

function fileProblems(ignored: readonly Ignored[], { badFiles }: Theirs): readonly Problem[] {
  const ours = new Set(ignored.filter(({ why }) => why.startsWith('file-')).map(({ path }) => path));
  const either = [...new Set([...ours, ...badFiles])].filter((path) => ours.has(path) !== badFiles.has(path));
  return either.map((path) => ({ what: 'file', ours: ours.has(path) && path, theirs: badFiles.has(path) && path }));
}

/** The lines of a unit file with their continuations, from first to last. */
function logicalLines(
  text: string,
): readonly { readonly start: number; readonly end: number; readonly text: string }[] {
  const found: { start: number; end: number; text: string }[] = [];
  let isOpen = false;
  for (const [index, line] of text.split(/\r\n|\n\r|[\n\r\0]/).entries()) {
    const last = found.at(-1);
    const isComment = /^[ \t]*[#;]/.test(line);
    if (isOpen && last) {
      last.end = index + 1;
      if (!isComment) last.text += line;
    } else if (!isComment) found.push({ start: index + 1, end: index + 1, text: line });
    if (!isComment) isOpen = (/\\*$/.exec(line)?.[0].length ?? 0) % 2 === 1;
  }
  // A backslash at the end of the file continues into a line that is not there.
  const last = found.at(-1);
  if (isOpen && last) last.end += 1;
  return found;
}

/** The units that make the trees run: a target that wants all services, a command for each of them, and an end. */
function machinery({ trees }: Forest): Files {
  const names = trees.map(({ asked }) => asked);
  const unit = (text: string): Buffer => Buffer.from(`[Unit]\nDefaultDependencies=no\n${text}`);
  const list = (key: string): string => names.map((name) => `${key}=${name}\n`).join('');
  return new Map([
    ['/etc/machine-id', Buffer.from('0123456789abcdef0123456789abcdef\n')],
    ['/etc/passwd', Buffer.from('root:x:0:0:root:/root:/bin/sh\n')],
    ['/etc/group', Buffer.from('root:x:0:\n')],
    ['/etc/systemd/system/oracle.target', unit(`${list('Wants')}Wants=end.service\n`)],
    [
      '/etc/systemd/system/end.service',
      unit(`${list('After')}SuccessAction=exit-force\n[Service]\nType=oneshot\nStandardOutput=null\n`),
    ],
    // Comes after every drop-in of the trees.
    [
      '/etc/systemd/system/service.d/~~.conf',
      unit(
        '[Service]\nType=oneshot\nStandardOutput=null\nStandardError=null\nExecStart=\nExecStart=/bin/cp /proc/self/environ "/out/%n"\n',
      ),
    ],
  ]);
}

async function plant(root: string, list: readonly Files[]): Promise<void> {
  for (const files of list)
    for (const [path, file] of files) {
      const place = join(root, path);
      await mkdir(dirname(place), { recursive: true });
      if (file === 'folder') await mkdir(place, { recursive: true });
      else if (Buffer.isBuffer(file)) await writeFile(place, file);
      else await symlink(file.link, place);
    }
}

function boot(root: string, folder: string, manager: Readonly<Record<string, string>>): Promise<string> {
  const words = Object.entries(manager).map(([name, value]) => `${name}=${value}`);
  const child = spawn(SANDBOX, [root, folder, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((settle, reject) => {
    child.on('error', reject);
    child.on('close', () => settle(Buffer.concat(chunks).toString()));
  });
}

/** Debian looks into /lib first, which is /usr/lib. */
function warningsOf(lines: readonly string[]): ReadonlyMap<string, string> {
  const found = lines.flatMap((line) => {
    const [, place, words] = /^(\/\S.*?:\d+): (.*)$/.exec(line) ?? [];
    return place === undefined || words === undefined ? [] : [[place.replace(/^\/lib\//, '/usr/lib/'), words] as const];
  });
  return new Map(found);
}

function badFilesOf(lines: readonly string[]): ReadonlySet<string> {
  const patterns = [/^(\/.*):\d+: invalid UTF-8 (?:key|value)/, /_proxy\s*=.*': (\/.*)$/i];
  return new Set(lines.flatMap((line) => patterns.flatMap((pattern) => pattern.exec(line)?.[1] ?? [])));
}

function environmentOf(bytes: Buffer): ReadonlyMap<string, string> {
  const entries = bytes
    .toString()
    .split('\0')
    .filter((entry) => entry !== '');
  return new Map(entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]));
}

function textsOf(files: Files): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...files].map(([path, file]) => [path, Buffer.isBuffer(file) ? file.toString() : JSON.stringify(file)]),
  );
}

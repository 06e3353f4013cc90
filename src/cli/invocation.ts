import { basename, isAbsolute, relative } from 'node:path';
import type { Terminal } from '../app/terminal.ts';
import { TOOL } from '../core/values/version.ts';

type Invocation = Terminal['look']['invocation'];
type GivenOptions = Invocation['options'];

/** Options that decide what is judged, and the values that are fit for everyone's eyes. */
const QUESTION: Readonly<Record<string, RegExp | null>> = {
  'env-from': /^(?:auto|shell|pid:\d+)$/,
  timeout: /^[\w.]+$/,
  budget: /^[\w.]+$/,
  family: /^\w+$/,
  agents: /^[\w,]+$/,
  proxy: null,
  'no-proxy': null,
  only: null,
  endpoints: null,
  ca: null,
  expect: null,
  pms: null,
  'token-file': null,
  'access-log': null,
};

interface Started {
  /** `process.argv` and `process.execPath`. */
  readonly argv: readonly string[];
  readonly execPath: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  /** null where the system has no users by number. */
  readonly uid: number | null;
}

/** How this run was started. A path in the user's home is written with a tilde: reports are copied to other people. */
export function invocationOf(started: Started): Invocation {
  return { ...programOf(started), options: optionsOf(started.argv.slice(2)) };
}

function programOf({ argv, execPath, environment, directory, uid }: Started): Omit<Invocation, 'options'> {
  const file = argv[1] ?? '';
  const isNpx = environment['npm_command'] === 'exec' || environment['npm_lifecycle_event'] === 'npx';
  const isOnPath = basename(file) === TOOL.name && (environment['PATH'] ?? '').split(':').includes(parentOf(file));
  // Root needs no sudo, and Windows has none.
  const needsSudo = uid !== null && uid !== 0;
  if (isNpx) return { program: `npx ${TOOL.name}`, withSudo: needsSudo ? `sudo npx ${TOOL.name}` : null };
  const home = environment['HOME'] ?? '';
  const shown = (path: string): string => quoted(shorten(path, directory, home));
  // sudo searches its own directories, which lack the programs in a user's home.
  if (isOnPath)
    return { program: TOOL.name, withSudo: needsSudo ? `sudo ${inHome(file, home) ? shown(file) : TOOL.name}` : null };
  const isScript = /\.[cm]?js$/.test(file);
  if (!isScript && file !== '') return { program: shown(file), withSudo: needsSudo ? `sudo ${shown(file)}` : null };
  const node = inHome(execPath, home) ? shown(execPath) : 'node';
  return { program: `node ${shown(file)}`, withSudo: needsSudo ? `sudo ${node} ${shown(file)}` : null };
}

function parentOf(file: string): string {
  return file.slice(0, Math.max(0, file.length - basename(file).length - 1));
}

function inHome(path: string, home: string): boolean {
  return home.length > 1 && path.startsWith(`${home}/`);
}

/** Relative below the working directory, else with a tilde below the home. */
function shorten(path: string, directory: string, home: string): string {
  const below = relative(directory, path);
  if (below !== '' && !below.startsWith('..') && !isAbsolute(below)) return below.includes('/') ? below : `./${below}`;
  return inHome(path, home) ? `~${path.slice(home.length)}` : path;
}

/** For a shell; a tilde at the beginning stays one. */
function quoted(path: string): string {
  return path.replace(/[^\w./~@%+=:,-]/g, String.raw`\$&`);
}

/** Words behind `--` are not ours. */
function optionsOf(words: readonly string[]): GivenOptions {
  const end = words.indexOf('--');
  const own = end === -1 ? words : words.slice(0, end);
  const given = own.flatMap((word, index) => {
    const [, name = '', value = own[index + 1] ?? ''] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
    return Object.hasOwn(QUESTION, name) ? [{ name, value }] : [];
  });
  const isShown = ({ name, value }: (typeof given)[number]): boolean => QUESTION[name]?.test(value) === true;
  return {
    shown: given
      .filter(isShown)
      .map(({ name, value }) => ` --${name} ${value}`)
      .join(''),
    named: [...new Set(given.filter((option) => !isShown(option)).map(({ name }) => `--${name}`))],
  };
}

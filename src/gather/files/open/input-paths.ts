import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Trouble, troubleOf } from './trouble.ts';

/** PMS keeps some dozens of logs, a proxy that rotates daily some hundreds. */
const FOLDER_FILES_LIMIT = 2_000;
/** Folders below the one given: `Logs` has `PMS Plugin Logs`. */
const FOLDER_DEPTH = 1;

export interface InputPath {
  readonly path: string;
  /** null for pipes, standard input and paths that cannot be looked at. */
  readonly sizeBytes: number | null;
  /** The reason why it cannot be read; null: it has not been tried. */
  readonly trouble: string | null;
  /** It was found in a folder: the user did not name it. */
  readonly found: boolean;
}

/** The files meant by the paths given: folders become the files in them. The same file is there once, whatever its names. */
export async function listInputs(paths: readonly string[]): Promise<readonly InputPath[]> {
  const known = new Set<string>();
  const inputs: InputPath[] = [];
  for (const path of new Set(paths)) inputs.push(...(await inputsOf(path, false, FOLDER_DEPTH, known)));
  return inputs;
}

async function inputsOf(path: string, found: boolean, depth: number, known: Set<string>): Promise<InputPath[]> {
  if (path === '-') return [{ path, sizeBytes: null, trouble: null, found }];
  // Inode numbers of some file systems have more bits than a number.
  const about = await stat(path, { bigint: true }).catch((error: unknown) => troubleOf(error));
  if (about instanceof Trouble) return [{ path, sizeBytes: null, trouble: about.message, found }];
  if (about.isDirectory()) return filesOf(path, depth, known);
  if (!about.isFile()) {
    // Pipes in a folder are left out: the user did not name them, and waiting for a writer could last for ever.
    return [{ path, sizeBytes: null, trouble: found ? 'it is a pipe, socket or device' : null, found }];
  }
  const identity = `${about.dev}:${about.ino}`;
  if (known.has(identity)) return [];
  known.add(identity);
  return [{ path, sizeBytes: Number(about.size), trouble: null, found }];
}

async function filesOf(folder: string, depth: number, known: Set<string>): Promise<InputPath[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => troubleOf(error));
  if (entries instanceof Trouble) return [{ path: folder, sizeBytes: null, trouble: entries.message, found: false }];
  const inputs: InputPath[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory() && depth === 0) continue;
    if (inputs.length >= FOLDER_FILES_LIMIT) {
      const trouble = `the folder has more than ${FOLDER_FILES_LIMIT} files: the others were left out`;
      return [...inputs, { path: folder, sizeBytes: null, trouble, found: false }];
    }
    inputs.push(...(await inputsOf(join(folder, entry.name), true, depth - 1, known)));
  }
  return entries.length === 0
    ? [{ path: folder, sizeBytes: null, trouble: 'the folder is empty', found: false }]
    : inputs;
}

import { access, chmod, constants, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { systemErrorCode } from '../../gather/system/errors.ts';
import { reasonOf } from '../files.ts';
import { OutputError } from '../output.ts';
import { UsageError } from '../usage-error.ts';

/** The folder of `-o` for several files. */

/** Refuses a folder that holds anything but earlier files of ours. */
export async function checkFolder(
  directory: string,
  isOurs: (names: readonly string[]) => boolean = () => true,
): Promise<void> {
  let names: readonly string[];
  try {
    names = await readdir(directory);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOTDIR') throw new UsageError(`--output: ${directory} is not a folder`);
    if (code !== 'ENOENT') throw new UsageError(`--output: cannot use ${directory}: ${reasonOf(error)}`);
    await access(await nearestAbove(resolve(directory)), constants.W_OK).catch((reason: unknown) => {
      throw new UsageError(`--output: cannot write ${directory}: ${reasonOf(reason)}`);
    });
    return;
  }
  if (names.length > 0 && !isOurs(names))
    throw new UsageError(`--output: ${directory} is not empty, and holds no earlier plan: give another folder`);
}

/** Its files; none where it is not there yet. */
export async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** The folder in which the missing ones would be made. */
async function nearestAbove(path: string): Promise<string> {
  const above = dirname(path);
  if (above === path) return path;
  const isThere = await access(above).then(
    () => true,
    () => false,
  );
  return isThere ? above : nearestAbove(above);
}

/** Whole or not at all; with its mode before it has its content. */
export async function putFile(directory: string, name: string, text: string, mode: number): Promise<void> {
  const path = join(directory, name);
  const temporary = `${path}.new`;
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await rm(temporary, { force: true });
    await writeFile(temporary, text, { mode, flag: 'wx' });
    await chmod(temporary, mode);
    await rename(temporary, path);
  } catch (error) {
    if (systemErrorCode(error) === null) throw error;
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new OutputError(`--output: cannot write ${directory}: ${reasonOf(error)}`);
  }
}

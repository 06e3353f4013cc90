import { posix, win32 } from 'node:path';
import { valueOf, type Gathered } from '../../../core/model/evidence.ts';
import { readProcessVariables } from '../../system/environment.ts';
import { listDirectory } from '../../system/files.ts';
import type { LocatedPms } from '../locate.ts';

/** PMS's own name for the folder with its preferences and logs. It lies inside of "application support". */
const FOLDER = 'Plex Media Server';

/** One place where PMS may keep its data. */
export interface DataPlace {
  /** File system that the path is in: `/`, or that of PMS's container. */
  readonly root: string;
  readonly path: string;
}

export interface Surroundings {
  readonly procRoot?: string;
  /** Environment of the user who runs this tool, for the home directory. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Application support of the packages, below the root of a file system (the places that the packages' own scripts name). */
const PACKAGED: readonly string[] = [
  '/var/lib/plexmediaserver/Library/Application Support',
  // Arch Linux and NixOS.
  '/var/lib/plex',
  '/var/snap/plexmediaserver/common/Library/Application Support',
  '/config/Library/Application Support',
  // The containers of hotio and binhex.
  '/config',
  // Synology DSM 7 and 6, ASUSTOR.
  '/var/packages/PlexMediaServer/shares/PlexMediaServer/AppData',
  '/volume1/Plex/Library/Application Support',
  '/volume1/Plex/Library',
];
/** QNAP and FreeBSD number or name theirs: folder to look in, names in it, and what follows. */
const NUMBERED: readonly (readonly [string, RegExp, string])[] = [
  ['/share', /^CACHEDEV\d+_DATA$/, '.qpkg/PlexMediaServer/Library'],
  ['/usr/local', /^plexdata/, ''],
];

/** Folders in which this PMS may keep its data, the likeliest first: from its own environment, then the packages' usual places. */
export async function dataPlaces(
  { platform, processes, roots }: Pick<LocatedPms, 'platform' | 'processes' | 'roots'>,
  { procRoot = '/proc', environment }: Surroundings,
): Promise<readonly DataPlace[]> {
  const home = environment['HOME'];
  if (platform === 'win32') {
    const local = environment['LOCALAPPDATA'];
    return local === undefined ? [] : [{ root: '/', path: win32.join(local, FOLDER) }];
  }
  if (platform === 'darwin') {
    return home === undefined ? [] : [{ root: '/', path: posix.join(home, 'Library/Application Support', FOLDER) }];
  }
  const pid = processes.find(({ role }) => role === 'pms')?.pid;
  const own = pid === undefined ? [] : supportOf(await readProcessVariables(procRoot, pid));
  const places = await Promise.all(
    roots.map(async (root) => [
      ...own.map((path) => ({ root, path })),
      ...[...PACKAGED, ...(await numbered(root))].map((path) => ({ root, path })),
    ]),
  );
  return places.flat().map(({ root, path }) => ({ root, path: posix.join(path, FOLDER) }));
}

/** The folder by the environment of the running PMS; without a variable of its own, PMS takes the home directory. */
function supportOf(
  variables: Gathered<readonly { readonly name: string; readonly value: string }[]>,
): readonly string[] {
  const value = (wanted: string): string | undefined =>
    (valueOf(variables) ?? []).find(({ name }) => name === wanted)?.value;
  const named = value('PLEX_MEDIA_SERVER_APPLICATION_SUPPORT_DIR');
  if (named?.startsWith('/')) return [named];
  const home = value('HOME');
  return home?.startsWith('/') ? [posix.join(home, 'Library/Application Support')] : [];
}

async function numbered(root: string): Promise<readonly string[]> {
  const found = await Promise.all(
    NUMBERED.map(async ([folder, pattern, below]) =>
      (valueOf(await listDirectory(root, folder)) ?? [])
        .filter((name) => pattern.test(name))
        .map((name) => posix.join(folder, name, below)),
    ),
  );
  return found.flat();
}

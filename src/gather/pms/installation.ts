import { posix } from 'node:path';
import { failed, notRun, ok, valueOf, type Gathered, type Pms } from '../../core/model/evidence.ts';
import { countCertificates } from '../../parse/pms/certificate-bundle.ts';
import { LibcurlVersionScanner } from '../../parse/pms/libcurl-version.ts';
import { dpkgVersion, plistVersion, snapVersion, synologyVersion } from '../../parse/pms/package-version.ts';
import { firstOf, hasFile, listDirectory, readChunks, readText } from '../system/files.ts';

/** Paths at which packages install the program, below the root of the file system. The first that exists counts. */
const DIRECTORIES: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: [
    '/usr/lib/plexmediaserver',
    '/usr/lib64/plexmediaserver',
    '/opt/plexmediaserver',
    '/snap/plexmediaserver/current',
    '/var/packages/PlexMediaServer/target',
    '/share/CACHEDEV1_DATA/.qpkg/PlexMediaServer',
    '/run/current-system/sw/lib/plexmediaserver',
  ],
  freebsd: ['/usr/local/share/plexmediaserver', '/usr/local/share/plexmediaserver-plexpass'],
  darwin: ['/Applications/Plex Media Server.app/Contents/MacOS'],
  win32: ['/Program Files/Plex/Plex Media Server', '/Program Files (x86)/Plex/Plex Media Server'],
};
const PROGRAMS = ['Plex Media Server', 'Plex_Media_Server', 'Plex Media Server.exe'];

/** The program file of an installation that is not running, or null. */
export async function findInstallation(platform: NodeJS.Platform, fsRoot: string): Promise<string | null> {
  for (const directory of DIRECTORIES[platform] ?? []) {
    for (const program of PROGRAMS) {
      const file = posix.join(directory, program);
      if (await hasFile(fsRoot, file)) return file;
    }
  }
  return null;
}

/** Far more than any build of libcurl or of the program; a file that is larger is read up to here. */
const SCAN_LIMIT_BYTES = 128 * 1024 * 1024;
const LIBCURL = /^libcurl(?:[.-]\w+)*\.(?:so(?:\.\d+)*|dylib|dll)$/;

/** Version of the libcurl that PMS brings along: of the library beside the program, else of the program itself. */
export async function readLibcurl(roots: readonly string[], exe: string): Promise<Pms['libcurl']> {
  const directory = posix.dirname(exe);
  const found = await firstOf(roots, async (root): Promise<Pms['libcurl']> => {
    let result: Pms['libcurl'] = notRun('ENOENT', `there is no libcurl beside ${exe}`);
    for (const file of [...(await libraries(root, directory)), exe]) {
      const scanned = await scan(root, file);
      if (scanned.state === 'ok') return scanned;
      if (scanned.state === 'failed' && (result.state !== 'failed' || file !== exe)) result = scanned;
    }
    return result;
  });
  return found;
}

async function libraries(root: string, directory: string): Promise<readonly string[]> {
  const files: string[] = [];
  for (const place of ['lib', '.', '../Frameworks']) {
    const path = posix.join(directory, place);
    const names = valueOf(await listDirectory(root, path)) ?? [];
    files.push(...names.filter((name) => LIBCURL.test(name)).map((name) => posix.join(path, name)));
  }
  // The name that the program is linked against comes first; other versions may lie beside it.
  return files.sort((a, b) => Number(b.endsWith('/libcurl.so.4')) - Number(a.endsWith('/libcurl.so.4')));
}

async function scan(root: string, file: string): Promise<Pms['libcurl']> {
  const scanner = new LibcurlVersionScanner();
  const read = await readChunks(root, file, SCAN_LIMIT_BYTES, (chunk) => {
    scanner.push(chunk);
    return scanner.version === null;
  });
  if (read.state !== 'ok') return read;
  const version = scanner.end();
  return version === null
    ? failed('NO_VERSION', `${file} does not say which version of libcurl it holds`)
    : ok({ version, file });
}

export interface CaBundle {
  readonly summary: Pms['caBundle'];
  readonly pem: string | null;
}

/** PMS's own roots. */
export async function readCaBundle(roots: readonly string[], exe: string): Promise<CaBundle> {
  const directory = posix.dirname(exe);
  const files = ['Resources', '../Resources'].map((place) => posix.join(directory, place, 'cacert.pem'));
  const found = await firstOf(roots, async (root): Promise<Gathered<{ file: string; pem: string }>> => {
    let result: Gathered<never> = notRun('ENOENT', `there is no Resources/cacert.pem beside ${exe}`);
    for (const file of files) {
      const text = await readText(root, file);
      if (text.state === 'ok') return ok({ file, pem: text.value });
      if (text.state === 'failed') result = text;
    }
    return result;
  });
  if (found.state !== 'ok') return { summary: found, pem: null };
  const { file, pem } = found.value;
  return { summary: ok({ file, roots: countCertificates(pem) }), pem };
}

/**
 * Version of PMS from the files of its package, where one states it: dpkg, snap, Synology, macOS. PMS itself is never run.
 * null when no file does.
 */
export async function readVersion(roots: readonly string[], exe: string): Promise<string | null> {
  const directory = posix.dirname(exe);
  const sources: readonly (readonly [string, (text: string) => string | null])[] = [
    ...(directory === '/usr/lib/plexmediaserver'
      ? [['/var/lib/dpkg/status', (text: string) => dpkgVersion(text, 'plexmediaserver')] as const]
      : []),
    [posix.join(directory, 'meta/snap.yaml'), snapVersion],
    [posix.join(directory, '../INFO'), synologyVersion],
    [posix.join(directory, '../Info.plist'), plistVersion],
  ];
  for (const [file, read] of sources) {
    const text = valueOf(await firstOf(roots, (root) => readText(root, file)));
    const version = text === null ? null : read(text);
    if (version !== null) return version;
  }
  return null;
}

import { existsSync } from 'node:fs';
import { mkdir, open, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { findInstallation, readCaBundle, readLibcurl, readVersion } from '../../../src/gather/pms/installation.ts';
import { makeTree, type Files, type Tree } from '../../support/system/pms-tree.ts';

const PROGRAM = '/usr/lib/plexmediaserver/Plex Media Server';
const LIB = '/usr/lib/plexmediaserver/lib';

const trees: Tree[] = [];
afterEach(async () => {
  await Promise.all(trees.splice(0).map((tree) => tree.remove()));
});
async function rootWith(files: Files): Promise<string> {
  const tree = await makeTree([], files);
  trees.push(tree);
  return tree.fsRoot;
}

describe('readLibcurl', () => {
  it.each([
    [
      'the linked name before others',
      { [`${LIB}/libcurl.so.3`]: 'libcurl/7.1.0\0', [`${LIB}/libcurl.so.4`]: 'libcurl/8.4.0\0' },
      '8.4.0',
    ],
    ['any other name', { [`${LIB}/libcurl.so.4.8.0`]: 'libcurl/8.4.0\0' }, '8.4.0'],
    ['a library beside the program', { '/usr/lib/plexmediaserver/libcurl.so': 'libcurl/8.4.0\0' }, '8.4.0'],
    ['the program itself', { [PROGRAM]: 'libcurl/8.4.0\0' }, '8.4.0'],
    ['the program when the library is silent', { [PROGRAM]: 'libcurl/8.4.0\0', [`${LIB}/libcurl.so.4`]: 'x' }, '8.4.0'],
  ])('%s', async (_, files, version) => {
    expect(await readLibcurl([await rootWith(files)], PROGRAM)).toMatchObject({ state: 'ok', value: { version } });
  });

  it.each([
    ['nothing is there', {}, { state: 'not-run', reason: { code: 'ENOENT' } }],
    [
      'nothing says a version',
      { [PROGRAM]: 'x', [`${LIB}/libcurl.so.4`]: 'x' },
      { state: 'failed', reason: { code: 'NO_VERSION' } },
    ],
    ['only another library is there', { [`${LIB}/libcurlx.so`]: 'libcurl/8.4.0' }, { state: 'not-run' }],
  ])('%s', async (_, files, expected) => {
    expect(await readLibcurl([await rootWith(files)], PROGRAM)).toMatchObject(expected);
  });

  it('finds it across the border of two chunks, and gives up at a bound', async () => {
    const root = await rootWith({});
    await mkdir(join(root, LIB), { recursive: true });
    const write = async (offset: number): Promise<void> => {
      const file = await open(join(root, LIB, 'libcurl.so.4'), 'w');
      await file.write('\0libcurl/8.11.1\0', offset);
      await file.close();
    };
    await write(1024 * 1024 - 7);
    expect(await readLibcurl([root], PROGRAM)).toMatchObject({ value: { version: '8.11.1' } });
    // A sparse file of a gigabyte with the version behind the bound.
    await write(200 * 1024 * 1024);
    await truncate(join(root, LIB, 'libcurl.so.4'), 1024 ** 3);
    expect(await readLibcurl([root], PROGRAM)).toMatchObject({ state: 'failed', reason: { code: 'NO_VERSION' } });
  });

  const REAL = [
    '/usr/lib/x86_64-linux-gnu/libcurl.so.4',
    '/usr/lib/aarch64-linux-gnu/libcurl.so.4',
    '/usr/lib64/libcurl.so.4',
  ].find(existsSync);
  it.skipIf(REAL === undefined)(
    `reads a real library${REAL === undefined ? ' (skipped: none is installed)' : ''}`,
    async () => {
      expect(await readLibcurl(['/'], join(dirname(REAL ?? ''), 'program'))).toMatchObject({
        state: 'ok',
        value: { version: expect.stringMatching(/^\d+\.\d+\.\d+$/), file: REAL },
      });
    },
  );
});

describe('readCaBundle', () => {
  it.each([
    ['beside the program', '/usr/lib/plexmediaserver/Resources/cacert.pem', { state: 'ok', value: { roots: 1 } }],
    ['in a macOS bundle', '/usr/lib/Resources/cacert.pem', { state: 'ok', value: { roots: 1 } }],
    ['nowhere', '/etc/x', { state: 'not-run', reason: { code: 'ENOENT' } }],
  ])('%s', async (_, path, expected) => {
    const root = await rootWith({ [path]: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n' });
    const { summary, pem } = await readCaBundle([root], PROGRAM);
    expect(summary).toMatchObject(expected);
    expect(pem === null).toBe(summary.state !== 'ok');
  });
});

describe('findInstallation and readVersion', () => {
  it.each([
    [
      'linux' as const,
      PROGRAM,
      '/var/lib/dpkg/status',
      'Package: plexmediaserver\nStatus: install ok installed\nVersion: 1.41.3\n',
    ],
    [
      'linux' as const,
      '/snap/plexmediaserver/current/Plex Media Server',
      '/snap/plexmediaserver/current/meta/snap.yaml',
      "version: '1.41.3'\n",
    ],
    [
      'linux' as const,
      '/var/packages/PlexMediaServer/target/Plex Media Server',
      '/var/packages/PlexMediaServer/INFO',
      'version="1.41.3"\n',
    ],
    [
      'darwin' as const,
      '/Applications/Plex Media Server.app/Contents/MacOS/Plex Media Server',
      '/Applications/Plex Media Server.app/Contents/Info.plist',
      '<key>CFBundleShortVersionString</key><string>1.41.3</string>',
    ],
  ])('%s: %s', async (platform, program, file, content) => {
    const root = await rootWith({ [program]: 'x', [file]: content });
    expect(await findInstallation(platform, root)).toBe(program);
    expect(await readVersion([root], program)).toBe('1.41.3');
  });

  it('does not take a package’s version for a program that is elsewhere', async () => {
    const root = await rootWith({
      '/var/lib/dpkg/status': 'Package: plexmediaserver\nStatus: install ok installed\nVersion: 1\n',
    });
    expect(await readVersion([root], '/opt/plexmediaserver/Plex Media Server')).toBeNull();
    expect(await findInstallation('linux', root)).toBeNull();
  });
});

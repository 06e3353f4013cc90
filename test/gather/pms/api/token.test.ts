import { afterEach, describe, expect, it } from 'vitest';
import { notRun } from '../../../../src/core/model/evidence.ts';
import { Token } from '../../../../src/core/values/secret.ts';
import { findToken } from '../../../../src/gather/pms/api/token.ts';
import type { LocatedPms } from '../../../../src/gather/pms/locate.ts';
import { makeTree, type FakeProcess, type Files, type Tree } from '../../../support/system/pms-tree.ts';

const ADMIN = 'LocalAdminCanary0001';
const ONLINE = 'OnlineTokenCanary001';
const OTHER = 'SomebodyElsesCanary1';
const HASH = '0123456789abcdef0123456789abcdef';
const PREFERENCES = `<?xml version="1.0" encoding="utf-8"?>
<Preferences MachineIdentifier="1" PlexOnlineToken="${ONLINE}" PlexOnlineMail="a&amp;b@example.net" CertificateUUID="${HASH}"/>
`;
const PMS: FakeProcess = { pid: 812, comm: 'Plex Media Serv', exe: '/usr/lib/plexmediaserver/Plex Media Server' };
const DEBIAN = 'var/lib/plexmediaserver/Library/Application Support/Plex Media Server';

const trees: Tree[] = [];
afterEach(async () => {
  await Promise.all(trees.splice(0).map((tree) => tree.remove()));
});

interface Row {
  readonly process?: Partial<FakeProcess>;
  readonly files?: Files;
  readonly given?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly isLocal?: boolean;
  readonly platform?: NodeJS.Platform;
  readonly inContainer?: boolean;
}

async function find({ process = {}, files = {}, given, environment = {}, isLocal = true, ...row }: Row) {
  const tree = await makeTree([{ ...PMS, ...process }], files);
  trees.push(tree);
  const located: LocatedPms = {
    pms: notRun('OTHER', ''),
    processes: [{ pid: 812, ppid: 1, name: 'Plex Media Server', role: 'pms' }],
    caBundlePem: null,
    platform: row.platform ?? 'linux',
    roots: [row.inContainer === true ? `${tree.procRoot}/812/root` : tree.fsRoot],
    userUnit: false,
    container: notRun('NO_CONTAINER', ''),
    notes: [],
  };
  return findToken(located, {
    given: given === undefined ? null : Token.parse(given),
    environment,
    isLocal,
    procRoot: tree.procRoot,
  });
}

const both = (directory: string): Files => ({
  [`${directory}/.LocalAdminToken`]: `${ADMIN}\n`,
  [`${directory}/Preferences.xml`]: PREFERENCES,
});

describe('where a token is found', () => {
  it.each<[string, Row, string, string]>([
    [
      'the option before all',
      { given: OTHER, environment: { PLEX_TOKEN: ONLINE }, files: both(DEBIAN) },
      'option',
      OTHER,
    ],
    ['our own environment', { environment: { PLEX_TOKEN: OTHER }, files: both(DEBIAN) }, 'environment', OTHER],
    ['the local credential', { files: both(DEBIAN) }, 'local-admin-token', ADMIN],
    ['the preferences', { files: { [`${DEBIAN}/Preferences.xml`]: PREFERENCES } }, 'preferences', ONLINE],
    [
      'an empty local credential does not count',
      { files: { ...both(DEBIAN), [`${DEBIAN}/.LocalAdminToken`]: '' } },
      'preferences',
      ONLINE,
    ],
    [
      'where the environment of PMS says, before the places of packages',
      {
        process: { environ: { PLEX_MEDIA_SERVER_APPLICATION_SUPPORT_DIR: '/srv/plex data', HOME: '/root' } },
        files: {
          'srv/plex data/Plex Media Server/.LocalAdminToken': ADMIN,
          [`${DEBIAN}/.LocalAdminToken`]: OTHER,
        },
      },
      'local-admin-token',
      ADMIN,
    ],
    [
      'below its home',
      {
        process: { environ: { HOME: '/home/plex' } },
        files: { 'home/plex/Library/Application Support/Plex Media Server/.LocalAdminToken': ADMIN },
      },
      'local-admin-token',
      ADMIN,
    ],
    [
      'in the file system of its container',
      {
        inContainer: true,
        process: { files: { 'config/Library/Application Support/Plex Media Server/.LocalAdminToken': ADMIN } },
        files: { [`${DEBIAN}/.LocalAdminToken`]: OTHER },
      },
      'local-admin-token',
      ADMIN,
    ],
    ...[
      'var/lib/plex',
      'var/snap/plexmediaserver/common/Library/Application Support',
      'config',
      'var/packages/PlexMediaServer/shares/PlexMediaServer/AppData',
      'share/CACHEDEV3_DATA/.qpkg/PlexMediaServer/Library',
      'volume1/Plex/Library',
      'usr/local/plexdata-plexpass',
    ].map((directory): [string, Row, string, string] => [
      directory,
      { files: { [`${directory}/Plex Media Server/.LocalAdminToken`]: ADMIN } },
      'local-admin-token',
      ADMIN,
    ]),
  ])('%s', async (_, row, from, token) => {
    const found = await find(row);
    expect(found).toMatchObject({ from, reason: null });
    expect(found.token?.reveal()).toBe(token);
  });

  it('the home directory on macOS', async () => {
    const tree = await makeTree([], { 'Library/Application Support/Plex Media Server/.LocalAdminToken': ADMIN });
    trees.push(tree);
    const found = await find({ platform: 'darwin', environment: { HOME: tree.fsRoot } });
    expect(found.token?.reveal()).toBe(ADMIN);
  });

  it('the preferences tell which certificate is that of this PMS', async () => {
    expect(await find({ files: both(DEBIAN) })).toMatchObject({ certificateId: HASH });
    expect(await find({ files: both(DEBIAN), given: OTHER })).toMatchObject({ certificateId: HASH });
  });
});

describe('why there is none', () => {
  it.each<[string, Row, string]>([
    ['no data directory', {}, 'NO_DATA_DIRECTORY'],
    ['a server that nobody claimed', { files: { [`${DEBIAN}/Preferences.xml`]: '<Preferences a="b"/>' } }, 'NO_TOKEN'],
    ['damaged preferences', { files: { [`${DEBIAN}/Preferences.xml`]: PREFERENCES.slice(0, 90) } }, 'NO_TOKEN'],
    ['a token that no header can hold', { files: { [`${DEBIAN}/.LocalAdminToken`]: 'a\r\nb: c' } }, 'NO_TOKEN'],
    ['not a file', { files: { [`${DEBIAN}/.LocalAdminToken/x`]: '' } }, 'EISDIR'],
    [
      'a PMS elsewhere does not get the tokens of this machine',
      { isLocal: false, files: both(DEBIAN) },
      'TOKEN_NOT_LOOKED_FOR',
    ],
    ['the registry of Windows', { platform: 'win32' }, 'REGISTRY'],
  ])('%s', async (_, row, code) => {
    expect(await find(row)).toMatchObject({ token: null, from: null, reason: { code } });
  });

  it('nothing of a token is in what was found, however it is printed', async () => {
    const found = await find({ files: both(DEBIAN) });
    expect(`${JSON.stringify(found)} ${String(found.token)} ${found.token?.toJSON()}`).not.toMatch(/Canary/);
  });
});

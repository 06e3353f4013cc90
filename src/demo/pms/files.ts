import { accessSync, constants, existsSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { copyFile, link, mkdir, writeFile } from 'node:fs/promises';
import { randomBytes, randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { runProgram, toolPath } from '../system/step.ts';
import { xmlOf } from './answer.ts';
import type { PmsStandInConfig } from './config.ts';
import { layoutOf, type Layout } from './layout.ts';

/** Makes a program available under another path. */
export type PlaceProgram = (source: string, target: string) => Promise<void>;

/** As a hard link, so that nothing is copied; across file systems, or where links to foreign files are forbidden, as a copy. */
export const linkOrCopy: PlaceProgram = async (source, target) => {
  try {
    await link(source, target);
  } catch {
    await copyFile(source, target, constants.COPYFILE_FICLONE);
  }
};

/** PMS's data about itself: all invented, with new tokens for each stand-in. */
export interface Identity {
  readonly machineIdentifier: string;
  readonly onlineToken: string;
  readonly adminToken: string;
}

/** Makes programs and data directory of a stand-in. `directory` must be empty or missing. */
export async function prepareFiles(
  directory: string,
  config: PmsStandInConfig,
  place: PlaceProgram = linkOrCopy,
): Promise<Identity> {
  const layout = layoutOf(directory);
  for (const folder of [dirname(layout.client), join(layout.programs, 'lib'), layout.logs]) {
    await mkdir(folder, { recursive: true });
  }
  const curl = findCurl();
  await place(process.execPath, layout.server);
  await place(curl ?? process.execPath, layout.scanner);
  await place(curl ?? process.execPath, layout.client);
  await writeFile(join(layout.programs, 'lib/libcurl.so.4'), await describeClient(curl));
  if (config.cacert !== null && existsSync(config.cacert)) {
    await mkdir(join(layout.programs, 'Resources'));
    await copyFile(config.cacert, join(layout.programs, 'Resources/cacert.pem'));
  }
  return writeIdentity(layout, config);
}

/**
 * Synchronous, so nothing else in this process writes meanwhile. A bind mount cannot be removed; it goes with the mount namespace that it
 * was made in.
 */
export function removeFiles(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EBUSY')) throw error;
  }
}

/** true when the program placed as a client is curl; otherwise it is Node. */
export function isCurl(file: string): boolean {
  return statSync(file).size !== statSync(process.execPath).size;
}

/** Path of the curl of this machine, null when there is none. */
function findCurl(): string | null {
  for (const directory of toolPath().split(':')) {
    const file = join(directory, 'curl');
    try {
      accessSync(file, constants.X_OK);
      return realpathSync(file);
    } catch {
      // Not here; perhaps in the next directory.
    }
  }
  return null;
}

/**
 * PMS brings a libcurl along, in which its version can be read. The stand-in's curl uses the system's: a text in that place
 * says which.
 */
async function describeClient(curl: string | null): Promise<string> {
  const version = curl === null ? null : /libcurl\/\S+/.exec((await runProgram(curl, ['--version'])).stdout)?.[0];
  return `No library: this is the stand-in of pms-proxy-doctor. Its client is ${version ?? 'not curl'} .\n`;
}

async function writeIdentity(layout: Layout, { claimed }: PmsStandInConfig): Promise<Identity> {
  const identity: Identity = {
    machineIdentifier: randomBytes(20).toString('hex'),
    onlineToken: newToken(),
    adminToken: newToken(),
  };
  const account = {
    PlexOnlineToken: identity.onlineToken,
    PlexOnlineUsername: 'stand-in',
    PlexOnlineMail: 'stand-in@example.com',
    PlexOnlineHome: true,
    CertificateUUID: randomBytes(16).toString('hex'),
    PubSubServer: '192.0.2.53',
    PubSubServerRegion: 'example',
  };
  const attributes = {
    OldestPreviousVersion: 'legacy',
    MachineIdentifier: randomUUID(),
    ProcessedMachineIdentifier: identity.machineIdentifier,
    AnonymousMachineIdentifier: randomUUID(),
    FriendlyName: 'stand-in of pms-proxy-doctor',
    AcceptedEULA: true,
    PublishServerOnPlexOnlineKey: claimed,
    logDebug: true,
    ...(claimed ? account : {}),
  };
  const preferences = xmlOf({ name: 'Preferences', attributes, children: [] });
  await writeFile(layout.preferencesFile, preferences, { mode: 0o600 });
  await writeFile(layout.adminTokenFile, identity.adminToken, { mode: 0o600 });
  return identity;
}

/** Reads the result of `prepareFiles`, for the process that runs on it. */
export function readIdentity(layout: Layout): Identity {
  const preferences = readFileSync(layout.preferencesFile, 'utf8');
  const attribute = (name: string): string => new RegExp(` ${name}="([^"]*)"`).exec(preferences)?.[1] ?? '';
  return {
    machineIdentifier: attribute('ProcessedMachineIdentifier'),
    onlineToken: attribute('PlexOnlineToken'),
    adminToken: readFileSync(layout.adminTokenFile, 'utf8'),
  };
}

/** 20 characters of `A-Za-z0-9_-`, as PMS's own. */
function newToken(): string {
  return randomBytes(15).toString('base64url');
}

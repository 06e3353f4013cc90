import { posix, win32 } from 'node:path';
import { failed, notRun, type Gathered } from '../../../core/model/evidence.ts';
import type { Reason } from '../../../core/model/reason.ts';
import type { TokenSource } from '../../../core/model/pms-status.ts';
import { Token } from '../../../core/values/secret.ts';
import { parsePreferences } from '../../../parse/pms/preferences.ts';
import { readText } from '../../system/files.ts';
import type { LocatedPms } from '../locate.ts';
import { dataPlaces, type DataPlace, type Surroundings } from './data-directory.ts';

/** The token to ask PMS with, or why there is none. */
export interface FoundToken {
  readonly token: Token | null;
  readonly from: TokenSource | null;
  /** Places without a token, when none was found; null when one was. */
  readonly reason: Reason | null;
  /** Hash of this PMS's plex.direct name, where its preferences could be read. */
  readonly certificateId: string | null;
}

export interface TokenOptions extends Surroundings {
  /** Content of `--token-file`. */
  readonly given: Token | null;
  /** false: the PMS that is asked is not known to be the one whose files are here, and does not get its tokens. */
  readonly isLocal: boolean;
}

/** Looks where the user said first (`--token-file`, then PLEX_TOKEN), then in PMS's own files. */
export async function findToken(located: LocatedPms, options: TokenOptions): Promise<FoundToken> {
  const { given, isLocal, environment } = options;
  const fromEnvironment = Token.parse(environment['PLEX_TOKEN'] ?? '');
  const own = isLocal ? await ownToken(located, options) : ELSEWHERE;
  if (given !== null) return { ...own, token: given, from: 'option', reason: null };
  if (fromEnvironment !== null) return { ...own, token: fromEnvironment, from: 'environment', reason: null };
  return own;
}

function nothing(reason: Gathered<never>, certificateId: string | null = null): FoundToken {
  return { token: null, from: null, reason: reason.state === 'ok' ? null : reason.reason, certificateId };
}

const ELSEWHERE = nothing(
  notRun(
    'TOKEN_NOT_LOOKED_FOR',
    "this machine's own tokens are not sent to a PMS elsewhere: name one with --token-file",
  ),
);

/** The credential that PMS writes for this machine at each start, else that of the account. */
async function ownToken(located: LocatedPms, surroundings: Surroundings): Promise<FoundToken> {
  let reason: Gathered<never> = notRun(
    'NO_DATA_DIRECTORY',
    "PMS's data directory was not found: name a token with --token-file",
  );
  for (const place of await dataPlaces(located, surroundings)) {
    const [admin, preferences] = await Promise.all([
      readText(place.root, fileIn(place, '.LocalAdminToken', located.platform)),
      readText(place.root, fileIn(place, 'Preferences.xml', located.platform)),
    ]);
    const known = preferences.state === 'ok' ? parsePreferences(preferences.value) : null;
    const certificateId = known?.certificateId ?? null;
    const local = admin.state === 'ok' ? Token.parse(admin.value) : null;
    if (local !== null) return { token: local, from: 'local-admin-token', reason: null, certificateId };
    const online = Token.parse(known?.onlineToken ?? '');
    if (online !== null) return { token: online, from: 'preferences', reason: null, certificateId };
    if (admin.state === 'ok' || preferences.state === 'ok')
      return nothing(
        failed('NO_TOKEN', "PMS's data directory holds no token: it is not signed in, or keeps it elsewhere"),
        certificateId,
      );
    const [refused] = [admin, preferences].filter((file) => file.state === 'failed');
    if (refused && reason.state !== 'failed') reason = failed(refused.reason.code, tellRefused(refused.reason));
  }
  return nothing(located.platform === 'win32' && reason.state !== 'failed' ? IN_REGISTRY : reason);
}

const IN_REGISTRY = notRun(
  'REGISTRY',
  'Windows keeps the token in the registry, which is not read: name one with --token-file',
);

/** The path tells how PMS is installed, and is no secret; the content of the file is never quoted. */
function tellRefused({ code, message }: Reason): string {
  return code === 'EACCES'
    ? "PMS's data directory may not be read by this user: run this as root or as the user of PMS, or use --token-file"
    : `PMS's data directory could not be read (${message}): name a token with --token-file`;
}

function fileIn({ path }: DataPlace, name: string, platform: NodeJS.Platform): string {
  return (platform === 'win32' ? win32 : posix).join(path, name);
}

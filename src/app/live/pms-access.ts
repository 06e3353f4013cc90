import { stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { scopeOf } from '../../core/values/scope.ts';
import { Deadline } from '../../core/values/deadline.ts';
import { notRun, ok, valueOf, type Gathered } from '../../core/model/evidence.ts';
import type { PmsStatus } from '../../core/model/pms-status.ts';
import { Token } from '../../core/values/secret.ts';
import { firstAnswering, STARTING_BUDGET_MS } from '../../gather/pms/api/answering.ts';
import { isOnThisMachine, type PmsBase } from '../../gather/pms/api/base.ts';
import { PmsClient } from '../../gather/pms/api/client.ts';
import { ownBases } from '../../gather/pms/api/own-bases.ts';
import { gatherPmsStatus, STATUS_BUDGET_MS } from '../../gather/pms/api/status.ts';
import { findToken, type FoundToken } from '../../gather/pms/api/token.ts';
import type { LocatedPms } from '../../gather/pms/locate.ts';
import { systemErrorCode } from '../../gather/system/errors.ts';
import { Procfs } from '../../gather/system/procfs.ts';
import { readInput } from '../files.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

/** One line; an editor may add an end to it. */
const TOKEN_FILE_LIMIT_BYTES = 8_192;
/** Permission bits of group and others. */
const OTHERS = 0o007;

/** The token of `--token-file`; null without the option. The content of the file is never quoted. */
export async function readToken(path: string | null, { note }: Pick<Terminal, 'note'>): Promise<Token | null> {
  if (path === null) return null;
  const file = await stat(path).catch(() => null);
  // The value may be the token itself, so no error repeats it.
  if (file === null && !/[/\\]/.test(path))
    throw new UsageError('--token-file: there is no such file (expected the path of a file that holds the token)');
  const token = Token.parse(await readInput('token-file', path, TOKEN_FILE_LIMIT_BYTES));
  if (token === null)
    throw new UsageError(`--token-file: ${path} does not hold a token (expected one line, nothing else)`);
  if (file?.isFile() === true && (file.mode & OTHERS) !== 0)
    note(`--token-file: other users of this machine can read ${path}: chmod 600`);
  return token;
}

export interface PmsQuestion {
  /** `--pms`. */
  readonly pms: PmsBase | null;
  /** `--timeout`. */
  readonly timeoutMs: number;
  /** Of `--token-file`. */
  readonly token: Token | null;
  readonly extraRootsPem: string | null;
}

/** Where PMS is asked, and with which token. */
export interface PmsAccess {
  readonly base: PmsBase;
  /** Further addresses at which this PMS may answer instead. */
  readonly others: readonly PmsBase[];
  readonly found: FoundToken;
}

/** Finds out where PMS can be asked. not-run: it is not known where, and the reason says what to do. */
export async function findAccess(
  { pms, token }: Pick<PmsQuestion, 'pms' | 'token'>,
  located: LocatedPms,
  { environment, note }: Pick<Terminal, 'environment' | 'note'>,
): Promise<Gathered<PmsAccess>> {
  const here = valueOf(located.pms);
  const pid = here?.pid ?? null;
  if (pms === null && pid === null)
    return notRun('PMS_NOT_ASKED', 'PMS itself was not asked: none was running here; --pms URL names one');
  const [base, ...others] = pms !== null || pid === null ? [pms] : ownBases(openProcfs(located), pid);
  if (base === undefined || base === null || (pms === null && here?.otherNetwork === true))
    return notRun(
      'PMS_NOT_ASKED',
      'PMS itself was not asked: it runs in another network than this tool; --pms URL gives its address from here',
    );
  const found = await findToken(located, {
    given: token,
    environment,
    isLocal: isOnThisMachine(base) || (here?.otherNetwork === true && scopeOf(base.host) === 'private'),
  });
  if (found.token !== null && !base.isSecure && isElsewhere(base))
    note('--pms: the token goes there unencrypted; an address with https:// would protect it');
  return ok({ base, others: others.filter((other) => other !== null), found });
}

function openProcfs({ platform }: LocatedPms): Procfs | null {
  if (platform !== 'linux') return null;
  try {
    return new Procfs('/proc');
  } catch (error) {
    if (systemErrorCode(error) === null) throw error;
    return null;
  }
}

/** Neither this machine nor, by its address, a private network. */
function isElsewhere(base: PmsBase): boolean {
  return !isOnThisMachine(base) && scopeOf(base.host) !== 'private';
}

/**
 * The address of the PMS here at which it answers: on a port of its own, by plain HTTP, or TLS where PMS requires secure connections. A PMS that is
 * starting is waited for.
 * An address that the user names is never replaced.
 */
export async function settleAccess(
  access: PmsAccess,
  { timeoutMs, extraRootsPem }: Pick<PmsQuestion, 'timeoutMs' | 'extraRootsPem'>,
  signal: AbortSignal,
): Promise<PmsAccess> {
  const bases = [access.base, ...access.others];
  const { certificateId } = access.found;
  // Without the token: the address is only chosen here.
  const ways = bases.map(
    (base) => new PmsClient({ base, token: null, timeoutMs, signal, extraRootsPem, certificateId }),
  );
  const found = await firstAnswering(ways, {
    deadline: Deadline.after(STARTING_BUDGET_MS),
    wait: (ms) => setTimeout(ms, null, { signal }).catch(() => null),
  });
  return found === null ? access : { ...access, base: found.base };
}

/** Asks PMS for its own state, with questions that change nothing. */
export async function askPms(
  question: PmsQuestion,
  located: LocatedPms,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Gathered<PmsStatus>> {
  const access = await findAccess(question, located, terminal);
  if (access.state !== 'ok') return access;
  const { base, found } = await settleAccess(access.value, question, signal);
  const client = new PmsClient({
    base,
    token: found.token,
    timeoutMs: question.timeoutMs,
    deadline: Deadline.after(STATUS_BUDGET_MS),
    signal,
    extraRootsPem: question.extraRootsPem,
    certificateId: found.certificateId,
  });
  return ok(await statusOf(client, found));
}

/** PMS's state, and why there was no token for asking. */
export async function statusOf(client: PmsClient, { from, reason }: FoundToken): Promise<PmsStatus> {
  const status = await gatherPmsStatus(client, from);
  return reason === null ? status : { ...status, troubles: [...status.troubles, { call: 'token', ...reason }] };
}

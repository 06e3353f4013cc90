import { stat } from 'node:fs/promises';
import { scopeOf } from '../core/address.ts';
import { Deadline } from '../core/deadline.ts';
import { notRun, ok, valueOf, type Gathered } from '../core/evidence.ts';
import type { PmsStatus } from '../core/pms-status.ts';
import { Token } from '../core/secret.ts';
import { isOnThisMachine, LOCAL_BASE, parseBase, type PmsBase } from '../gather/pms/api/base.ts';
import { PmsClient } from '../gather/pms/api/client.ts';
import { gatherPmsStatus, STATUS_BUDGET_MS } from '../gather/pms/api/status.ts';
import { findToken, type FoundToken } from '../gather/pms/api/token.ts';
import type { LocatedPms } from '../gather/pms/locate.ts';
import { UsageError } from './errors.ts';
import { readInput } from './files.ts';
import { note } from './terminal.ts';

/** One line; an editor may add an end to it. */
const TOKEN_FILE_LIMIT_BYTES = 8_192;
/** Permission bits of everybody else. */
const OTHERS = 0o007;

/** The token of `--token-file`; null without the option. What the file holds is never quoted. */
export async function readToken(path: string | null): Promise<Token | null> {
  if (path === null) return null;
  const file = await stat(path).catch(() => null);
  // Who gives the token itself gets no error that repeats it.
  if (file === null && !/[/\\]/.test(path))
    throw new UsageError('--token-file: there is no such file (expected the path of a file that holds the token)');
  const token = Token.parse(await readInput('token-file', path, TOKEN_FILE_LIMIT_BYTES));
  if (token === null)
    throw new UsageError(`--token-file: ${path} does not hold a token (expected one line, nothing else)`);
  if (file?.isFile() === true && (file.mode & OTHERS) !== 0)
    note(`--token-file: everybody on this machine may read ${path}: chmod 600`);
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
  readonly found: FoundToken;
}

/** Finds out where PMS can be asked. not-run: it is not known where, and the reason says what to do. */
export async function findAccess(
  { pms, token }: Pick<PmsQuestion, 'pms' | 'token'>,
  located: LocatedPms,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Gathered<PmsAccess>> {
  const local = parseBase(LOCAL_BASE);
  const here = valueOf(located.pms);
  const base = pms ?? (local.ok ? local.base : null);
  if (pms === null && (here === null || here.pid === null))
    return notRun('PMS_NOT_ASKED', 'PMS itself was not asked: none was running here; --pms URL names one');
  if (base === null || (pms === null && here?.otherNetwork === true))
    return notRun(
      'PMS_NOT_ASKED',
      'PMS itself was not asked: it runs in another network than this tool; --pms URL says where it is reached from here',
    );
  const found = await findToken(located, {
    given: token,
    environment,
    isLocal: isOnThisMachine(base) || (here?.otherNetwork === true && scopeOf(base.host) === 'private'),
  });
  if (found.token !== null && !base.isSecure && isElsewhere(base))
    note('--pms: the token goes there unencrypted; an address with https:// would protect it');
  return ok({ base, found });
}

/** Neither this machine nor, by its address, a private network. */
function isElsewhere(base: PmsBase): boolean {
  return !isOnThisMachine(base) && scopeOf(base.host) !== 'private';
}

/** Asks PMS for its own state, with questions that change nothing. */
export async function askPms(
  question: PmsQuestion,
  located: LocatedPms,
  signal: AbortSignal,
): Promise<Gathered<PmsStatus>> {
  const access = await findAccess(question, located);
  if (access.state !== 'ok') return access;
  const { base, found } = access.value;
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

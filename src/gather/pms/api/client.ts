import type { Deadline } from '../../../core/values/deadline.ts';
import { printable } from '../../../core/values/printable.ts';
import { IDENTITY_CALL, SECTIONS_CALLS, type Trouble } from '../../../core/model/pms-status.ts';
import type { Token } from '../../../core/values/secret.ts';
import { parsePmsAnswer, type PmsAnswer } from '../../../parse/pms/answer.ts';
import {
  accountOf,
  activitiesOf,
  identityOf,
  providersOf,
  rootOf,
  sectionsOf,
  type Account,
  type Activity,
  type Identity,
  type Provider,
  type Root,
  type SectionList,
} from '../../../parse/pms/answer-documents.ts';
import type { PlexElement } from '../../../parse/pms/answer-xml.ts';
import type { PmsBase } from './base.ts';
import { exchange, type Exchanged, type Request } from './exchange.ts';
import type { TroubleCode } from '../../../core/model/reason.ts';

export interface PmsClientOptions {
  readonly base: PmsBase;
  readonly token: Token | null;
  /** Time limit of one call. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Time limit of all calls together. */
  readonly deadline?: Deadline;
  /** PEM of `--ca`. */
  readonly extraRootsPem?: string | null;
  /** Hash of this PMS's plex.direct name, where it is known; a certificate of another PMS is then refused. */
  readonly certificateId?: string | null;
}

/** Result of a call. A failure is data: `trouble` has a code for scripts and words for people. */
export type Called<T> =
  | { readonly ok: true; readonly status: number; readonly value: T }
  | { readonly ok: false; readonly status: number | null; readonly trouble: Trouble };

/** PMS's answer to a request to scan. */
export interface Refreshed {
  /** The call that it answers: `POST /library/sections/4/refresh`. */
  readonly call: string;
  readonly status: number;
  /** Id of the activity that the scan runs as. */
  readonly activity: string | null;
  /** Beginning of the body of a refusal, control characters replaced; null for an accepted request and for an empty body. */
  readonly body: string | null;
}

/** Levels of `PUT /log`. */
export const LOG_LEVELS = { error: 0, warning: 1, info: 2, debug: 3, verbose: 4 } as const;

/** A refusal is a small page. */
const REFUSAL_LIMIT_CHARS = 2_048;

/**
 * The calls of PMS's HTTP API that this tool makes (developer.plex.tv/pms), straight to one address. The token goes into a header of
 * requests to that address and nowhere else, and only after `/identity` has shown that PMS answers there.
 */
export class PmsClient {
  readonly base: PmsBase;
  readonly #options: PmsClientOptions;
  #recognised: Promise<Called<Identity>> | null = null;

  constructor(options: PmsClientOptions) {
    this.base = options.base;
    this.#options = options;
  }

  /** Checks that PMS answers there; needs no token. Every other call does this first, once. */
  identity(): Promise<Called<Identity>> {
    this.#recognised ??= this.#askIdentity().then((called) => {
      // A PMS that did not answer a moment ago may answer now.
      if (!called.ok) this.#recognised = null;
      return called;
    });
    return this.#recognised;
  }

  root(): Promise<Called<Root>> {
    return this.#read(['/'], rootOf);
  }
  account(): Promise<Called<Account>> {
    return this.#read(['/myplex/account'], accountOf);
  }
  providers(): Promise<Called<readonly Provider[]>> {
    return this.#read(['/media/providers'], providersOf);
  }
  /** The metadata providers that were added by their URL. */
  customProviders(): Promise<Called<readonly Provider[]>> {
    return this.#read(['/media/providers/metadata'], providersOf);
  }
  sections(): Promise<Called<SectionList>> {
    return this.#read(SECTIONS_CALLS, sectionsOf);
  }
  activities(): Promise<Called<readonly Activity[]>> {
    return this.#read(['/activities'], activitiesOf);
  }

  /** Asks for a scan, never a forced one. `path`: only this folder, which must lie inside of the library. Any status is an answer. */
  async refresh(section: string, { path }: { readonly path?: string } = {}): Promise<Called<Refreshed>> {
    const query = path === undefined ? {} : { query: { path } };
    // The first is the documented call, the second that of older clients.
    const answer = await this.#ask(
      (['POST', 'GET'] as const).map((method) => ({ method, path: refreshPath(section), ...query })),
    );
    if (!answer.ok) return answer;
    const { call, status, header, body } = answer;
    const isRefusal = status >= 400 && body.trim() !== '';
    return {
      ok: true,
      status,
      value: {
        call,
        status,
        activity: header('x-plex-activity'),
        body: isRefusal ? printable(body.slice(0, REFUSAL_LIMIT_CHARS)) : null,
      },
    };
  }

  /** Ends a scan that is under way. */
  cancelRefresh(section: string): Promise<Called<null>> {
    return this.#do('DELETE', refreshPath(section));
  }
  /** Writes one line into PMS's log, so that its clock can be compared with ours. */
  logMarker(message: string, source: string, level: keyof typeof LOG_LEVELS = 'info'): Promise<Called<null>> {
    return this.#do('PUT', '/log', { level: String(LOG_LEVELS[level]), message, source });
  }
  /** Makes PMS send one light request to plex.tv; nothing is downloaded. */
  updaterCheck(): Promise<Called<null>> {
    return this.#do('PUT', '/updater/check', { download: '0' });
  }
  /** Makes PMS ask its cloud providers again. */
  providersRefresh(): Promise<Called<null>> {
    return this.#do('POST', '/media/providers/refresh');
  }

  async #askIdentity(): Promise<Called<Identity>> {
    const request: Request = { method: 'GET', path: IDENTITY_CALL, token: null };
    const answer = await this.#exchange(request);
    if (!answer.ok) {
      return failedCall(IDENTITY_CALL, answer.code === 'NOT_HTTP' ? { ...answer, code: 'NOT_PMS' } : answer);
    }
    const { status, body, header } = answer;
    const parsed = parsePmsAnswer(body);
    const identity = status === 200 && parsed.kind === 'element' ? identityOf(parsed.element) : null;
    if (identity !== null) return { ok: true, status, value: identity };
    const isPlex = header('x-plex-protocol') !== null;
    const refusal = isPlex || status < 400 ? refusalOf(nameOf(request), status, parsed) : null;
    if (refusal !== null) return failedCall(IDENTITY_CALL, refusal, status);
    const message = `the server there (status ${status}) is not Plex Media Server`;
    return failedCall(IDENTITY_CALL, { code: 'NOT_PMS', message }, status);
  }

  async #read<T>(paths: readonly string[], read: (element: PlexElement) => T): Promise<Called<T>> {
    const answer = await this.#ask(paths.map((path) => ({ method: 'GET', path })));
    if (!answer.ok) return answer;
    const { call, status, body } = answer;
    const parsed = parsePmsAnswer(body);
    const refusal = refusalOf(call, status, parsed);
    if (refusal !== null) return answer.failed(refusal);
    return parsed.kind === 'element'
      ? { ok: true, status, value: read(parsed.element) }
      : answer.failed({ code: 'NOT_UNDERSTOOD', message: `${tellUnread(parsed)} (${call})` });
  }

  async #do(method: Request['method'], path: string, query: Request['query'] = {}): Promise<Called<null>> {
    const answer = await this.#ask([{ method, path, query }]);
    if (!answer.ok) return answer;
    const { call, status, body } = answer;
    const refusal = refusalOf(call, status, parsePmsAnswer(body));
    return refusal === null ? { ok: true, status, value: null } : answer.failed(refusal);
  }

  /**
   * Sends a request with the token, only after PMS has identified itself. Of several, the next is sent when PMS answers that it does not
   * know the one before: calls differ between its versions.
   */
  async #ask(requests: readonly Omit<Request, 'token'>[]): Promise<Asked> {
    const path = requests[0]?.path ?? '';
    const recognised = await this.identity();
    if (!recognised.ok) return failedCall(path, recognised.trouble);
    const unknown: string[] = [];
    for (const request of requests) {
      const call = nameOf(request);
      const answer = await this.#exchange({ ...request, token: this.#options.token });
      const failed = ({ code, message }: Word): Failed =>
        failedCall(path, { code, message: [...unknown, message].join('; ') }, answer.ok ? answer.status : null);
      if (!answer.ok) return failed({ code: answer.code, message: `${answer.message} (${call})` });
      if (!UNKNOWN_CALL.includes(answer.status) || request === requests.at(-1)) return { ...answer, call, failed };
      unknown.push(refusalOf(call, answer.status, parsePmsAnswer(answer.body))?.message ?? call);
    }
    throw new RangeError('no request');
  }

  #exchange(request: Request): Promise<Exchanged> {
    const { base, signal, timeoutMs, deadline, extraRootsPem = null, certificateId = null } = this.#options;
    const leftMs = Math.min(timeoutMs, deadline?.leftMs() ?? timeoutMs);
    return exchange({ base, signal, extraRootsPem, certificateId }, request, leftMs);
  }
}

interface Word {
  readonly code: TroubleCode;
  readonly message: string;
}
type Failed = Extract<Called<never>, { readonly ok: false }>;

/** An answer, whatever its status, with the name of the call that it answers. */
type Asked =
  | (Extract<Exchanged, { readonly ok: true }> & {
      readonly call: string;
      /** Makes a failure of it, with what PMS answered to the calls before. */
      readonly failed: (word: Word) => Failed;
    })
  | Failed;

/** Not found, method not allowed: PMS does not know the call. */
export const UNKNOWN_CALL: readonly number[] = [404, 405];

function nameOf({ method, path }: Pick<Request, 'method' | 'path'>): string {
  return `${method} ${path}`;
}

function refreshPath(section: string): string {
  return `/library/sections/${encodeURIComponent(section)}/refresh`;
}

function failedCall(path: string, { code, message }: Word, status: number | null = null): Failed {
  return { ok: false, status, trouble: { call: path, code, message } };
}

/** null: the status is one of success. */
function refusalOf(call: string, status: number, parsed: PmsAnswer): Word | null {
  if (status < 300) return null;
  if (status < 400)
    return { code: 'REDIRECT', message: `it redirects to another place, which is not followed (${call})` };
  const title = parsed.kind === 'page' && parsed.title !== null ? ` (${parsed.title})` : '';
  const code: TroubleCode = status === 401 ? 'UNAUTHORIZED' : status === 403 ? 'FORBIDDEN' : `HTTP_${status}`;
  return { code, message: `PMS answered ${status} to ${call}${title}` };
}

function tellUnread(parsed: Exclude<PmsAnswer, { kind: 'element' }>): string {
  switch (parsed.kind) {
    case 'page':
      return 'the answer is a page for people';
    case 'empty':
      return 'the answer is empty';
    case 'not-plex':
      return 'the answer is not one of PMS';
    case 'malformed':
      return `the answer breaks off or is damaged at ${parsed.offset} (${parsed.rule})`;
  }
}

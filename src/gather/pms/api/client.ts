import type { Deadline } from '../../../core/deadline.ts';
import { printable } from '../../../core/printable.ts';
import { IDENTITY_CALL, type Trouble } from '../../../core/pms-status.ts';
import type { Token } from '../../../core/secret.ts';
import { parsePmsAnswer, type PmsAnswer } from '../../../parse/pms-answer.ts';
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
  type Section,
} from '../../../parse/pms-answer-documents.ts';
import type { PlexElement } from '../../../parse/pms-answer-xml.ts';
import type { PmsBase } from './base.ts';
import { exchange, type Exchanged, type Request } from './exchange.ts';

export interface PmsClientOptions {
  readonly base: PmsBase;
  readonly token: Token | null;
  /** Bound of one call. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Bound of all calls together. */
  readonly deadline?: Deadline;
  /** PEM of `--ca`. */
  readonly extraRootsPem?: string | null;
  /** Hash of this PMS's plex.direct name, where it is known; a certificate of another PMS is then refused. */
  readonly certificateId?: string | null;
}

/** What a call gave. A failure is data: `trouble` has a code for scripts and words for people. */
export type Called<T> =
  | { readonly ok: true; readonly status: number; readonly value: T }
  | { readonly ok: false; readonly status: number | null; readonly trouble: Trouble };

/** PMS's answer to a request to scan. */
export interface Refreshed {
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
 * requests to that address and nowhere else, and only once `/identity` has shown that it is PMS who answers there.
 */
export class PmsClient {
  readonly base: PmsBase;
  readonly #options: PmsClientOptions;
  #recognised: Promise<Called<Identity>> | null = null;

  constructor(options: PmsClientOptions) {
    this.base = options.base;
    this.#options = options;
  }

  /** Who answers there; needs no token. Every other call asks this first, once. */
  identity(): Promise<Called<Identity>> {
    this.#recognised ??= this.#askIdentity().then((called) => {
      // Who was not there a moment ago may be there now.
      if (!called.ok) this.#recognised = null;
      return called;
    });
    return this.#recognised;
  }

  root(): Promise<Called<Root>> {
    return this.#read('/', rootOf);
  }
  account(): Promise<Called<Account>> {
    return this.#read('/myplex/account', accountOf);
  }
  providers(): Promise<Called<readonly Provider[]>> {
    return this.#read('/media/providers', providersOf);
  }
  sections(): Promise<Called<readonly Section[]>> {
    return this.#read('/library/sections', sectionsOf);
  }
  activities(): Promise<Called<readonly Activity[]>> {
    return this.#read('/activities', activitiesOf);
  }

  /** Asks for a scan, never a forced one. `path`: only this folder, which must lie inside of the library. Any status is an answer. */
  async refresh(section: string, { path }: { readonly path?: string } = {}): Promise<Called<Refreshed>> {
    const call = `/library/sections/${encodeURIComponent(section)}/refresh`;
    const answer = await this.#ask({ method: 'GET', path: call, ...(path === undefined ? {} : { query: { path } }) });
    if (!answer.ok) return failedCall(call, answer);
    const { status, header, body } = answer;
    const isRefusal = status >= 400 && body.trim() !== '';
    return {
      ok: true,
      status,
      value: {
        status,
        activity: header('x-plex-activity'),
        body: isRefusal ? printable(body.slice(0, REFUSAL_LIMIT_CHARS)) : null,
      },
    };
  }

  /** Ends a scan that is under way. */
  cancelRefresh(section: string): Promise<Called<null>> {
    return this.#do('DELETE', `/library/sections/${encodeURIComponent(section)}/refresh`);
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
    const answer = await this.#exchange({ method: 'GET', path: IDENTITY_CALL, token: null });
    if (!answer.ok) {
      return answer.code === 'NOT_HTTP' ? notPms(null, answer.message) : failedCall(IDENTITY_CALL, answer);
    }
    const { status, body, header } = answer;
    const parsed = parsePmsAnswer(body);
    const identity = status === 200 && parsed.kind === 'element' ? identityOf(parsed.element) : null;
    if (identity !== null) return { ok: true, status, value: identity };
    const isPlex = header('x-plex-protocol') !== null;
    if (status >= 300 && status < 400) return failedCall(IDENTITY_CALL, REDIRECTED, status);
    if (isPlex && status >= 400) return failedCall(IDENTITY_CALL, refusalOf(status, parsed), status);
    return notPms(status, `what answers there (status ${status}) is not Plex Media Server`);
  }

  async #read<T>(call: string, read: (element: PlexElement) => T): Promise<Called<T>> {
    const answer = await this.#ask({ method: 'GET', path: call });
    if (!answer.ok) return failedCall(call, answer);
    const { status, body } = answer;
    if (status >= 300 && status < 400) return failedCall(call, REDIRECTED, status);
    const parsed = parsePmsAnswer(body);
    if (status >= 400) return failedCall(call, refusalOf(status, parsed), status);
    return parsed.kind === 'element'
      ? { ok: true, status, value: read(parsed.element) }
      : failedCall(call, { code: 'NOT_UNDERSTOOD', message: tellUnread(parsed) }, status);
  }

  async #do(method: Request['method'], call: string, query?: Readonly<Record<string, string>>): Promise<Called<null>> {
    const answer = await this.#ask({ method, path: call, ...(query === undefined ? {} : { query }) });
    if (!answer.ok) return failedCall(call, answer);
    const { status, body } = answer;
    if (status >= 300 && status < 400) return failedCall(call, REDIRECTED, status);
    if (status >= 400) return failedCall(call, refusalOf(status, parsePmsAnswer(body)), status);
    return { ok: true, status, value: null };
  }

  /** A request with the token, once it is known that PMS answers. */
  async #ask(request: Omit<Request, 'token'>): Promise<Exchanged> {
    const recognised = await this.identity();
    if (!recognised.ok) {
      const { code, message } = recognised.trouble;
      return { ok: false, code, message };
    }
    return this.#exchange({ ...request, token: this.#options.token });
  }

  #exchange(request: Request): Promise<Exchanged> {
    const { base, signal, timeoutMs, deadline, extraRootsPem = null, certificateId = null } = this.#options;
    const leftMs = Math.min(timeoutMs, deadline?.leftMs() ?? timeoutMs);
    return exchange({ base, signal, extraRootsPem, certificateId }, request, leftMs);
  }
}

interface Word {
  readonly code: string;
  readonly message: string;
}

const REDIRECTED: Word = { code: 'REDIRECT', message: 'it redirects to another place, which is not followed' };

function failedCall(call: string, { code, message }: Word, status: number | null = null): Called<never> {
  return { ok: false, status, trouble: { call, code, message } };
}

function notPms(status: number | null, message: string): Called<never> {
  return failedCall(IDENTITY_CALL, { code: 'NOT_PMS', message }, status);
}

function refusalOf(status: number, parsed: PmsAnswer): Word {
  const title = parsed.kind === 'page' && parsed.title !== null ? ` (${parsed.title})` : '';
  const code = status === 401 ? 'UNAUTHORIZED' : status === 403 ? 'FORBIDDEN' : `HTTP_${status}`;
  return { code, message: `PMS answered ${status}${title}` };
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

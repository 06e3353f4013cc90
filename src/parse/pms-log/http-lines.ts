import { hashOf, isDigit } from './bytes.ts';
import type { StateList } from './events.ts';
import { safeText } from './safe-text.ts';
import { EndpointReader, type Endpoint } from './endpoints.ts';
import type { RequestLine, RequestTable } from './requests.ts';
import type { TextLine } from './text-line.ts';

const SPACE = 0x20;
const SLASH = 0x2f;
const UPPER_A = 0x41;
const UPPER_Z = 0x5a;
const LOWER_R = 0x72;

/** ` (0.2s) 200 ` and the version of HTTP stand before `response from`. */
const ANSWER_LIMIT_BYTES = 48;
const METHOD_LIMIT_BYTES = 20;
/** The end of a line with a failure, behind a URL of any length. */
const FAILURE_LIMIT_BYTES = 600;
/** `requesting JSON from: ` stands before the URL of a `MyPlex: Error`. */
const MYPLEX_LIMIT_BYTES = 64;
/** Threads of which something is remembered until the next line of theirs. */
const THREADS_LIMIT = 256;

const HTTP = Buffer.from('HTTP');
const REQUESTING = Buffer.from(' requesting ');
const ERROR_REQUESTING = Buffer.from(' error requesting ');
const SIMULATING = Buffer.from(' simulating 408 after curl timeout');
const REPLY_STATUS = Buffer.from(' reply status ');
const RESPONSE_FROM = Buffer.from('response from ');
const CURL_PERFORM = Buffer.from('Error issuing curl_easy_perform(handle): ');
const MYPLEX_ERROR = Buffer.from('MyPlex: Error ');
const TOKEN = Buffer.from('X-Plex-Token=');
const AMPERSAND = 0x26;
/** Where PMS signs in. */
const SIGN_IN_HOST = 'plex.tv';

const RULES = {
  url: 'a request names its method and a URL with a host',
  failure: 'HTTP error requesting METHOD URL (code, name) (words)',
  curlCode: 'Error issuing curl_easy_perform(handle): code',
} as const;

/** The lines about requests that PMS makes. Each method returns the rule that its line breaks, or null. */
export class HttpLines {
  readonly #requests: RequestTable;
  readonly #endpoints = new EndpointReader();
  /** The curl code that a thread wrote in a line of its own: the line with the URL follows. */
  readonly #codes = new Map<number, number>();
  /** Threads that said that they simulate a 408; true when the request was known by then. */
  readonly #simulated = new Map<number, boolean>();
  readonly #states: StateList;
  #method = '';

  constructor(requests: RequestTable, states: StateList) {
    this.#requests = requests;
    this.#states = states;
  }

  restarted(): void {
    this.#codes.clear();
    this.#simulated.clear();
    this.#requests.restarted();
  }

  /** `HTTP …` */
  readHttp(line: TextLine): string | null {
    const at = line.start + HTTP.length;
    if (!line.has(HTTP)) return null;
    if (line.bytes[at] === SLASH || isDigit(line.bytes[at + 1])) return this.#readAnswer(line, at);
    if (line.has(REQUESTING, at)) return this.#readRequest(line, at + REQUESTING.length);
    if (line.has(ERROR_REQUESTING, at)) return this.#readFailure(line, at + ERROR_REQUESTING.length);
    if (line.has(REPLY_STATUS, at)) this.#readPluginReply(line, at + REPLY_STATUS.length);
    else if (line.has(SIMULATING, at)) this.#readSimulated(line);
    return null;
  }

  /** `Error issuing curl_easy_perform(handle): 6`, before the line that names the request. */
  readCurlCode(line: TextLine): string | null {
    if (!line.has(CURL_PERFORM)) return null;
    const start = line.start + CURL_PERFORM.length;
    const code = /^\d{1,3}/.exec(line.slice(start, start + 3));
    if (!code) return line.whole ? RULES.curlCode : null;
    line.isUnderstood = true;
    remember(this.#codes, line.thread, Number(code[0]));
    return null;
  }

  /** `MyPlex: Error -6 requesting JSON from: URL`: minus a curl code, or an HTTP status. */
  readMyPlexError(line: TextLine): string | null {
    if (!line.has(MYPLEX_ERROR)) return null;
    const start = line.start + MYPLEX_ERROR.length;
    const found = /^(-?\d{1,3}) requesting [^:]{0,40}?(?:: ?| )(?=https?:)/.exec(
      line.slice(start, start + MYPLEX_LIMIT_BYTES),
    );
    if (!found) return null;
    const endpoint = this.#endpoints.read(line.bytes, start + found[0].length, line.end, line.whole);
    if (!endpoint) return line.whole ? RULES.url : null;
    line.isUnderstood = true;
    const code = Number(found[1]);
    if (code < 0 || (code >= 100 && code <= 599)) this.#requests.alsoSaid(endpoint, code, line.at);
    return null;
  }

  #readRequest(line: TextLine, at: number): string | null {
    const request = this.#requestLine(line, at);
    if (!request) return line.whole ? RULES.url : null;
    line.isUnderstood = true;
    this.#noteToken(line, request.endpoint, at);
    this.#requests.started(request);
    return null;
  }

  /** A server that was never claimed asks plex.tv with an empty token; some requests carry theirs in a header. */
  #noteToken({ bytes, end, at }: TextLine, { host }: Endpoint, start: number): void {
    if (host !== SIGN_IN_HOST) return;
    const url = bytes.subarray(start, this.#endpoints.urlEnd(bytes, end));
    const token = url.indexOf(TOKEN);
    if (token === -1) return;
    const next = url[token + TOKEN.length];
    this.#states.note('token', next === undefined || next === AMPERSAND ? 'none' : 'present', '', at);
  }

  /** `/1.1 (0.2s) 200 response from GET URL (reused)`; before 2019 ` 200 response from GET URL`. */
  #readAnswer(line: TextLine, at: number): string | null {
    const limit = Math.min(line.end, at + ANSWER_LIMIT_BYTES);
    let words = at;
    while (words < limit && !(line.bytes[words] === LOWER_R && line.has(RESPONSE_FROM, words))) words += 1;
    if (words >= limit) return null;
    const status = Number(line.slice(words - 4, words - 1));
    const request = this.#requestLine(line, words + RESPONSE_FROM.length);
    if (!request || !(status >= 100 && status <= 599)) return line.whole ? RULES.url : null;
    line.isUnderstood = true;
    const counted = status === 408 ? this.#simulated.get(request.thread) : undefined;
    if (counted === undefined) this.#requests.answered(request, status);
    else {
      this.#simulated.delete(request.thread);
      if (!counted) this.#requests.timedOut(request);
    }
    return null;
  }

  #readFailure(line: TextLine, at: number): string | null {
    const request = this.#requestLine(line, at);
    const from = Math.max(at, line.end - FAILURE_LIMIT_BYTES);
    const found = request ? / \((\d{1,3}), (.*)\) *$/.exec(line.slice(from, line.end)) : null;
    if (!request || !found) return line.whole ? RULES.failure : null;
    line.isUnderstood = true;
    const [, written, words = ''] = found;
    const [name = '', detail = ''] = words.split(') (');
    const ownCode = this.#codes.get(request.thread) ?? 0;
    const counted = this.#simulated.get(request.thread) ?? false;
    this.#codes.delete(request.thread);
    this.#simulated.delete(request.thread);
    const code = written === '0' ? ownCode : Number(written);
    if (!counted) this.#requests.failed(request, code, safeText(detail === '' ? name : detail, request.endpoint.host));
    return null;
  }

  /** The timeout of the request with this line's number or thread; else of the one whose end this thread writes next. */
  #readSimulated(line: TextLine): void {
    line.isUnderstood = true;
    const waiting = this.#requests.waiting(line.hcl, line.thread);
    if (waiting) this.#requests.timedOut({ ...waiting, at: line.at });
    remember(this.#simulated, line.thread, waiting !== null);
  }

  /** PMS asks its plug-ins over HTTP too; versions before 2017 write only this of the answer. */
  #readPluginReply(line: TextLine, at: number): void {
    const waiting = this.#requests.waiting(-1, line.thread);
    const status = Number(line.slice(at, at + 3));
    if (waiting?.endpoint.host === '127.0.0.1' && status >= 100 && status <= 599)
      this.#requests.answered({ ...waiting, at: line.at }, status);
  }

  /** `METHOD URL`; without an HCl number the two together tell which request it is. */
  #requestLine(line: TextLine, start: number): RequestLine | null {
    const endpoint = this.#readMethodAndUrl(line, start);
    if (!endpoint) return null;
    const join =
      line.hcl >= 0 ? line.hcl : -1 - hashOf(line.bytes, start, this.#endpoints.urlEnd(line.bytes, line.end));
    return { endpoint, method: this.#method, join, thread: line.thread, at: line.at };
  }

  #readMethodAndUrl({ bytes, end, whole }: TextLine, start: number): Endpoint | null {
    const limit = Math.min(end, start + METHOD_LIMIT_BYTES);
    let at = start;
    for (let byte = bytes[at]; at < limit && byte !== undefined && byte >= UPPER_A && byte <= UPPER_Z; byte = bytes[at])
      at += 1;
    if (at === start || bytes[at] !== SPACE) return null;
    this.#method = bytes.toString('latin1', start, at);
    return this.#endpoints.read(bytes, at + 1, end, whole);
  }
}

function remember<V>(map: Map<number, V>, thread: number, value: V): void {
  if (map.size >= THREADS_LIMIT) map.clear();
  map.set(thread, value);
}

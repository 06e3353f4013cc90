import { hashOf } from './bytes.ts';
import type { Stamp } from './clock.ts';
import { safeText } from './safe-text.ts';
import { EndpointReader, type Endpoint } from './endpoints.ts';
import { METHOD_UNKNOWN, type RequestTable } from './requests.ts';
import type { TextLine } from './text-line.ts';

const UPPER_R = 0x52;
const UPPER_E = 0x45;
const APOSTROPHE = 0x27;
const SPACE = 0x20;

const REQUESTING = Buffer.from('Requesting ');
const ERROR_OPENING = Buffer.from('Error opening URL ');
const TRACEBACK = Buffer.from('(most recent call last):');
/** Beginnings of a reason that a plug-in words in a line of its own: urllib2's, httplib's and those of requests. */
const REASONS = ['<urlopen error ', 'HTTP Error ', 'Tunnel connection failed: ', 'Max retries exceeded '].map((text) =>
  Buffer.from(text),
);

const REASON_LIMIT_BYTES = 400;
const RULE_URL = 'a request names a URL with a host';

interface Failure {
  readonly endpoint: Endpoint;
  readonly join: number;
  readonly thread: number;
  readonly at: Stamp;
  /** The plug-in said that this URL failed; else it is the request that waits while something failed. */
  readonly isNamed: boolean;
}

/**
 * How Python's traces of a failed request end, those of the module requests included. `error` is that of a socket only with an errno, and
 * `IOError` only where it says so.
 */
const NETWORK_ERROR =
  /^(?:[\w.]{0,60}\.)?(?:(?:URL|HTTP|SSL|Certificate|\w{0,20}Connection|Proxy|Protocol|MaxRetry)Error|gaierror|(?:(?:Connect|Read)T|t)imeout|BadStatusLine|IncompleteRead|error(?=: \[Errno)|IOError(?=: \[Errno socket error\])): /;

/**
 * Understands the messages of plug-ins, which ask by Python's urllib2. They write `Requesting 'URL'`, and on failure `Error
 * opening URL 'URL'` and, as the end of a stack trace, the reason; some only the trace, or the reason in words of their own, which
 * then is about the request that this thread made last. Success leaves no line, so what did not fail stays open.
 * `Fetching 'URL' from the HTTP cache` causes no request.
 */
export class PluginText {
  readonly #requests: RequestTable;
  readonly #endpoints = new EndpointReader();
  /** The failure whose reason may follow. */
  #failure: Failure | null = null;
  /** The lines that follow are a stack trace of the thread that failed. */
  #inTrace = false;

  constructor(requests: RequestTable) {
    this.#requests = requests;
  }

  read(line: TextLine): string | null {
    this.#inTrace = false;
    if (this.#failure?.thread === line.thread) {
      this.#inTrace = line.bytes.subarray(line.start, line.end).includes(TRACEBACK);
      if (!this.#inTrace) this.finish();
    }
    const first = line.bytes[line.start];
    if (first === UPPER_R && line.has(REQUESTING)) return this.#readRequest(line);
    if (first === UPPER_E && line.has(ERROR_OPENING)) return this.#readFailure(line);
    this.#readReason(line);
    return null;
  }

  /** A further line of the message before: of a stack trace, the one that is not indented is the reason. */
  readFurther(bytes: Buffer, start: number, end: number): void {
    if (!this.#inTrace || this.#failure === null || bytes[start] === SPACE || start === end) return;
    const reason = bytes.toString('latin1', start, Math.min(end, start + REASON_LIMIT_BYTES));
    const found = /^[A-Za-z_][\w.]{0,60}: (.*)$/.exec(reason);
    if (!found) return;
    const failure = this.#failure;
    this.#failure = null;
    if (!failure.isNamed && !NETWORK_ERROR.test(reason)) return;
    this.#end(failure, found[1] ?? '');
  }

  /** Counts the failure whose reason did not come. */
  finish(): void {
    if (this.#failure?.isNamed === true) this.#fail(this.#failure, '');
    this.#failure = null;
  }

  /** Of a request that no line of its own says to have failed. */
  #readReason(line: TextLine): void {
    if (this.#inTrace) return;
    const text = line.bytes.subarray(line.start, line.end);
    const isTrace = text.includes(TRACEBACK);
    const reason = isTrace ? -1 : reasonIn(text);
    const waiting = reason !== -1 || isTrace ? this.#requests.waiting(-1, line.thread) : null;
    if (waiting === null) return;
    const failure = { ...waiting, at: line.at, isNamed: false };
    if (!isTrace) {
      line.isUnderstood = true;
      const start = line.start + reason;
      return this.#end(failure, line.slice(start, start + REASON_LIMIT_BYTES));
    }
    this.finish();
    this.#failure = failure;
    this.#inTrace = true;
  }

  #end(failure: Failure, reason: string): void {
    const status = /^HTTP Error (\d{3})\b/.exec(reason);
    if (status) this.#requests.answered({ ...failure, method: METHOD_UNKNOWN }, Number(status[1]));
    else this.#fail(failure, safeText(reason, failure.endpoint.host));
  }

  #fail(failure: Failure, text: string): void {
    this.#requests.failed({ ...failure, method: METHOD_UNKNOWN }, 0, text);
  }

  #readRequest(line: TextLine): string | null {
    const request = this.#requestAt(line, line.start + REQUESTING.length);
    if (!request) return line.whole ? RULE_URL : null;
    this.#requests.started({ ...request, method: METHOD_UNKNOWN });
    return null;
  }

  #readFailure(line: TextLine): string | null {
    const request = this.#requestAt(line, line.start + ERROR_OPENING.length);
    if (!request) return line.whole ? RULE_URL : null;
    line.isUnderstood = true;
    this.finish();
    this.#failure = request;
    return null;
  }

  #requestAt(line: TextLine, start: number): Failure | null {
    const url = line.bytes[start] === APOSTROPHE ? start + 1 : start;
    const endpoint = this.#endpoints.read(line.bytes, url, line.end, line.whole);
    if (!endpoint) return null;
    const join = -1 - hashOf(line.bytes, url, this.#endpoints.urlEnd(line.bytes, line.end));
    return { endpoint, join, thread: line.thread, at: line.at, isNamed: true };
  }
}

/** Where the first reason begins; -1: none is there. */
function reasonIn(text: Buffer): number {
  const places = REASONS.map((reason) => text.indexOf(reason)).filter((place) => place !== -1);
  return places.length === 0 ? -1 : Math.min(...places);
}

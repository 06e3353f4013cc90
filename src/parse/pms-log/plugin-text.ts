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

const REASON_LIMIT_BYTES = 400;
const RULE_URL = 'a request names a URL with a host';

interface Failure {
  readonly endpoint: Endpoint;
  readonly join: number;
  readonly thread: number;
  readonly at: Stamp;
}

/**
 * Understands the messages of plug-ins, which ask by Python's urllib2. They write `Requesting 'URL'`, and on failure `Error
 * opening URL 'URL'` and, as the end of a stack trace, the reason. Success leaves no line, so what did not fail stays open.
 * `Fetching 'URL' from the HTTP cache` asks nobody.
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
    const status = /^HTTP Error (\d{3})\b/.exec(found[1] ?? '');
    if (status) this.#requests.answered({ ...failure, method: METHOD_UNKNOWN }, Number(status[1]));
    else this.#fail(failure, safeText(found[1] ?? '', failure.endpoint.host));
  }

  /** Counts the failure whose reason did not come. */
  finish(): void {
    if (this.#failure) this.#fail(this.#failure, '');
    this.#failure = null;
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
    this.finish();
    this.#failure = request;
    return null;
  }

  #requestAt(line: TextLine, start: number): Failure | null {
    const url = line.bytes[start] === APOSTROPHE ? start + 1 : start;
    const endpoint = this.#endpoints.read(line.bytes, url, line.end, line.whole);
    if (!endpoint) return null;
    const join = -1 - hashOf(line.bytes, url, this.#endpoints.urlEnd(line.bytes, line.end));
    return { endpoint, join, thread: line.thread, at: line.at };
  }
}

import { schemeOf, type ResultTag } from './entry.ts';
import { LineReader } from './line-reader.ts';
import { NO_ZONE, type AccessLogOptions, type LocalTime } from './parser.ts';
import { shareOfTexts } from './share.ts';
import { hostOf, textOf } from './text.ts';
import { readAuthority, UriScanner } from './uri.ts';

export type TinyproxyOptions = AccessLogOptions & LocalTime;

/** Requests whose end has not been seen; more than any tinyproxy has (MaxClients). The oldest is given up. */
const PENDING_LIMIT = 4096;
/** Clocks of two machines differ, and a log may be from just after `nowMs` was taken. */
const FUTURE_MS = 86_400_000;
const RULE = 'tinyproxy src/log.c: level, time, [process]: message';

/** `LEVEL     Nov 22 14:03:01.123 [812]: message`; without milliseconds before 1.11; through syslog with host and program. */
const LINE =
  /^(?:[A-Z]+\s+)?(?:([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{3}))? )(?:\S+ tinyproxy)?\[(\d+)\]: (.*)$/s;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

interface Pending {
  readonly process: string;
  readonly fd: string;
  readonly client: string | null;
  readonly request: Request | null;
}

interface Request {
  readonly method: string;
  readonly scheme: string | null;
  readonly host: string | null;
  readonly port: number | null;
  readonly ms: number | null;
}

interface Ending {
  readonly result: ResultTag | null;
  readonly status: number | null;
  readonly error: string | null;
}

const UNKNOWN: Ending = { result: null, status: null, error: null };
const DENIED: Ending = { result: { protocol: 'TCP', tag: 'DENIED', flags: [] }, status: 403, error: null };
const ESTABLISHED: ResultTag = { protocol: 'TCP', tag: 'ESTABLISHED', flags: [] };
const failed = (error: string): Ending => ({
  result: { protocol: 'TCP', tag: 'FAILED', flags: [] },
  status: 500,
  error,
});

/**
 * Reads tinyproxy's log (messages of src/reqs.c and src/sock.c, 1.8 to 1.11) into the same entries as Squid's. A connection is
 * joined by process and file descriptor, and by host where a message has no descriptor. A refused login leaves no line, so such a
 * request ends without a result. Log level Connect or Info is needed; with less nothing is there to read.
 */
export class TinyproxyLogReader extends LineReader {
  readonly #time: LocalTime;
  /** In the order of their connections. */
  readonly #pending = new Map<string, Pending>();

  constructor(options: TinyproxyOptions) {
    super({ name: 'tinyproxy', rule: RULE, remarks: [NO_ZONE] }, options);
    this.#time = options;
  }

  protected take(line: string): number | null | undefined {
    const found = LINE.exec(line);
    const [, month = '', day, hour, minute, second, fraction = '0', process = '', message = ''] = found ?? [];
    if (!found || !MONTHS.includes(month)) return undefined;
    const ms = this.#timeOf(MONTHS.indexOf(month), [day, hour, minute, second, fraction].map(Number));
    this.#message(process, ms, message);
    return ms;
  }

  protected override finish(): void {
    for (const pending of this.#pending.values()) this.#finish(pending, UNKNOWN);
  }

  #timeOf(month: number, [day = 1, hour = 0, minute = 0, second = 0, fraction = 0]: readonly number[]): number | null {
    const { nowMs, utcOffsetMinutes = 0 } = this.#time;
    if (nowMs === null) return null;
    const year = new Date(nowMs).getUTCFullYear();
    const inYear = (y: number): number =>
      Date.UTC(y, month, day, hour, minute, second, fraction) - utcOffsetMinutes * 60_000;
    return [year + 1, year].map(inYear).find((ms) => ms <= nowMs + FUTURE_MS) ?? inYear(year - 1);
  }

  #message(process: string, ms: number | null, message: string): void {
    // `ADDRESS`, `ADDRESS at [OWN ADDRESS]` (1.11) or `NAME [ADDRESS]` (before).
    let found = /^Connect \(file descriptor (\d+)\): (\S+)(?: (at )?\[([^\]]+)\])?/.exec(message);
    if (found) {
      const [, fd = '', first = '', at, bracketed] = found;
      this.#open({ process, fd, client: hostOf(at === undefined ? (bracketed ?? first) : first), request: null });
      return;
    }
    found = /^Request \(file descriptor (\d+)\): (\S+) (\S+)/.exec(message);
    if (found) {
      const [, fd = '', method = '', url = ''] = found;
      const client = this.#pending.get(`${process} ${fd}`)?.client ?? null;
      this.#open({ process, fd, client, request: requestOf(method, url, ms) });
      return;
    }
    found = /^Unauthorized connection from "([^"]*)"/.exec(message);
    if (found) {
      const client = hostOf(found[1] ?? '');
      const open = this.#last((pending) => pending.process === process && pending.client === client);
      this.#end(open ?? { process, fd: '', client, request: null }, { ...DENIED });
      return;
    }
    const [ending, matches] = endingOf(message) ?? [];
    if (!ending || !matches) return;
    const pending = this.#last(
      (one) => one.process === process && one.request !== null && matches(one.request, one.fd),
    );
    if (pending) this.#end(pending, ending);
  }

  #last(matches: (pending: Pending) => boolean): Pending | undefined {
    return [...this.#pending.values()].findLast(matches);
  }

  /** A descriptor that is used again belonged to a connection whose end was not logged. */
  #open(pending: Pending): void {
    const key = `${pending.process} ${pending.fd}`;
    const before = this.#pending.get(key);
    if (before) this.#end(before, UNKNOWN);
    const [oldest] = this.#pending.values();
    if (oldest && this.#pending.size === PENDING_LIMIT) this.#end(oldest, UNKNOWN);
    this.#pending.set(key, pending);
  }

  #end(pending: Pending, ending: Ending): void {
    this.#pending.delete(`${pending.process} ${pending.fd}`);
    this.#finish(pending, ending);
  }

  #finish({ client, request }: Pending, ending: Ending): void {
    if (request === null && ending.result === null) return;
    const { method = '-', scheme = null, host = null, port = null, ms = null } = request ?? {};
    const { error, result } = ending;
    const status = result?.tag === 'ESTABLISHED' && method !== 'CONNECT' ? null : ending.status;
    const target = { scheme: schemeOf(method, scheme), host, port, pseudo: null, sni: null };
    const nothing = { hierarchy: null, serverAddresses: [], bumpMode: null, userAgent: null, bytes: null };
    this.add({ client, method, ...target, result, status, error, ...nothing, ms });
  }
}

/** The end of a request as a message tells it, and the requests that it can belong to. */
function endingOf(message: string): readonly [Ending, (request: Request, fd: string) => boolean] | null {
  let found = /^Established connection to host "([^"]*)"/.exec(message);
  const established: Ending = { result: ESTABLISHED, status: 200, error: null };
  if (found) {
    const host = hostOf(found[1] ?? '');
    return [established, (request) => request.host === host];
  }
  if (/^Established connection to (?:\w+ )?(?:upstream )?proxy /.test(message)) return [established, () => true];
  if (message.startsWith('Could not connect to upstream proxy')) return [failed('ERR_CONNECT_FAIL'), () => true];
  found = /^Proxying refused on filtered (domain|url) "(.*)"/s.exec(message);
  if (found) {
    const { authority } = found[1] === 'url' ? targetOf(found[2] ?? '') : { authority: found[2] ?? '' };
    const host = hostOf(authority) ?? readAuthority(Buffer.from(authority), null).host;
    return [DENIED, (request) => request.host === host];
  }
  found = /^Refused CONNECT method on port (\d+)/.exec(message);
  if (found) {
    const port = Number(found[1]);
    return [DENIED, (request) => request.method === 'CONNECT' && request.port === port];
  }
  found = /^opensock: Could not (retrieve address info|establish a connection)(?: for| to) (.*?):(\d+)(?::|$)/.exec(
    message,
  );
  if (found) {
    const [, what, name = '', port] = found;
    const host = hostOf(name);
    const ending = failed(what === 'retrieve address info' ? 'ERR_DNS_FAIL' : 'ERR_CONNECT_FAIL');
    return [ending, (request) => request.host === host && request.port === Number(port)];
  }
  found = /Bad Request on file descriptor (\d+)/.exec(message);
  if (found) {
    const wanted = found[1];
    return [{ ...failed('ERR_INVALID_REQ'), status: 400 }, (_, fd) => fd === wanted];
  }
  return null;
}

function targetOf(url: string): { readonly scheme: string | null; readonly authority: string } {
  const bytes = Buffer.from(url);
  const uri = new UriScanner();
  uri.scan(bytes, 0, bytes.length);
  const scheme = uri.schemeEnd > 0 ? textOf(bytes, 0, uri.schemeEnd).toLowerCase() : null;
  return { scheme, authority: uri.pseudo ? '' : textOf(bytes, uri.authority, uri.authorityEnd) };
}

function requestOf(method: string, url: string, ms: number | null): Request {
  const { scheme, authority } = targetOf(url);
  return { method: method.slice(0, 64), scheme, ...readAuthority(Buffer.from(authority), scheme), ms };
}

/** The share of tinyproxy's lines in the first bytes of a file. */
export function detectTinyproxy(sample: Uint8Array): number {
  return shareOfTexts(sample, (line) => MONTHS.includes(LINE.exec(line)?.[1] ?? ''));
}

import type { AcceptsName } from './squid-entries.ts';
import type { AccessLogSummary, ClientCount, UnreadLines } from './squid-log.ts';
import { LineCutter } from './squid-lines.ts';
import { schemeOf, type AccessEntry } from './squid-request.ts';
import type { ResultTag } from './squid-tags.ts';
import { isPlexTv, readAuthority, UriScanner } from './squid-uri.ts';
import { hostOf, textOf } from './squid-values.ts';

export interface TinyproxyOptions {
  /** The log has no year: a time is the last one that is not after this. null: entries get no times. */
  readonly nowMs: number | null;
  /** How far the log's local time is ahead of UTC. */
  readonly utcOffsetMinutes?: number;
  readonly clients?: readonly string[];
  readonly maxEntries?: number;
}

const ENTRY_LIMIT = 100_000;
/** Requests whose end has not been seen; more than any tinyproxy has (MaxClients). The oldest is given up. */
const PENDING_LIMIT = 4096;
const CLIENT_LIMIT = 65_536;
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

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads tinyproxy's log (messages of src/reqs.c and src/sock.c, 1.8 to 1.11) into the same entries as Squid's. A connection is
 * joined by process and file descriptor, and by host where a message has no descriptor. A refused login leaves no line, so such a
 * request ends without a result. Log level Connect or Info is needed; with less nothing is there to read.
 */
export class TinyproxyLogReader {
  readonly #options: TinyproxyOptions;
  readonly #lines = new LineCutter((bytes, from, end, number) => this.#line(textOf(bytes, from, end), number));
  readonly #entries = new Map<string, Mutable<AccessEntry>>();
  readonly #clients = new Map<string, { count: number; plexCount: number }>();
  /** In the order of their connections. */
  readonly #pending = new Map<string, Pending>();
  #lineCount = 0;
  #unreadCount = 0;
  #firstUnread: UnreadLines['first'] = null;
  #firstMs: number | null = null;
  #lastMs: number | null = null;
  #notKept = 0;

  constructor(options: TinyproxyOptions) {
    this.#options = options;
  }

  push(chunk: Uint8Array): void {
    this.#lines.push(chunk);
  }

  end(): AccessLogSummary {
    this.#lines.end();
    for (const pending of this.#pending.values()) this.#finish(pending, UNKNOWN);
    return {
      format: 'tinyproxy',
      lines: this.#lineCount,
      unread: { count: this.#unreadCount, first: this.#firstUnread },
      firstMs: this.#firstMs,
      lastMs: this.#lastMs,
      clients: this.#clients.size,
      notKept: this.#notKept,
    };
  }

  /** In the order of their first end; only those of some clients when these are given, and for the hosts that are accepted. */
  entries(clients: readonly string[] | null = null, accepts: AcceptsName | null = null): readonly AccessEntry[] {
    return [...this.#entries.values()].filter(
      ({ client, host }) =>
        (clients === null || (client !== null && clients.includes(client))) &&
        (accepts === null || (host !== null && accepts(host))),
    );
  }

  clientsSeen(): readonly ClientCount[] {
    const seen = [...this.#clients].map(([client, counts]) => ({ client, ...counts }));
    return seen.sort((a, b) => b.count - a.count);
  }

  #line(line: string, number: number): void {
    this.#lineCount += 1;
    const found = LINE.exec(line);
    const [, month = '', day, hour, minute, second, fraction = '0', process = '', message = ''] = found ?? [];
    if (!found || !MONTHS.includes(month)) {
      this.#unreadCount += 1;
      this.#firstUnread ??= { line: number, column: 1, rule: RULE };
      return;
    }
    const ms = this.#timeOf(MONTHS.indexOf(month), [day, hour, minute, second, fraction].map(Number));
    if (ms !== null) {
      this.#firstMs = Math.min(this.#firstMs ?? ms, ms);
      this.#lastMs = Math.max(this.#lastMs ?? ms, ms);
    }
    this.#message(process, ms, message);
  }

  #timeOf(month: number, [day = 1, hour = 0, minute = 0, second = 0, fraction = 0]: readonly number[]): number | null {
    const { nowMs, utcOffsetMinutes = 0 } = this.#options;
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
    this.#countClient(client, host);
    const { clients, maxEntries = ENTRY_LIMIT } = this.#options;
    if (clients && (client === null || !clients.includes(client))) return;
    const { error, result } = ending;
    const status = result?.tag === 'ESTABLISHED' && method !== 'CONNECT' ? null : ending.status;
    const key = JSON.stringify([client, method, scheme, host, port, result?.tag, status, error]);
    const known = this.#entries.get(key);
    if (known) {
      known.count += 1;
      if (ms !== null) {
        known.firstMs = Math.min(known.firstMs ?? ms, ms);
        known.lastMs = Math.max(known.lastMs ?? ms, ms);
      }
    } else if (this.#entries.size === maxEntries) this.#notKept += 1;
    else {
      const target = { scheme: schemeOf(method, scheme), host, port, pseudo: null, sni: null };
      const nothing = { hierarchy: null, serverAddresses: [], bumpMode: null, userAgent: null, bytes: null };
      const times = { count: 1, firstMs: ms, lastMs: ms };
      this.#entries.set(key, { client, method, ...target, result, status, error, ...nothing, ...times });
    }
  }

  #countClient(client: string | null, host: string | null): void {
    if (client === null) return;
    const counts = this.#clients.get(client) ?? { count: 0, plexCount: 0 };
    if (counts.count === 0 && this.#clients.size === CLIENT_LIMIT) return;
    counts.count += 1;
    const name = Buffer.from(host ?? '');
    if (isPlexTv(name, 0, name.length)) counts.plexCount += 1;
    this.#clients.set(client, counts);
  }
}

/** What a message says of a request's end, and to which requests it can belong. */
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

/** Whether most lines of the first bytes of a file are tinyproxy's; the first may lack its start, the last its end. */
export function detectTinyproxy(sample: Uint8Array): boolean {
  const outcomes: boolean[] = [];
  const cutter = new LineCutter((bytes, from, end) => {
    const found = LINE.exec(textOf(bytes, from, end));
    outcomes.push(found !== null && MONTHS.includes(found[1] ?? ''));
  });
  cutter.push(sample);
  cutter.end();
  const read = outcomes.filter(Boolean).length;
  return read > 0 && 2 * read >= outcomes.length;
}

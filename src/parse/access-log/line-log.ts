import type { LoggedRequest } from './entry-list.ts';
import { LineReader } from './line-reader.ts';
import type { AccessLogOptions, LocalTime } from './parser.ts';
import { shareOfTexts } from './share.ts';
import { hostOf, textOf } from './text.ts';
import { readAuthority, UriScanner } from './uri.ts';

/** A line that is the proxy's own message and no request. */
export const ASIDE = 'aside';

/** A log whose lines are a request each. */
export interface LineFormat {
  readonly name: string;
  /** The rule that a line must follow, told for the first that cannot be read. */
  readonly rule: string;
  /** null: the line is none of this format. */
  readonly read: (line: string, time: LocalTime) => LoggedRequest | typeof ASIDE | null;
  readonly remarks?: readonly string[];
}

export class LineLogReader extends LineReader {
  readonly #format: LineFormat;
  readonly #time: LocalTime;

  constructor(format: LineFormat, options: AccessLogOptions & LocalTime) {
    super({ remarks: [], ...format }, options);
    this.#format = format;
    this.#time = options;
  }

  protected take(line: string): number | null | undefined {
    const request = this.#format.read(line, this.#time);
    if (request === null) return undefined;
    if (request === ASIDE) return null;
    this.add(request);
    return request.ms;
  }
}

/** The share of lines of a sample that are requests in this format. */
export function shareOfRequests({ read }: LineFormat, sample: Uint8Array): number {
  return shareOfTexts(sample, (line) => {
    const request = read(line, { nowMs: null });
    return request !== null && request !== ASIDE;
  });
}

/** All that a simple log does not tell. */
export const NOT_LOGGED = {
  pseudo: null,
  sni: null,
  result: null,
  hierarchy: null,
  serverAddresses: [],
  error: null,
  bumpMode: null,
  userAgent: null,
  bytes: null,
} as const;

export interface RequestLine {
  readonly method: string;
  readonly scheme: 'https' | 'http' | null;
  readonly host: string | null;
  readonly port: number | null;
}

/** `METHOD target` as proxies get it (RFC 9112 section 3.2): null for a target without a host, which is for a server. */
export function requestLineOf(method: string, target: string): RequestLine | null {
  if (!/^[!#$%&'*+.^_`|~\w-]{1,64}$/.test(method)) return null;
  if (method !== 'CONNECT' && !/^[a-z][a-z0-9+.-]*:\/\//i.test(target)) return null;
  const bytes = Buffer.from(target);
  const uri = new UriScanner();
  uri.scan(bytes, 0, bytes.length);
  const scheme = uri.schemeEnd > 0 ? textOf(bytes, 0, uri.schemeEnd).toLowerCase() : null;
  const { host, port } = readAuthority(bytes.subarray(uri.authority, uri.authorityEnd), scheme);
  const known = method === 'CONNECT' ? 'https' : scheme === 'https' || scheme === 'http' ? scheme : null;
  return { method, scheme: known, host, port: port ?? (method === 'CONNECT' ? 443 : null) };
}

/** `host:port` as logs write clients. */
export function clientOf(text: string): string | null {
  return hostOf(text.replace(/^\[(.*)\](?::\d+)?$/, '$1').replace(/^([^:]+):\d+$/, '$1'));
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `22/Nov/2026:14:03:01` with a zone (`+0100`), or in the zone given. null: no time. */
export function commonTime(text: string, offsetMinutes: number): number | null {
  const [, day, month = '', year, hour, minute, second, fraction = '0', zone] =
    /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d)(?:\.(\d{1,3}))?(?: ([+-]\d{4}))?$/.exec(text) ?? [];
  const at = MONTHS.indexOf(month);
  if (at < 0) return null;
  const offset = zone === undefined ? offsetMinutes : zoneMinutes(zone);
  return (
    Date.UTC(Number(year), at, Number(day), Number(hour), Number(minute), Number(second), Number(fraction)) -
    offset * 60_000
  );
}

function zoneMinutes(zone: string): number {
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3));
  return zone.startsWith('-') ? -minutes : minutes;
}

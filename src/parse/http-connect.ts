/** The head of an HTTP/1 reply to CONNECT (RFC 9112 sections 4 and 5, RFC 9110 section 9.3.6). */
export type ReplyHead =
  | {
      readonly kind: 'complete';
      readonly status: number;
      readonly reason: string;
      /** Names in lower case; each with its values in order. */
      readonly headers: ReadonlyMap<string, readonly string[]>;
      /** Offset of the first byte after the head. */
      readonly end: number;
    }
  | { readonly kind: 'need-more' }
  | { readonly kind: 'malformed'; readonly offset: number; readonly rule: string };

/** A head longer than this is not a head; Squid's own limit for replies is 64 KiB (reply_header_max_size). */
export const HEAD_LIMIT_BYTES = 65_536;

const STATUS_LINE = /^HTTP\/1\.[01] ([1-9]\d\d)(?: (.*))?$/;
const START = 'HTTP/1.';

/**
 * Reads a reply head from the bytes received so far. Bare LF line ends are accepted, as RFC 9112 section 2.2 allows, and folded
 * lines are joined, as section 5.2 demands. Takes time in proportion to the bytes, whatever they are.
 */
export function parseReplyHead(bytes: Uint8Array): ReplyHead {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, HEAD_LIMIT_BYTES)).toString(
    'latin1',
  );
  for (let i = 0; i < Math.min(START.length, text.length); i++) {
    if (text[i] !== START[i])
      return { kind: 'malformed', offset: i, rule: 'RFC 9112 section 4: a reply begins with "HTTP/1."' };
  }
  const blank = /\r?\n\r?\n/.exec(text);
  if (!blank) {
    return bytes.byteLength >= HEAD_LIMIT_BYTES
      ? {
          kind: 'malformed',
          offset: HEAD_LIMIT_BYTES,
          rule: `the head of the reply is longer than ${HEAD_LIMIT_BYTES} bytes`,
        }
      : { kind: 'need-more' };
  }
  const [statusLine = '', ...fieldLines] = text.slice(0, blank.index).split(/\r?\n(?![ \t])/);
  const status = STATUS_LINE.exec(statusLine);
  if (!status) return { kind: 'malformed', offset: 0, rule: 'RFC 9112 section 4: status line' };
  const headers = new Map<string, string[]>();
  let offset = statusLine.length;
  for (const line of fieldLines) {
    const field = /^([!#$%&'*+.^_`|~\w-]+):([^]*)$/.exec(line);
    const value = trimBlanks((field?.[2] ?? '').replace(/\r?\n[ \t]/g, ' '));
    if (!field?.[1] || /[\r\n]/.test(value)) {
      return { kind: 'malformed', offset, rule: 'RFC 9112 section 5: field line' };
    }
    const name = field[1].toLowerCase();
    const values = headers.get(name);
    if (values) values.push(value);
    else headers.set(name, [value]);
    offset += line.length + 1;
  }
  return {
    kind: 'complete',
    status: Number(status[1]),
    reason: status[2] ?? '',
    headers,
    end: blank.index + blank[0].length,
  };
}

/** Without the spaces and tabs around it. A pattern for the ones at the end would take quadratic time. */
function trimBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === ' ' || text[end - 1] === '\t')) end -= 1;
  return text.slice(0, end).replace(/^[ \t]+/, '');
}

/**
 * The authentication schemes of `Proxy-Authenticate` fields (RFC 9110 section 11.3), without realms and other parameters: they can
 * name a company. Several challenges may share one field, separated by commas. A quoted string that does not end goes to the end.
 */
export function authSchemes(fields: readonly string[]): string[] {
  const schemes = fields.flatMap((field) =>
    [
      ...field
        .replace(/"(?:[^"\\]|\\.)*(?:"|\\?$)/g, '""')
        .matchAll(/(?:^|,)\s*([A-Za-z][\w-]*)(?=\s+[^=\s]|\s*(?:,|$))/g),
    ].map((m) => m[1] ?? ''),
  );
  return [...new Set(schemes)];
}

/** Seconds from now after which `Retry-After` wants to be asked again: a number, or a date (RFC 9110 section 10.2.3); null: neither, or absent. */
export function parseRetryAfter(value: string | null, nowMs: number): number | null {
  if (value === null) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  // Only dates with letters: Date.parse takes bare numbers for years.
  const dateMs = /^[A-Za-z]{3,9},/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(dateMs) ? null : Math.max(0, Math.ceil((dateMs - nowMs) / 1_000));
}

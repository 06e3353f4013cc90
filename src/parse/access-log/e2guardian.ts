import { clientOf, NOT_LOGGED, requestLineOf, type LineFormat } from './line-log.ts';

/** `2026.11.22 14:03:01`, with a Unix timestamp behind it when `logtimestamp` is on. */
const WHEN = String.raw`(\d{4})\.(\d{1,2})\.(\d{1,2}) (\d{1,2}):(\d\d):(\d\d)(?: \d{10}\.\d{3})?`;
/** Format 1: when, user, client, URL, reason, method, size, weight, …, group, status. The reason holds spaces. */
const SPACED = new RegExp(`^${WHEN} (\\S+) (\\S+) (\\S+) (.*?) ?\\b([A-Z]{3,10}) (\\d+|-) (-?\\d+|-) .*? (\\d{3}) `);
/** Formats 5 to 8 begin with a Unix timestamp and are delimited by tabs. */
const STAMP = /^(\d{10})\.(\d{3})\t/;

/** The access log of e2guardian and DansGuardian (logfileformat 1, 2, 4 to 8 of e2guardian.conf; 3 is Squid's). */
export const E2GUARDIAN_LOG: LineFormat = {
  name: 'e2guardian',
  rule: 'e2guardian: time, user, client, URL, reason, method, size, …, status (logfileformat 1, 2, 4 to 8)',
  read: (line, { utcOffsetMinutes = 0 }) => {
    const stamped = STAMP.exec(line);
    const row = stamped ? rowOfStamped(line) : rowOfDated(line);
    const asked =
      row && requestLineOf(row.method, row.method === 'CONNECT' ? row.url.replace(/^https?:\/\//, '') : row.url);
    if (!row || !asked) return null;
    const [, year, month, day, hour, minute, second] = new RegExp(`^"?${WHEN}`).exec(line) ?? [];
    const dated =
      Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)) -
      utcOffsetMinutes * 60_000;
    const isDenied = row.reason.startsWith('*DENIED');
    return {
      ...NOT_LOGGED,
      ...asked,
      client: clientOf(row.client),
      status: isDenied ? 403 : Number(row.status),
      ms: stamped ? Number(stamped[1]) * 1000 + Number(stamped[2]) : dated,
    };
  },
};

interface Row {
  readonly client: string;
  readonly url: string;
  readonly reason: string;
  readonly method: string;
  readonly status: string;
}

function rowOfDated(line: string): Row | null {
  if (line.startsWith('"')) return rowOf(line.slice(1, -1).split('","'));
  if (line.includes('\t')) return rowOf(line.split('\t'));
  const [, , , , , , , , client, url, reason = '', method, , , status] = SPACED.exec(line) ?? [];
  return client === undefined || url === undefined || method === undefined || status === undefined
    ? null
    : { client, url, reason, method, status };
}

/** Formats 2 and 4. */
function rowOf([
  when = '',
  ,
  client = '',
  url = '',
  reason = '',
  method = '',
  ,
  ,
  ,
  ,
  status = '',
]: readonly string[]): Row | null {
  return new RegExp(`^${WHEN}$`).test(when) && /^\d{3}$/.test(status) ? { client, url, reason, method, status } : null;
}

/** Formats 5 to 8, with the client's name beside its address or without. */
function rowOfStamped(line: string): Row | null {
  const cells = line.split('\t');
  const at = cells.findIndex(
    (cell, index) => index > 3 && /^[A-Z]{3,10}$/.test(cell) && /^\d{3}$/.test(cells[index + 1] ?? ''),
  );
  if (at < 0) return null;
  const [client = '', url = '', method = '', status = '', reason = ''] = [3, at - 1, at, at + 1, at + 10].map(
    (index) => cells[index],
  );
  return { client, url, reason, method, status };
}

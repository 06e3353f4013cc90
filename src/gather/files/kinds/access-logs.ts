import { familyOf } from '../../../core/values/address.ts';
import { LineLogReader, shareOfRequests, type LineFormat } from '../../../parse/access-log/line-log.ts';
import type { AccessLogOptions, AccessLogParser, LocalTime } from '../../../parse/access-log/parser.ts';
import { LEAST_SHARE } from '../../../parse/access-log/share.ts';
import type { ContentReader, Head, InputFormat, ReaderOptions } from './format.ts';
import { noteOfLines, type Fed } from './notes.ts';

/** The log of a proxy: a parser, and the share of the lines of a head that it can read. */
export interface AccessLogFormat extends Pick<InputFormat, 'id' | 'name' | 'detect'> {
  readonly parser: (options: AccessLogOptions & LocalTime, head: Head) => AccessLogParser;
}

export function accessLog({ parser, detect, ...format }: AccessLogFormat): InputFormat {
  return {
    ...format,
    detect: (head) => {
      const share = detect(head);
      return share < LEAST_SHARE ? 0 : share;
    },
    open: (head, options) => ({
      kind: 'read',
      reader: accessLogReader(format.id, head, parser({ ...localTime(options), ...wanted(options) }, head)),
    }),
  };
}

/** A log with one request a line. */
export function lineLog(id: string, name: string, format: LineFormat): InputFormat {
  return accessLog({
    id,
    name,
    detect: ({ bytes }) => shareOfRequests(format, bytes),
    parser: (options) => new LineLogReader(format, options),
  });
}

function localTime({ nowMs }: ReaderOptions): LocalTime {
  return { nowMs, utcOffsetMinutes: -new Date(nowMs).getTimezoneOffset() };
}

/** The log may spell an IPv6 address in another way: such a client is chosen from all of them later. */
function wanted({ clients }: ReaderOptions): AccessLogOptions {
  return clients.length === 0 || clients.some((client) => familyOf(client) === 6) ? {} : { clients };
}

function accessLogReader(kind: string, { path, member }: Head, parser: AccessLogParser): ContentReader {
  return {
    push: (chunk) => parser.push(chunk),
    end: (fed: Fed) => {
      const summary = parser.end();
      const { guess } = summary;
      const lines = noteOfLines(summary, fed);
      const note = guess === null ? lines : { ...lines, remarks: [guess, ...lines.remarks] };
      const record = {
        path,
        member,
        summary,
        clients: parser.clientsSeen(),
        entries: parser.entries.bind(parser),
        problems: note.problems,
      };
      return [{ member, kind, note, records: { accessLogs: [record] } }];
    },
  };
}

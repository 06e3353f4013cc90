import { clientOf, commonTime, NOT_LOGGED, requestLineOf, type LineFormat } from './line-log.ts';
import { NO_ZONE } from './parser.ts';

/** `option httplog` (HAProxy configuration manual 8.2.3): client, [time], frontend, backend/server, timers, status, bytes, …, "request". */
const LINE =
  /^(\S+):\d+ \[(\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d\.\d{3})\] \S+ \S+\/\S+ [-+\d]+(?:\/[-+\d]+){4} (-?\d+) \+?(\d+) \S+ \S+ (\S{4}) .*"(\S+) (\S+)(?: [^"]*)?"$/;
/** `option tcplog` (8.2.2), which names no request. */
const TCP_LINE =
  /^\S+:\d+ \[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d\.\d{3}\] \S+ \S+\/\S+ [-+\d]+(?:\/[-+\d]+){2} \+?\d+ \S\S \d+\//;

export const HAPROXY_LOG: LineFormat = {
  name: 'haproxy',
  rule: 'HAProxy, option httplog: client, [time], frontend, server, timers, status, bytes, …, "request"',
  remarks: [NO_ZONE],
  read: (line, { utcOffsetMinutes = 0 }) => {
    const [, client = '', time = '', status, bytes, , method = '', target = ''] = LINE.exec(line) ?? [];
    const asked = requestLineOf(method, target);
    if (asked === null) return null;
    return {
      ...NOT_LOGGED,
      ...asked,
      client: clientOf(client),
      // -1: no answer came.
      status: Math.max(0, Number(status)),
      bytes: Number(bytes),
      ms: commonTime(time, utcOffsetMinutes),
    };
  },
};

/** Whether a line is HAProxy's and does not say for which host it is. */
export function isHostlessHaproxyLine(line: string): boolean {
  const [, , , , , , method = '', target = ''] = LINE.exec(line) ?? [];
  return TCP_LINE.test(line) || (method !== '' && requestLineOf(method, target) === null);
}

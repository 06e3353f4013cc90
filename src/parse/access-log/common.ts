import { ASIDE, clientOf, commonTime, NOT_LOGGED, requestLineOf, type LineFormat } from './line-log.ts';

/**
 * The Common and Combined Log Formats: Apache's mod_log_config, nginx's `combined`, Privoxy with `debug 512`. Lines for a server, whose
 * target names no host, are the proxy's own pages.
 */
const LINE =
  /^(\S+) \S+ \S.{0,255}? ?\[(\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] "((?:[^"\\]|\\.)*)" (\d{3}|-) (\d+|-)(?: "(?:[^"\\]|\\.)*" "((?:[^"\\]|\\.)*)")?/;

export const COMMON_LOG: LineFormat = {
  name: 'common log format',
  rule: 'common log format: client, user, [time], "request", status, bytes',
  read: (line) => {
    const [, client = '', time = '', request = '', status = '', bytes = '', agent] = LINE.exec(line) ?? [];
    if (client === '') return null;
    const [method = '', target = ''] = request.split(' ');
    const asked = requestLineOf(method, target);
    if (asked === null) return ASIDE;
    return {
      ...NOT_LOGGED,
      ...asked,
      client: clientOf(client),
      status: status === '-' ? null : Number(status),
      bytes: bytes === '-' ? null : Number(bytes),
      userAgent: agent === undefined || agent === '-' ? null : agent,
      ms: commonTime(time, 0),
    };
  },
};

/** Whether a line is in this format at all, those for a server included. */
export function isCommonLine(line: string): boolean {
  return LINE.test(line);
}

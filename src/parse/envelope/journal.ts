import { linePattern, stripped, type Envelope } from './envelope.ts';
import { firstText, jsonEnvelope, type JsonObject } from './json-record.ts';

/** `journalctl -o short-full`, short-unix and short-monotonic; its default and short-iso are those of syslog. */
const STAMPED: Envelope = linePattern(
  'journal',
  'journalctl',
  /^(?:[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? \S+|\d{10}\.\d{6}|\[ *\d+\.\d{6}\]) \S+ (?<source>[^:[\]]{1,64})(?:\[\d+\])?: ?(?<text>.*)$/s,
);

/** `journalctl -o json` and json-pretty (systemd.journal-fields(7)): a message that is no UTF-8 is a list of its bytes. */
const JSON_EXPORT: Envelope = jsonEnvelope({
  id: 'journal-json',
  name: 'journalctl -o json',
  take: (record) => {
    const text = messageOf(record['MESSAGE']);
    if (text === null || !('__REALTIME_TIMESTAMP' in record || '_BOOT_ID' in record || 'SYSLOG_IDENTIFIER' in record))
      return null;
    return stripped(text, firstText(record, ['SYSLOG_IDENTIFIER', '_COMM', '_SYSTEMD_UNIT']));
  },
});

function messageOf(message: JsonObject[string]): string | null {
  if (typeof message === 'string') return message;
  const isBytes = Array.isArray(message) && message.every((byte) => typeof byte === 'number');
  return isBytes ? Buffer.from(message).toString('utf8') : null;
}

const SEPARATOR = /^-- (?:Boot \w+|Reboot|Logs begin at .*|Journal begins at .*|No entries|cursor: .*?)(?: --)?$/;

/** `-- Boot 3f2a… --`, `-- Logs begin at …`, `-- No entries --`. */
export function isJournalSeparator(line: string): boolean {
  return SEPARATOR.test(line);
}

export const JOURNAL: readonly Envelope[] = [STAMPED, JSON_EXPORT];

import { ISO_TIME, linePattern, type Envelope } from './envelope.ts';

const PRIORITY = String.raw`<\d{1,3}>`;
/** A name or an address; what ends in a colon is a program. */
const HOST = String.raw`[\w.:%-]*\w`;
/** A program's name, with spaces only where its number follows: `squid[812]`, `(squid-1)`, `Plex Media Serv[812]`. */
const PROGRAM = String.raw`(?<source>[^\s:[\]]{1,64}|[^:[\]]{1,64}(?=\[\d+\]))(?:\[\d+\])?`;
const BSD_TIME = String.raw`[A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,9})?`;
/** RFC 5424 section 6.3: elements in brackets, with values in quotes. */
const STRUCTURED_DATA = String.raw`(?:-|(?:\[(?:[^\]"\\]|\\.|"(?:[^"\\]|\\.)*")*\])+)`;

/** RFC 3164 section 4.1, as daemons write files, and as `journalctl` does by default. Some leave out the host. */
const BSD: Envelope = linePattern(
  'syslog',
  'syslog (RFC 3164)',
  new RegExp(`^(?:${PRIORITY})?${BSD_TIME} (?:${HOST} )?${PROGRAM}: ?(?<text>.*)$`, 's'),
);

/** rsyslog's RSYSLOG_FileFormat, `journalctl -o short-iso` and short-iso-precise. */
const ISO: Envelope = linePattern(
  'syslog-iso',
  'syslog with ISO timestamps',
  new RegExp(`^(?:${PRIORITY})?${ISO_TIME} ${HOST} ${PROGRAM}: ?(?<text>.*)$`, 's'),
);

/** RFC 5424 section 6, with or without the octet count of RFC 6587 section 3.4.1; OPNsense keeps its files so. */
const RFC5424: Envelope = linePattern(
  'syslog-5424',
  'syslog (RFC 5424)',
  new RegExp(
    `^(?:\\d{1,6} )?(?:${PRIORITY})?\\d{1,2} (?:-|\\S+T\\S+) \\S+ (?<source>\\S+) \\S+ \\S+ ${STRUCTURED_DATA}(?: (?:\\u00ef\\u00bb\\u00bf)?(?<text>.*))?$`,
    's',
  ),
);

/** Rows that are copied from the web pages of OPNsense (with a severity) and pfSense (with a process number). */
const FIREWALL_PAGE: Envelope = linePattern(
  'firewall-page',
  "rows of a firewall's web page",
  new RegExp(
    `^(?:${BSD_TIME}|${ISO_TIME}|\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d)\\t+(?:[A-Z][a-z]+\\t+)?(?<source>[^\\t]{1,64})\\t+(?:\\d+\\t+)?(?<text>.*)$`,
    's',
  ),
);

/** The rest of a message whose header a relay removed. */
const BARE_PRIORITY: Envelope = linePattern('syslog-priority', 'a syslog priority', /^<\d{1,3}>(?<text>.+)$/s, true);

export const SYSLOG: readonly Envelope[] = [RFC5424, BSD, ISO, FIREWALL_PAGE, BARE_PRIORITY];

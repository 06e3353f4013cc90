import { latin1Of, utf8Of } from '../../../src/parse/envelope/envelope.ts';

/** Puts lines of a log, as Latin-1, into envelopes as those who write them do. */
export interface Wrapping {
  readonly id: string;
  readonly wrap: (lines: readonly string[]) => readonly string[];
  /** Text in such an envelope is put into no other, or nothing could tell what was inside. */
  readonly isOutermost?: boolean;
  /** Its records cannot be told apart any more when line breaks are lost. */
  readonly needsLines?: boolean;
}

const each = (id: string, wrap: (line: string, index: number) => string): Wrapping => ({
  id,
  wrap: (lines) => lines.map(wrap),
});
const json = (value: object | string): string => latin1Of(JSON.stringify(value));
/** Characters that a terminal and JSON keep: what is not UTF-8 comes as replacement characters. */
const unicode = (line: string): string => utf8Of(line);

const CHUNK = 40;

export const WRAPPINGS: readonly Wrapping[] = [
  each('syslog', (line) => `Nov 30 20:10:40 fw squid[1234]: ${line}`),
  each('syslog, space in the program', (line) => `Nov  3 20:10:40 host Plex Media Serv[812]: ${line}`),
  each('syslog, kid of Squid', (line) => `Nov 30 20:10:40 fw (squid-1)[1234]: ${line}`),
  each('syslog without a host', (line) => `Nov 30 20:10:40 (squid-1)[1234]: ${line}`),
  each('syslog with priority', (line) => `<134>Nov 30 20:10:40 fw squid: ${line}`),
  each('syslog-iso', (line) => `2026-11-30T20:10:40.123456+00:00 fw squid[1234]: ${line}`),
  each('journal short-iso', (line) => `2026-11-30T20:10:40+0000 host Plex Media Serv[812]: ${line}`),
  each(
    'syslog-5424',
    (line) => `<134>1 2026-11-30T20:10:40.000000+00:00 fw.local (squid-1) 1234 - [meta sequenceId="1" a="\\]"] ${line}`,
  ),
  each('syslog-5424 counted', (line) => `${line.length + 40} <134>1 2026-11-30T20:10:40Z fw squid - - - ${line}`),
  each('syslog-priority', (line) => `<134>${line}`),
  each('firewall-page', (line) => `2026-11-30T20:10:40\tInformational\t(squid-1)\t${line}`),
  each('journal', (line) => `Mon 2026-11-30 20:10:40 UTC host Plex Media Serv[812]: ${line}`),
  each('journal-json', (line) => json({ MESSAGE: unicode(line), _BOOT_ID: '3f', SYSLOG_IDENTIFIER: 'squid' })),
  {
    id: 'journal-json pretty',
    needsLines: true,
    wrap: (lines) =>
      lines.flatMap((line) =>
        JSON.stringify({ _BOOT_ID: '3f', MESSAGE: unicode(line) }, null, 2)
          .split('\n')
          .map(latin1Of),
      ),
  },
  each('cri', (line) => `2026-11-30T20:10:40.123456789Z stdout F ${line}`),
  {
    id: 'cri in pieces',
    // On one line, a blank at the end of a piece cannot be told from the one between two records.
    needsLines: true,
    wrap: (lines) =>
      lines.flatMap((line) => {
        const pieces = line.match(new RegExp(`.{1,${CHUNK}}`, 'gs')) ?? [''];
        return pieces.map(
          (piece, at) => `2026-11-30T20:10:40.123456789+01:00 stderr ${at + 1 < pieces.length ? 'P' : 'F'} ${piece}`,
        );
      }),
  },
  each('kubectl-prefix', (line) => `[pod/squid-0/squid] ${line}`),
  each('s6', (line) => `@4000000065678abc0123456f ${line}`),
  each('s6 with local time', (line) => `2026-11-30 20:10:40.123456789  ${line}`),
  each('docker-json', (line) => json({ log: `${unicode(line)}\n`, stream: 'stdout', time: '2026-11-30T20:10:40.5Z' })),
  {
    id: 'docker-json in pieces',
    wrap: (lines) =>
      lines.flatMap((line) => {
        const text = unicode(line);
        const pieces = [text.slice(0, CHUNK), text.slice(CHUNK)].filter((piece) => piece !== '');
        return pieces.map((piece, at) =>
          json({ log: at + 1 < pieces.length ? piece : `${piece}\n`, stream: 'stdout' }),
        );
      }),
  },
  each('compose', (line) => `squid-1  | ${line}`),
  each('timestamps', (line) => `2026-11-30T20:10:40.514699177Z ${line}`),
  each('gelf', (line) => json({ version: '1.1', host: 'fw', short_message: unicode(line), timestamp: 1 })),
  {
    id: 'csv',
    needsLines: true,
    wrap: (lines) => [
      '"timestamp","source","message"',
      ...lines.map((line) => `"2026-11-30T20:10:40.000Z","fw","${line.replaceAll('"', '""')}"`),
    ],
  },
  each('grep', (line) => `logs/access.log:${line}`),
  each('grep -n', (line, index) => `access.log.1:${index + 1}:${line}`),
  { id: 'tail', needsLines: true, wrap: (lines) => ['==> /var/log/squid/access.log <==', ...lines] },
  {
    id: 'fence',
    isOutermost: true,
    wrap: (lines) => ['Here is my log:', '```', ...lines, '```', 'What now?'],
  },
  each('colours', (line) => `\u001b[36m${line}\u001b[0m`),
  { id: 'one-line', isOutermost: true, wrap: (lines) => [lines.join(' ')] },
  each('quote', (line) => `> ${line}`),
  each('bar', (line) => `| ${line}`),
  each('number', (line, index) => `${String(index + 1).padStart(6)}\t${line}`),
  each('number and colon', (line, index) => `${String(index + 1).padStart(3, '0')}: ${line}`),
  { id: 'bullet', needsLines: true, wrap: (lines) => lines.map((line) => `- ${line}`) },
  each('strings', (line) => `${json(unicode(line))},`),
  each('label', (line) => `[Plex] ${line}`),
  each('indent', (line) => `    ${line}`),
  each('json-lines', (line) => json({ '@timestamp': 'x', message: unicode(line) })),
];

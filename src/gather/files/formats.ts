import { COMMON_LOG } from '../../parse/access-log/common.ts';
import { E2GUARDIAN_LOG } from '../../parse/access-log/e2guardian.ts';
import { ENVOY_LOG } from '../../parse/access-log/envoy.ts';
import { HAPROXY_LOG } from '../../parse/access-log/haproxy.ts';
import { SMOKESCREEN_LOG } from '../../parse/access-log/smokescreen.ts';
import { BUILTIN_FORMATS } from '../../parse/access-log/squid/format/logformat.ts';
import { SquidLogReader } from '../../parse/access-log/squid/log.ts';
import { detectTinyproxy, TinyproxyLogReader } from '../../parse/access-log/tinyproxy.ts';
import type { InputFormat } from './kinds/format.ts';
import { accessLog, lineLog } from './kinds/access-logs.ts';
import { CAPTURES } from './kinds/captures.ts';
import { EMPTY, foreignFiles, foreignTexts } from './kinds/foreign.ts';
import { FOREIGN_LOGS, PLEXAMP_LOG } from './kinds/foreign-logs.ts';
import { EVIDENCE, REPORTS } from './kinds/own-documents.ts';
import { PACKED } from './kinds/packed.ts';
import { PMS_LOG } from './kinds/pms-logs.ts';
import { SQUID_CONF } from './kinds/squid-conf.ts';
import { guessOf, squidFormatOf } from './kinds/squid-format.ts';
import { withEnvelopes } from './kinds/wrapped.ts';

/** Logs of proxies: each is a parser and a row. */
const ACCESS_LOGS: readonly InputFormat[] = [
  accessLog({
    id: 'squid',
    name: 'an access log of Squid',
    detect: ({ bytes, path, known }) => squidFormatOf(bytes, path, known)?.share ?? 0,
    parser: (options, { bytes, path, known }) => {
      const found = squidFormatOf(bytes, path, known);
      return new SquidLogReader(found?.format ?? BUILTIN_FORMATS.squid, {
        ...options,
        guess: found && guessOf(found, known),
      });
    },
  }),
  accessLog({
    id: 'tinyproxy',
    name: 'a log of tinyproxy',
    detect: ({ bytes }) => detectTinyproxy(bytes),
    parser: (options) => new TinyproxyLogReader(options),
  }),
  lineLog('smokescreen', 'a log of Smokescreen', SMOKESCREEN_LOG),
  lineLog('haproxy', 'a log of HAProxy (option httplog)', HAPROXY_LOG),
  lineLog('envoy', 'an access log of Envoy', ENVOY_LOG),
  lineLog('e2guardian', 'an access log of e2guardian', E2GUARDIAN_LOG),
  lineLog('common', 'an access log in the common or combined format (Privoxy, nginx, Apache)', COMMON_LOG),
];

/** Logs of proxies in any envelope, which can be followed while they grow. */
export const PROXY_LOGS: readonly InputFormat[] = withEnvelopes(ACCESS_LOGS);

/** Readable logs, and logs that are only named, in any envelope. */
const LOGS: readonly InputFormat[] = withEnvelopes([PLEXAMP_LOG, PMS_LOG, ...ACCESS_LOGS, ...FOREIGN_LOGS]);
const NAMED: ReadonlySet<InputFormat> = new Set([PLEXAMP_LOG, ...FOREIGN_LOGS]);

export const READ_FORMATS: readonly InputFormat[] = [
  ...CAPTURES,
  ...PACKED,
  EVIDENCE,
  ...LOGS.filter((format) => !NAMED.has(format)),
  SQUID_CONF,
];

/** The readable kinds of files, for users who gave another one. */
export const EXPECTED = `expected ${[...CAPTURES, PMS_LOG, ...ACCESS_LOGS].map(({ name }) => name).join(', ')}, a ZIP of these, or saved evidence`;

/** Every known kind of file. The surest kind for a file is taken, and of equally sure ones the first. */
export const FORMATS: readonly InputFormat[] = [
  EMPTY,
  ...foreignFiles(EXPECTED),
  ...CAPTURES,
  ...PACKED,
  EVIDENCE,
  ...LOGS,
  SQUID_CONF,
  ...REPORTS,
  ...foreignTexts(EXPECTED),
];

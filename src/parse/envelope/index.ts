import { DOCKER } from './docker.ts';
import type { Envelope } from './envelope.ts';
import { GRAYLOG } from './graylog.ts';
import { FILE_HEADERS, FILE_NAMES } from './grep.ts';
import { JOURNAL } from './journal.ts';
import { JSON_LINES } from './json-record.ts';
import { KUBERNETES } from './kubernetes.ts';
import { MARKS, STRUCTURES } from './paste.ts';
import { S6 } from './s6.ts';
import { SYSLOG } from './syslog.ts';

export { Unwrapper } from './unwrap.ts';
export type { Envelope } from './envelope.ts';

/** Envelopes that rearrange lines. They come first, because their own lines can look like those of a log. */
export const PASTES: readonly Envelope[] = [...FILE_HEADERS, ...STRUCTURES];

/** Envelopes around each line. A detailed one comes before a simpler one whose marks it contains. */
export const ENVELOPES: readonly Envelope[] = [
  ...SYSLOG,
  ...JOURNAL,
  ...KUBERNETES,
  ...S6,
  ...DOCKER,
  ...GRAYLOG,
  ...FILE_NAMES,
  ...MARKS,
  JSON_LINES,
];

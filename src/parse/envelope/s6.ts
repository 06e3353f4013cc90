import { linePattern, type Envelope } from './envelope.ts';

/** s6-log: TAI64N labels (`t`), or the local time with nanoseconds (`T`). */
const S6_LOG: Envelope = linePattern(
  's6',
  's6-log',
  /^(?:@[\da-f]{24}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9}) {1,2}(?<text>.*)$/s,
);

export const S6: readonly Envelope[] = [S6_LOG];

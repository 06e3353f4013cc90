import type { WarningTopic } from '../../core/model/traffic.ts';
import type { Clock, Stamp } from './clock.ts';
import type { WarningLevel } from './levels.ts';
import { quoteOf } from './plain-words.ts';
import type { TextLine } from './text-line.ts';
import type { PmsLogWarning } from './types.ts';

/** Distinct warnings: quotations hold plain words only, so that there are few. */
export const WARNINGS_LIMIT = 200;

interface Entry extends Omit<PmsLogWarning, 'firstAt' | 'lastAt' | 'log'> {
  count: number;
  first: Stamp;
  last: Stamp;
}

/** The topic of a warning by its text, or by the context in brackets before it; the first that fits. */
const TOPICS: readonly (readonly [WarningTopic, RegExp, RegExp | null])[] = [
  ['plugin-resources', /\bhosted resource hashes\b|\/resourceHashes\b|resources-cdn\.plexapp\.com/, null],
  ['ipv4-only', /falling back to IPv4/i, null],
  [
    'port',
    /\b(?:binding|opening) acceptor\b|^HttpServer: (?:Error|Failed|Unable)\b.*\b(?:bind|listen|port)|\bbind(?:ing)?: .*(?:in use|permission)|\b(?:start|bind|listen)\b.*\bserver\b.*\bport\b/i,
    null,
  ],
  ['event-stream', /^EventSource|\bpubsub\b/i, /^EventSource|pubsub/i],
  ['codecs', /^Codec(?:s|Manager)?\b|\bEasyAudioEncoder\b|\bEAE\b/, /^Codec/],
  ['features', /^FeatureManager\b/, /^FeatureManager/],
  [
    'remote-access',
    /^(?:NAT|PublicAddressManager|UPnP|PMP)\b|^MyPlex: .*(?:device connections|publish|mapping|reachab)|^Relay\b/i,
    /^(?:NAT|Relay)/,
  ],
  ['certificate', /^CERT\b|\bOCSP\b/, /^CERT/],
  [
    'database',
    /^(?:SQLITE3?|Database|DB)\b|\b(?:slow query|database (?:is locked|disk image)|held transaction|waited over)/i,
    null,
  ],
  ['plugin-exception', /^Exception in |\(most recent call last\)/, null],
];

/** Counts warnings and errors that are about no request; equal ones together. */
export class WarningList {
  notKept = 0;
  readonly #entries = new Map<string, Entry>();

  note(line: TextLine, level: WarningLevel): void {
    const text = line.prose;
    const topic = topicOf(text, line.context);
    // A warning about a request is counted with the requests.
    if (topic === 'unknown' && line.isUnderstood) return;
    const quote = quoteOf(utf8Of(text));
    const key = `${level} ${topic} ${quote}`;
    const entry = this.#entries.get(key);
    const at = line.at;
    if (entry !== undefined) {
      entry.count += 1;
      if (at.localMs < entry.first.localMs) entry.first = at;
      if (at.localMs > entry.last.localMs) entry.last = at;
    } else if (this.#entries.size < WARNINGS_LIMIT) {
      this.#entries.set(key, { level, topic, text: quote, count: 1, first: at, last: at });
    } else this.notKept += 1;
  }

  list(clock: Clock, log: string): PmsLogWarning[] {
    return [...this.#entries.values()].map(({ first, last, ...entry }) => ({
      ...entry,
      firstAt: clock.timeOf(first),
      lastAt: clock.timeOf(last),
      log,
    }));
  }
}

function topicOf(text: string, context: string): WarningTopic {
  const found = TOPICS.find(([, words, place]) => words.test(text) || (place !== null && place.test(context)));
  return found?.[0] ?? 'unknown';
}

function utf8Of(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}

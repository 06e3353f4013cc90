import { isPastWarning } from '../../core/judge/past.ts';
import { WARNING_TOPICS, type PmsLog, type PmsWarning } from '../../core/model/traffic.ts';
import { WARNING_WORDS } from '../../core/words/warnings.ts';
import { facts, isBrief, notes, type Block, type Fact, type ViewOptions } from '../blocks/blocks.ts';
import { counted, times } from '../blocks/times.ts';

/** Quotations of one topic in a brief report. */
const QUOTED = 2;

type At = (iso: string | null) => string;

/** Warnings and errors that are about no request, by topic; what was not understood is counted and quoted too. */
export function warningBlocks(log: PmsLog, at: At, options: ViewOptions): readonly Block[] {
  const told = warningFacts(log, at, options);
  return told.length === 0 ? [] : [...notes(['warnings and errors without a request']), ...facts(told)];
}

/** One row a topic. */
export function warningFacts(log: PmsLog, at: At, options: ViewOptions): readonly Fact[] {
  const { warnings = [] } = log;
  return WARNING_TOPICS.flatMap((topic) => {
    const own = warnings.filter((warning) => warning.topic === topic);
    return own.length === 0 ? [] : [topicFact(own, log, at, options)];
  });
}

function topicFact(own: readonly PmsWarning[], log: PmsLog, at: At, options: ViewOptions): Fact {
  const topic = own[0]?.topic ?? 'unknown';
  const { label, meaning } = WARNING_WORDS[topic];
  const count = own.reduce((sum, warning) => sum + warning.count, 0);
  const last = own.flatMap(({ lastAt }) => lastAt ?? []).toSorted();
  const past = own.every((warning) => isPastWarning(warning, log)) ? ', past: PMS started anew since' : '';
  const words = [
    `${topic === 'unknown' ? `${counted(count, 'warning')} not understood` : times(count)}, last ${at(last.at(-1) ?? null)}${past}`,
    ...(meaning === '' ? [] : [meaning]),
    quotations(own, options),
  ];
  return { label, text: words.join(' · ') };
}

function quotations(own: readonly PmsWarning[], options: ViewOptions): string {
  const sorted = own.toSorted((a, b) => b.count - a.count);
  const shown = isBrief(options) ? sorted.slice(0, QUOTED) : sorted;
  const rest = own.length - shown.length;
  const quotes = shown.map(({ text, count }) => (own.length > 1 ? `"${text}" ${times(count)}` : `"${text}"`));
  return [...quotes, ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ');
}

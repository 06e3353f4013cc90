import type { InputFile } from '../../../core/model/evidence.ts';
import type { Report } from '../../../core/model/report.ts';
import type { Watcher } from '../../../core/model/traffic.ts';
import { groupBy } from '../../../core/values/group.ts';
import {
  facts,
  isBrief,
  notes,
  section,
  value,
  type Fact,
  type Section,
  type ViewOptions,
} from '../../blocks/blocks.ts';
import { counted, period } from '../../blocks/times.ts';
import { WATCHER_WORDS } from './traffic.ts';

/** Watchers without trouble that a brief report lists. */
const WATCHERS_SHOWN = 6;

/** The watchers: what each watched, by which means, and what it can miss. */
export function watched({ traffic, run }: Report, options: ViewOptions): readonly Section[] {
  if (traffic === null) return [];
  // A list of input files, if there is one, already names their problems.
  const isListed = (run.inputs ?? []).length > 0;
  const watchers = traffic.watchers.map((each) => ({
    ...each,
    problems: [...(isListed ? [] : (each.fileProblems ?? [])), ...each.problems],
  }));
  const shown = watchers.filter(({ problems }, i) => !isBrief(options) || i < WATCHERS_SHOWN || problems.length > 0);
  const rest = watchers.length - shown.length;
  const omitted = counted(traffic.omitted, 'kind');
  return section({
    title: 'Watchers',
    place: 'folded',
    blocks: [
      ...facts(shown.map((watcher) => watcherFact(watcher, options))),
      ...notes([
        ...(watchers.length === 0 ? ['no source of traffic could be used'] : []),
        ...(rest > 0 ? [`and ${rest} more with --verbose`] : []),
        ...(traffic.omitted > 0 ? [`${omitted} of connections beyond what is kept are not listed`] : []),
      ]),
    ],
  });
}

const SHOWS_WORDS: Readonly<Record<Watcher['shows'][number], string>> = {
  direct: 'direct connections',
  proxy: 'what the proxy was asked',
};

function watcherFact({ kind, source, from, to, shows, problems, misses }: Watcher, { verbose }: ViewOptions): Fact {
  const shown = shows.map((each) => SHOWS_WORDS[each]);
  return {
    label: WATCHER_WORDS[kind],
    text: [
      source,
      period(from, to) ?? 'period unknown',
      shown.length === 0 ? 'shows neither route' : `shows ${shown.join(' and ')}`,
    ].join(' · '),
    more: [
      ...problems.map((problem) => ({ text: problem, mark: 'warn' as const })),
      ...(verbose ? misses.map((miss) => ({ text: `can miss: ${miss}` })) : []),
    ],
  };
}

const FILE_STATES: Readonly<Record<InputFile['state'], string>> = {
  read: 'read',
  partly: 'read in part',
  'not-read': 'not read',
};

/** The files given to `read`: a summary of those that were read, and each one that was not. */
export function files({ run: { inputs = [] } }: Report, { verbose }: ViewOptions): readonly Section[] {
  const whole = inputs.filter(({ state, note }) => state === 'read' && note === null);
  const kinds = [...groupBy(whole, ({ kind }) => kind)].map(([kind, own]) => `${own.length} ${kind}`);
  const short = whole.length === 0 ? [] : [`${counted(whole.length, 'file')} read: ${kinds.join(', ')}`];
  const named = inputs.filter((input) => verbose || !whole.includes(input));
  return section({
    title: 'Files',
    place: 'folded',
    blocks: [...notes(verbose ? [] : short), ...facts(named.map(fileFact))],
  });
}

function fileFact({ name, kind, state, note }: InputFile): Fact {
  const about = [kind, note].filter((part) => part !== null && part !== 'unknown');
  return {
    label: [value(name)],
    text: [FILE_STATES[state], ...about].join(' · '),
    ...(state === 'read' ? {} : { mark: state === 'partly' ? 'warn' : 'bad' }),
  };
}
